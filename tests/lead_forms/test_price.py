"""The price and the date that the form tells, and what becomes of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from app.core.money import annual_minor, format_money
from app.extensions import db
from app.lead_forms.models import LeadForm
from app.lead_forms.services import pricing
from app.lead_forms.services.content import read_content
from app.leads.models import FREQUENCIES
from app.price_book.models import PriceBook
from app.price_book.queries import Book, minimum_minor, price, to_content
from app.price_book.services.saving import store_version
from app.rounds.models import Round
from app.workspaces.models import Workspace
from app.workspaces.queries import today_here
from tests.lead_forms.conftest import leads
from tests.price_book.books import PLAIN, books, wanteds
from tests.support.client import Client
from tests.support.world import World

HOUSE = {"postcode": "BA5 2QJ", "property_type": "semi", "bedrooms": "3", "service": "window_cleaning"}


@pytest.fixture
def ask(client: Client, form: LeadForm, workspace: Workspace, world: World) -> Callable[..., dict[str, Any]]:
    """Ask for the price as the form's script does, of a form that tells exact prices out of PLAIN."""
    store_version(PLAIN, today_here(), 1, world.alice.actor)
    db.session.execute(update(PriceBook).values(created_at=PriceBook.created_at - timedelta(days=1)))
    form.content = {"price": "exact"}
    db.session.commit()
    url = f"/q/{form.key}/price"

    def post(**changed: Any) -> dict[str, Any]:
        answer = client.post(url, data=HOUSE | changed, csrf=False)
        assert answer.status_code == 200 and answer.headers.getlist("Set-Cookie") == []
        return dict(answer.get_json())

    return post


def test_the_price_grows_with_the_answers(ask: Callable[..., dict[str, Any]]) -> None:
    unanswered = ask(property_type="", bedrooms="")
    assert (unanswered["line"], unanswered["meanwhile"]) == ("", "Your price shows here as you answer")
    told = "Your price shows here once you have told us the "
    assert ask(bedrooms="")["meanwhile"] == f"{told}number of bedrooms"
    assert ask(bedrooms="", frequency="8_weekly")["meanwhile"] == f"{told}number of bedrooms"
    assert ask(property_type="")["meanwhile"] == f"{told}kind of property"
    open_ = ask()
    assert (open_["line"], open_["rungs"]) == (
        "From £16 a visit", {"4_weekly": "£16", "8_weekly": "£20.50", "12_weekly": "£23", "one_off": "£48"},
    )  # fmt: skip
    chosen = ask(frequency="8_weekly", extras=["conservatory", "gutters", "velux"])
    assert chosen["line"] == "£25.50 every 8 weeks"
    assert chosen["small"] == (
        "First clean £38.50 · £166 a year · gutters £80 once · we look at this ourselves: velux windows"
    )
    assert ask(frequency="one_off")["line"] == "£48 once"
    assert ask(property_type="commercial", bedrooms="")["line"] == "We work out your price for you"
    assert ask(service="gutter_clearing")["line"] == "£80 once"


def test_from_is_the_least_of_what_the_form_offers(ask: Callable[..., dict[str, Any]], form: LeadForm) -> None:
    offers = {"offers": ["8_weekly", "12_weekly", "one_off", "unsure"]}
    form.content = {"price": "exact", "questions": {"frequency": offers}}
    db.session.commit()
    assert (ask()["line"], ask(frequency="unsure")["line"]) == ("From £20.50 a visit",) * 2
    assert ask(service="gutter_clearing")["line"] == "£80 once"
    house = {"title": "House", "questions": ["postcode", "property_type", "bedrooms"]}
    form.content = {"price": "exact", "steps": [house]}
    db.session.commit()
    assert ask()["line"] == "From £16 a visit"


