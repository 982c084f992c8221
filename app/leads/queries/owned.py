"""How many leads somebody has, from the kept counts."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from app.core.catalogue import known
from app.core.models import one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Stage, StageCounter


class Owned(NamedTuple):
    """How many leads on the desk are a member's: the open ones, and all of them."""

    open: int
    all: int


def open_stages() -> list[UUID]:
    """The stages in which a lead is not done with."""
    return [stage.id for stage in known(Stage) if not stage.is_final]


def owned_by(user_ids: Collection[UUID]) -> dict[UUID, Owned]:
    """What each of the members has, without those who have nothing. One statement."""
    is_open = StageCounter.stage_id == one_among(open_stages())
    rows = db.session.execute(
        select(
            StageCounter.owner_key, func.coalesce(func.sum(StageCounter.leads).filter(is_open), 0),
            func.sum(StageCounter.leads),
        )
        .where(StageCounter.workspace_id == current_workspace_id(), StageCounter.owner_key == one_among(user_ids))
        .group_by(StageCounter.owner_key)
    )  # fmt: skip
    return {user_id: Owned(int(still), int(every)) for user_id, still, every in rows if every}
