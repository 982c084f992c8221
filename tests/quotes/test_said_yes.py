"""A yes by phone: a colleague says to which rung, and everything follows as if the customer had pressed it."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from app.activities.models import Activity
from app.extensions import db
from app.leads.services import get_lead
from app.leads.services.reading import get_stage
from app.messaging.models import Message
from app.quotes.models import Quote
from app.quotes.queries import get_quote
from tests.support.client import Client


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
