"""The breaker of a workspace's own provider: while that is silent nothing is tried through it, so that what else the
workers have to do, for everybody, need not wait for it again and again.

It opens at the first time-out, or connection that could not be made, for FIRST_PAUSE, and twice as long after each
trial that ends like this. One trial goes at a time; an answer of any kind closes it. The installation's own transports
have none: recipients that one workspace chose can make a mail server slow, and must not shut it for everybody.

The circuit of Squeegee stands in the database, since not one call may pass while it is open. This one only saves time,
so Redis will do, under the provider's id: when that forgets, the provider is merely tried again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from redis.exceptions import RedisError

from app.core.clock import utcnow
from app.extensions import redis_door

log = structlog.get_logger(__name__)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=15)
#: So long no second trial goes: longer than one waits for its turn and then takes.
TRIAL_TAKES = timedelta(seconds=30)
#: A provider that nobody needed for so long since its last failure begins anew.
_REMEMBERED = timedelta(hours=1)
#: Codes of a provider that said nothing, or could not be reached.
SILENT = frozenset(
    {
        "smtp_timeout", "smtp_connection", "gateway_connection", "gateway_no_answer", "twilio_connection",
        "twilio_no_answer", "imap_connection",
    }
)  # fmt: skip
#: Codes of what ended before the provider was asked.
_NOT_ASKED = frozenset({"bad_header", "gateway_address", "twilio_address"})


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether the provider may be used. `until` is None when anybody may; else others wait until then, and `is_trial`
    says whether the asker may go, alone. `since` is when it fell silent.
    """

    until: datetime | None = None
    is_trial: bool = False
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """What a result means: until when nothing is tried, after how many failures in a row; or that the provider, which
    had been silent, answers again.
    """

    until: datetime | None = None
    failures: int = 0
    answers_again: bool = False


NOTHING_NOTED = Noted()


def admit(provider_id: UUID) -> Admission:
    """Ask to use a provider. After a pause the first to ask takes the trial, which must then go."""
    counted, pause = _keys(provider_id)
    try:
        since = redis_door.client.hget(counted, "since")
        if since is None:
            return Admission()
        is_trial = bool(redis_door.client.set(pause, "trial", px=TRIAL_TAKES, nx=True))
        left = timedelta(milliseconds=max(0, redis_door.client.pttl(pause)))
    except RedisError as error:
        log.warning("breaker_not_asked", error=type(error).__name__)
        return Admission()
    return Admission(utcnow() + left, is_trial, datetime.fromisoformat(since.decode()))


def is_open(provider_id: UUID) -> bool:
    """Whether nothing is to be tried at present, or just one trial. Takes none."""
    try:
        return bool(redis_door.client.exists(_keys(provider_id)[1]))
    except RedisError:
        return False


def note_result(provider_id: UUID, code: str | None, *, is_trial: bool) -> Noted:
    """Note how a use of a provider ended: a code of trouble, None for a yes.

    What was under way already when the breaker opened counts no further failure.
    """
    if code in _NOT_ASKED:
        return NOTHING_NOTED
    try:
        return _count(provider_id, is_trial) if code in SILENT else Noted(answers_again=_forget(provider_id))
    except RedisError as error:
        log.warning("breaker_not_noted", error=type(error).__name__)
        return NOTHING_NOTED


def forget(provider_id: UUID) -> None:
    """Let the provider be used at once: it was set up anew, or answered somebody's test."""
    try:
        _forget(provider_id)
    except RedisError as error:
        log.warning("breaker_not_forgotten", error=type(error).__name__)


def _count(provider_id: UUID, is_trial: bool) -> Noted:
    (counted, pause), client = _keys(provider_id), redis_door.client
    failures = int(client.hget(counted, "failures") or 0) + 1
    length = min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
    if not client.set(pause, "failure", px=length, nx=not is_trial):
        return Noted(utcnow() + timedelta(milliseconds=max(0, client.pttl(pause))), failures - 1)
    with client.pipeline() as pipeline:
        pipeline.hset(counted, "failures", failures)
        pipeline.hsetnx(counted, "since", utcnow().isoformat())
        pipeline.expire(counted, _REMEMBERED)
        pipeline.execute()
    return Noted(utcnow() + length, failures)


def _forget(provider_id: UUID) -> bool:
    counted, pause = _keys(provider_id)
    with redis_door.client.pipeline() as pipeline:
        known, _ = pipeline.unlink(counted).unlink(pause).execute()
    return bool(known)


def _keys(provider_id: UUID) -> tuple[str, str]:
    """Where its failures in a row are counted, and what exists while it is left alone."""
    return f"breaker:{provider_id}", f"breaker-pause:{provider_id}"
