"""A yes by phone: a colleague says to which rung, and everything follows as if the customer had pressed it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.activities.models import Activity
from app.core.errors import Conflict
from app.extensions import db
from app.leads.services import get_lead
from app.leads.services.reading import get_stage
from app.messaging.models import Message
from app.quotes.models import Quote
from app.quotes.queries import get_quote
from app.quotes.services import accept, decline, revoke_link
from tests.quotes.conftest import CUSTOMER, link_path
from tests.support.client import Client
from tests.support.world import World


def test_a_yes_by_phone(alice: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    address = f"/w/wells/quotes/{quote.id}"
    page = alice.get(address)
    assert "They said yes" in page.text
    assert re.search(r"selected>£24 every 8 weeks<", page.text)  # what Hannah had asked for
    answer = alice.post(f"{address}/said-yes", data={"option": str(quote.options[1].id), "early_start": "1"})
    assert answer.status_code == 303
    stands, now = get_quote(quote.id), get_lead(lead.id)
    assert (stands.state, stands.accepted_name) == ("accepted", "Hannah Cole")
    assert stands.starts_before_cancellation_ends
    assert (now.price_minor, now.frequency) == (2400, "8_weekly")
    assert get_stage(now.stage_id).key == "ready_for_squeegee"
    told = db.session.scalars(select(Activity).where(Activity.event == "quote.accepted")).one()
    assert told.actor_kind == "person"
    letters = db.session.scalars(select(Message).where(Message.template_key == "quote_accepted"))
    assert len(list(letters)) == 1  # what was agreed, in writing
    page = alice.get(address)
    assert "accepted by Hannah Cole" in page.text
    assert "They said yes" not in page.text


def test_a_yes_to_a_quote_whose_link_was_withdrawn_comes_with_another_link(
    alice: Client, client: Client, lead: Any, sent: Callable[..., Quote], world: World
) -> None:
    quote = sent(lead)
    old = f"/c/{quote.link_secret}"
    revoke_link(quote.id, world.alice.actor)
    alice.post(f"/w/wells/quotes/{quote.id}/said-yes", data={"option": str(quote.options[1].id)})
    letter = db.session.scalars(select(Message).where(Message.template_key == "quote_accepted")).one()
    assert "You accepted" in client.get(link_path(letter)).text
    assert client.get(old).status_code == 404  # it may have gone to somebody else


def test_who_was_faster_than_the_withdrawing_is_told_of_it(
    lead: Any, sent: Callable[..., Quote], world: World
) -> None:
    quote = sent(lead)
    revoke_link(quote.id, world.alice.actor)
    for answer in (
        lambda: accept(quote, quote.options[0].id, "Hannah Cole", False, CUSTOMER),
        lambda: decline(quote, "", "", CUSTOMER),
    ):
        with pytest.raises(Conflict):
            answer()


def test_a_name_longer_than_one_types_says_yes_too(
    alice: Client, make_lead: Callable[..., Any], sent: Callable[..., Quote]
) -> None:
    quote = sent(make_lead(name=f"The Residents’ Association of {'Long ' * 30}Lane", email="all@example.com"))
    answer = alice.post(f"/w/wells/quotes/{quote.id}/said-yes", data={"option": str(quote.options[1].id)})
    assert answer.status_code == 303 and get_quote(quote.id).state == "accepted"


def test_without_a_rung_nothing_is_accepted(alice: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    answer = alice.post(f"/w/wells/quotes/{quote.id}/said-yes", data={"option": "nonsense"})
    assert answer.status_code == 422
    assert "Choose how often we shall come." in answer.text
    assert get_quote(quote.id).state == "sent"


def test_a_draft_is_not_accepted(alice: Client, lead: Any, write: Callable[..., Quote]) -> None:
    quote = write(lead)
    assert "They said yes" not in alice.get(f"/w/wells/quotes/{quote.id}").text
    answer = alice.post(f"/w/wells/quotes/{quote.id}/said-yes", data={"option": str(quote.options[0].id)})
    assert answer.status_code == 409


def test_viewers_say_yes_for_nobody(dave: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    answer = dave.post(f"/w/wells/quotes/{quote.id}/said-yes", data={"option": str(quote.options[0].id)})
    assert answer.status_code in (403, 404)
