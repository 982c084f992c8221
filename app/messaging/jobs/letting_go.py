"""Which of the messages that may be sent leave now. The others wait: for their hours, for their provider to answer
again, or for the receiving side to have room. That is no attempt.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.core.clock import utcnow
from app.core.outbox import Claim
from app.followups.services.holding_messages import held_until
from app.messaging import services
from app.messaging.models import Message
from app.messaging.ports.email import EmailTransport
from app.messaging.ports.sms import SmsTransport
from app.messaging.services.breaker import admit
from app.messaging.services.resuming import WAITING
from app.messaging.services.throttling import waits

Transport = EmailTransport | SmsTransport
#: A message that has waited so long, for a provider that was silent all the time, fails, and a person decides.
LONGEST_WAIT = timedelta(hours=4)


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
    """Those that no sequence wrote for other hours than these."""
    later = held_until([each.message.id for each in candidates], utcnow())
    for each in candidates:
        if each.message.id in later:
            _put_back(each, later[each.message.id], "hours")
    return [each for each in candidates if each.message.id not in later]


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
