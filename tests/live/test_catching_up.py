"""What changed between the making of a page and its listening is not lost."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from app.audit.queries import others_did_something
from app.core.clock import utcnow
from app.core.live import hub
from tests.support.client import Client
from tests.support.waiting import wait_for

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
    """Wait until the process has heard of `word`."""
    assert any(word.encode() in line for line in listening)


def test_what_colleagues_changed_before_the_page_listens_is_said_and_no_more(
    alice: Client, bob: Client, make_lead: Any, listening: Iterator[bytes]
) -> None:
    ours, theirs = make_lead().id, make_lead().id
    page = alice.get("/w/wells/leads/board").text
    alice.post(f"/w/wells/leads/{ours}/notes", data={"note": "The page that follows shows this"})
    bob.post(f"/w/wells/leads/{theirs}/notes", data={"note": "Rang twice"})
    heard(listening, f"lead-{theirs}")
    words = first_words(alice, page)
    assert f"lead-{theirs}" in words and f"lead-{ours}" not in words
    assert "resync" not in words and str(bob.user_id) not in words


def test_a_page_that_missed_nothing_is_told_nothing(
    alice: Client, bob: Client, make_lead: Any, listening: Iterator[bytes]
) -> None:
    lead_id = make_lead().id
    bob.post(f"/w/wells/leads/{lead_id}/notes", data={"note": "Rang twice"})
    heard(listening, f"lead-{lead_id}")
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=2)):
        page = alice.get("/w/wells/leads/board").text
        address = re.search(r'data-stream="([^"]+)"', page)
        assert address
        with alice.get(address[1]) as answer:
            lines = answer.iter_encoded()
            assert next(lines).startswith(b"retry")
            bob.post(f"/w/wells/leads/{lead_id}/notes", data={"note": "Rang again"})
            assert b"resync" not in (line := next(lines)) and f"lead-{lead_id}".encode() in line


def test_a_page_older_than_what_is_remembered_fetches_anew(
    alice: Client, bob: Client, make_lead: Any, listening: Iterator[bytes]
) -> None:
    lead_id = make_lead().id
    page = alice.get("/w/wells/leads/board").text
    bob.post(f"/w/wells/leads/{lead_id}/notes", data={"note": "Rang twice"})
    heard(listening, f"lead-{lead_id}")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
        assert "resync" in first_words(alice, page)


def test_a_process_that_has_not_listened_yet_asks_the_database(alice: Client, bob: Client, make_lead: Any) -> None:
    lead_id, before = make_lead().id, utcnow()
    since = int(before.timestamp() * 1000)
    bob.post(f"/w/wells/leads/{lead_id}/notes", data={"note": "Rang twice"})
    words = first_words(alice, f'data-stream="/w/wells/stream?since={since - 3_600_000}"')
    assert "resync" in words


def test_one_s_own_change_does_not(alice: Client, bob: Client, make_lead: Any) -> None:
    """The page that follows one's own act shows it already."""
    lead, before = make_lead(), utcnow()
    alice.post(f"/w/wells/leads/{lead.id}/notes", data={"note": "Rang twice"})
    assert not others_did_something(before, alice.user_id)
    assert others_did_something(before, bob.user_id)
