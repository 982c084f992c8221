"""Sending one message: noted before, handed over outside any transaction, noted after.

A crash between the hand-over and the note is the one thing that nobody can decide afterwards. What was begun and has no
end is therefore handed over again only where that has no second effect, or where twice is better than not at all;
everything else waits for a person as uncertain.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.core.clock import utcnow
from app.core.errors import NotFound
from app.core.outbox import MAX_ATTEMPTS, Claim, Retry
from app.core.tenancy import current_workspace_id
from app.core.transactions import transaction
from app.extensions import db
from app.messaging import services, transports
from app.messaging.models import DeliveryAttempt, Message
from app.messaging.ports import Accepted, NotSent, Refused, TransportError, Unclear
from app.messaging.ports.email import EmailTransport
from app.messaging.ports.sms import SmsTransport
from app.messaging.services.outgoing import outgoing_email, outgoing_sms
from app.messaging.services.refusing import refusal

_OUTCOMES = {Refused: "refused", NotSent: "not_sent", Unclear: "unclear"}
_OPTED_OUT = "twilio_21610"


@dataclass(frozen=True, slots=True)
class _Handover:
    attempt_id: UUID
    may_repeat: bool
    call: Callable[[], Accepted]


def send(claim: Claim) -> None:
    """Do the work `message.send`. Raises Retry when the provider could not take the message now."""
    handover = _begin(claim)
    if handover is None:
        return
    try:
        accepted = handover.call()
    except TransportError as error:
        if _settle_error(claim, handover, error):
            raise Retry(error.code) from None
    else:
        _settle_accepted(claim, handover, accepted)


def _begin(claim: Claim) -> _Handover | None:
    """Note that the message is about to leave. None when there is nothing to do, or nothing that may be done."""
    with transaction():
        message = _message(claim.subject_id)
        if message is None or message.state not in ("queued", "sending"):
            claim.finish()
            return None
        transport = _transport(message)
        reason = refusal(message, transport)
        may_repeat = transport.honours_our_id or message.resend_when_unsure
        if _close_broken_attempts(message) and (reason or not may_repeat):
            services.mark_uncertain(message, "broken_off")
            claim.finish()
            return None
        if reason:
            services.mark_refused(message, reason)
            claim.finish(error=reason)
            return None
        attempt = DeliveryAttempt(message_id=message.id, attempt=_attempts_made(message) + 1)
        db.session.add(attempt)
        message.state, message.provider = "sending", transport.name
        db.session.flush()
        return _Handover(attempt.id, may_repeat, _call(message, transport))


def _settle_accepted(claim: Claim, handover: _Handover, accepted: Accepted) -> None:
    with transaction():
        message = _ended(claim, handover, "accepted", None)
        if message is not None and message.state == "sending":  # a status report may have been quicker
            services.mark_sent(message, provider_id=accepted.provider_id)
        claim.finish()


def _settle_error(claim: Claim, handover: _Handover, error: TransportError) -> bool:
    """Note what went wrong. True when the message is to be tried again."""
    with transaction():
        message = _ended(claim, handover, _OUTCOMES[type(error)], error.code)
        if message is None or message.state != "sending":
            claim.finish(error=error.code)
            return False
        unclear = isinstance(error, Unclear)
        worth_repeating = isinstance(error, NotSent) or (unclear and handover.may_repeat)
        if worth_repeating and claim.attempts < MAX_ATTEMPTS:
            message.state = "queued"
            return True
        if unclear:
            services.mark_uncertain(message, error.code)
        else:
            services.mark_failed(message, error.code)
            if error.code == _OPTED_OUT:
                services.suppress("sms", message.recipient, "opted_out")
        claim.finish(error=error.code)
        return False


def _ended(claim: Claim, handover: _Handover, outcome: str, code: str | None) -> Message | None:
    message = _message(claim.subject_id)
    attempt = db.session.get(DeliveryAttempt, (current_workspace_id(), handover.attempt_id))
    if attempt is not None:
        attempt.outcome, attempt.error, attempt.finished_at = outcome, code, utcnow()
    return message


def _message(message_id: UUID) -> Message | None:
    try:
        return services.locked_message(message_id)
    except NotFound:
        return None  # erased with its lead


def _close_broken_attempts(message: Message) -> bool:
    """Close the attempts that a crash left open; True when there were any."""
    open_attempts = db.session.scalars(
        select(DeliveryAttempt)
        .where(
            DeliveryAttempt.workspace_id == message.workspace_id,
            DeliveryAttempt.message_id == message.id,
            DeliveryAttempt.outcome == "begun",
        )
        .execution_options(populate_existing=True)
    ).all()
    for attempt in open_attempts:
        attempt.outcome, attempt.error, attempt.finished_at = "unclear", "broken_off", utcnow()
    return bool(open_attempts)


def _attempts_made(message: Message) -> int:
    latest = db.session.scalar(
        select(DeliveryAttempt.attempt)
        .where(DeliveryAttempt.workspace_id == message.workspace_id, DeliveryAttempt.message_id == message.id)
        .order_by(DeliveryAttempt.attempt.desc())
        .limit(1)
    )
    return latest or 0


def _transport(message: Message) -> EmailTransport | SmsTransport:
    return transports.email_transport() if message.channel == "email" else transports.sms_transport()


def _call(message: Message, transport: EmailTransport | SmsTransport) -> Callable[[], Accepted]:
    """The hand-over, with all it needs read beforehand: no transaction is open while the provider takes its time."""
    if message.channel == "sms":
        sms = outgoing_sms(message)
        return lambda: transport.send(sms)  # type: ignore[arg-type]
    email = outgoing_email(message)
    return lambda: transport.send(email)  # type: ignore[arg-type]
