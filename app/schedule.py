"""The whole timetable. Each entry is harmless when run twice: due work is claimed row by row in PostgreSQL."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from app.accounts import jobs as accounts
from app.alerts import jobs as alerts
from app.core import health, outbox, tenancy
from app.extensions import db
from app.files import jobs as files

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """Run `call` every `seconds`, the first time at once."""

    name: str
    seconds: int
    call: Callable[[], object]


TIMETABLE = (
    Entry("say that the scheduler is alive", 10, lambda: health.beat("scheduler")),
    Entry("ring for work that is due or abandoned", 10, outbox.sweep),
    Entry("plan each workspace's day", 300, alerts.plan_days),
    Entry("forget ended sessions and old throttles", 3600, accounts.clean_up),
    Entry("sweep up files that no lead has", 3600, files.sweep),
)


class Timekeeper:
    """Runs the entries of a timetable when they are due. One that fails is logged and runs again at its next time."""

    def __init__(self, timetable: tuple[Entry, ...]) -> None:
        self._next = {entry: time.monotonic() for entry in timetable}
        self._stop = threading.Event()

    def stop(self) -> None:
        """Finish what is running, then return from `run`."""
        self._stop.set()

    def run(self) -> None:
        """Keep time until stopped."""
        while not self._stop.is_set():
            now = time.monotonic()
            for entry, due in self._next.items():
                if due <= now:
                    self._next[entry] = now + entry.seconds
                    self._run(entry)
            self._stop.wait(max(0.0, min(self._next.values()) - time.monotonic()))

    def _run(self, entry: Entry) -> None:
        try:
            entry.call()
        except Exception as error:
            log.exception("timetable_entry_failed", entry=entry.name, error=type(error).__name__)
        finally:
            db.session.remove()
            tenancy.leave()
