"""What changed, told to open pages within a second: ids only, never content; pages fetch with their own rights.

One Redis subscription per process is fanned out to bounded queues, one per open page. A page that can't keep up is
told to start afresh ("resync") instead of being fed late news.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, Full, Queue
from uuid import UUID

import structlog
from redis.exceptions import RedisError

from app.core.tenancy import current_workspace_id
from app.core.transactions import gather_after_commit
from app.extensions import redis_door

log = structlog.get_logger(__name__)
_CHANNEL = "live:"
_QUEUE_SIZE = 64
HEARTBEAT_SECONDS = 15
#: Pages of one person that one process listens for; the oldest gives way, so that nobody takes every connection.
MOST_PAGES = 24
_END = ""
_RESYNC = '{"resync": true}'


def announce(topics: Iterable[str]) -> None:
    """Tell the open pages of the workspace in scope, once the transaction has committed, that `topics` changed."""
    workspace_id = current_workspace_id()
    gather_after_commit(f"live:{workspace_id}", topics, lambda told: _publish(workspace_id, told))


def _publish(workspace_id: UUID, topics: set[str]) -> None:
    if not topics:
        return
    try:
        redis_door.client.publish(f"{_CHANNEL}{workspace_id}", json.dumps({"topics": sorted(topics)}))
    except RedisError as error:
        log.warning("live_not_told", error=type(error).__name__)


class Hub:
    """Holds the process's subscription and the queues of its open pages."""

    def __init__(self) -> None:
        self._pages: dict[str, set[Queue]] = {}
        self._people: dict[UUID, list[Queue]] = {}
        self._lock = threading.Lock()
        self._reader: threading.Thread | None = None

    def join(self, workspace_id: UUID, person_id: UUID) -> Queue:
        """A queue that receives the workspace's messages as JSON text until `part`; an empty text ends it."""
        page: Queue = Queue(_QUEUE_SIZE)
        with self._lock:
            self._pages.setdefault(str(workspace_id), set()).add(page)
            theirs = self._people.setdefault(person_id, [])
            theirs.append(page)
            for surplus in theirs[:-MOST_PAGES]:
                _put_alone(surplus, _END)
            if self._reader is None or not self._reader.is_alive():
                self._reader = threading.Thread(target=self._read, name="live", daemon=True)
                self._reader.start()
        return page

    def part(self, workspace_id: UUID, person_id: UUID, page: Queue) -> None:
        """Stop filling the page's queue."""
        with self._lock:
            pages = self._pages.get(str(workspace_id), set())
            pages.discard(page)
            if not pages:
                self._pages.pop(str(workspace_id), None)
            theirs = [each for each in self._people.get(person_id, []) if each is not page]
            if theirs:
                self._people[person_id] = theirs
            else:
                self._people.pop(person_id, None)

    def count(self) -> int:
        """How many pages are listening in this process."""
        with self._lock:
            return sum(len(pages) for pages in self._pages.values())

    def _read(self) -> None:
        while True:
            try:
                self._listen()
            except (RedisError, OSError) as error:
                log.warning("live_reconnecting", error=type(error).__name__)
                time.sleep(1)

    def _listen(self) -> None:
        subscription = redis_door.client.pubsub(ignore_subscribe_messages=True)
        subscription.psubscribe(f"{_CHANNEL}*")
        self._tell_all(_RESYNC)  # what happened while nobody listened is not known
        try:
            while True:
                message = subscription.get_message(timeout=1.0)
                if message is not None:
                    self._tell(message["channel"].decode().removeprefix(_CHANNEL), message["data"].decode())
        finally:
            subscription.close()

    def _tell(self, workspace_id: str, text: str) -> None:
        with self._lock:
            pages = list(self._pages.get(workspace_id, ()))
        for page in pages:
            _put(page, text)

    def _tell_all(self, text: str) -> None:
        with self._lock:
            everyone = [page for pages in self._pages.values() for page in pages]
        for page in everyone:
            _put(page, text)


def _put(page: Queue, text: str) -> None:
    try:
        page.put_nowait(text)
    except Full:
        _put_alone(page, _RESYNC)


def _put_alone(page: Queue, text: str) -> None:
    """Put `text` in the place of whatever waits there."""
    while True:
        try:
            page.get_nowait()
        except Empty:
            break
    page.put_nowait(text)


hub = Hub()


def stream(
    workspace_id: UUID, person_id: UUID, still_allowed: Iterator[bool], has_missed: Callable[[], bool]
) -> Iterator[str]:
    """Server-sent events for one page. `still_allowed` is asked at every heartbeat; False ends the stream.

    `has_missed` is asked once the page listens: whether anything has changed since the page was made.
    """
    page = hub.join(workspace_id, person_id)
    try:
        yield "retry: 2000\n\n"
        if has_missed():
            yield f"data: {_RESYNC}\n\n"
        last_check = time.monotonic()
        while True:
            try:
                text = page.get(timeout=HEARTBEAT_SECONDS)
                if text == _END:
                    return
                yield f"data: {text}\n\n"
            except Empty:
                yield ": still here\n\n"
            if time.monotonic() - last_check >= HEARTBEAT_SECONDS:
                last_check = time.monotonic()
                if not next(still_allowed):
                    return
    finally:
        hub.part(workspace_id, person_id, page)
