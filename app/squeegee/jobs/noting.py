"""After a call: what became of it, and what follows for its transfer."""

from uuid import UUID

from app.activities.services import set_quietly
from app.core.clock import utcnow
from app.core.outbox import MAX_ATTEMPTS, Claim, Retry
from app.core.permissions import SYSTEM
from app.core.tenancy import current_workspace_id
from app.core.transactions import transaction
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import get_lead
from app.squeegee.jobs.beginning import SETTLED_AFTER, Step, hold, transfer_of
from app.squeegee.models import Transfer, TransferCall
from app.squeegee.ports import Accepted, Found, NotSent, Rejected, Result, Unclear
from app.squeegee.queries.account import get_account
from app.squeegee.queries.reading import facts_of
from app.squeegee.queries.rungs import rungs_to_quote
from app.squeegee.services.circuit import WAITING, note_result
from app.squeegee.services.states import arrive, doubt, fail, succeed, wait

_OUTCOMES = {
    Accepted: "accepted", Found: "accepted", Rejected: "refused", NotSent: "not_sent", Unclear: "unclear",
}  # fmt: skip


def settle(claim: Claim, step: Step, result: Result) -> Retry | None:
    """Note what became of the request. Returns the Retry to raise when it is to be sent again later."""
    with transaction():
        hold(claim)
        transfer = transfer_of(claim)
        if transfer is None:
            claim.finish()
            return None
        lead = get_lead(transfer.lead_id, lock=True)
        _note(step, result)
        if isinstance(result, Accepted | Found):
            _go_on(claim, transfer, lead, step, result)
            note_result(result, is_trial=step.is_trial)  # last, since others wait for what it may lock
            return None
        until = note_result(result, is_trial=step.is_trial)
        if isinstance(result, Unclear):
            _stay_unclear(claim, transfer, lead, step, result.reason)
            return None
        if until is not None:
            wait(transfer, result.reason)
            transfer.retries += 1
            claim.put_back(until, WAITING, uncounted=True)
            return None
        if result.may_pass and claim.attempts < MAX_ATTEMPTS:
            wait(transfer, result.reason)
            transfer.retries += 1
            return Retry(result.reason, result.retry_after if isinstance(result, Rejected) else None)
        _stop(claim, transfer, lead, step, result.reason)
        return None


def _go_on(claim: Claim, transfer: Transfer, lead: Lead, step: Step, result: Accepted | Found) -> None:
    """Squeegee has it, or has said what it has."""
    if isinstance(result, Accepted):
        _take(claim, transfer, lead, step.request.step, step.request.rung, result.id)
        return
    doubted = _call(step.doubted)
    if doubted is None or len(result.ids) > 1:
        doubt(transfer, lead, SYSTEM, "found_several")
        claim.finish(error="found_several")
        return
    doubted.finished_at = doubted.finished_at or utcnow()
    if not result.ids:
        doubted.outcome = "not_sent"  # the next turn sends it again
        return
    doubted.outcome = "accepted"
    _take(claim, transfer, lead, doubted.step, doubted.rung, result.ids[0])


def _take(claim: Claim, transfer: Transfer, lead: Lead, step: str, rung: str | None, found_id: str) -> None:
    """Keep the id of what was made; when nothing is left to make, that was all."""
    if step == "customer":
        transfer.customer_id = found_id
        set_quietly(lead, {"squeegee_customer_id": found_id})  # also a later transfer must use this customer
        return
    if step == "job":
        transfer.job_id = found_id
        arrive(transfer, lead, SYSTEM)
    else:
        transfer.quote_ids = {**transfer.quote_ids, str(rung): found_id}
    if not rungs_to_quote(get_account(), transfer, facts_of(lead)):
        succeed(transfer, lead, SYSTEM)
        claim.finish()


def _stay_unclear(claim: Claim, transfer: Transfer, lead: Lead, step: Step, reason: str) -> None:
    """It may be there: Squeegee is asked in a while where it can be, a person where not."""
    if not step.request.is_question and step.port.can_find(step.request.step):
        wait(transfer, "asking")
        claim.put_back(utcnow() + SETTLED_AFTER, "asking", uncounted=True)
        return
    doubt(transfer, lead, SYSTEM, reason)
    claim.finish(error=reason)


def _stop(claim: Claim, transfer: Transfer, lead: Lead, step: Step, reason: str) -> None:
    """It is over for now. What only asked leaves the doubt as it was, to a person."""
    if step.request.is_question:
        doubt(transfer, lead, SYSTEM, "unreadable_list" if reason == "refused" else reason)
    else:
        fail(transfer, lead, SYSTEM, reason)
    claim.finish(error=reason)


def _note(step: Step, result: Result) -> None:
    call = _call(step.call_id)
    if call is None:
        return
    call.outcome, call.finished_at = _OUTCOMES[type(result)], utcnow()
    if not isinstance(result, NotSent):
        call.status, call.answer = result.status, result.answer


def _call(call_id: UUID | None) -> TransferCall | None:
    return db.session.get(TransferCall, (current_workspace_id(), call_id)) if call_id else None
