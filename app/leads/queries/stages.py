"""Reading the stages of the pipeline."""

from uuid import UUID

from sqlalchemy import bindparam, func, select

from app.core.catalogue import known
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Stage, StageCounter

_EVERY = select(Stage).where(Stage.workspace_id == bindparam("here")).order_by(Stage.position)
_IN_USE = _EVERY.where(Stage.retired_at.is_(None))


def stages(*, with_retired: bool = False) -> list[Stage]:
    """The stages of the workspace in order."""
    return list(db.session.scalars(_EVERY if with_retired else _IN_USE, {"here": current_workspace_id()}))


def known_stages() -> list[Stage]:
    """The same for pages that only read: kept from the last time as long as none has changed, not of the session."""
    return sorted((stage for stage in known(Stage) if stage.retired_at is None), key=lambda stage: stage.position)


def retired_stages() -> list[Stage]:
    """The stages that were taken off the board, the latest first."""
    query = select(Stage).where(Stage.workspace_id == current_workspace_id(), Stage.retired_at.is_not(None))
    return list(db.session.scalars(query.order_by(Stage.retired_at.desc())))


def leads_in_stages() -> dict[UUID, int]:
    """How many leads on the desk each stage holds, from the kept counts; empty stages may be missing."""
    rows = db.session.execute(
        select(StageCounter.stage_id, func.sum(StageCounter.leads))
        .where(StageCounter.workspace_id == current_workspace_id())
        .group_by(StageCounter.stage_id)
    )
    return {stage_id: int(leads) for stage_id, leads in rows}
