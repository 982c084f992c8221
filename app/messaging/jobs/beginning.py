"""The note before: which messages leave now, each with an attempt that is committed before its provider is called."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, insert, select, update

from app.core.clock import utcnow
from app.core.ids import new_id
from app.core.models import one_among
from app.core.outbox import Claim, renew_all
from app.core.tenancy import current_workspace_id
from app.core.transactions import transaction
from app.extensions import db
from app.messaging import services, transports
from app.messaging.jobs.letting_go import Candidate, Transport, let_go
from app.messaging.models import DeliveryAttempt
from app.messaging.ports import Accepted
from app.messaging.services.outcomes_of_many import mark_sending
from app.messaging.services.outgoing import outgoing_email, outgoing_sms
from app.messaging.services.providers import known_provider
from app.messaging.services.refusing import refusal
from app.messaging.services.suppressing import suppressed_among

#: Hand-overs side by side. Of messages that must not be handed over twice no more are begun at a time: so many at most
#: wait for a person when the process dies.
AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Handover:
    """A message that leaves now: noted, and ready to be handed over by `call`.

    `provider_id` and `is_trial` as of its candidate.
    """

    claim: Claim
    attempt_id: UUID
    may_repeat: bool
    call: Callable[[], Accepted]
    provider_id: UUID | None
    is_trial: bool


def begin(claims: Sequence[Claim]) -> tuple[list[Handover], list[Claim]]:
    """Note that messages are about to leave; returns them, and the claims whose turn comes afterwards.

    What is not to be sent any more, or must not be, ends here; of what another worker has meanwhile nothing is touched.
    """
    with transaction():
        now, left = _share_out(_candidates(claims))
        if not now:
            return [], left
        _look_back(now)
        return _note(let_go(_still_allowed(_still_wanted(now)))), left


def _candidates(claims: Sequence[Claim]) -> list[Candidate]:
    """The messages that are still to be sent, locked; the work on all others ends."""
    messages = services.locked_messages([claim.subject_id for claim in claims])
    # From here on each has a whole lease: whoever waited too long for its turn has lost it to somebody else.
    claims = renew_all(claims)
    by_channel: dict[str, tuple[Transport, UUID | None]] = {}
    found = []
    for claim in claims:
        message = messages.get(claim.subject_id)
        if message is None or message.state not in ("queued", "sending"):
            claim.finish()
            continue
        if message.channel not in by_channel:
            by_channel[message.channel] = _transport(message.channel)
        found.append(Candidate(claim, message, *by_channel[message.channel]))
    return found


def _share_out(found: Sequence[Candidate]) -> tuple[list[Candidate], list[Claim]]:
    now: list[Candidate] = []
    left: list[Claim] = []
    single = 0
    for each in found:
        single += not each.may_repeat
        if single > AT_ONCE and not each.may_repeat:
            left.append(each.claim)
        else:
            now.append(each)
    return now, left


def _look_back(candidates: Sequence[Candidate]) -> None:
    """See how often each was tried before, and close the attempts that a crash left open."""
    theirs = (
        DeliveryAttempt.workspace_id == current_workspace_id(),
        DeliveryAttempt.message_id == one_among(each.message.id for each in candidates),
    )
    rows = db.session.execute(
        select(
            DeliveryAttempt.message_id, func.max(DeliveryAttempt.attempt).label("made"),
            func.bool_or(DeliveryAttempt.outcome == "begun").label("is_open"),
        )
        .where(*theirs)
        .group_by(DeliveryAttempt.message_id)
    )  # fmt: skip
    before = {row.message_id: row for row in rows}
    for each in candidates:
        if each.message.id in before:
            each.made, each.is_broken_off = before[each.message.id].made, before[each.message.id].is_open
    if any(each.is_broken_off for each in candidates):
        db.session.execute(
            update(DeliveryAttempt)
            .where(*theirs, DeliveryAttempt.outcome == "begun")
            .values(outcome="unclear", error="broken_off", finished_at=utcnow())
        )


def _still_wanted(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those whose sending nobody has called off since it was begun; the others end."""
    off = services.called_off([each.claim.item_id for each in candidates])
    for each in candidates:
        if each.claim.item_id in off:
            services.end_called_off(each.message, each.claim.item_id)
            each.claim.finish()
    return [each for each in candidates if each.claim.item_id not in off]


def _still_allowed(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that may be handed over; the others end, refused or uncertain."""
    suppressed = {
        channel: suppressed_among(channel, [each.message.recipient for each in candidates if _by(each, channel)])
        for channel in {each.message.channel for each in candidates}
    }
    leaving = []
    for each in candidates:
        message = each.message
        reason = refusal(message, each.transport, suppressed[message.channel])
        if each.is_broken_off and (reason or not each.may_repeat):
            services.mark_uncertain(message, "broken_off")
            each.claim.finish()
        elif reason:
            services.mark_refused(message, reason)
            each.claim.finish(error=reason)
        else:
            leaving.append(each)
    return leaving


def _note(candidates: Sequence[Candidate]) -> list[Handover]:
    if not candidates:
        return []
    handovers = [
        Handover(each.claim, new_id(), each.may_repeat, _call(each), each.provider_id, each.is_trial)
        for each in candidates
    ]
    db.session.execute(
        insert(DeliveryAttempt),
        [
            {
                "workspace_id": each.message.workspace_id, "id": handover.attempt_id, "message_id": each.message.id,
                "attempt": each.made + 1,
            }
            for each, handover in zip(candidates, handovers, strict=True)
        ],
    )  # fmt: skip
    for name in {each.transport.name for each in candidates}:
        mark_sending([each.message for each in candidates if each.transport.name == name], name)
    return handovers


def _by(candidate: Candidate, channel: str) -> bool:
    return candidate.message.channel == channel


def _transport(channel: str) -> tuple[Transport, UUID | None]:
    """The way out, and the workspace's own provider if it leads through one."""
    transport = transports.email_transport() if channel == "email" else transports.sms_transport()
    own = known_provider(channel)
    return transport, own.id if own else None


def _call(candidate: Candidate) -> Callable[[], Accepted]:
    """The hand-over, with all it needs read beforehand: no transaction is open while the provider takes its time."""
    transport = candidate.transport
    if candidate.message.channel == "sms":
        sms = outgoing_sms(candidate.message)
        return lambda: transport.send(sms)  # type: ignore[arg-type]
    email = outgoing_email(candidate.message)
    return lambda: transport.send(email)  # type: ignore[arg-type]
