"""Which of the messages that may be sent leave now. The others wait: for their hours, for their provider to answer
again, or for the receiving side to have room. That is no attempt.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.core.clock import utcnow
from app.core.models import one_among
from app.core.outbox import Claim, OutboxItem
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.services.holding_messages import held_until
from app.messaging import services
from app.messaging.models import Message
from app.messaging.ports.email import EmailTransport
from app.messaging.ports.sms import SmsTransport
from app.messaging.services.breaker import admit
from app.messaging.services.resuming import WAITING
from app.messaging.services.throttling import waits
from app.workspaces.queries import current_workspace

Transport = EmailTransport | SmsTransport
#: A message that has waited so long, for a provider that was silent all the time, fails, and a person decides.
LONGEST_WAIT = timedelta(hours=4)
#: A text that leaves within this of being wanted leaves at an hour that was chosen, a few failed tries included.
AT_ONCE_MEANS = timedelta(minutes=10)


@dataclass(slots=True)
class Candidate:
    """A message that is to be sent. `provider_id` is the workspace's own provider, None for the installation's;
    `is_trial`: it is to find out whether a silent one answers again.
    """

    claim: Claim
    message: Message
    transport: Transport
    provider_id: UUID | None
    made: int = 0
    is_broken_off: bool = False
    is_trial: bool = False

    @property
    def may_repeat(self) -> bool:
        """Whether a second hand-over does no harm."""
        return self.transport.honours_our_id or self.message.resend_when_unsure


def let_go(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that leave now; the work on the others is put back."""
    return _with_room(_not_to_the_silent(_in_their_hours(candidates)))


def _in_their_hours(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that no sequence wrote for other hours than these, and no texts that would wake somebody by now."""
    now = utcnow()
    later = held_until([each.message.id for each in candidates], now)
    texts = [each for each in candidates if each.message.channel == "sms"]
    morning = _quiet_until(now) if texts else None
    for message_id in _have_waited(texts, now) if morning else ():
        later[message_id] = max(morning, later.get(message_id, morning))
    for each in candidates:
        if each.message.id in later:
            _put_back(each, later[each.message.id], "hours")
    return [each for each in candidates if each.message.id not in later]


def _quiet_until(now: datetime) -> datetime | None:
    """The end of the quiet hours, None outside them."""
    clock = current_workspace().clock()
    if clock.texts is None or clock.may_text(now):
        return None
    return clock.next_in_window(now, *clock.texts, any_day=True)


def _have_waited(candidates: Sequence[Candidate], now: datetime) -> Sequence[UUID]:
    """The messages that somebody, or something, wanted sent so long ago that the hours are other ones by now.

    What leaves at once leaves at any hour: whoever presses the button knows how late it is, and who is texted back has
    just rung.
    """
    query = select(OutboxItem.subject_id).where(
        OutboxItem.workspace_id == current_workspace_id(),
        OutboxItem.id == one_among(each.claim.item_id for each in candidates),
        OutboxItem.created_at < now - AT_ONCE_MEANS,
    )  # fmt: skip
    return db.session.scalars(query).all()


def _not_to_the_silent(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those whose provider is not silent, and of each silent one that may be tried again a single one."""
    by_provider: dict[UUID | None, list[Candidate]] = defaultdict(list)
    for each in candidates:
        by_provider[each.provider_id].append(each)
    waiting = set()
    for provider_id, theirs in by_provider.items():
        admission = admit(provider_id) if provider_id else None
        if admission is None or admission.until is None:
            continue
        waiting |= {each.message.id for each in theirs}
        theirs = [each for each in theirs if not _failed_for_its_age(each, admission.since)]
        if admission.is_trial and theirs:
            trial = min(theirs, key=lambda each: each.claim.attempts)
            trial.is_trial = True
            theirs.remove(trial)
            waiting.remove(trial.message.id)
        for each in theirs:
            _put_back(each, admission.until, WAITING)
    return [each for each in candidates if each.message.id not in waiting]


def _failed_for_its_age(candidate: Candidate, since: datetime | None) -> bool:
    """Whether a message has waited too long for a provider that is silent since then; if so, it has failed."""
    message = candidate.message
    if since is None or max(since, message.created_at) + LONGEST_WAIT >= utcnow():
        return False
    services.mark_failed(message, WAITING)
    candidate.claim.finish(error=WAITING)
    return True


def _with_room(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those whose receiving side has room for them."""
    mails = [each for each in candidates if each.message.channel == "email"]
    held = waits([(_server(each.transport), each.message.recipient) for each in mails])
    now, waiting = utcnow(), set()
    for each, seconds in zip(mails, held, strict=True):
        if seconds:
            waiting.add(each.message.id)
            _put_back(each, now + timedelta(seconds=seconds), "throttled")
    return [each for each in candidates if each.message.id not in waiting]


def _put_back(candidate: Candidate, run_at: datetime, reason: str) -> None:
    candidate.message.state = "queued"
    candidate.claim.put_back(run_at, reason, uncounted=True)


def _server(transport: Transport) -> str:
    """Whose good name its mails leave under: what is counted for one holds no other up."""
    return getattr(transport, "server", transport.name)
