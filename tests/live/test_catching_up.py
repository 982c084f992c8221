"""What changed between the making of a page and its listening is not lost."""

import re
from itertools import islice
from typing import Any

import pytest

from app.audit.queries import others_did_something
from app.core.clock import utcnow
from tests.support.client import Client

pytestmark = pytest.mark.commits


def first_words(client: Client, page: str) -> str:
    """What the stream says as soon as that page listens."""
    address = re.search(r'data-stream="([^"]+)"', page)
    assert address
    answer = client.get(address[1])
    with answer:
        return b"".join(islice(answer.iter_encoded(), 2)).decode()


def test_a_colleague_s_change_before_the_page_listens_makes_it_fetch_anew(
    alice: Client, bob: Client, make_lead: Any
) -> None:
    lead = make_lead()
    page = alice.get("/w/wells/leads/board").text
    bob.post(f"/w/wells/leads/{lead.id}/notes", data={"note": "Rang twice"})
    assert "resync" in first_words(alice, page)


def test_one_s_own_change_does_not(alice: Client, bob: Client, make_lead: Any) -> None:
    """The page that follows one's own act shows it already."""
    lead, before = make_lead(), utcnow()
    alice.post(f"/w/wells/leads/{lead.id}/notes", data={"note": "Rang twice"})
    assert not others_did_something(before, alice.user_id)
    assert others_did_something(before, bob.user_id)
