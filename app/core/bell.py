"""The bell: tells an RQ worker that work is due. It carries ids only and may be lost without harm."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, zip_longest
from typing import TypeVar
from uuid import UUID

import structlog
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from app.extensions import redis_door

log = structlog.get_logger(__name__)
QUEUE = "work"
#: Of what the sweep found, one ring a workspace: nobody's work waits behind the thousands of somebody else.
TURNS = "turns"
#: What would be urgent of a workspace that has had its urgent seconds: behind what anybody else waits for.
SPENT = "spent"
#: What else the sweep found, and what comes in great numbers: listened to when nothing else is to be done.
BACKLOG = "backlog"
#: Pieces of one workspace's work that one ring is for; and of one whose last minute had a ring that took LONG seconds.
TOGETHER, FEW, LONG = 24, 4, 5.0
#: Seconds of the workers' time that a workspace has in a minute for what goes before everything else.
URGENT_SECONDS, _MINUTE = 20.0, 60
#: A bell that was not answered yet is not rung again within this time, or every sweep would queue a backlog anew.
_QUIET_SECONDS = 30
#: A ring that nobody has answered is gone after this time.
_STANDS_SECONDS = 300
_ANSWER = "app.core.jobs.answer_bell"
#: What a ring says: a workspace, then ids of its items.
Ring = tuple[UUID, ...]
Claimed = TypeVar("Claimed")


def queues() -> list[Queue]:
    """The queues that workers listen to, the most urgent one first."""
    return [
        Queue(name, connection=redis_door.client, serializer=JSONSerializer) for name in (QUEUE, TURNS, SPENT, BACKLOG)
    ]


def ring(items: Sequence[tuple[UUID, UUID]], *, urgent: bool | None = None) -> None:
    """Ask a worker to look at items, given as (workspace, item). With Redis away this does nothing: the sweep rings
    again. `urgent`: whether they go before everything else or into the backlog; by default, when they are few and the
    workspace has not had its urgent seconds.
    """
    with _lossily(items):
        rings = _rings(_not_rung(items))
        if urgent is None and sum(len(each) - 1 for each in rings) <= TOGETHER:
            spent = _spent({each[0] for each in rings})
            _put(QUEUE, [each for each in rings if each[0] not in spent])
            _put(SPENT, [each for each in rings if each[0] in spent])
        else:
            _put(QUEUE if urgent else BACKLOG, rings)


def ring_in_turn(items: Sequence[tuple[UUID, UUID]]) -> None:
    """Do what `ring` does for what nobody waits for just now: a first ring of each workspace goes before any backlog.

    A workspace whose last such ring still stands has to wait for another, or the turns would become a backlog too.
    """
    with _lossily(items):
        rings = _rings(_not_rung(items))
        first = rings[: len({each[0] for each in rings})]  # since the workspaces take turns
        in_turn = set(_claimed([(f"turn:{each[0]}", each) for each in first], _STANDS_SECONDS))
        _put(TURNS, [each for each in first if each in in_turn])
        _put(BACKLOG, [each for each in rings if each not in in_turn])


def note_time(workspace_id: str, seconds: float, *, was_urgent: bool) -> None:
    """Count what a worker spent on a ring. A provider may take its time over each message, but nobody else shall wait
    for it.
    """
    urgent = f"urgent:{workspace_id}"
    try:
        with redis_door.client.pipeline() as pipeline:
            if was_urgent:
                pipeline.set(urgent, 0, nx=True, ex=_MINUTE).incrbyfloat(urgent, seconds)
            if seconds > LONG:
                pipeline.set(f"long:{workspace_id}", 1, ex=_MINUTE)
            pipeline.execute()
    except RedisError as error:
        log.warning("bell_not_told", error=type(error).__name__)


def answered(workspace_id: str, item_ids: Iterable[str]) -> None:
    """From now on these may be rung again, and their workspace has another turn."""
    try:
        redis_door.client.unlink(f"turn:{workspace_id}", *(f"rung:{item_id}" for item_id in item_ids))
    except RedisError as error:
        log.warning("bell_not_answered", error=type(error).__name__)


@contextmanager
def _lossily(items: Sequence[tuple[UUID, UUID]]) -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        log.warning("bell_not_rung", items=len(items), error=type(error).__name__)


def _put(name: str, rings: Sequence[Ring]) -> None:
    if rings:
        (queue,) = (each for each in queues() if each.name == name)
        limits = {"result_ttl": 0, "failure_ttl": 60, "ttl": _STANDS_SECONDS, "timeout": 300}  # seconds
        queue.enqueue_many([Queue.prepare_data(_ANSWER, tuple(map(str, ids)), **limits) for ids in rings])


def _spent(workspace_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the workspaces that have had the urgent seconds of this minute."""
    return {here for here, seconds in _noted("urgent", workspace_ids) if float(seconds or 0) >= URGENT_SECONDS}


def _noted(what: str, workspace_ids: Iterable[UUID]) -> Iterator[tuple[UUID, bytes | None]]:
    asked = list(workspace_ids)
    if asked:
        yield from zip(asked, redis_door.client.mget(f"{what}:{here}" for here in asked), strict=True)


def _not_rung(items: Sequence[tuple[UUID, UUID]]) -> list[tuple[UUID, UUID]]:
    return _claimed([(f"rung:{item[1]}", item) for item in items], _QUIET_SECONDS)


def _claimed(wanted: Sequence[tuple[str, Claimed]], seconds: int) -> list[Claimed]:
    """What stands beside those keys that nobody holds; from now on we do, for so long."""
    with redis_door.client.pipeline(transaction=False) as pipeline:
        for key, _ in wanted:
            pipeline.set(key, 1, nx=True, ex=seconds)
        return [each for (_, each), is_new in zip(wanted, pipeline.execute(), strict=True) if is_new]


def _rings(items: Iterable[tuple[UUID, UUID]]) -> list[Ring]:
    """The rings that items need. The workspaces take turns."""
    by_workspace: dict[UUID, list[UUID]] = {}
    for workspace_id, item_id in items:
        by_workspace.setdefault(workspace_id, []).append(item_id)
    sizes = {here: FEW if takes_long else TOGETHER for here, takes_long in _noted("long", by_workspace)}
    rings = [
        [(here, *ids[start : start + sizes[here]]) for start in range(0, len(ids), sizes[here])]
        for here, ids in by_workspace.items()
    ]
    return [each for each in chain.from_iterable(zip_longest(*rings)) if each]
