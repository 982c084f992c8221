"""The bell: tells an RQ worker that work is due. It carries ids only and may be lost without harm."""

from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest
from uuid import UUID

import structlog
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from app.extensions import redis_door

log = structlog.get_logger(__name__)
QUEUE = "work"
#: What the sweep found, and what comes in great numbers: listened to when nothing else is to be done.
BACKLOG = "backlog"
#: Pieces of one workspace's work that one ring is for.
TOGETHER = 24
#: A bell that was not answered yet is not rung again within this time, or every sweep would queue a backlog anew.
_QUIET_SECONDS = 30
_ANSWER = "app.core.jobs.answer_bell"


def queues() -> list[Queue]:
    """The queues that workers listen to, the more urgent one first."""
    return [Queue(name, connection=redis_door.client, serializer=JSONSerializer) for name in (QUEUE, BACKLOG)]


def ring(items: Sequence[tuple[UUID, UUID]], *, urgent: bool | None = None) -> None:
    """Ask a worker to look at items, given as (workspace, item). With Redis away this does nothing: the sweep rings
    again. `urgent`: whether they go before the backlog; by default, when they are few.
    """
    try:
        fresh = _not_rung(items)
        if not fresh:
            return
        work, backlog = queues()
        queue = work if (len(fresh) <= TOGETHER if urgent is None else urgent) else backlog
        limits = {"result_ttl": 0, "failure_ttl": 60, "ttl": 300, "timeout": 300}  # seconds
        queue.enqueue_many(
            [Queue.prepare_data(_ANSWER, tuple(map(str, ids)), **limits) for ids in _by_workspace(fresh)]
        )
    except RedisError as error:
        log.warning("bell_not_rung", items=len(items), error=type(error).__name__)


def answered(item_ids: Iterable[str]) -> None:
    """From now on these may be rung again."""
    try:
        redis_door.client.unlink(*(f"rung:{item_id}" for item_id in item_ids))
    except RedisError as error:
        log.warning("bell_not_answered", error=type(error).__name__)


def _not_rung(items: Sequence[tuple[UUID, UUID]]) -> list[tuple[UUID, UUID]]:
    with redis_door.client.pipeline(transaction=False) as pipeline:
        for _, item_id in items:
            pipeline.set(f"rung:{item_id}", 1, nx=True, ex=_QUIET_SECONDS)
        return [item for item, is_new in zip(items, pipeline.execute(), strict=True) if is_new]


def _by_workspace(items: Iterable[tuple[UUID, UUID]]) -> list[tuple[UUID, ...]]:
    """The arguments of each ring: a workspace, then ids of its items. The workspaces take turns."""
    by_workspace: dict[UUID, list[UUID]] = {}
    for workspace_id, item_id in items:
        by_workspace.setdefault(workspace_id, []).append(item_id)
    rings = [
        [(here, *ids[start : start + TOGETHER]) for start in range(0, len(ids), TOGETHER)]
        for here, ids in by_workspace.items()
    ]
    return [each for each in chain.from_iterable(zip_longest(*rings)) if each]
