"""The note after: what the provider made of each message."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from app.core.clock import utcnow
from app.core.models import one_among
from app.core.outbox import MAX_ATTEMPTS, Claim, backoff, finish_all, settle
from app.core.tenancy import current_workspace_id
from app.core.transactions import transaction
from app.extensions import db
from app.messaging import services
from app.messaging.jobs.beginning import Handover
from app.messaging.models import DeliveryAttempt
from app.messaging.ports import Accepted, NotSent, Refused, TransportError, Unclear
from app.messaging.services.breaker import NOTHING_NOTED, Noted
from app.messaging.services.outcomes_of_many import mark_all_sent
from app.messaging.services.providers import note_failure
from app.messaging.services.resuming import resume

log = structlog.get_logger(__name__)
_OUTCOMES = {Refused: "refused", NotSent: "not_sent", Unclear: "unclear"}
_OPTED_OUT = "twilio_21610"
#: A provider that is silent so often in a row is told of: a minute and a half after the first time, at the soonest.
FAILURES_TO_TELL = 3


@dataclass(frozen=True, slots=True)
class Done:
    """A hand-over and what came of it: a yes, what was raised, or None when it was not begun after all. `noted` is what
    that says of the provider.
    """

    handover: Handover
    result: Accepted | Exception | None
    noted: Noted = NOTHING_NOTED


def end(done: Sequence[Done]) -> None:
    """Note all of it: what was accepted by as few statements as one, everything else one by one."""
    accepted = [each for each in done if isinstance(each.result, Accepted)]
    if len(accepted) > 1:
        try:
            _note_accepted(accepted)
            accepted = []
        except OperationalError:
            raise  # the database is away: the leases run out by themselves
        except Exception as error:
            log.exception("not_noted_together", error=type(error).__name__)
    for each in accepted:
        settle(each.handover.claim, lambda each=each: _note_accepted([each]))
    for each in done:
        if not isinstance(each.result, Accepted):
            settle(each.handover.claim, lambda each=each: _note_other(each))
    for provider_id in {each.handover.provider_id for each in done if each.noted.answers_again}:
        assert provider_id is not None
        with transaction():
            resume(provider_id)


def _note_accepted(done: Sequence[Done]) -> None:
    with transaction():
        claims = [each.handover.claim for each in done]
        messages = services.locked_messages([claim.subject_id for claim in claims])
        kept = {claim.item_id for claim in finish_all(claims)}
        if len(kept) < len(claims):
            log.warning("outbox_fenced", items=len(claims) - len(kept))
        ours = [each for each in done if each.handover.claim.item_id in kept]
        _close([each.handover.attempt_id for each in ours], "accepted")
        sent = []
        for each in ours:
            message = messages.get(each.handover.claim.subject_id)
            if message is not None and message.state == "sending":  # a status report may have been quicker
                assert isinstance(each.result, Accepted)
                sent.append((message, each.result.provider_id))
        mark_all_sent(sent)


def _note_other(done: Done) -> None:
    """Note what went wrong. Raises what was no transport's error: then nobody knows how the hand-over ended."""
    claim, error = done.handover.claim, done.result
    if error is None:
        _put_back(done.handover)
    elif isinstance(error, TransportError):
        _note_error(claim, done, error)
    elif isinstance(error, Exception):
        raise error


def _note_error(claim: Claim, done: Done, error: TransportError) -> None:
    handover, noted = done.handover, done.noted
    with transaction():
        message = services.locked_messages([claim.subject_id]).get(claim.subject_id)
        _close([handover.attempt_id], _OUTCOMES[type(error)], error.code)
        if message is None or message.state != "sending":
            claim.finish(error=error.code)
            return
        if error.code.endswith("_sign_in") or noted.failures >= FAILURES_TO_TELL:
            note_failure(message.channel, error.code)
        unclear = isinstance(error, Unclear)
        worth_repeating = isinstance(error, NotSent) or (unclear and handover.may_repeat)
        if worth_repeating and claim.attempts < MAX_ATTEMPTS:
            message.state = "queued"
            later = utcnow() + backoff(claim.attempts)
            claim.put_back(max(later, noted.until or later), error.code)
            return
        if unclear:
            services.mark_uncertain(message, error.code)
        else:
            services.mark_failed(message, error.code)
            if error.code == _OPTED_OUT:
                services.note_carriers_stop(message)
        claim.finish(error=error.code)


def _put_back(handover: Handover) -> None:
    """It was noted and not handed over after all, which is no attempt."""
    claim = handover.claim
    with transaction():
        message = services.locked_messages([claim.subject_id]).get(claim.subject_id)
        _close([handover.attempt_id], "not_sent", "no_time")
        if message is not None and message.state == "sending":
            message.state = "queued"
        claim.put_back(utcnow(), "no_time", uncounted=True)


def _close(attempt_ids: Sequence[UUID], outcome: str, code: str | None = None) -> None:
    db.session.execute(
        update(DeliveryAttempt)
        .where(DeliveryAttempt.workspace_id == current_workspace_id(), DeliveryAttempt.id == one_among(attempt_ids))
        .values(outcome=outcome, error=code, finished_at=utcnow())
        .execution_options(synchronize_session=False)
    )
