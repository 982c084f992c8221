"""What changed between the making of a page and its listening, or while its connection was broken, is not lost."""

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine

from app.audit.queries import others_did_something
from app.core import live_history
from app.core.clock import utcnow
from app.core.live import Known, hub
from app.extensions import redis_door
from tests.support.client import Client
from tests.support.waiting import wait_for
from tests.support.world import World

pytestmark = pytest.mark.commits


def first_words(client: Client, page: str, told: str = "", **headers: str) -> str:
    """What the stream says as soon as that page listens; `told` is what it adds to its address when it comes back."""
    address = re.search(r'data-stream="([^"]+)"', page)
    assert address
    answer = client.get(address[1] + told, headers=headers)
    with answer:
        return b"".join(islice(answer.iter_encoded(), 2)).decode()


def missed_by_now(workspace_id: UUID) -> set[str] | None:
    """What is new to a page of the workspace that was made now; None until this process listens."""
    return hub.missed(workspace_id, Known(time.time(), None, lambda: False))


@pytest.fixture
def listening(alice: Client) -> Iterator[Iterator[bytes]]:
    """A stream that is open already, in a process that has listened for a while."""
    with alice.get("/w/wells/stream") as answer:
        lines = answer.iter_encoded()
        next(lines)
        wait_for(lambda: missed_by_now(uuid4()) is not None, what="the process listens")
        yield lines


def heard(listening: Iterator[bytes], word: str) -> str:
    """Wait until the process has heard of `word`, at most as long as it takes to say that there is nothing; returns the
    id of the event.
    """
    for event in listening:
        assert b"still here" not in event, f"nobody said {word}"
        if word.encode() in event:
            found = re.search(rb"^id: (\d+)$", event, re.MULTILINE)
            return found[1].decode() if found else ""
    raise AssertionError(f"the stream ended before anybody said {word}")


def note(client: Client, lead_id: UUID) -> None:
    """Write something down on a lead."""
    assert client.post(f"/w/wells/leads/{lead_id}/notes", data={"note": "Rang twice"}).status_code < 400


def test_what_changed_before_the_page_listens_is_said_and_no_more(
    alice: Client, bob: Client, world: World, make_lead: Any, listening: Iterator[bytes]
) -> None:
    shown, theirs, other_tab = make_lead().id, make_lead().id, make_lead().id
    heard(listening, f"lead-{other_tab}")
    wait_for(lambda: missed_by_now(world.workspace_id) == set(), what="their making is over")
    note(alice, shown)
    heard(listening, f"lead-{shown}")
    page = alice.get("/w/wells/leads/board").text
    note(bob, theirs)
    note(alice, other_tab)
    heard(listening, f"lead-{other_tab}")
    words = first_words(alice, page)
    assert f"lead-{theirs}" in words and f"lead-{other_tab}" in words
    assert f"lead-{shown}" not in words, "the page that follows one's own act shows it already"
    assert "resync" not in words and str(bob.user_id) not in words


@pytest.mark.parametrize("says_so", ["the browser", "the page"])
def test_a_page_that_comes_back_is_told_what_it_missed(
    alice: Client, world: World, make_lead: Any, listening: Iterator[bytes], says_so: str
) -> None:
    """One's own acts elsewhere too, but not what it was told before."""
    page = alice.get("/w/wells/leads/board").text
    before, after = make_lead().id, make_lead().id
    told = heard(listening, f"lead-{after}")
    wait_for(lambda: missed_by_now(world.workspace_id) == set(), what="their making is long over")
    note(alice, before)
    told = heard(listening, f"lead-{before}")
    wait_for(lambda: missed_by_now(world.workspace_id) == set(), what="the first note is long over")
    note(alice, after)
    heard(listening, f"lead-{after}")
    later = str(int(told) + 300_000)
    if says_so == "the browser":
        words = first_words(alice, page, **{"Last-Event-ID": later})
    else:
        words = first_words(alice, page, f"&told={later}")
    assert f"lead-{after}" in words
    assert f"lead-{before}" not in words and "resync" not in words


def test_each_stream_says_from_the_first_until_when_all_was_told(alice: Client) -> None:
    page = alice.get("/w/wells/leads/board").text
    since = re.search(r"since=(\d+)", page)
    assert since
    assert f"id: {since[1]}\n" in first_words(alice, page)


