"""A quote is renewed in one click, and its link withdrawn and given back."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.activities.models import Activity
from app.extensions import db
from app.quotes.models import Quote
from app.quotes.queries import get_quote, latest_quote
from app.quotes.services import Conditions, Discount, DraftLine
from app.workspaces.queries import today_here
from tests.price_book.books import PLAIN
from tests.quotes.conftest import keep_book
from tests.support.client import Client

OFF = Conditions(Discount("percent", 1_000, "three neighbours"), "added", 2_000)


def test_an_expired_quote_is_renewed_as_it_was(alice: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    old = sent(lead, conditions=OFF, lines=[DraftLine("Velux", 400, 3)])
    db.session.execute(
        update(Quote).where(Quote.id == old.id).values(valid_until=today_here() - timedelta(days=1), state="expired")
    )
    db.session.commit()
    page = alice.get(f"/w/wells/quotes/{old.id}").text
    assert re.search(r'class="button primary" type="submit">.{0,200}? Renew</button>', page, re.DOTALL)
    answer = alice.post(f"/w/wells/quotes/{old.id}/renew")
    assert answer.status_code == 303
    new = latest_quote(lead.id)
    assert new is not None
    assert (new.state, new.version_no) == ("draft", 2)
    assert new.valid_until == today_here() + timedelta(days=30)
    was, now = ([(each.frequency, each.price_minor, each.first_minor) for each in get_quote(quote_id).options]
                for quote_id in (old.id, new.id))  # fmt: skip
    assert was == now == [("4_weekly", 2052, 3942), ("8_weekly", 2592, 3942), ("one_off", 6264, None)]
    assert [(line.description, line.quantity, line.amount_minor) for line in new.lines] == [("Velux", 3, 1440)]
    assert (new.note, new.terms, new.discount_words) == (old.note, old.terms, "three neighbours")
    assert "Send by email" in alice.get(answer.headers["Location"]).text


def test_at_todays_prices(alice: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    old = sent(lead)
    keep_book(PLAIN)
    assert alice.post(f"/w/wells/quotes/{old.id}/renew", data={"anew": "1"}).status_code == 303
    new = latest_quote(lead.id)
    assert new is not None and new.price_book_id is not None
    assert [(each.frequency, each.price_minor) for each in new.options] == [
        ("4_weekly", 1600), ("8_weekly", 2050), ("one_off", 4800),
    ]  # fmt: skip
    assert all(each.workings for each in new.options)


def test_a_rhythm_that_is_no_longer_offered_is_named(alice: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    old = sent(lead)
    keep_book(replace(PLAIN, cells={("semi", "3", "4_weekly"): 1600}, multipliers={}))
    answer = alice.post(f"/w/wells/quotes/{old.id}/renew", data={"anew": "1"})
    new = latest_quote(lead.id)
    assert new is not None and [each.frequency for each in new.options] == ["4_weekly"]
    said = "is drafted, not sent. Without every 8 weeks and once: the price book has no price for it now"
    assert said in alice.get(answer.location).text


def test_work_that_is_charged_once_is_at_todays_prices_too(
    alice: Client, lead: Any, sent: Callable[..., Quote]
) -> None:
    lines = [DraftLine("Gutters", 6500), DraftLine("Roof", 4500), DraftLine("Outside windows"), DraftLine("Velux")]
    old = sent(lead, lines=lines)
    keep_book(replace(PLAIN, vat_mode="added", vat_basis_points=2_000))
    alice.post(f"/w/wells/quotes/{old.id}/renew", data={"anew": "1"})
    new = latest_quote(lead.id)
    assert new is not None
    assert [(line.description, line.each_minor, line.amount_minor) for line in new.lines] == [
        ("Gutters", 8000, 9600), ("Roof", 4500, 5400), ("Outside windows", None, None), ("Velux", None, None),
    ]  # fmt: skip


def test_without_prices_for_the_house_it_says_so(alice: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    old = sent(lead)
    answer = alice.post(f"/w/wells/quotes/{old.id}/renew", data={"anew": "1"})
    assert answer.status_code == 409
    assert "no prices for this house" in answer.text


def test_a_draft_that_waits_is_gone_on_with(
    alice: Client, lead: Any, sent: Callable[..., Quote], write: Callable[..., Quote]
) -> None:
    old = sent(lead)
    write(lead)
    answer = alice.post(f"/w/wells/quotes/{old.id}/renew")
    assert answer.status_code == 409
    assert "There is a draft already" in answer.text


def test_a_withdrawn_link_opens_nothing_until_it_is_given_back(
    alice: Client, client: Client, lead: Any, sent: Callable[..., Quote]
) -> None:
    quote = sent(lead)
    path = f"/c/{quote.link_secret}"
    assert alice.post(f"/w/wells/quotes/{quote.id}/revoke").status_code == 303
    assert alice.post(f"/w/wells/quotes/{quote.id}/revoke").status_code == 409
    page = client.get(path)
    assert page.status_code in (404, 410)
    assert "£19" not in page.text
    typed = {"option": str(quote.options[0].id), "name": "Hannah Cole", "early_start": "1"}
    assert client.post(f"{path}/accept", data=typed, csrf=False).status_code in (404, 410)
    assert client.get(f"{path}/quote.pdf").status_code in (404, 410)
    desk = alice.get(f"/w/wells/quotes/{quote.id}").text
    assert "link was withdrawn" in desk and str(quote.link_secret) not in desk
    version = get_quote(quote.id).version
    again = alice.post(f"/w/wells/quotes/{quote.id}/send", data={"channel": "email", "version": version})
    assert again.status_code == 409
    assert alice.post(f"/w/wells/quotes/{quote.id}/restore").status_code == 303
    assert "£19" in client.get(path).text
    events = list(db.session.scalars(select(Activity.event).where(Activity.lead_id == lead.id)))
    assert [name for name in events if "link" in name] == ["quote.link_revoked", "quote.link_restored"]


@pytest.mark.parametrize("act", ["renew", "revoke", "restore"])
def test_onlookers_and_strangers_do_none_of_it(
    dave: Client, mallory: Client, lead: Any, sent: Callable[..., Quote], act: str
) -> None:
    quote = sent(lead)
    assert dave.post(f"/w/wells/quotes/{quote.id}/{act}").status_code == 403
    assert mallory.post(f"/w/rival/quotes/{quote.id}/{act}").status_code == 404


def test_a_quote_that_was_never_sent_has_no_link(alice: Client, lead: Any, write: Callable[..., Quote]) -> None:
    assert alice.post(f"/w/wells/quotes/{write(lead).id}/revoke").status_code == 409
