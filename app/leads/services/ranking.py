"""The order of cards in a column: whole numbers, the lower the higher on the board."""

import time
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Uuid, bindparam, column, func, select, tuple_, update

from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead

#: Room between two neighbours that arrived a second apart: thirty halvings before ranks meet.
_STEP = 1_000_000_000
#: So many cards below the place are moved apart when two ranks have met.
_SPREAD = 100


def top_rank() -> int:
    """The rank that puts a card above all that came before. Lower ranks stand higher."""
    return -time.time_ns()


def rank_between(stage_id: UUID, above_id: UUID | None, below_id: UUID | None) -> int:
    """A rank between two neighbours of the stage; on top when neither is there any more.

    Where two ranks have met, the cards below are moved apart first, no more than a hundred of them.
    """
    wanted = [lead_id for lead_id in (above_id, below_id) if lead_id]
    ranks = _ranks(stage_id, wanted) if wanted else {}
    above, below = ranks.get(above_id), ranks.get(below_id)  # type: ignore[arg-type]
    if above is not None and below is not None:
        if below - above < 2:
            below = _spread(stage_id, above, (below, below_id))  # type: ignore[arg-type]
        return (above + below) // 2
    if above is not None:
        return above + _STEP
    return below - _STEP if below is not None else top_rank()


def _ranks(stage_id: UUID, lead_ids: list[UUID]) -> dict[UUID, int]:
    rows = db.session.execute(
        select(Lead.id, Lead.rank).where(
            Lead.workspace_id == current_workspace_id(), Lead.stage_id == stage_id, Lead.id.in_(lead_ids)
        )
    )
    return {row.id: row.rank for row in rows}


def _spread(stage_id: UUID, above: int, below: tuple[int, UUID]) -> int:
    """Move apart the cards from `below` (its rank and id) on; returns its new rank. The order among them stays."""
    here = current_workspace_id()
    rows = db.session.execute(
        select(Lead.id, Lead.rank)
        .where(
            Lead.workspace_id == here, Lead.stage_id == stage_id, Lead.shelf == fixed("desk"),
            tuple_(Lead.rank, Lead.id) >= tuple_(*below),
        )
        .order_by(Lead.rank, Lead.id)
        .limit(_SPREAD + 1)
    ).all()  # fmt: skip
    crowd = rows[:_SPREAD]
    room = rows[-1].rank - above if len(rows) > _SPREAD else _STEP * (len(crowd) + 1)
    step = max(2, room // (len(crowd) + 1))
    ranks = [above + step * place for place in range(1, len(crowd) + 1)]
    ids = bindparam("ids", [row.id for row in crowd], ARRAY(Uuid))
    given = func.unnest(ids, bindparam("ranks", ranks, ARRAY(BigInteger)))
    given = given.table_valued(column("id", Uuid), column("rank", BigInteger)).render_derived(name="given")
    db.session.execute(
        update(Lead)
        .where(Lead.workspace_id == here, Lead.id == given.c.id)
        .values(rank=given.c.rank)
        .execution_options(synchronize_session=False)
    )
    return ranks[0]