def test_a_page_that_comes_back_late_fetches_anew(alice: Client, listening: Iterator[bytes]) -> None:
    """Also where nobody else did anything that is written down: it may have been its own person elsewhere."""
    page = alice.get("/w/wells/leads/board").text
    two_minutes_ago = int((utcnow() - timedelta(minutes=2)).timestamp() * 1_000_000)
    assert "resync" in first_words(alice, page, f"&told={two_minutes_ago}")


def test_more_than_is_remembered_makes_it_fetch_anew(
    alice: Client, bob: Client, make_lead: Any, listening: Iterator[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_history, "MOST_TOPICS", 2)
    lead_id = make_lead().id
    page = alice.get("/w/wells/leads/board").text
    for _ in range(3):
        note(bob, lead_id)
        heard(listening, f"lead-{lead_id}")
    assert "resync" in first_words(alice, page)


def test_what_came_late_is_told_to_who_may_not_have_had_it(
    alice: Client, world: World, listening: Iterator[bytes]
) -> None:
    page = alice.get("/w/wells/leads/board").text
    told_until = time.time()  # not earlier: this process may have begun to listen just before
    said = {"topics": ["held-up-on-the-way"], "by": None, "at": told_until - 5}
    redis_door.client.publish(f"live:{world.workspace_id}", json.dumps(said))
    heard(listening, "held-up-on-the-way")
    assert "held-up-on-the-way" in first_words(alice, page, f"&told={told_until * 1_000_000:.0f}")


def test_a_line_of_an_older_release_is_understood(alice: Client, world: World, listening: Iterator[bytes]) -> None:
    page = alice.get("/w/wells/leads/board").text
    redis_door.client.publish(f"live:{world.workspace_id}", '{"topics": ["from-an-older-release"]}')
    heard(listening, "from-an-older-release")
    assert "from-an-older-release" in first_words(alice, page)


@pytest.mark.parametrize("since", ["9" * 400, "-" + "9" * 400, "0", "soon"])
def test_any_word_for_when_a_page_was_made_or_told_is_answered(alice: Client, since: str) -> None:
    with (
        alice.get(f"/w/wells/stream?since={since}") as made,
        alice.get(f"/w/wells/stream?told={since}") as told,
        alice.get("/w/wells/stream", headers={"Last-Event-ID": since}) as broken,
    ):
        for answer in (made, told, broken):
            assert answer.status_code == 200
            assert next(answer.iter_encoded()).startswith(b"retry")


def test_a_page_that_missed_nothing_is_told_nothing(
    alice: Client, bob: Client, make_lead: Any, listening: Iterator[bytes]
) -> None:
    lead_id = make_lead().id
    note(bob, lead_id)
    heard(listening, f"lead-{lead_id}")
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=2)):
        page = alice.get("/w/wells/leads/board").text
        address = re.search(r'data-stream="([^"]+)"', page)
        assert address
        with alice.get(address[1]) as answer:
            lines = answer.iter_encoded()
            assert next(lines).startswith(b"retry")
            note(bob, lead_id)
            assert b"resync" not in (line := next(lines)) and f"lead-{lead_id}".encode() in line


def test_a_page_older_than_what_is_remembered_fetches_anew(
    alice: Client, bob: Client, make_lead: Any, listening: Iterator[bytes]
) -> None:
    lead_id = make_lead().id
    page = alice.get("/w/wells/leads/board").text
    note(bob, lead_id)
    heard(listening, f"lead-{lead_id}")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
        assert "resync" in first_words(alice, page)


def test_a_process_that_has_not_listened_yet_asks_the_database(alice: Client, bob: Client, make_lead: Any) -> None:
    lead_id, before = make_lead().id, utcnow()
    an_hour_before = int((before - timedelta(hours=1)).timestamp() * 1_000_000)
    note(bob, lead_id)
    words = first_words(alice, f'data-stream="/w/wells/stream?since={an_hour_before}"')
    assert "resync" in words


def test_one_s_own_change_does_not(alice: Client, bob: Client, make_lead: Any) -> None:
    """The page that follows one's own act shows it already."""
    lead, before = make_lead(), utcnow()
    alice.post(f"/w/wells/leads/{lead.id}/notes", data={"note": "Rang twice"})
    assert not others_did_something(before, alice.user_id)
    assert others_did_something(before, bob.user_id)
