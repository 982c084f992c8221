"""The sheet of prices: who may look and save, what is refused and where it says so."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.contacts.models import BEDROOMS
from app.extensions import db
from app.leads.models import FREQUENCIES
from app.price_book.models import PriceBook
from app.price_book.queries import Book, Surcharge, book_on, from_content
from app.price_book.queries.book import HOMES
from app.price_book.services import usual_book
from app.workspaces.queries import today_here
from tests.price_book.books import PLAIN, URL, typed
from tests.price_book.conftest import Store
from tests.support.client import Client
from tests.support.guarding import unsaved_forms
from tests.support.world import World


def stored() -> list[PriceBook]:
    return list(db.session.scalars(select(PriceBook).order_by(PriceBook.version_no)))


def value(page: str, name: str) -> str:
    """What stands in a field of the page."""
    found = re.search(rf'<input[^>]* name="{re.escape(name)}" value="([^"]*)"', page)
    assert found, name
    return unescape(found[1])


def beside(page: str, name: str) -> str:
    """What the page says beside a cell that is marked as wrong."""
    assert re.search(
        rf'<input id="f-{re.escape(name)}"[^>]* aria-invalid="true" aria-describedby="e-{re.escape(name)}"', page
    )
    found = re.search(rf'id="e-{re.escape(name)}">([^<]*)<', page)
    assert found, name
    return unescape(found[1])


def test_a_new_firm_starts_from_the_usual_prices_and_nothing_counts_before_they_are_saved(alice: Client) -> None:
    page = alice.get(URL).text
    assert "what the trade usually charges" in page and value(page, "p-semi-3-4_weekly") == "16"
    assert re.search(r'name="p-semi-3-8_weekly" value=""[^>]*placeholder="20"', page)
    assert book_on(today_here()) is None

    answer = alice.post(URL, data=typed(usual_book()))
    assert (answer.status_code, answer.headers["Location"]) == (303, URL)
    saved = book_on(today_here())
    assert saved is not None and saved.version_no == 1
    assert replace(saved, id=usual_book().id, version_no=0, valid_from=usual_book().valid_from) == usual_book()


def test_the_day_is_taken_as_the_page_says_that_it_is_written(alice: Client) -> None:
    day = today_here() + timedelta(days=40)
    assert "like 01/04/2027" in alice.post(URL, data=typed(PLAIN, valid_from="soon")).text
    assert alice.post(URL, data=typed(PLAIN, valid_from=f"{day:%d/%m/%Y}")).status_code == 303
    assert stored()[0].valid_from == day


def test_everything_that_is_typed_comes_back_in_the_next_version(alice: Client, world: World) -> None:
    alice.post(URL, data=typed(PLAIN))
    kept = stored()[0]
    assert from_content(kept.content, valid_from=PLAIN.valid_from) == PLAIN
    page = alice.get(URL).text
    assert value(page, "p-semi-4-8_weekly") == "24" and value(page, "p-semi-3-8_weekly") == "20.50"
    assert 'value="TA1, TA2"' in page and 'value="10%"' in page
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "prices.saved")).one()
    assert entry.actor_id == world.alice.user_id and entry.subject_id == kept.id


def test_saving_what_is_in_force_already_makes_no_version(alice: Client) -> None:
    tomorrow = f"{today_here() + timedelta(days=1):%d/%m/%Y}"
    for changes in ({}, {"valid_from": tomorrow}):
        page = alice.get(URL).text
        alice.post(URL, data=typed(PLAIN, **changes, seen=value(page, "seen")))
        assert [row.version_no for row in stored()] == [1]
    assert "Nothing has changed" in alice.get(URL).text
    page = alice.get(URL).text
    dearer = typed(replace(PLAIN, minimum_minor=1300), valid_from=tomorrow, seen=value(page, "seen"))
    assert alice.post(URL, data=dearer).status_code == 303
    again = typed(PLAIN, valid_from=tomorrow, seen=value(alice.get(URL).text, "seen"))
    assert alice.post(URL, data=again).status_code == 303  # the coming prices are called off by these
    assert sorted(row.version_no for row in stored()) == [1, 2, 3]


def test_amounts_are_read_as_excel_writes_them(alice: Client) -> None:
    pasted = {"p-semi-4-4_weekly": " £1,234.50 ", "m-6_weekly": "112%", "first_clean": "1.5 times", "minimum": "£12.00"}
    assert alice.post(URL, data=typed(PLAIN, **pasted, **{"p-semi-4-8_weekly": ""})).status_code == 303
    book = from_content(stored()[0].content, valid_from=PLAIN.valid_from)
    assert book.cells["semi", "4", "4_weekly"] == 123_450 and book.multipliers["6_weekly"] == 11_200
    assert (book.first_clean, book.minimum_minor) == (15_000, 1_200)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("p-semi-3-4_weekly", "sixteen", "Write an amount, like 16 or 16.50."),
        ("p-semi-3-4_weekly", "-3", "Write an amount, like 16 or 16.50."),
        ("p-semi-3-4_weekly", "0", "Write an amount, like 16 or 16.50."),
        ("p-semi-4-4_weekly", "15", "Semi, every 4 weeks: 4 bedrooms would cost £15, less than 3 at £16."),
        ("p-semi-5-8_weekly", "23", "Semi, every 8 weeks: 5 bedrooms would cost £23, less than 4 at £24."),
        ("x-gutters-5", "90", "Gutters: 5 bedrooms would cost £90, less than 4 at £100."),
        ("m-12_weekly", "0.2", "Write how many times, from 0.5 to 20, like 1.5."),
        ("m-12_weekly", "1٫5", "Write how many times, from 0.5 to 20, like 1.5."),
    ],
)
def test_a_cell_that_cannot_be_is_refused_beside_it_and_nothing_typed_is_lost(
    alice: Client, name: str, text: str, said: str
) -> None:
    answer = alice.post(URL, data=typed(PLAIN, **{name: text, "p-flat-1-2-4_weekly": "9.50"}))
    assert answer.status_code == 422 and stored() == []
    assert beside(answer.text, name) == said and unsaved_forms(answer.text) == [URL]
    assert (value(answer.text, name), value(answer.text, "p-flat-1-2-4_weekly")) == (text, "9.50")
    assert (
        unescape(answer.text).count("bedrooms would cost") <= 2
    )  # beside the cell and at the top; not for what follows


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"first_clean": "0.8"}, "Write how many times, from 1 to 5"),
        ({"minimum": "a lot"}, "Write an amount"),
        ({"rounding": "down"}, "Choose one of these."),
        ({"vat_mode": "included", "vat_rate": "200"}, "Write the rate in percent, like 20."),
        ({"valid_from": "soon"}, "Enter a date"),
        ({"valid_from": "2020-01-01"}, "Choose today or a later day"),
        ({"valid_from": "2199-01-01"}, "Choose today or a later day"),
        ({"c-solar": "once"}, "Write what it costs, or choose"),
        ({"s-districts": ["BA11, Frome"], "s-words": [""], "s-amount": ["2"]}, "Not understood: FROME"),
        ({"s-districts": ["BA11"], "s-words": [""], "s-amount": ["200%"]}, "Write an amount or a percentage"),
        ({"s-districts": ["", "BA3-BA11", "BA5"], "s-words": ["", "", ""], "s-amount": ["", "2", "3"]},
         "BA5 has a surcharge above already."),
    ],
)  # fmt: skip
def test_rules_that_cannot_be_are_refused(alice: Client, changes: dict[str, Any], said: str) -> None:
    answer = alice.post(URL, data=typed(PLAIN, **changes))
    assert answer.status_code == 422 and stored() == []
    assert said in unescape(answer.text)


def test_a_surcharge_too_many_is_refused_not_dropped(alice: Client) -> None:
    rows = {"s-districts": [f"BA{number}" for number in range(1, 32)], "s-words": [""] * 31, "s-amount": ["2"] * 31}
    answer = alice.post(URL, data=typed(PLAIN, **rows))
    assert answer.status_code == 422 and stored() == []
    assert answer.text.count("30 surcharges are the most.") == 2 and "BA31" in answer.text


def test_who_mends_a_slip_still_hears_of_who_saved_meanwhile(alice: Client) -> None:
    assert alice.post(URL, data=typed(PLAIN)).status_code == 303
    before = str(stored()[0].id)
    assert alice.post(URL, data=typed(replace(PLAIN, minimum_minor=1300), seen=before)).status_code == 303
    slip = alice.post(URL, data=typed(PLAIN, seen=before, minimum="a lot"))
    assert slip.status_code == 422 and value(slip.text, "seen") == before
    mended = alice.post(URL, data=typed(PLAIN, seen=value(slip.text, "seen")))
    assert mended.status_code == 409 and len(stored()) == 2
    assert value(mended.text, "seen") == str(stored()[1].id)  # who has seen both may save again


def test_the_list_of_what_is_wrong_names_row_and_column(alice: Client) -> None:
    wrong = {"p-semi-3-4_weekly": "abc", "p-flat-1-2-one_off": "x", "x-conservatory-6+": "1,1,1", "m-12_weekly": "y"}
    answer = alice.post(URL, data=typed(PLAIN, **wrong, minimum="a lot"))
    listed = unescape(answer.text).partition('class="error-summary"')[2].partition("</ul>")[0]
    for place in (
        "Semi, 3 bedrooms, every 4 weeks", "Flat, 1 or 2 bedrooms, just once",
        "Conservatory, 6 or more bedrooms", "Minimum charge",
    ):  # fmt: skip
        assert f">{place}: Write an amount, like 16 or 16.50.<" in listed
    assert ">If empty, every 12 weeks: Write how many times" in listed


def test_all_that_is_wrong_is_said_at_once(alice: Client) -> None:
    answer = alice.post(URL, data=typed(PLAIN, **{"p-semi-4-4_weekly": "15", "first_clean": "twice"}))
    assert answer.status_code == 422 and "4 bedrooms would cost £15" in beside(answer.text, "p-semi-4-4_weekly")
    assert "Write how many times, from 1 to 5" in answer.text


def test_an_empty_book_is_no_book(alice: Client) -> None:
    answer = alice.post(URL, data=typed(Book()))
    assert answer.status_code == 422 and beside(answer.text, "p-semi-3-4_weekly") == "Write at least one price."


def test_whoever_saves_over_newer_prices_is_shown_both(alice: Client, store: Store) -> None:
    old = store()
    store(replace(PLAIN, minimum_minor=1_500), version_no=2)
    mine = replace(PLAIN, surcharges=(Surcharge(("BA3",), "<i>Travel</i>", "percent", 750),))
    answer = alice.post(URL, data=typed(mine, seen=str(old.id)))
    assert answer.status_code == 409 and len(stored()) == 2
    text = unescape(answer.text)
    assert "Someone else saved prices" in text and unsaved_forms(text) == [URL]
    assert re.search(r"<td>Minimum charge</td><td[^>]*>£15</td><td[^>]*>£12</td>", text)
    assert "&lt;i&gt;Travel&lt;/i&gt;, BA3" in answer.text and "<i>Travel" not in answer.text

    again = alice.post(URL, data=typed(mine, seen=value(answer.text, "seen")))
    assert again.status_code == 303 and stored()[2].version_no == 3


def test_everybody_who_quotes_looks_and_only_settings_writers_save(
    alice: Client, bob: Client, carol: Client, dave: Client, store: Store
) -> None:
    book = store()
    for looks in (bob, carol, dave):
        page = looks.get(URL)
        assert page.status_code == 200 and "Save as version" not in page.text
        assert re.search(r'name="p-semi-3-4_weekly" value="16"[^>]* readonly', page.text)
        assert looks.get(f"{URL}/{book.id}").status_code == 200
        assert looks.post(URL, data=typed(PLAIN, seen=str(book.id))).status_code == 403
    assert 'href="/w/wells/settings/prices"' in alice.get("/w/wells/settings").text


def test_the_page_is_light(alice: Client, store: Store, count_sql: Any) -> None:
    full = dict.fromkeys(product(HOMES, BEDROOMS, FREQUENCIES), 123_450)
    for number in range(1, 15):
        store(replace(PLAIN, cells=full), days=-number, version_no=number)
    store(days=9, version_no=15)
    alice.get(URL)
    with count_sql() as statements:
        page = alice.get(URL)
    assert len(statements) <= 8
    assert len(page.data) <= 60_000


def test_prices_begin_on_their_day(alice: Client, store: Store) -> None:
    now = store(days=-5)
    day = today_here() + timedelta(days=20)
    dearer = replace(PLAIN, minimum_minor=1_300)
    alice.post(URL, data=typed(dearer, seen=str(now.id), valid_from=day.isoformat()))
    numbers = [(book_on(day + timedelta(days=each)) or now).version_no for each in (-21, -1, 0, 400)]
    assert numbers == [1, 1, 2, 2] and book_on(now.valid_from - timedelta(days=1)) is None
