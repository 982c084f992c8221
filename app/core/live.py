"""What changed, told to open pages within a second: ids only, never content; pages fetch with their own rights.

One Redis subscription per process is fanned out to bounded queues, one per open page. What was said lately is kept for
the page that was made before and listens only now, and for the one whose connection broke: each message says when it
was said (the event's id, in µs since 1970), and a browser that comes back names the last it had. A page that can't
keep up, or may have missed what nobody here heard, is told to start afresh ("resync").
"""

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from queue import Empty, Full, Queue
from typing import Any
from uuid import UUID

import structlog
from redis.exceptions import RedisError

from app.core.live_history import CLOCKS_APART, KEPT_SECONDS, History
from app.core.tenancy import current_scope, current_workspace_id
from app.core.transactions import gather_after_commit
from app.extensions import redis_door

log = structlog.get_logger(__name__)
_CHANNEL = "live:"
_QUEUE_SIZE = 64
HEARTBEAT_SECONDS = 15
#: After how many ms a page whose stream ended asks again: not all at once when a process stops that had a thousand.
_RETRY_LEAST, _RETRY_SPREAD = 1_000, 4_000
#: Pages of one person that one process listens for; the oldest gives way, so that nobody takes every connection.
MOST_PAGES = 24
_END = ""
_RESYNC = 'data: {"resync": true}\n\n'


def announce(topics: Iterable[str]) -> None:
    """Tell the open pages of the workspace in scope, once the transaction has committed, that `topics` changed."""
    workspace_id, person_id = current_workspace_id(), current_scope().user_id
    gather_after_commit(
        f"live:{workspace_id}:{person_id}", topics, lambda told: _publish(workspace_id, person_id, told)
    )


def _publish(workspace_id: UUID, person_id: UUID | None, topics: set[str]) -> None:
    if not topics:
        return
    said = {"topics": sorted(topics), "by": str(person_id) if person_id else None, "at": time.time()}
    try:
        redis_door.client.publish(f"{_CHANNEL}{workspace_id}", json.dumps(said))
    except RedisError as error:
        log.warning("live_not_told", error=type(error).__name__)


@dataclass(frozen=True)
class Known:
    """What a page knows when it begins to listen: what was said until then (seconds since 1970), where clocks agree.

    A page that follows somebody's own act (`acts_of`) shows that for certain: it came by the same clock. Whether it
    has missed anything is asked only where this process can't know.
    """

    until: float
    acts_of: UUID | None
    has_missed: Callable[[], bool]


class Hub:
    """Holds the process's subscription and the queues of its open pages."""

    def __init__(self) -> None:
        self._pages: dict[str, set[Queue]] = {}
        self._people: dict[UUID, list[Queue]] = {}
        self._histories: dict[str, History] = {}
        self._heard_since: float | None = None
        self._lock = threading.Lock()
        self._reader: threading.Thread | None = None

    def join(self, workspace_id: UUID, person_id: UUID) -> Queue:
        """A queue that receives the workspace's messages as events until `part`; an empty one ends it."""
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

    def missed(self, workspace_id: UUID, known: Known) -> set[str] | None:
        """The topics that are new to a page that knows so much; None where this process can't know them all."""
        with self._lock:
            heard_since = max(self._heard_since or float("inf"), time.time() - KEPT_SECONDS)
            if known.until - CLOCKS_APART < heard_since:
                return None
            history = self._histories.get(str(workspace_id))
            return history.new_to(known.until, known.acts_of) if history else set()

    def end(self) -> None:
        """End all streams of a process that stops; their pages ask again, and another process answers."""
        for page in self._everyone():
            _put_alone(page, _END)

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
        subscription = redis_door.subscription()
        subscription.psubscribe(f"{_CHANNEL}*")
        tidied_at = time.time()
        try:
            while True:
                message = subscription.get_message(timeout=1.0)
                now = time.time()
                if message is not None and message["type"] == "psubscribe":
                    self._heard_since = now
                    for page in self._everyone():
                        _put(page, _RESYNC)  # what happened while nobody listened is not known
                elif message is not None:
                    self._tell(message["channel"].decode().removeprefix(_CHANNEL), json.loads(message["data"]), now)
                if now > tidied_at + KEPT_SECONDS:
                    tidied_at = now
                    self._forget(now - KEPT_SECONDS)
        finally:
            self._heard_since = None
            self._forget(float("inf"))
            subscription.close()

    def _tell(self, workspace_id: str, said: dict[str, Any], now: float) -> None:
        said_at = min(now, said.get("at", now))  # a process of an older release says neither when nor by whom
        with self._lock:
            self._histories.setdefault(workspace_id, History()).add(now, said_at, said.get("by"), said["topics"])
            pages = list(self._pages.get(workspace_id, ()))
        for page in pages:
            _put(page, _id(said_at) + _changed(said["topics"]))

    def _forget(self, until: float) -> None:
        with self._lock:
            self._histories = {each: kept for each, kept in self._histories.items() if kept.heard_at >= until}

    def _everyone(self) -> list[Queue]:
        with self._lock:
            return [page for pages in self._pages.values() for page in pages]


def _id(at: float) -> str:
    return f"id: {at * 1_000_000:.0f}\n"


def _pulse(told_until: float) -> str:
    # Nobody listens for it, but it has to be an event with data, or Safari does not keep its id.
    return f"event: pulse\n{_id(told_until)}data: still here\n\n"


def _changed(topics: Iterable[str]) -> str:
    return f"data: {json.dumps({'topics': sorted(topics)})}\n\n"


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


def stream(workspace_id: UUID, person_id: UUID, still_allowed: Iterator[bool], known: Known | None) -> Iterator[str]:
    """Server-sent events for one page. `still_allowed` is asked at every heartbeat; False ends the stream.

    What is new to a page that says what it knows is said at once.
    """
    page = hub.join(workspace_id, person_id)
    try:
        retry = f"retry: {_RETRY_LEAST + secrets.randbelow(_RETRY_SPREAD)}\n"
        yield retry + (_pulse(known.until) if known else "\n")
        missed = hub.missed(workspace_id, known) if known else set()
        if missed:
            yield _changed(missed)
        elif missed is None and known and known.has_missed():
            yield _RESYNC
        last_check = time.monotonic()
        while True:
            # What was said before the waiting began has been heard when it ends; of a later moment that isn't sure.
            told_until = time.time()
            try:
                event = page.get(timeout=HEARTBEAT_SECONDS)
                if event == _END:
                    return
                yield event
            except Empty:
                yield _pulse(told_until)
            if time.monotonic() - last_check >= HEARTBEAT_SECONDS:
                last_check = time.monotonic()
                if not next(still_allowed):
                    return
    finally:
        hub.part(workspace_id, person_id, page)
