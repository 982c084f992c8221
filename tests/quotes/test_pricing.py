"""Prices come from the price book, with how they came about; discount and tax come off and on, to the penny."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.quotes.models import Quote
from app.quotes.queries import latest_quote
from app.quotes.services import Conditions, Discount
from app.workspaces.queries import current_workspace
from tests.lead_forms.conftest import Page
from tests.price_book.books import PLAIN
from tests.quotes.conftest import keep_book, typed_quote
from tests.support.client import Client
from tests.support.work import count_sql

BOOKED = {"price_4_weekly": "16", "price_6_weekly": "", "price_8_weekly": "20.50", "price_12_weekly": "",
          "price_one_off": "48", "first_4_weekly": "24", "first_8_weekly": "24"}  # fmt: skip


def url(lead: Any, rest: str = "new") -> str:
    return f"/w/wells/leads/{lead.id}/quotes/{rest}"


def fields(page: str) -> dict[str, str]:
    """The named inputs of a page with their values."""
    found = (re.search(r'name="([^"]+)"', tag) and tag for tag in re.findall(r"<input[^>]*>", page))
    return {
        re.search(r'name="([^"]+)"', tag)[1]: (re.search(r'value="([^"]*)"', tag) or ["", ""])[1]  # type: ignore[index]
        for tag in found
        if tag
    }


def test_the_form_is_filled_from_the_price_book(alice: Client, make_lead: Callable[..., Any]) -> None:
    keep_book(PLAIN)
    lead = make_lead(extras=["gutters", "conservatory"])
    page = alice.get(url(lead)).text
    shown = fields(page)
    assert (shown["price_4_weekly"], shown["first_4_weekly"]) == ("21", "31.50")
    assert (shown["price_8_weekly"], shown["price_12_weekly"], shown["price_one_off"]) == ("25.50", "28", "53")
    assert "taken from prices, version 1" in page
    assert "Semi, 3 bedrooms" in page and "Conservatory" in page
    assert "£273 a year" in page
    assert 'value="Gutters"' in page and 'value="80"' in page


def test_the_leads_own_price_is_said_and_taken_by_one_press(alice: Client, make_lead: Callable[..., Any]) -> None:
    keep_book(PLAIN)
    lead = make_lead(frequency="4_weekly", price_minor=2000, first_price_minor=3000)
    page = alice.get(url(lead)).text
    assert fields(page)["price_4_weekly"] == "16"
    assert 'The lead says <b class="num">£20 every 4 weeks</b>' in page
    typed = typed_quote(**BOOKED, own="1")
    taken = alice.post(url(lead), data=typed)
    assert taken.status_code == 200
    shown = fields(taken.text)
    assert (shown["price_4_weekly"], shown["first_4_weekly"], shown["price_8_weekly"]) == ("20", "30", "20.50")
    assert re.search(r'name="price_4_weekly"[^>]* data-focus', taken.text)
    assert "The lead says" not in taken.text and "We come on Tuesdays." in taken.text
    assert latest_quote(lead.id) is None


def test_no_tax_comes_on_top_of_the_leads_own_price(alice: Client, make_lead: Callable[..., Any]) -> None:
    keep_book(replace(PLAIN, vat_mode="added", vat_basis_points=2_000))
    lead = make_lead(property_type="terraced", extras=["gutters"], frequency="8_weekly", price_minor=6000)
    page = alice.get(url(lead)).text
    assert "The lead says" not in page and "£390 a year" in page
    shown = Page(page).fields
    assert (shown["price_8_weekly"], shown["vat_mode"], shown["vat_rate"]) == (["60"], ["included"], ["20"])
    assert "96" in shown["line_amount"]  # £80 and the tax


def test_nothing_is_said_where_the_lead_says_the_same(alice: Client, make_lead: Callable[..., Any]) -> None:
    keep_book(PLAIN)
    assert "The lead says" not in alice.get(url(make_lead(frequency="4_weekly", price_minor=1600))).text
    assert "The lead says" not in alice.get(url(make_lead(frequency="4_weekly"))).text


def test_what_is_reckoned_names_the_fields_still_to_be_mended(alice: Client, lead: Any) -> None:
    def wrong(**typed: Any) -> list[str]:
        part = alice.post(url(lead, "reckon"), data=typed_quote(**typed), hx=True).text
        return re.search(r'data-wrong="([^"]*)"', part)[1].split()  # type: ignore[index]

    assert wrong() == []
    assert wrong(price_4_weekly="abc", discount="99") == ["f-discount", "f-price_4_weekly"]
    assert wrong(line_text=["", "", ""], line_amount=["5", "", ""]) == ["f-line_text-0"]


def test_what_is_as_the_book_says_keeps_its_workings(alice: Client, lead: Any) -> None:
    book_id = keep_book(PLAIN)
    alice.post(url(lead), data=typed_quote(**{**BOOKED, "price_8_weekly": "22"}, book=str(book_id)))
    quote = latest_quote(lead.id)
    assert quote is not None
    assert quote.price_book_id == book_id
    workings = {each.frequency: each.workings for each in quote.options}
    assert sum(line["minor"] for line in workings["4_weekly"]) == 1600
    assert workings["8_weekly"] == []
    page = alice.get(f"/w/wells/quotes/{quote.id}").text
    assert "prices, version 1" in page and "by hand" in page


def test_prices_are_taken_anew_and_nothing_is_saved(alice: Client, lead: Any) -> None:
    keep_book(PLAIN)
    answer = alice.post(url(lead), data=typed_quote(fill="1"))
    assert answer.status_code == 200
    assert fields(answer.text)["price_4_weekly"] == "16"
    assert "We come on Tuesdays." in answer.text
    assert latest_quote(lead.id) is None


def test_it_is_reckoned_while_it_is_written(alice: Client, lead: Any) -> None:
    book_id = keep_book(PLAIN)
    typed = typed_quote(**{**BOOKED, "price_8_weekly": "13"}, book=str(book_id), discount="10%", vat_mode="added")
    with count_sql() as statements:
        answer = alice.post(url(lead, "reckon"), data=typed, hx=True)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "£17.28" in answer.text and "£225 a year" in answer.text
    assert 'Every 8 weeks: under your minimum charge of <b class="num">£12</b> after the discount' in answer.text
    assert len(statements) <= 8
    assert latest_quote(lead.id) is None
    for rubbish in ({"price_8_weekly": "x", "discount": "120%", "vat_rate": "many"}, {"price_4_weekly": "0"}, {}):
        assert alice.post(url(lead, "reckon"), data=rubbish, hx=True).status_code == 200


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"discount": "a bit"}, "discount"), ({"discount": "100%"}, "discount"), ({"discount": "0"}, "discount"),
        ({"discount": "60"}, "discount"), ({"vat_mode": "included", "vat_rate": "lots"}, "vat_rate"),
        ({"vat_mode": "sometimes"}, "vat_mode"), ({"first_8_weekly": "0"}, "first_8_weekly"),
        ({"discount": "2", "discount_words": "x" * 201}, "discount_words"),
        ({"line_quantity": ["", "0", ""]}, "line_quantity-1"), ({"line_quantity": ["", "many", ""]}, "line_quantity-1"),
        ({"line_quantity": ["", "99999999999", ""]}, "line_quantity-1"),
        ({"line_quantity": ["", "0001000", ""]}, "line_quantity-1"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said_beside_its_field(
    alice: Client, lead: Any, typed: dict[str, Any], field: str
) -> None:
    answer = alice.post(url(lead), data=typed_quote(**typed))
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert latest_quote(lead.id) is None


def test_a_draft_comes_back_as_it_was_typed(alice: Client, lead: Any) -> None:
    typed = typed_quote(discount="2.50", discount_words="Early", vat_mode="added", vat_rate="17.5",
                        line_text=["Outside", "Velux"], line_quantity=["", "3"], line_amount=["", "4"])  # fmt: skip
    assert alice.post(url(lead), data=typed).status_code == 303
    page = alice.get(url(lead)).text
    shown = fields(page)
    wanted = ("price_8_weekly", "first_8_weekly", "discount", "discount_words", "vat_rate")
    assert {name: shown[name] for name in wanted} == {
        "price_8_weekly": "24", "first_8_weekly": "36.50", "discount": "2.50", "discount_words": "Early",
        "vat_rate": "17.5",
    }  # fmt: skip
    assert 'value="3"' in page and 'value="4"' in page
    quote = latest_quote(lead.id)
    assert quote is not None
    assert {each.frequency: each.price_minor for each in quote.options}["8_weekly"] == 2526
    assert quote.lines[1].amount_minor == 1410


def test_terms_carry_their_version(alice: Client, lead: Any) -> None:
    ours = current_workspace().quote_terms
    alice.post(url(lead), data=typed_quote(terms=ours))
    quote = latest_quote(lead.id)
    assert quote is not None and quote.terms_version_no == 1
    mark = f"{quote.id}.{quote.version}"
    alice.post(url(lead), data=typed_quote(terms="Only for her", seen=mark))
    assert _again(quote).terms_version_no is None


def _again(quote: Quote) -> Quote:
    found = latest_quote(quote.lead_id)
    assert found is not None
    return found


_DISCOUNTS = st.none() | st.builds(
    Discount, st.sampled_from(["amount", "percent"]), st.integers(1, 9_999), st.just("")
)  # fmt: skip
_CONDITIONS = st.builds(Conditions, _DISCOUNTS, st.sampled_from(["none", "included", "added"]), st.integers(1, 5_000))


@given(_CONDITIONS, st.integers(1, 1_000_000))
def test_the_lines_of_a_price_add_up_to_what_is_paid(conditions: Conditions, written: int) -> None:
    paid = conditions.visit(written)
    if conditions.discount and conditions.discount.off(written) >= written:
        assert paid == 0
        return
    lines = conditions.workings([], written, "GBP")
    assert written + sum(int(line["minor"]) for line in lines) == paid
    assert paid <= conditions.once(written)
    assert replace(conditions, discount=None).visit(written) == conditions.once(written) >= written


def test_the_pages_ask_the_database_little(alice: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    keep_book(PLAIN)
    quote = sent(lead)
    for path in (url(lead), f"/w/wells/quotes/{quote.id}"):
        alice.get(path)
        with count_sql() as statements:
            page = alice.get(path)
        assert page.status_code == 200
        assert len(page.data) < 60_000
        assert len(statements) <= 8, "\n".join(str(each)[:200] for each in statements)


def test_without_a_price_book_it_says_where_prices_are_set(alice: Client, bob: Client, lead: Any) -> None:
    hint = "No prices are in force yet."
    assert hint in alice.get(url(lead)).text
    assert hint not in bob.get(url(lead)).text  # who may not set them is not sent there
    keep_book(PLAIN)
    page = alice.get(url(lead)).text
    assert hint not in page and "Take from prices, version 1" in page