def test_no_price_is_promised_where_none_will_come(
    ask: Callable[..., dict[str, Any]], client: Client, form: LeadForm
) -> None:
    outside = "No price, as we do not clean in TA1 at the moment"
    for answers in ({}, {"property_type": "", "bedrooms": ""}):
        said = {"line": "", "meanwhile": outside, "small": "", "rungs": {}, "date": ""}
        assert ask(postcode="TA1 1AA", **answers) == said
    page = client.get(f"/q/{form.key}").text
    assert "data-price-line" in page and "Your price shows" not in page  # the page alone can't know
    db.session.execute(delete(PriceBook))
    db.session.commit()
    for answers in ({}, {"property_type": "", "bedrooms": ""}):
        said = ask(**answers)
        assert (said["line"], said["meanwhile"]) == ("", "We work out your price for you")


def test_answers_that_the_page_never_offered_are_no_answers(ask: Callable[..., dict[str, Any]]) -> None:
    for forged in ({"bedrooms": "99"}, {"property_type": "castle"}, {"service": "moat"}, {"frequency": "hourly"}):
        said = ask(extras=["conservatory", "portcullis"], **forged)
        assert "£" not in said["line"] or "frequency" in forged


def test_the_price_shown_is_the_leads(ask: Callable[..., Any], send: Any, client: Client, alice: Client) -> None:
    told = ask(frequency="8_weekly", extras=["conservatory"])
    page = client.get(send(extras=["conservatory"]).headers["Location"]).text
    assert told["line"] in page and told["small"] in page
    (lead,) = leads()
    assert (lead.price_minor, lead.first_price_minor, lead.annual_minor) == (2550, 3850, 16_575)
    drawer = alice.get(f"/w/wells/leads/{lead.id}", hx=True).text
    assert "was shown £25.50 every 8 weeks: Semi, 3 bedrooms, every 8 weeks £20.50, Conservatory £5" in drawer


def test_what_is_charged_once_stands_on_the_lead_as_it_was_told(
    ask: Callable[..., Any], send: Any, alice: Client
) -> None:
    taxed = replace(PLAIN, vat_mode="added", vat_basis_points=2000)
    db.session.execute(update(PriceBook).values(content=to_content(taxed)))
    db.session.commit()
    assert "gutters £96 once" in ask(frequency="8_weekly", extras=["gutters"])["small"]
    send(extras=["gutters"])
    drawer = alice.get(f"/w/wells/leads/{leads()[0].id}", hx=True).text
    assert "VAT at 20\xa0% £4.10, Gutters once £96 (" in drawer


def test_who_is_not_sure_how_often_is_told_the_price_that_the_lead_keeps(
    ask: Callable[..., Any], send: Any, client: Client
) -> None:
    gutters = {"service": "gutter_clearing", "frequency": "unsure", "extras": []}
    assert ask(**gutters)["line"] == "£80 once"
    assert "£80 once" in client.get(send(**gutters).headers["Location"]).text
    assert (leads()[0].price_minor, leads()[0].frequency) == (8000, "one_off")


def test_prices_that_are_saved_meanwhile_change_nothing_that_was_told(
    ask: Callable[..., Any], send: Any, client: Client, token: Callable[..., str], world: World
) -> None:
    """What a page says stays as long as it stands open, and is what its lead is worth; the next page says the new."""
    page = token()
    told = ask(frequency="8_weekly", extras=["conservatory"], token=page)["line"]
    store_version(replace(PLAIN, minimum_minor=9900), today_here(), 2, world.alice.actor)
    db.session.commit()
    assert ask(frequency="8_weekly", extras=["conservatory"], token=page)["line"] == told
    assert told in client.get(send(extras=["conservatory"], token=page).headers["Location"]).text
    [lead] = leads()
    assert format_money(lead.price_minor) in told and lead.price_minor < 9900
    assert ask(frequency="8_weekly")["line"].startswith("£99 ")


def test_midnight_changes_nothing_that_was_told(
    ask: Callable[..., Any], send: Any, token: Callable[..., str], world: World
) -> None:
    store_version(replace(PLAIN, minimum_minor=9900), today_here() + timedelta(days=1), 2, world.alice.actor)
    db.session.commit()
    with time_machine.travel(midnight() - timedelta(minutes=5)):
        page = token()
        told = ask(frequency="8_weekly", extras=["conservatory"], token=page)["line"]
    with time_machine.travel(midnight() + timedelta(minutes=5)):
        assert ask(frequency="8_weekly", extras=["conservatory"], token=page)["line"] == told
        assert ask(frequency="8_weekly")["line"].startswith("£99 ")
        send(extras=["conservatory"], token=page)
    [lead] = leads()
    assert format_money(lead.price_minor) in told


