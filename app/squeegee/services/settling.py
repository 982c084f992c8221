"""A person's decisions about a transfer that stopped: again, as found in Squeegee, or not at all."""

from datetime import date
from uuid import UUID

from app.activities.services import set_quietly
from app.core import outbox
from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid
from app.core.permissions import Actor
from app.leads.services import get_lead
from app.squeegee.mapping import missing_for_api
from app.squeegee.models import Transfer, TransferCall
from app.squeegee.queries.account import get_account
from app.squeegee.queries.calls import doubtful_call
from app.squeegee.queries.reading import facts_of, get_transfer, open_transfer, waiting_work
from app.squeegee.queries.rungs import rungs_to_quote
from app.squeegee.services.handing_over import clean_id, keep_in_doubt
from app.squeegee.services.states import arrive, start, succeed, tell
from app.workspaces.queries import today_here

_MEANWHILE = "This transfer has moved on meanwhile. Reload to see how it stands."
_PASSED = "The day of its first clean has passed: hand the lead over again, with another day."
_PASSED_AND_STANDS = "The day of its first clean has passed: call this off, then hand the lead over with another day."


def retry(transfer_id: UUID, actor: Actor) -> Transfer:
    """Start a transfer again that failed, was left half done, or that nothing works on any more.

    What Squeegee has already is not made again. Raises Conflict when it goes on by itself or another one stands,
    Invalid naming what the lead lacks, or when its first clean was to be by now.
    """
    transfer = get_transfer(transfer_id, lock=True)
    stopped = transfer.state in ("pending", "running") and waiting_work(transfer.id) is None
    if transfer.method != "api" or not (transfer.state in ("failed", "partial") or stopped):
        raise Conflict(_MEANWHILE)
    standing = open_transfer(transfer.lead_id)
    if standing is not None and standing.id != transfer.id:
        raise Conflict("Another transfer of this lead stands already.")
    lead = get_lead(transfer.lead_id, lock=True)
    errors = {fact: f"Add {words}." for fact, words in missing_for_api(facts_of(lead), get_account()).items()}
    if transfer.job_id is None and transfer.state != "running" and _has_passed(transfer.first_service_date):
        errors["first_service_date"] = _PASSED if transfer.state == "failed" else _PASSED_AND_STANDS
    if errors:
        raise Invalid(errors)
    transfer.customer_id = transfer.customer_id or lead.squeegee_customer_id
    keep_in_doubt(transfer)
    start(transfer, lead, actor)
    return transfer


def settle(transfer_id: UUID, actor: Actor, *, found_id: str | None) -> Transfer:
    """Say what Squeegee shows for the request whose answer is not known.

    `found_id`: it is there, under this id; the transfer goes on from there. None: it is not there; it is sent again.
    Raises Invalid for what can't be an id, Conflict when nothing is uncertain any more.
    """
    transfer = get_transfer(transfer_id, lock=True)
    if transfer.state != "uncertain":
        raise Conflict(_MEANWHILE)
    lead = get_lead(transfer.lead_id, lock=True)
    call, transfer.settled_by = doubtful_call(transfer.id), actor.user_id
    if found_id is None:
        _close(call, "not_sent")
        start(transfer, lead, actor, "it_was_not_in_Squeegee")
        return transfer
    known = clean_id(found_id)
    if known is None:
        raise Invalid({"squeegee_id": "Copy the id from Squeegee."})
    _close(call, "accepted")
    if call is not None and call.step == "quote":
        transfer.quote_ids = {**transfer.quote_ids, str(call.rung): known}
        start(transfer, lead, actor, "it_was_in_Squeegee")
    elif call is not None and call.step == "job":
        transfer.job_id = known
        arrive(transfer, lead, actor)
        if rungs_to_quote(get_account(), transfer, facts_of(lead)):
            start(transfer, lead, actor, "it_was_in_Squeegee")
        else:
            succeed(transfer, lead, actor)
    else:
        transfer.customer_id = known
        set_quietly(lead, {"squeegee_customer_id": known})
        start(transfer, lead, actor, "the_customer_was_in_Squeegee")
    return transfer


def cancel(transfer_id: UUID, actor: Actor) -> Transfer:
    """Call a transfer off. What Squeegee has stays there: with a job the lead counts as handed over without its quotes.

    Raises Conflict while it is being sent or when it is done.
    """
    transfer = get_transfer(transfer_id, lock=True)
    if transfer.state not in ("pending", "partial", "uncertain"):
        raise Conflict(_MEANWHILE)
    lead = get_lead(transfer.lead_id, lock=True)
    outbox.cancel("transfer.run", [transfer.id])
    transfer.state = "success" if transfer.job_id else "cancelled"
    transfer.error, transfer.completed_at = None, utcnow()
    tell(transfer, lead, "transfer.cancelled", actor)
    return transfer


def _has_passed(day: date | None) -> bool:
    return day is not None and day < today_here()


def _close(call: TransferCall | None, outcome: str) -> None:
    if call is not None:
        call.outcome, call.finished_at = outcome, call.finished_at or utcnow()
