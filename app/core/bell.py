"""The bell: tells an RQ worker that a piece of work is due. It carries ids only and may be lost without harm."""

from uuid import UUID

import structlog
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from app.extensions import redis_door

log = structlog.get_logger(__name__)
QUEUE = "work"
#: A bell rung twice within this time is rung once, so that a long backlog is not queued again by every sweep.
_QUIET_SECONDS = 9


def queue() -> Queue:
    """The one queue that workers listen to."""
    return Queue(QUEUE, connection=redis_door.client, serializer=JSONSerializer)


def ring(workspace_id: UUID, item_id: UUID) -> None:
    """Ask a worker to look at the item now. With Redis away this is a no-op: the sweeper rings again."""
    try:
        if redis_door.client.set(f"rung:{item_id}", 1, nx=True, ex=_QUIET_SECONDS):
            queue().enqueue(
                "app.core.jobs.answer_bell", str(workspace_id), str(item_id), result_ttl=0, failure_ttl=60, ttl=300
            )
    except RedisError as error:
        log.warning("bell_not_rung", item=str(item_id), error=type(error).__name__)