def midnight() -> datetime:
    """The coming midnight of the business."""
    return datetime.combine(today_here() + timedelta(days=1), time(), ZoneInfo("Europe/London"))


def test_a_price_that_was_not_told_is_no_price(ask: Callable[..., Any], send: Any, form: LeadForm) -> None:
    send(extras=["velux"])
    form.content = {"price": "range", "range_percent": 20}
    db.session.commit()
    assert ask(frequency="8_weekly")["line"] == "£16 to £25 every 8 weeks"
    send(extras=[])
    form.content = {}
    db.session.commit()
    assert ask(frequency="8_weekly")["line"] == ""
    send(extras=[])
    assert [(lead.price_minor, lead.frequency) for lead in leads()] == [(None, "8_weekly")] * 3


def test_the_next_date_is_told_to_its_sector(ask: Callable[..., Any], form: LeadForm, client: Client) -> None:
    assert ask()["date"] == ""
    assert "data-area-date" not in client.get(f"/q/{form.key}").text
    # A Tuesday far from holidays, so that neither a closure nor the clock matters.
    first = next(day for day in (today_here() + timedelta(days=n) for n in range(1, 400)) if is_plain_tuesday(day))
    db.session.add(Round(name="Wells", areas=["BA5 2"], first_day=first, every_weeks=52, capacity=4))
    db.session.commit()
    assert ask()["date"].startswith("We are next in BA5 2 on Tuesday ")
    assert ask(postcode="BA5 3QJ")["date"] == ask(postcode="nonsense")["date"] == ""
    assert "data-area-date" in client.get(f"/q/{form.key}").text
    form.content = {"shows_next_date": False}
    db.session.commit()
    assert ask()["date"] == ""


def is_plain_tuesday(day: Any) -> bool:
    return bool(day.weekday() == 1 and day.month in (2, 3, 6, 7, 9, 10, 11))


def test_asking_is_bounded(
    ask: Callable[..., Any], client: Client, form: LeadForm, send: Any, count_sql: Any
) -> None:
    ask(frequency="8_weekly")
    send(phone="07700 900001", email="first@example.com")  # the process has read stages and rules
    with count_sql() as writing:
        send()
    assert len(writing) + 2 <= 20, writing  # beginning, and entering the workspace, are not counted
    with count_sql() as statements:
        ask(frequency="8_weekly")
    assert len(statements) <= 8, statements
    assert client.post(f"/q/{form.key}/price", data={"wishes": "x" * 9_000}, csrf=False).status_code == 413
    assert client.get(f"/q/{form.key}/price").status_code == 405
    assert client.post("/q/nobody/price", data=HOUSE, csrf=False).status_code == 404


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(book=books(), wanted=wanteds, percent=st.integers(1, 50))
def test_what_is_said_follows_the_book_to_the_penny(book: Book, wanted: Any, percent: int) -> None:
    priced = price(book, wanted)
    exact, range_ = (
        pricing._Teller(read_content({"price": kind, "range_percent": percent}), book, priced, "GBP")
        for kind in ("exact", "range")
    )
    for rung in priced.rungs:
        assert exact.amount(rung.price_minor) == format_money(rung.price_minor)
        assert rung.price_minor >= minimum_minor(book)
        weeks = FREQUENCIES[rung.frequency]
        if weeks:
            assert f"{format_money(annual_minor(rung.price_minor, weeks), pence='never')} a year" in exact.about(rung)
        low, _, high = range_.amount(rung.price_minor).partition(" to ")
        assert pence(low) <= rung.price_minor <= pence(high)
        assert pence(low) >= min(minimum_minor(book), rung.price_minor)


def pence(text: str) -> int:
    pounds, _, rest = text.removeprefix("£").replace(",", "").partition(".")
    return int(pounds) * 100 + int(rest or 0)
