"""The timetable: what takes long holds up neither the ringing nor the sign of life."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from app import schedule
from app.core import health, outbox
from app.extensions import redis_door
from app.schedule import TIMETABLE, Entry, Timekeeper

#: Seconds after which the store answers whatever comes: long after the test is lost.
LOST = 20.0


class SilentStore:
    """A store for files that is asked, and answers when it is told to."""

    def __init__(self) -> None:
        self.asked, self.may_answer = threading.Event(), threading.Event()
        self.was_told = False

    def tidy(self, before: datetime) -> None:
        """The first thing that the sweep asks for."""
        self.asked.set()
        self.was_told = self.may_answer.wait(LOST)

    def listed(self, after: str, limit: int) -> list[Any]:
        """Nothing lies there."""
        return []


@pytest.fixture
def store(app: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[SilentStore]:
    store = SilentStore()
    monkeypatch.setitem(app.extensions, "file_store", store)
    yield store
    store.may_answer.set()
    for thread in aside():
        thread.join(LOST)


@pytest.mark.commits
def test_a_store_that_is_silent_stops_neither_the_ringing_nor_the_sign_of_life(store: SilentStore, client: Any) -> None:
    rings = []

    def ring() -> None:
        outbox.sweep()
        if store.asked.is_set():
            rings.append(1)
        if len(rings) == 1:
            redis_door.client.delete(f"{health.HEARTBEAT_KEY}scheduler")
        if len(rings) == 3:
            store.may_answer.set()
            keeper.stop()

    keeper = Timekeeper(often(ring))
    keeper.run()
    assert store.was_told, "nobody rang while the store was silent"
    assert client.get("/readyz").json["checks"]["scheduler"] == "ok"


@pytest.mark.commits
def test_whoever_is_told_to_stop_does_not_wait_for_a_silent_store(
    store: SilentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "PATIENCE", 0.0)
    keeper = Timekeeper(often(lambda: keeper.stop() if store.asked.is_set() else None))
    keeper.run()
    assert "sweep up files that no lead has" in {thread.name for thread in aside()}


@pytest.mark.commits
def test_what_still_runs_is_not_begun_again(app: Any) -> None:
    begun, goes_on, rounds = [], threading.Event(), []

    def slow() -> None:
        begun.append(1)
        goes_on.wait(LOST)

    def swift() -> None:
        rounds.append(1)
        if len(rounds) == 5:
            goes_on.set()
            keeper.stop()

    keeper = Timekeeper((Entry("slow", 0, slow, aside=True), Entry("swift", 0, swift)))
    keeper.run()
    assert begun == [1]


@pytest.mark.commits
def test_what_fails_aside_runs_again(app: Any) -> None:
    calls = []

    def failing() -> None:
        calls.append(1)
        if len(calls) == 3:
            keeper.stop()
        raise ValueError

    keeper = Timekeeper((Entry("failing", 0, failing, aside=True),))
    keeper.run()
    assert len(calls) == 3


def often(ring: Callable[[], object]) -> tuple[Entry, ...]:
    """The real timetable, its swift entries without a pause and `ring` in the place of the sweep for work."""
    calls = {outbox.sweep: ring}
    return tuple(
        entry if entry.seconds > 10 else replace(entry, seconds=0, call=calls.get(entry.call, entry.call))  # type: ignore[call-overload]
        for entry in TIMETABLE
    )


def aside() -> list[threading.Thread]:
    """The threads in which entries of the timetable run just now."""
    names = {entry.name for entry in TIMETABLE}
    return [thread for thread in threading.enumerate() if thread.name in names]
