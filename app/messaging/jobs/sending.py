"""Sending messages: noted before, handed over outside any transaction, noted after.

A crash between the hand-over and the note is the one thing that nobody can decide afterwards. What was begun and has no
end is therefore handed over again only where that has no second effect, or where twice is better than not at all;
everything else waits for a person as uncertain.

Several messages share the statements and commits of both notes, and wait for their providers side by side. Each has its
own attempt, its own lease and its own end all the same.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from flask import Flask, current_app

from app.core.outbox import Claim
from app.messaging.jobs.beginning import AT_ONCE, Handover, begin
from app.messaging.jobs.ending import Done, end
from app.messaging.ports import Accepted, TransportError
from app.messaging.services import breaker

#: Seconds after the note in which hand-overs may begin: each takes up to 20 s, and the lease is of 45 s.
BEGIN_WITHIN = 10.0


def send_all(claims: list[Claim]) -> None:
    """Do the work `message.send` of messages of one workspace."""
    left: Sequence[Claim] = claims
    while left:
        until = time.monotonic() + BEGIN_WITHIN
        handovers, left = begin(left)
        end(_hand_over(handovers, until))


def _hand_over(handovers: Sequence[Handover], until: float) -> list[Done]:
    """Hand them over, several side by side; a single one here and now."""
    if len(handovers) <= 1:
        return [_one(each, until) for each in handovers]
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return list(_hands().map(lambda each: _in_context(app, each, until), handovers))


def _in_context(app: Flask, handover: Handover, until: float) -> Done:
    with app.app_context():
        return _one(handover, until)


def _one(handover: Handover, until: float) -> Done:
    """What came of it: the provider's yes, what it raised, or None when there was no time, or no use, to begin."""
    if time.monotonic() > until or _is_in_vain(handover):
        return Done(handover, None)
    result: Accepted | Exception
    try:
        result = handover.call()
    except Exception as error:
        result = error
    if handover.provider_id is None or not isinstance(result, Accepted | TransportError):
        return Done(handover, result)
    code = result.code if isinstance(result, TransportError) else None
    return Done(handover, result, breaker.note_result(handover.provider_id, code, is_trial=handover.is_trial))


def _is_in_vain(handover: Handover) -> bool:
    """Whether its provider has fallen silent since it was noted, over another one."""
    return handover.provider_id is not None and not handover.is_trial and breaker.is_open(handover.provider_id)


@cache
def _hands() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hand-over")
