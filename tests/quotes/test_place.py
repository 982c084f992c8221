"""Where shall we come? Asked of who says yes while the house is not known."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.activities.models import Activity
from app.extensions import db
from app.leads.models import Lead
from app.quotes.models import Quote
from tests.support.client import Client

ASKED = ("address_line1", "town", "postcode")


@pytest.fixture
def placeless(make_lead: Callable[..., Any]) -> Any:
    """Hannah, who rang and was asked for her telephone number only."""
    return make_lead(name="Hannah Cole", email="hannah@example.com", address_line1="", town="", postcode="")


def yes(quote: Quote, **more: str) -> dict[str, str]:
    return {"option": str(quote.options[0].id), "name": "Hannah Cole", **more}


def place_of(lead: Any) -> tuple[str | None, ...]:
    db.session.expire_all()
    fresh = db.session.get_one(Lead, (lead.workspace_id, lead.id))
    return tuple(getattr(fresh.property, name) for name in ASKED)


def test_who_is_known_is_asked_nothing(client: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    page = client.get(f"/c/{sent(lead).link_secret}").text
    assert not any(f'name="{name}"' in page for name in ASKED)


def test_a_yes_brings_the_address(client: Client, alice: Client, placeless: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(placeless)
    path = f"/c/{quote.link_secret}"
    page = client.get(path).text
    assert "Where shall we come?" in page and all(f'name="{name}"' in page for name in ASKED)
    typed = yes(quote, address_line1="3 Mill Lane", town="Wells", postcode="ba52qj")
    assert client.post(f"{path}/accept", data=typed, csrf=False).status_code == 303
    assert place_of(placeless) == ("3 Mill Lane", "Wells", "BA5 2QJ")
    assert "Tell us where to come" not in client.get(path).text
    line = db.session.scalars(select(Activity).where(Activity.event == "lead.fact_changed")).one()
    assert line.actor_kind == "customer" and "Mill" not in str(line.data)
    assert "3 Mill Lane" in alice.get(f"/w/wells/leads/{placeless.id}", hx=True).text
    found = alice.post("/w/wells/search", data={"q": "BA5 2QJ"}, hx=True).text
    assert placeless.number in found


def test_a_wrong_postcode_is_told_with_all_else_and_nothing_is_lost(
    client: Client, placeless: Any, sent: Callable[..., Quote]
) -> None:
    quote = sent(placeless)
    typed = yes(quote, name="", address_line1="3 Mill Lane", town="Wells", postcode="nowhere")
    answer = client.post(f"/c/{quote.link_secret}/accept", data=typed, csrf=False)
    assert answer.status_code == 422
    assert "Enter a postcode, like BA5 2QJ" in answer.text and "Enter your name to accept." in answer.text
    assert 'value="3 Mill Lane"' in answer.text and 'value="nowhere"' in answer.text
    assert place_of(placeless) == (None, None, None)
    long = client.post(
        f"/c/{quote.link_secret}/accept", data=yes(quote, address_line1="x" * 201, postcode=""), csrf=False
    )
    assert long.status_code == 422 and "Please keep it under 200 characters." in long.text


def test_a_yes_without_it_counts_and_is_asked_again(
    client: Client, placeless: Any, sent: Callable[..., Quote]
) -> None:
    quote = sent(placeless)
    path = f"/c/{quote.link_secret}"
    assert client.post(f"{path}/accept", data=yes(quote, postcode="BA5 2QJ"), csrf=False).status_code == 303
    page = client.get(path).text
    assert "Thank you, Hannah" in page and "Tell us where to come" in page and f"{path}/details" in page
    assert place_of(placeless) == (None, None, "BA5 2QJ")


def test_what_the_desk_typed_meanwhile_stays(
    client: Client, alice: Client, placeless: Any, sent: Callable[..., Quote]
) -> None:
    quote = sent(placeless)
    url = f"/w/wells/leads/{placeless.id}/facts/address_line1"
    assert alice.post(url, data={"value": "7 High Street", "was": ""}, hx=True).status_code == 200
    typed = yes(quote, address_line1="3 Mill Lane", town="Wells", postcode="BA5 2QJ")
    assert client.post(f"/c/{quote.link_secret}/accept", data=typed, csrf=False).status_code == 303
    assert place_of(placeless) == ("7 High Street", "Wells", "BA5 2QJ")


def test_the_desks_preview_shows_what_will_be_asked(
    alice: Client, placeless: Any, write: Callable[..., Quote]
) -> None:
    page = alice.get(f"/w/wells/quotes/{write(placeless).id}/preview").text
    assert "Where shall we come?" in page
