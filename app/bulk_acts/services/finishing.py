"""The end of a bulk act: who must know of it is told, once, however many leads it was about."""

from datetime import timedelta
from uuid import UUID

from app.bulk_acts.models import BulkAct
from app.bulk_acts.services.kinds import KINDS
from app.core.clock import utcnow
from app.core.events import Event, publish
from app.core.permissions import Actor
from app.core.tenancy import acting_in
from app.notifications.services import notify

#: For so long a page offers to undo an act.
OFFERED = timedelta(seconds=30)
#: For so long undoing is taken: a pointer that rests on the offer keeps it open.
UNDO = timedelta(seconds=60)
#: For so long after acts in the background, of which one hears later.
UNDO_LATER = timedelta(minutes=10)


def finish(act: BulkAct, actor: Actor) -> None:
    """Close an act that has no leads left to do or undo."""
    is_undone = act.state == "undoing"
    now = utcnow()
    act.state, act.finished_at = ("undone" if is_undone else "done"), now
    stays = is_undone or not act.done or KINDS[act.kind].is_lasting
    act.undo_until = None if stays else now + (UNDO if _is_quick(act) else UNDO_LATER)
    publish(
        Event(
            "bulk_act.undone" if is_undone else "bulk_act.done", act.workspace_id, actor, "bulk_act", act.id,
            data={"kind": act.kind, "done": act.done, "failed": act.failed, "total": act.total},
            topics=frozenset({"board", "shelves", "bin-emptied"} if act.kind == "delete" else {"board"}),
        )
    )  # fmt: skip
    with acting_in(act.workspace_id, user_id=actor.user_id):
        if not is_undone and act.kind == "assign" and act.parameters["owner_id"] and act.done > 1:
            notify(UUID(act.parameters["owner_id"]), "assigned", actor=actor, data={"count": act.done})
        if not is_undone and not _is_quick(act):
            told = {"kind": act.kind, "done": act.done, "failed": act.failed, "bulk_act_id": str(act.id)}
            notify(act.user_id, "bulk_done", actor=actor, data=told)


def _is_quick(act: BulkAct) -> bool:
    """Whether it was done while the person waited for the answer."""
    return act.total <= KINDS[act.kind].at_once
