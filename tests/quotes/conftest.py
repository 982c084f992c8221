"""Quotes as the desk writes them and as their customers receive them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.core.permissions import Actor
from app.extensions import db
from app.messaging.models import Message
from app.price_book.models import PriceBook
from app.price_book.queries import Book, to_content
from app.quotes.models import Quote
from app.quotes.services import DraftLine, QuoteDraft, draft_quote, send_quote
from app.workspaces.queries import today_here
from tests.support.world import World

CUSTOMER = Actor("customer", address="198.51.100.7", device="a phone")


def typed_quote(**changes: Any) -> dict[str, Any]:
    """What a filled-in form sends; a change of None leaves the field out."""
    fields: dict[str, Any] = {
        "price_4_weekly": "19", "price_6_weekly": "", "price_8_weekly": "24", "price_12_weekly": "£29",
        "price_one_off": "58", "first_4_weekly": "36.50", "first_8_weekly": "36.50",
        "line_text": ["Outside windows, frames and sills", "Conservatory roof", ""],
        "line_amount": ["", "45", ""], "valid_until": (today_here() + timedelta(days=30)).isoformat(),
        "note": "We come on Tuesdays.", "terms": "We clean in light rain.", "seen": "",
    }  # fmt: skip
    return {name: value for name, value in {**fields, **changes}.items() if value is not None}


@pytest.fixture
def lead(make_lead: Callable[..., Any]) -> Any:
    """Hannah, who asked for every 8 weeks."""
    return make_lead(name="Hannah Cole", email="hannah.cole@example.com", phone="07700 900318")


@pytest.fixture
def write(world: World) -> Callable[..., Quote]:
    """Keep a draft: `write(lead)`, `write(lead, rungs={"4_weekly": 1900})`."""

    def write_one(lead: Any, **changes: Any) -> Quote:
        values: dict[str, Any] = {
            "rungs": {"4_weekly": 1900, "8_weekly": 2400, "one_off": 5800},
            "firsts": {"4_weekly": 3650, "8_weekly": 3650},
            "valid_until": today_here() + timedelta(days=30),
            "lines": [DraftLine("Outside windows"), DraftLine("Roof", 4500)],
            "note": "We come on Tuesdays.", "terms": "We clean in light rain.",
        }  # fmt: skip
        return draft_quote(lead.id, QuoteDraft(**{**values, **changes}), world.alice.actor)

    return write_one


@pytest.fixture
def sent(write: Callable[..., Quote], world: World) -> Callable[..., Quote]:
    """Write a quote and send it by email."""
    return lambda lead, channel="email", **changes: send_quote(write(lead, **changes).id, channel, world.alice.actor)


def link_path(message: Message) -> str:
    """The path of the one customer's link in a message."""
    found = set(re.findall(r"http://127\.0\.0\.1:9(/c/[\w-]+)", message.body))
    assert len(found) == 1
    return found.pop()


def keep_book(book: Book, days: int = 0) -> UUID:
    """Put a version of the price book into force in the workspace in scope, from today or so many days later."""
    kept = PriceBook(
        version_no=1, valid_from=today_here() + timedelta(days=days), content=to_content(book)
    )  # fmt: skip
    db.session.add(kept)
    db.session.commit()
    return kept.id
