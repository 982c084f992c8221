"""Reading the stages of the pipeline."""

from sqlalchemy import bindparam, select

from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Stage

_EVERY = select(Stage).where(Stage.workspace_id == bindparam("here")).order_by(Stage.position)
_IN_USE = _EVERY.where(Stage.retired_at.is_(None))


def stages(*, with_retired: bool = False) -> list[Stage]:
    """The stages of the workspace in order."""
    return list(db.session.scalars(_EVERY if with_retired else _IN_USE, {"here": current_workspace_id()}))
