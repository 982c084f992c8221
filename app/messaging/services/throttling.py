"""How many mails a minute go to one receiving domain: large ones turn away senders who come in crowds.

Redis counts, under keyed hashes of the domains. Losing it loses the count and nothing else: then nobody waits.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import count

import structlog
from flask import current_app
from redis.exceptions import RedisError

from app.core.access_keys import keyed_hash
from app.core.clock import utcnow
from app.core.email_addresses import domain
from app.extensions import redis_door

log = structlog.get_logger(__name__)
#: Seconds that are counted together.
_SPAN = 10
#: However long the queue, it is looked at again after so many spans.
_MOST_SPANS = 60


def waits(mails: Sequence[tuple[str, str]]) -> list[float]:
    """For mails about to leave, given as (server, recipient): how many seconds each had better wait, 0 for none.

    Those that must wait are spread over the spans in which there will be room for them.
    """
    limit = max(1, current_app.config["MAILS_PER_DOMAIN_PER_MINUTE"] * _SPAN // 60)
    moment = utcnow().timestamp()
    span = int(moment // _SPAN)
    keys = [_key(server, recipient, span) for server, recipient in mails]
    many = Counter(keys)
    before = _count(many)
    places = {key: count(before.get(key, 0)) for key in many}
    return [_wait(next(places[key]) // limit, moment) for key in keys]


def _wait(spans: int, moment: float) -> float:
    return min(spans, _MOST_SPANS) * _SPAN - moment % _SPAN if spans else 0.0


def _count(many: Counter[str]) -> dict[str, int]:
    """How many had been counted under each key before; counts these too."""
    if not many:
        return {}
    try:
        with redis_door.client.pipeline(transaction=False) as pipeline:
            for key, number in many.items():
                pipeline.incrby(key, number)
                pipeline.expire(key, 2 * _SPAN)
            after = pipeline.execute()[::2]
    except RedisError as error:
        log.warning("throttle_not_counted", error=type(error).__name__)
        return {}
    return {key: total - number for (key, number), total in zip(many.items(), after, strict=True)}


def _key(server: str, recipient: str, span: int) -> str:
    return f"mails:{keyed_hash('mail-domain', f'{server} {domain(recipient)}').hex()[:24]}:{span}"
