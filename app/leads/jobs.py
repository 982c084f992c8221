"""Work with leads that is left for later."""

from app.bulk_acts.models import BulkAct
from app.core.errors import NotFound
from app.core.outbox import Claim
from app.core.tenancy import current_workspace_id
from app.core.transactions import transaction
from app.extensions import db
from app.leads.services.emptying import EMPTY, is_bin_empty, plan_emptying, remove_expired
from app.leads.services.retiring import MOVE_ON, move_on
from app.notifications.services import notify

__all__ = ["EMPTY", "MOVE_ON", "empty_bin", "move_leads_on"]


def empty_bin(claim: Claim) -> None:
    """Do the work `bin.empty`: delete what has lain in the bin for long enough, and come again if anything is left."""
    more = True
    while more:
        with transaction():
            more = remove_expired()
    with transaction():
        if not is_bin_empty():
            plan_emptying()
        claim.finish()


def move_leads_on(claim: Claim) -> None:
    """Do the work `stage.empty`: move the leads of a retired stage on, a batch at a time, and tell who retired it.

    A worker that dies in between leaves whole batches behind; the next goes on with the leads that still stand there.
    """
    more = True
    while more:
        with transaction():
            act = db.session.get(BulkAct, (current_workspace_id(), claim.subject_id), with_for_update=True)
            if act is None:
                raise NotFound
            if act.state != "running":
                return
            more = move_on(act)
            if not more:
                notify(act.user_id, "bulk_done", data={"kind": "move", "done": act.done, "failed": 0})
