"""Making customer and job in Squeegee: noted before, sent outside any transaction, noted after.

A crash between sending and noting is the one thing that nobody here can decide afterwards: whoever finds a call that
was begun and never ended leaves the transfer to a person. So a lead never becomes two customers.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app.activities.services import set_quietly
from app.core.clock import utcnow
from app.core.errors import NotFound
from app.core.outbox import MAX_ATTEMPTS, Claim, Fenced, OutboxItem, Retry
from app.core.permissions import SYSTEM
from app.core.tenancy import current_workspace_id
from app.core.transactions import transaction
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import get_lead
from app.squeegee.mapping import customer_card, job_card, missing_for_api
from app.squeegee.models import SqueegeeAccount, Transfer, TransferCall
from app.squeegee.ports import Accepted, NotSent, Rejected, Request, Result, SqueegeePort, Unclear
from app.squeegee.queries.account import get_account
from app.squeegee.queries.naming import named
from app.squeegee.queries.reading import facts_of, get_transfer
from app.squeegee.services.account import port_of
from app.squeegee.services.states import doubt, fail, succeed
from app.workspaces.queries import today_here

_OUTCOMES = {Accepted: "accepted", Rejected: "refused", NotSent: "not_sent", Unclear: "unclear"}


@dataclass(frozen=True, slots=True)
class _Step:
    call_id: UUID
    request: Request
    port: SqueegeePort


def run_transfer(claim: Claim) -> None:
    """Do the work `transfer.run`: what is still to be made, one step after the other. Raises Retry, Fenced."""
    while not claim.finished:
        step = _begin(claim)
        again = _settle(claim, step, step.port.send(step.request)) if step else None
        if again is not None:
            raise again


def _begin(claim: Claim) -> _Step | None:
    """Note that the next request is about to leave. None when there is nothing to do, or nothing that may be done."""
    with transaction():
        _hold(claim)
        transfer = _transfer(claim.subject_id)
        if transfer is None or transfer.state not in ("pending", "running"):
            claim.finish()
            return None
        lead = get_lead(transfer.lead_id, lock=True)
        if _has_open_call(transfer.id):
            doubt(transfer, lead, SYSTEM, "broken_off")
            claim.finish(error="broken_off")
            return None
        account = get_account()
        port = port_of(account)
        lacks = missing_for_api(facts_of(lead), account)
        if port is None or lacks:
            reason = "incomplete" if port else "not_connected"
            fail(transfer, lead, SYSTEM, reason)
            claim.finish(error=reason)
            return None
        request = _next_request(port, account, transfer, lead)
        call = TransferCall(transfer_id=transfer.id, step=request.step, request=request.as_text())
        db.session.add(call)
        transfer.state = "running"
        db.session.flush()
        return _Step(call.id, request, port)


def _next_request(port: SqueegeePort, account: SqueegeeAccount, transfer: Transfer, lead: Lead) -> Request:
    facts = facts_of(lead)
    if transfer.customer_id is None:
        return port.create_customer(customer_card(facts))
    [facts] = named([facts])
    first_date = transfer.first_service_date or today_here()
    return port.create_job(transfer.customer_id, job_card(facts, account, first_date))


def _settle(claim: Claim, step: _Step, result: Result) -> Retry | None:
    """Note what became of the request. Returns the Retry to raise when it is to be sent again later."""
    with transaction():
        _hold(claim)
        transfer = _transfer(claim.subject_id)
        if transfer is None:
            claim.finish()
            return None
        lead = get_lead(transfer.lead_id, lock=True)
        _note(step, result)
        if isinstance(result, Accepted):
            _accept(claim, transfer, lead, step, result.id)
            return None
        if isinstance(result, Unclear):
            doubt(transfer, lead, SYSTEM, result.reason)
            claim.finish(error=result.reason)
            return None
        if result.may_pass and claim.attempts < MAX_ATTEMPTS:
            transfer.state, transfer.error, transfer.retries = "pending", result.reason, transfer.retries + 1
            return Retry(result.reason, _wait(result))
        fail(transfer, lead, SYSTEM, result.reason)
        claim.finish(error=result.reason)
        return None


def _accept(claim: Claim, transfer: Transfer, lead: Lead, step: _Step, found_id: str) -> None:
    if step.request.step == "customer":
        transfer.customer_id = found_id
        set_quietly(lead, {"squeegee_customer_id": found_id})  # also a later transfer must use this customer
        return
    transfer.job_id = found_id
    succeed(transfer, lead, SYSTEM)
    claim.finish()


def _note(step: _Step, result: Result) -> None:
    call = db.session.get(TransferCall, (current_workspace_id(), step.call_id))
    if call is None:
        return
    call.outcome, call.finished_at = _OUTCOMES[type(result)], utcnow()
    if not isinstance(result, NotSent):
        call.status, call.answer = result.status, result.answer


def _wait(result: Rejected | NotSent) -> timedelta | None:
    return result.retry_after if isinstance(result, Rejected) else None


def _hold(claim: Claim) -> None:
    """Lock the work while it is still ours. Raises Fenced when someone else has it now."""
    held = db.session.execute(
        select(OutboxItem.id)
        .where(
            OutboxItem.workspace_id == claim.workspace_id, OutboxItem.id == claim.item_id,
            OutboxItem.state == "leased", OutboxItem.lease_token == claim.lease_token,
        )
        .with_for_update()
    ).one_or_none()  # fmt: skip
    if held is None:
        raise Fenced


def _transfer(transfer_id: UUID) -> Transfer | None:
    try:
        return get_transfer(transfer_id, lock=True)
    except NotFound:
        return None  # erased with its lead


def _has_open_call(transfer_id: UUID) -> bool:
    return bool(
        db.session.scalar(
            select(TransferCall.id)
            .where(
                TransferCall.workspace_id == current_workspace_id(), TransferCall.transfer_id == transfer_id,
                TransferCall.outcome.in_(("begun", "unclear")),
            )
            .limit(1)
        )
    )  # fmt: skip
