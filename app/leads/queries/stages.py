"""Reading the stages of the pipeline."""

from sqlalchemy import select

from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Stage


def stages(*, with_retired: bool = False) -> list[Stage]:
    """The stages of the workspace in order."""
    query = select(Stage).where(Stage.workspace_id == current_workspace_id()).order_by(Stage.position)
    if not with_retired:
        query = query.where(Stage.retired_at.is_(None))
    return list(db.session.scalars(query))
