"""Writing down that somebody looked through customers' data by searching, without what they searched for."""

import re

from redis.exceptions import RedisError

from app.core.events import Event, publish
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import redis_door

#: A palette that stays open longer than this, or answers more often than that, is written down again.
SESSION_SECONDS = 900
ANSWERS_PER_ROW = 50
_MARK = re.compile(r"[\w-]{8,40}")


def note_look(hits: int, mark: str, actor: Actor) -> None:
    """Publish `search.looked` once for each time the palette is open (`mark` tells them apart, "" is always new).

    Nothing is written for an answer without a hit. When Redis can't tell whether it was written, it is written.
    """
    if not hits or not _is_first(mark, actor):
        return
    workspace_id = current_workspace_id()
    publish(Event("search.looked", workspace_id, actor, "workspace", workspace_id, data={"hits": hits}))


def _is_first(mark: str, actor: Actor) -> bool:
    if not _MARK.fullmatch(mark):
        return True
    key = f"search:look:{current_workspace_id()}:{actor.user_id}:{mark}"
    try:
        with redis_door.client.pipeline(transaction=False) as pipeline:
            _, count = pipeline.set(key, 0, ex=SESSION_SECONDS, nx=True).incr(key).execute()
    except RedisError:
        return True
    return int(count) % ANSWERS_PER_ROW == 1
