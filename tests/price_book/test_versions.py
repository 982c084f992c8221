"""Versions of the prices: looked back at, compared, started from again, withdrawn before they begin; and tried out."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import unescape
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from app.core.errors import Conflict, NotFound
from app.core.ids import new_id
from app.extensions import db
from app.price_book import services
from app.price_book.queries import book_on, get_book, price
from app.price_book.queries.versions import versions
from app.workspaces.queries import today_here
from tests.price_book.books import PLAIN, SEMI, URL, typed
from tests.price_book.conftest import Store
from tests.support.client import Client
from tests.support.world import World

TRY = f"{URL}/try"


def tried(page: str) -> dict[str, str]:
    """The price of each rung that a try shows."""
    found = re.findall(r'id="tried-(\w+?)"[^>]*>\s*<summary><span>[^<]*</span><b class="num">([^<]*)</b>', page)
    return dict(found)


def test_a_version_is_shown_as_it_was_with_what_is_different_now(alice: Client, store: Store) -> None:
    old = store(days=-30)
    store(replace(PLAIN, cells={**PLAIN.cells, ("semi", "3", "4_weekly"): 1700}), version_no=2)
    page = alice.get(f"{URL}/{old.id}").text
    assert re.search(r'name="p-semi-3-4_weekly" value="16"[^>]* readonly', page)
    row = r"<td>Semi, 3 bedrooms, every 4 weeks</td><td[^>]*>£17</td><td[^>]*>£16</td>"
    assert re.search(row, page) and page.count("<td>Semi") == 1
    assert "Save as version" not in page and "Withdraw" not in page
    again = alice.get(f"{URL}?start={old.id}").text
    assert "the prices of version 1" in again and 'name="p-semi-3-4_weekly" value="16"' in again
    assert "Save as version 3" in again


def test_the_newer_of_two_versions_of_one_day_counts(alice: Client, store: Store) -> None:
    store()
    newer = store(version_no=2)
    assert (book_on(today_here()) or PLAIN).id == newer.id
    page = alice.get(URL).text
    assert page.count("In force</span>") == 1 and page.count(">replaced<") == 1


def test_coming_prices_can_be_withdrawn_and_those_in_force_cannot(alice: Client, world: World, store: Store) -> None:
    now, coming = store(), store(days=9, version_no=2)
    page = alice.get(URL).text
    assert "Version 2</a> begins on" in page
    assert "Withdraw version 2?" in alice.get(f"{URL}/{coming.id}").text
    assert alice.post(f"{URL}/{coming.id}/withdraw").status_code == 303
    assert (
        alice.get(f"{URL}/{coming.id}").status_code == 404 and "Version 2" not in alice.get(URL).text.split("toast")[0]
    )
    refused = alice.post(f"{URL}/{now.id}/withdraw")
    assert refused.status_code == 409 and "in force already" in refused.text
    with world.alice.acting() as actor:
        with pytest.raises(Conflict):
            services.withdraw_book(now.id, actor)
        with pytest.raises(NotFound):
            services.withdraw_book(new_id(), actor)


@pytest.mark.commits
def test_of_two_who_save_at_once_one_is_told(app: Flask, alice: Client, world: World, store: Store) -> None:
    first = store()
    line = Barrier(4)

    def save(minimum: int) -> int:
        with app.app_context(), world.alice.acting() as actor:
            line.wait(60)
            try:
                services.save_book(replace(PLAIN, minimum_minor=minimum), today_here(), str(first.id), actor)
                db.session.commit()
            except Conflict:
                db.session.rollback()
                return 409
            return 303

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(save, (1_300, 1_400, 1_500, 1_600))) == [303, 409, 409, 409]
    assert [line.version_no for line in versions()] == [2, 1]


def test_another_firm_sees_none_of_it(mallory: Client, world: World, store: Store) -> None:
    book = store()
    with world.mallory.acting():
        assert book_on(today_here()) is None and get_book(book.id) is None
    assert mallory.get(f"/w/rival/settings/prices/{book.id}").status_code == 404


def test_older_versions_follow_page_by_page(alice: Client, store: Store) -> None:
    for number in range(1, 16):
        store(days=-number, version_no=number)
    page = alice.get(URL).text
    assert "Version 15<" in page and "Version 4<" in page and "Version 3<" not in page
    more = re.search(r'href="([^"]*/prices/earlier\?before=4)"', page)
    assert more
    rest = alice.get(more[1], hx=True).text
    assert re.findall(r"Version (\d+)<", rest) == ["3", "2", "1"] and "Earlier" not in rest


def test_a_try_goes_by_the_sheet_as_it_is_typed(alice: Client, store: Store) -> None:
    store()
    wanted: dict[str, Any] = {"t-property_type": "semi", "t-bedrooms": "4", "t-extras": ["conservatory", "gutters"]}
    body = {**typed(PLAIN, **{"p-semi-4-4_weekly": "21"}), **wanted, "t-postcode": "ba11 1aa"}
    answer = alice.post(TRY, data=body, hx=True)
    assert tried(answer.text) == {"4_weekly": "£28", "8_weekly": "£31", "12_weekly": "£37.50", "one_off": "£70"}
    text = unescape(re.sub(r"<[^>]+>", " ", answer.text))
    assert re.search(r"Conservatory\s+£5\s+Travel, BA11\s+£2", text) and re.search(r"Gutters, once\s+£100", text)
    assert book_on(today_here()) == replace(PLAIN, id=book_on(today_here()).id, version_no=1, valid_from=today_here())


def test_a_try_says_what_it_could_not_read_and_who_prices_what_it_does_not_know(alice: Client, store: Store) -> None:
    store()
    body = typed(PLAIN, **{"p-semi-3-8_weekly": "?", "t-postcode": "nowhere", "t-extras": "velux"})
    text = unescape(alice.post(TRY, data=body, hx=True).text)
    assert (
        "One field can’t be read yet" in text and "Enter a postcode" in text and "You look at this one: Velux" in text
    )
    text = alice.post(TRY, data=typed(PLAIN, **{"t-property_type": "commercial"}), hx=True).text
    assert tried(text) == {} and "Business premises" in text


def test_without_scripts_a_try_goes_by_what_is_saved(bob: Client, store: Store) -> None:
    store()
    page = bob.post(TRY, data={"t-property_type": "semi", "t-bedrooms": "3", "t-postcode": "TA1"}).text
    assert "<h1>Prices</h1>" in page and 'value="TA1"' in page
    expected = {rung.frequency: rung.price_minor for rung in price(PLAIN, replace(SEMI, district="TA1")).rungs}
    assert {key: round(float(text[1:]) * 100) for key, text in tried(page).items()} == expected
