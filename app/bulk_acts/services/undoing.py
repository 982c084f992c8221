"""Taking a bulk act back, while it runs or for a short time after."""

from uuid import UUID

from app.bulk_acts.models import BulkAct
from app.bulk_acts.services.kinds import KINDS
from app.bulk_acts.services.running import MOST_AT_ONCE, RUN, locked_act, undo_some
from app.core import outbox
from app.core.clock import utcnow
from app.core.errors import Conflict, Forbidden, NotFound
from app.core.permissions import Actor, Viewer
from app.extensions import db


def stop_or_undo(act_id: UUID, viewer: Viewer, actor: Actor) -> BulkAct:
    """Put back what one's own act has changed, except what someone has changed again; one that runs stops first.

    Raises NotFound for another's act, Forbidden for one that they could not begin today, Conflict when it is too late
    or undone already.
    """
    act = locked_act(act_id)
    if act.user_id != viewer.user_id or "retired_stage_id" in act.parameters or act.kind not in KINDS:
        raise NotFound
    if not viewer.can(KINDS[act.kind].permission):
        raise Forbidden
    if act.state in ("undoing", "undone"):
        raise Conflict("This is undone already.")
    if act.state == "done" and (act.undo_until is None or act.undo_until < utcnow()):
        raise Conflict("It is too late to undo this. Select the leads and change them back.")
    act.state = "undoing"
    db.session.flush()
    if act.done <= KINDS[act.kind].at_once:
        undo_some(act.id, viewer, actor, size=MOST_AT_ONCE)
    else:
        outbox.enqueue(RUN, act.id, dedupe_key=f"{act.id}/undo/0")
    return act
