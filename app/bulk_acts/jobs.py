"""The work of bulk acts that are too large for a request."""

import time

from app.bulk_acts import services
from app.bulk_acts.services import RUN
from app.core import outbox
from app.core.errors import NotFound
from app.core.outbox import Claim
from app.core.permissions import Actor
from app.core.transactions import transaction
from app.workspaces.queries import member_now

__all__ = ["RUN", "run"]

#: For so long one turn works on an act; then other work, such as messages that are due, has its turn.
TURN_SECONDS = 4.0
#: Leads that one transaction changes; their rows are held until it ends.
PIECE = 250


def run(claim: Claim) -> None:
    """Do the work `bulk.run`: go on with an act, or with undoing it, for one turn; more is left for another turn.

    Each piece commits by itself. A worker that dies leaves whole pieces behind, and whoever takes the work up again
    goes on with the leads that have no outcome yet.
    """
    ends = time.monotonic() + TURN_SECONDS
    while True:
        with transaction():
            more = _go_on(claim)
        if not more or time.monotonic() >= ends:
            break
    with transaction():
        if more:
            outbox.enqueue(RUN, claim.subject_id, dedupe_key=f"{claim.subject_id}/after/{claim.item_id}")
        claim.finish()


def _go_on(claim: Claim) -> bool:
    try:
        act = services.locked_act(claim.subject_id)
    except NotFound:
        return False
    viewer = member_now(act.user_id)  # what they may no longer do is not done for them
    actor = Actor("person", act.user_id, name=viewer.name if viewer else "")
    step = services.undo_some if act.state == "undoing" else services.do_some
    return step(act.id, viewer, actor, size=PIECE)
