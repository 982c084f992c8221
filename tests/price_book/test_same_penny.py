"""One price from the first look at the form to the agreement: the same penny wherever it is read."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from app.core.clock import utcnow
from app.core.money import annual_minor, format_money
from app.extensions import db
from app.lead_forms.models import LeadForm
from app.lead_forms.services import tokens
from app.leads.models import FREQUENCIES, Lead
from app.messaging.models import MessageTemplate
from app.price_book.queries import Book, Extra, Surcharge, Wanted, price, taxed
from app.quotes.models import Quote
from tests.lead_forms.conftest import Page
from tests.price_book.books import PLAIN
from tests.price_book.conftest import Store
from tests.support.client import Client

#: Nothing comes out round: every step of the reckoning leaves odd pennies.
ODD = replace(
    PLAIN,
    cells={("semi", "3", "4_weekly"): 1637, ("semi", "3", "8_weekly"): 2041},
    extras={"conservatory": Extra("visit", {"1-2": 455}), "gutters": Extra("once", {"3": 8_333})},
    surcharges=(Surcharge(("BA5",), "Travel", "percent", 725),),
    rounding="none",
)
WANTED = Wanted("semi", "3", "window_cleaning", ("conservatory", "gutters"), "BA5")
ANSWERS: dict[str, Any] = {
    "postcode": "BA5 2QJ", "property_type": "semi", "bedrooms": "3", "service": "window_cleaning",
    "frequency": "8_weekly", "extras": ["conservatory", "gutters"], "name": "Hannah Cole",
    "email": "hannah.cole@example.com", "phone": "07700 900318", "preferred_method": "email",
}  # fmt: skip


@pytest.mark.parametrize(("vat_mode", "rate"), [("included", 2_000), ("added", 1_750)])
def test_form_lead_quote_mail_pdf_and_customer_page_say_the_same(
    alice: Client, client: Client, form_key: str, store: Store, run_outbox: Any, mailbox: Any, vat_mode: str, rate: int
) -> None:
    book = store(replace(ODD, vat_mode=vat_mode, vat_basis_points=rate))
    paid = {rung.frequency: taxed(rung.price_minor, vat_mode, rate).gross_minor for rung in price(book, WANTED).rungs}
    firsts = {rung.frequency: taxed(rung.first_minor, vat_mode, rate).gross_minor for rung in price(book, WANTED).rungs}
    asked, first, once = (format_money(minor) for minor in (
        paid["8_weekly"], firsts["8_weekly"], taxed(8_333, vat_mode, rate).gross_minor))  # fmt: skip
    assert "." in asked and len(paid) == 4

    told, thanks = _through_the_form(client, form_key)
    assert told["rungs"] == {key: format_money(minor) for key, minor in paid.items()}
    assert told["line"] == f"{asked} every 8 weeks" and first in told["small"] and once in told["small"]
    assert asked in thanks and first in thanks
    lead = db.session.scalars(select(Lead)).one()
    assert (lead.price_minor, lead.first_price_minor) == (paid["8_weekly"], firsts["8_weekly"])
    assert asked in _text(alice.get(f"/w/wells/leads/{lead.id}", hx=True).text)

    quote = _quoted(alice, lead, book)
    assert {rung.frequency: rung.price_minor for rung in quote.options} == paid
    assert {rung.frequency: rung.first_minor or rung.price_minor for rung in quote.options} == firsts
    for rung in quote.options:
        assert sum(line["minor"] for line in rung.workings) == rung.price_minor
    run_outbox()
    mail = str(mailbox.mails("hannah.cole@example.com"))
    page = _text(client.get(f"/c/{quote.link_secret}").text)
    paper = client.get(f"/c/{quote.link_secret}/quote.pdf").data
    printed = " ".join(each.extract_text() for each in PdfReader(BytesIO(paper)).pages)
    for key, minor in paid.items():
        assert format_money(minor) in page and format_money(minor) in printed, key
        yearly = format_money(annual_minor(minor, FREQUENCIES[key]), pence="never")
        assert FREQUENCIES[key] is None or (yearly in page and yearly in printed), key
    assert asked in mail and once in page and once in printed and first in page and first in printed

    rung = next(each for each in quote.options if each.frequency == "8_weekly")
    client.post(f"/c/{quote.link_secret}/accept", data={"option": str(rung.id), "name": "Hannah Cole"}, csrf=False)
    lead = db.session.scalars(select(Lead)).one()
    assert (lead.price_minor, lead.first_price_minor) == (paid["8_weekly"], firsts["8_weekly"])


def _through_the_form(client: Client, key: str) -> tuple[dict[str, Any], str]:
    """What the form tells while it is filled in, and its thank-you page. The firm's mails will name the price."""
    form = db.session.scalars(select(LeadForm)).one()
    form.content = {"price": "exact"}
    db.session.execute(
        update(MessageTemplate).where(MessageTemplate.key == "quote_email").values(body="{price}: {link}")
    )
    token = tokens.issue(form.id, utcnow() - timedelta(minutes=2))
    db.session.commit()
    told = client.post(f"/q/{key}/price", data=ANSWERS, csrf=False).json
    sent = client.post(f"/q/{key}", data={**ANSWERS, "token": token}, csrf=False)
    assert sent.status_code == 303
    return told, _text(client.get(sent.headers["Location"]).text)


def _quoted(alice: Client, lead: Lead, book: Book) -> Quote:
    """The quote as the desk's form comes filled in, sent by email."""
    page = Page(alice.get(f"/w/wells/leads/{lead.id}/quotes/new").text)
    assert alice.post(f"/w/wells/leads/{lead.id}/quotes/new", data=page.fields).status_code == 303
    quote = db.session.scalars(select(Quote)).one()
    assert quote.price_book_id == book.id
    shown = alice.get(f"/w/wells/quotes/{quote.id}").text
    assert f'href="/w/wells/settings/prices/{book.id}">prices, version {book.version_no}</a>' in shown
    sending = {"channel": "email", "version": quote.version}
    assert alice.post(f"/w/wells/quotes/{quote.id}/send", data=sending).status_code == 303
    return db.session.scalars(select(Quote)).one()


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))
