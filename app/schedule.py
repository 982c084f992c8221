"""The whole timetable. Each entry is harmless when run twice: due work is claimed row by row in PostgreSQL."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from flask import Flask, current_app

from app.accounts import jobs as accounts
from app.alerts import jobs as alerts
from app.core import health, outbox, tenancy
from app.core.refusals import facts_of
from app.extensions import db
from app.files import jobs as files

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """Run `call` every `seconds`, the first time at once.

    `aside`: in a thread of its own, since it may take long, and while it does nobody would ring or say that we live.
    """

    name: str
    seconds: int
    call: Callable[[], object]
    aside: bool = False


TIMETABLE = (
    Entry("say that the scheduler is alive", 10, lambda: health.beat("scheduler")),
    Entry("ring for work that is due or abandoned", 10, outbox.sweep),
    Entry("plan each workspace's day", 300, alerts.plan_days, aside=True),
    Entry("forget ended sessions and old throttles", 3600, accounts.clean_up, aside=True),
    Entry("sweep up files that no lead has", 3600, files.sweep, aside=True),
)
#: Seconds that what runs aside is given to end when we stop. What breaks off then is done again another time.
PATIENCE = 5.0


class Timekeeper:
    """Runs the entries of a timetable when they are due. One that fails is logged and runs again at its next time."""

    def __init__(self, timetable: tuple[Entry, ...]) -> None:
        self._next = {entry: time.monotonic() for entry in timetable}
        self._aside: dict[Entry, threading.Thread] = {}
        self._stop = threading.Event()

    def stop(self) -> None:
        """Finish what is running, then return from `run`."""
        self._stop.set()

    @property
    def is_stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    def run(self) -> None:
        """Keep time until stopped. Runs in an app context."""
        while not self._stop.is_set():
            now = time.monotonic()
            for entry, due in self._next.items():
                if due <= now:
                    self._next[entry] = now + entry.seconds
                    self._begin(entry)
            self._stop.wait(max(0.0, min(self._next.values()) - time.monotonic()))
        until = time.monotonic() + PATIENCE
        for thread in self._aside.values():
            thread.join(max(0.0, until - time.monotonic()))

    def _begin(self, entry: Entry) -> None:
        if not entry.aside:
            _run(entry)
        elif entry not in self._aside or not self._aside[entry].is_alive():
            app = current_app._get_current_object()  # type: ignore[attr-defined]
            thread = threading.Thread(target=_run_aside, args=(app, entry), name=entry.name, daemon=True)
            self._aside[entry] = thread
            thread.start()
        else:
            log.warning("timetable_entry_still_runs", entry=entry.name)


def _run_aside(app: Flask, entry: Entry) -> None:
    with app.app_context():  # and so a session of its own
        _run(entry)


def _run(entry: Entry) -> None:
    try:
        entry.call()
    except Exception as error:
        log.exception("timetable_entry_failed", entry=entry.name, **facts_of(error))
    finally:
        db.session.remove()
        tenancy.leave()
