"""Before a call: what is to be sent next, whether it may be, and the row that says that it is about to leave."""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from app.core.clock import utcnow
from app.core.errors import NotFound
from app.core.outbox import Claim, Fenced, renew_all
from app.core.permissions import SYSTEM
from app.core.transactions import transaction
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import get_lead
from app.squeegee.mapping import Agreed, LeadFacts, customer_card, job_card, missing_for_api, quote_card, uses
from app.squeegee.models import SqueegeeAccount, Transfer, TransferCall
from app.squeegee.ports import NotSent, Request, Result, SqueegeePort
from app.squeegee.queries.account import get_account
from app.squeegee.queries.calls import doubtful_call
from app.squeegee.queries.naming import named
from app.squeegee.queries.reading import facts_of, get_transfer
from app.squeegee.queries.rungs import rungs_to_quote
from app.squeegee.services.account import port_of
from app.squeegee.services.circuit import WAITING, admit
from app.squeegee.services.handing_over import is_ready
from app.squeegee.services.states import doubt, fail, succeed, wait
from app.workspaces.queries import today_here

#: A worker that was held up for longer than this sends nothing: others may take its call for lost already.
_LATEST = 20.0
#: After this time what was sent has either been taken or never will be: it is longer than a worker may be late and a
#: call may take together. Only then is Squeegee asked.
SETTLED_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Step:
    """A call that was written down and may go now. `doubted` is the call that a question is about."""

    call_id: UUID
    request: Request
    port: SqueegeePort
    is_trial: bool
    doubted: UUID | None = None
    begun: float = field(default_factory=time.monotonic)

    def send(self) -> Result:
        """Send it, unless this process was held up for too long."""
        return NotSent("held_up") if time.monotonic() - self.begun > _LATEST else self.port.send(self.request)


def begin(claim: Claim) -> Step | None:
    """Note that the next request is about to leave. None when there is nothing to do, or nothing that may be done."""
    with transaction():
        hold(claim)
        transfer = transfer_of(claim)
        if transfer is None or transfer.state not in ("pending", "running"):
            claim.finish()
            return None
        lead = get_lead(transfer.lead_id, lock=True)
        account = get_account()
        port = port_of(account)
        doubted = doubtful_call(transfer.id)
        if doubted is not None and (port is None or not port.can_find(doubted.step)):
            reason = (transfer.error or "no_answer") if doubted.outcome == "unclear" else "broken_off"
            doubt(transfer, lead, SYSTEM, reason)
            claim.finish(error=reason)
            return None
        if doubted is not None and doubted.begun_at + SETTLED_AFTER > utcnow():
            wait(transfer, "asking")
            claim.put_back(doubted.begun_at + SETTLED_AFTER, "asking", uncounted=True)
            return None
        request = _question(port, transfer, lead, doubted) if port and doubted else None
        if request is None:
            request = _next(claim, port, account, transfer, lead)
        return _write_down(claim, transfer, request, port, doubted) if request and port else None


def _write_down(
    claim: Claim, transfer: Transfer, request: Request, port: SqueegeePort, doubted: TransferCall | None
) -> Step | None:
    admission = admit()
    if admission.until is not None:
        wait(transfer, WAITING)
        claim.put_back(admission.until, WAITING, uncounted=True)
        return None
    call = TransferCall(transfer_id=transfer.id, step=request.step, rung=request.rung, request=request.as_text())
    db.session.add(call)
    transfer.state = "running"
    db.session.flush()
    return Step(call.id, request, port, admission.is_trial, doubted.id if doubted else None)


def _question(port: SqueegeePort, transfer: Transfer, lead: Lead, doubted: TransferCall) -> Request:
    """What to ask Squeegee about a call of which nobody knows whether it arrived."""
    if doubted.step == "customer":
        return port.find_customer(lead.number)
    return port.find_job(transfer.customer_id or "", transfer.first_service_date or today_here())


def _next(
    claim: Claim, port: SqueegeePort | None, account: SqueegeeAccount, transfer: Transfer, lead: Lead
) -> Request | None:
    """The next request that makes something; None when all is there, or what is needed is not."""
    facts = facts_of(lead)
    if uses(account, "owner", "source"):
        [facts] = named([facts])
    reason = _hindrance(port, account, transfer, lead, facts)
    if port is None or reason:
        fail(transfer, lead, SYSTEM, reason)
        claim.finish(error=reason)
        return None
    if transfer.customer_id is None:
        return port.create_customer(customer_card(facts))
    first_date = transfer.first_service_date or today_here()
    if transfer.job_id is None:
        transfer.holds = Agreed.of(facts, facts.once).kept
        return port.create_job(transfer.customer_id, job_card(facts, account, first_date))
    for rung in rungs_to_quote(account, transfer, facts):
        card = quote_card(facts, account, rung, max(first_date, today_here()))  # the job is there, however late these
        if card is not None:
            return port.create_quote(transfer.customer_id, card, rung.frequency)
    succeed(transfer, lead, SYSTEM)
    claim.finish()
    return None


def _hindrance(
    port: SqueegeePort | None, account: SqueegeeAccount, transfer: Transfer, lead: Lead, facts: LeadFacts
) -> str:
    """Why nothing more may be made for the lead now, after whatever time it has waited; "" when it may."""
    if port is None:
        return "not_connected"
    if transfer.job_id is None and (lead.shelf != "desk" or not is_ready(lead)):
        return "moved_on"
    if transfer.job_id is None and transfer.first_service_date and transfer.first_service_date < today_here():
        return "day_passed"
    return "incomplete" if missing_for_api(facts, account) else ""


def hold(claim: Claim) -> None:
    """Lock the work while it is still ours, and begin its lease anew: customer, job and quotes take a call each, and a
    slow Squeegee would outlast one lease. Raises Fenced when someone else has it now.
    """
    if not renew_all([claim]):
        raise Fenced


def transfer_of(claim: Claim) -> Transfer | None:
    """The transfer that the work is about, locked; None when it was erased with its lead."""
    try:
        return get_transfer(claim.subject_id, lock=True)
    except NotFound:
        return None


