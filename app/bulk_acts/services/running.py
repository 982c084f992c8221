"""Going on with a bulk act, some leads at a time.

Each piece is one transaction: what it does to its leads, and the outcome that is kept of each. So an act that is cut
off goes on where it was, and no lead is done twice, whoever goes on with it and however often.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB

from app.bulk_acts.models import BulkAct, BulkActLead
from app.bulk_acts.services.finishing import finish
from app.bulk_acts.services.kinds import KINDS
from app.bulk_acts.services.outcomes import Done
from app.core.errors import Invalid, NotFound
from app.core.fragments import topic
from app.core.live import announce
from app.core.loading import load_one
from app.core.models import one_among
from app.core.permissions import SEES, Actor, Viewer
from app.core.tenancy import acting_in, current_workspace_id
from app.extensions import db
from app.leads.models import Lead

RUN = "bulk.run"
#: More than any act that is done within a request.
MOST_AT_ONCE = 1_000


def do_some(act_id: UUID, viewer: Viewer | None, actor: Actor, *, size: int) -> bool:
    """Do the next `size` leads of an act on behalf of its member. Returns whether there may be more.

    `viewer` is the member as they are now, None when they have left: then nothing more is done.
    """
    act = locked_act(act_id)
    if act.state != "running":
        return False
    kind = KINDS[act.kind]
    ids = list(_next(act, None, size))
    may = viewer is not None and viewer.can("leads:write") and viewer.can(kind.permission)
    before = Done()
    failed = set(ids)
    if ids and may and viewer is not None:
        with acting_in(act.workspace_id, user_id=viewer.user_id, sees=SEES[viewer.role]):
            try:
                applied = kind.apply(ids, act.parameters, actor)
                before = applied if isinstance(applied, Done) else Done(applied)
                failed = _unseen(set(ids) - set(before)) | set(before.left)
            except (Invalid, NotFound):  # the stage or the tag is gone meanwhile
                before, failed = Done(), set(ids)
            db.session.flush()
    why = "gone" if may else "refused"
    left = {lead_id: before.left.get(lead_id, why) if lead_id in failed else "same" for lead_id in ids}
    outcomes = {lead_id: "done" if lead_id in before else left[lead_id] for lead_id in ids}
    _keep(act, outcomes, before)
    act.done += len(before)
    act.failed += len(failed)
    same = len(ids) - len(before) - len(failed)
    act.parameters = {**act.parameters, "same": act.parameters.get("same", 0) + same}
    more = len(ids) == size
    if not more:
        finish(act, actor)
    announce({topic("bulk", act.id)})
    db.session.flush()
    return more


def undo_some(act_id: UUID, viewer: Viewer | None, actor: Actor, *, size: int) -> bool:
    """Put back the next `size` leads of an act that is being undone. Returns whether there may be more."""
    act = locked_act(act_id)
    if act.state != "undoing":
        return False
    kind = KINDS[act.kind]
    before = _next(act, "done", size)
    back: set[UUID] = set()
    if before and viewer is not None and viewer.can("leads:write") and viewer.can(kind.permission):
        with acting_in(act.workspace_id, user_id=viewer.user_id, sees=SEES[viewer.role]):
            try:
                back = kind.undo(before, act.parameters, actor)
            except NotFound:  # the tag is gone meanwhile: there is nothing left to take off
                back = set()
            db.session.flush()
    _keep(act, {lead_id: "undone" if lead_id in back else "changed" for lead_id in before}, {})
    more = len(before) == size
    if not more:
        finish(act, actor)
    announce({topic("bulk", act.id)})
    db.session.flush()
    return more


def locked_act(act_id: UUID) -> BulkAct:
    """An act as it stands now, held until the transaction ends. Raises NotFound."""
    return load_one(
        select(BulkAct).where(BulkAct.workspace_id == current_workspace_id(), BulkAct.id == act_id), lock=True
    )


def _next(act: BulkAct, outcome: str | None, size: int) -> dict[UUID, dict[str, Any]]:
    """The next leads with this outcome, in order, with what they were before."""
    with acting_in(act.workspace_id):
        rows = db.session.execute(
            select(BulkActLead.lead_id, BulkActLead.before)
            .where(
                BulkActLead.workspace_id == act.workspace_id, BulkActLead.bulk_act_id == act.id,
                BulkActLead.outcome.is_(None) if outcome is None else BulkActLead.outcome == outcome,
            )
            .order_by(BulkActLead.position)
            .limit(size)
        )  # fmt: skip
        return {lead_id: before or {} for lead_id, before in rows}


def _unseen(ids: set[UUID]) -> set[UUID]:
    """Those of the leads that the scope does not see."""
    if not ids:
        return set()
    seen = select(Lead.id).where(Lead.workspace_id == current_workspace_id(), Lead.id == one_among(ids))
    return ids - set(db.session.scalars(seen))


_KEEP = text(
    """
    update bulk_act_leads as b set outcome = k.outcome, before = coalesce(k.before, b.before)
      from unnest(:ids, :outcomes, :befores) as k(lead_id, outcome, before)
     where b.workspace_id = :workspace and b.bulk_act_id = :act and b.lead_id = k.lead_id
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)), bindparam("outcomes", type_=ARRAY(Text)),
    bindparam("befores", type_=ARRAY(JSONB(none_as_null=True))),
)  # fmt: skip


def _keep(act: BulkAct, outcomes: Mapping[UUID, str], before: Mapping[UUID, dict[str, Any]]) -> None:
    if not outcomes:
        return
    ids: Iterable[UUID] = list(outcomes)
    with acting_in(act.workspace_id):
        db.session.execute(
            _KEEP,
            {
                "ids": ids, "outcomes": [outcomes[each] for each in ids],
                "befores": [before.get(each) for each in ids], "workspace": act.workspace_id, "act": act.id,
            },
        )  # fmt: skip


__all__ = ["RUN", "do_some", "locked_act", "undo_some"]
