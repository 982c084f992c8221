"""What changed between the making of a page and its listening is not lost."""

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
from app.core.live import hub
from app.extensions import redis_door
from tests.support.client import Client
from tests.support.waiting import wait_for
from tests.support.world import World

pytestmark = pytest.mark.commits


def first_words(client: Client, page: str) -> str:
    """What the stream says as soon as that page listens."""
    address = re.search(r'data-stream="([^"]+)"', page)
    assert address
    answer = client.get(address[1])
    with answer:
        return b"".join(islice(answer.iter_encoded(), 2)).decode()


@pytest.fixture
def listening(alice: Client) -> Iterator[Iterator[bytes]]:
    """A stream that is open already, in a process that has listened for a while."""
    with alice.get("/w/wells/stream") as answer:
        lines = answer.iter_encoded()
        next(lines)
        wait_for(lambda: hub.missed(uuid4(), uuid4(), time.time()) is not None, what="the process listens")
        yield lines


def heard(listening: Iterator[bytes], word: str) -> None:
    """Wait until the process has heard of `word`, at most as long as it takes to say that there is nothing."""
    for line in listening:
        assert b"still here" not in line, f"nobody said {word}"
        if word.encode() in line:
            return


def note(client: Client, lead_id: UUID) -> None:
    """Write something down on a lead."""
    assert client.post(f"/w/wells/leads/{lead_id}/notes", data={"note": "Rang twice"}).status_code < 400


def test_what_changed_before_the_page_listens_is_said_and_no_more(
    alice: Client, bob: Client, world: World, make_lead: Any, listening: Iterator[bytes]
) -> None:
    shown, theirs, other_tab = make_lead().id, make_lead().id, make_lead().id
    heard(listening, f"lead-{other_tab}")
    wait_for(lambda: hub.missed(world.workspace_id, uuid4(), time.time()) == set(), what="their making is over")
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


def test_a_line_of_an_older_release_is_understood(alice: Client, world: World, listening: Iterator[bytes]) -> None:
    page = alice.get("/w/wells/leads/board").text
    redis_door.client.publish(f"live:{world.workspace_id}", '{"topics": ["from-an-older-release"]}')
    heard(listening, "from-an-older-release")
    assert "from-an-older-release" in first_words(alice, page)


@pytest.mark.parametrize("since", ["9" * 400, "-" + "9" * 400, "0", "soon"])
def test_any_word_for_when_a_page_was_made_is_answered(alice: Client, since: str) -> None:
    with alice.get(f"/w/wells/stream?since={since}") as answer:
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
