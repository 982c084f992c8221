"""What a house costs by a book: the rules one by one, and what holds for every book that can be saved."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.contacts.models import BEDROOMS
from app.leads.models import EXTRAS
from app.price_book.queries import Book, Priced, Wanted, Working, from_content, minimum_minor, price, taxed, to_content
from app.price_book.queries.book import ROUNDING_STEPS
from app.price_book.queries.faults import faults
from tests.price_book.books import PLAIN, SEMI, books, wanteds

#: Three bedrooms cost 20.50 by hand; four come to 19.20.
_FALLS_BY_MULTIPLIER = Book(
    cells={("semi", "3", "8_weekly"): 2050, ("semi", "4", "4_weekly"): 1600}, multipliers={"8_weekly": 12_000}
)
quick = settings(max_examples=60, deadline=None)


def rungs(priced: Priced) -> dict[str, int]:
    return {rung.frequency: rung.price_minor for rung in priced.rungs}


def test_cells_count_as_written_and_empty_ones_by_their_multiplier() -> None:
    priced = price(PLAIN, SEMI)
    # 20.50 stands in the grid; 12-weekly is 1.45 times 16, to the nearest 50p; there is no way to six-weekly.
    assert rungs(priced) == {"4_weekly": 1600, "8_weekly": 2050, "12_weekly": 2300, "one_off": 4800}
    assert priced.rungs[2].workings == (
        Working("Semi, 3 bedrooms, every 12 weeks (1.45 times the 4-weekly price)", 2300),
    )  # fmt: skip


def test_the_first_clean_is_so_many_times_a_usual_visit_and_a_single_one_is_its_own() -> None:
    assert {rung.frequency: rung.first_minor for rung in price(PLAIN, SEMI).rungs} == {
        "4_weekly": 2400, "8_weekly": 3100, "12_weekly": 3450, "one_off": 4800,
    }  # fmt: skip


def test_extras_go_into_each_visit_or_stand_beside_or_are_left_to_a_person() -> None:
    wanted = replace(SEMI, bedrooms="4", extras=("gutters", "velux", "conservatory", "solar"), district="BA11")
    priced = price(PLAIN, wanted)
    assert priced.rungs[0].workings == (
        Working("Semi, 4 bedrooms, every 4 weeks", 1900), Working("Conservatory", 500), Working("Travel, BA11", 200),
    )  # fmt: skip
    assert [(each.key, each.minor) for each in priced.once] == [("gutters", 10_000)]
    assert priced.unpriced == ("Solar panels", "Velux windows")


def test_a_percentage_is_of_the_visit_with_its_extras() -> None:
    priced = price(PLAIN, replace(SEMI, extras=("conservatory",), district="TA2"))
    assert priced.rungs[0].workings[-2:] == (Working("Parking, TA2", 210), Working("Rounding", -10))
    assert priced.rungs[0].price_minor == 2300


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [("none", 1233), ("nearest_50", 1250), ("nearest_100", 1300), ("up_50", 1250), ("up_100", 1300)],
)
def test_the_minimum_is_kept_by_every_rounding(rounding: str, expected: int) -> None:
    small = Book(cells={("semi", "3", "4_weekly"): 400}, minimum_minor=1233, rounding=rounding)
    rung = price(small, SEMI).rungs[0]
    assert (rung.price_minor, rung.is_minimum) == (expected, True)
    assert minimum_minor(small) == 1233


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (replace(SEMI, property_type="commercial"), "Business premises"),
        (replace(SEMI, property_type=None), "What kind of house it is"),
        (replace(SEMI, bedrooms=None), "How many bedrooms there are"),
        (replace(SEMI, bedrooms="6+"), "Semi, 6 or more bedrooms"),
        (replace(SEMI, service="solar_panels"), "Solar panels"),
        (replace(SEMI, service="conservatory"), "Conservatory"),
        (replace(SEMI, service="other"), "Something else"),
    ],
)
def test_what_the_book_does_not_know_is_left_to_a_person(wanted: Wanted, words: str) -> None:
    priced = price(PLAIN, wanted)
    assert priced.rungs == () and priced.unpriced == (words,)


def test_a_service_alone_is_one_visit_and_its_own_extra_is_not_charged_again() -> None:
    priced = price(PLAIN, replace(SEMI, service="gutter_clearing", extras=("gutters", "conservatory")))
    assert rungs(priced) == {"one_off": 8500} and priced.once == () and priced.unpriced == ()


@quick
@given(books(), wanteds, st.sampled_from(EXTRAS))
def test_no_price_falls_with_an_extra(book: Book, wanted: Wanted, extra: str) -> None:
    less, more = price(book, wanted), price(book, replace(wanted, extras=(*wanted.extras, extra)))
    assert rungs(less).keys() == rungs(more).keys()
    for before, after in zip(less.rungs, more.rungs, strict=True):
        assert after.price_minor >= before.price_minor and after.first_minor >= before.first_minor
    assert sum(each.minor for each in more.once) >= sum(each.minor for each in less.once)


@quick
@example(_FALLS_BY_MULTIPLIER, SEMI, "4")
@given(books(), wanteds, st.sampled_from(BEDROOMS))
def test_a_book_is_refused_or_no_price_falls_with_bedrooms(book: Book, wanted: Wanted, more_bedrooms: str) -> None:
    less, more = price(book, wanted), price(book, replace(wanted, bedrooms=more_bedrooms))
    if BEDROOMS.index(more_bedrooms) < BEDROOMS.index(wanted.bedrooms or "3"):
        less, more = more, less
    bigger = rungs(more)
    falls = any(bigger.get(key, minor) < minor for key, minor in rungs(less).items())
    assert faults(book, "GBP") or not falls


@quick
@given(books(), wanteds)
def test_a_price_is_never_under_the_minimum_adds_up_and_comes_out_alike_each_time(book: Book, wanted: Wanted) -> None:
    priced = price(book, wanted)
    step, _ = ROUNDING_STEPS[book.rounding]
    for rung in priced.rungs:
        assert 0 < rung.price_minor <= rung.first_minor
        assert rung.price_minor >= book.minimum_minor and rung.price_minor % step == 0 == rung.first_minor % step
        assert sum(line.minor for line in rung.workings) == rung.price_minor
        assert all(type(each) is int for each in (rung.price_minor, rung.first_minor))
    kept = from_content(to_content(book), valid_from=book.valid_from)
    assert kept == book and price(kept, wanted) == priced


@quick
@given(st.integers(1, 1_000_000), st.integers(1, 5_000))
def test_vat_adds_up_and_taking_it_out_undoes_putting_it_on(minor: int, rate: int) -> None:
    added = taxed(minor, "added", rate)
    assert (added.net_minor, added.net_minor + added.tax_minor) == (minor, added.gross_minor)
    included = taxed(added.gross_minor, "included", rate)
    assert abs(included.net_minor - minor) <= 1 and included.gross_minor == added.gross_minor
    assert taxed(minor, "none", rate).gross_minor == minor
