from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import Money, annual_minor, format_money, monthly_minor, parse_money, plain_amount


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("£24.50", 2450),
        ("24", 2400),
        ("1,170", 117000),
        ("£1,170.05", 117005),
        ("24.5", 2450),
        (" £ 24 ", 2400),
        ("0", 0),
        ("24 GBP", 2400),
        ("gbp24.50", 2450),
        ("50p", 50),
        ("1,234,567.89", 123456789),
        ("007", 700),
    ],
)
def test_amounts_are_read(text, minor):
    assert parse_money(text) == minor


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "£",
        "abc",
        "24.505",
        "-5",
        "1,17",
        "1,1700",
        "1.170,00",
        "24.",
        ".5",
        "£24 a month",
        "1e5",
        "24,",
        "٢٤",
        "²",
        "$24",
        "GBP24GBP",
        "9" * 13,
        "1 170",
        "££24",
        "inf",
    ],
)
def test_what_is_no_amount_is_refused(text):
    assert parse_money(text) is None


def test_other_currencies():
    assert parse_money("1,500", "JPY") == 1500
    assert parse_money("1.50", "JPY") is None
    assert parse_money("€24.50", "EUR") == 2450
    assert parse_money("50p", "EUR") is None
    assert format_money(1500, "JPY").endswith("1,500")
    assert format_money(2450, "EUR") == "€24.50"
    assert format_money(2400, "CHF") == "CHF 24"


def test_amounts_are_written():
    assert [format_money(minor) for minor in (2400, 2450, 5, 0, 117000, -500, 123456789)] == [
        "£24",
        "£24.50",
        "£0.05",
        "£0",
        "£1,170",
        "-£5",
        "£1,234,567.89",
    ]
    assert format_money(2400, pence="always") == "£24.00"
    assert [format_money(minor, pence="never") for minor in (2449, 2450, -49)] == ["£24", "£25", "£0"]


@given(st.integers(0, 10**13), st.sampled_from(["auto", "always"]))
def test_what_is_written_reads_back(minor, pence):
    assert parse_money(format_money(minor, pence=pence)) == minor


@given(st.text(max_size=35))
def test_nothing_typed_breaks_it(text):
    found = parse_money(text)
    assert found is None or found >= 0


@pytest.mark.parametrize(
    ("price", "weeks", "year"),
    [
        (2400, 4, 31200),
        (2400, 6, 20808),
        (2400, 8, 15600),
        (2400, 12, 10392),
        (2400, None, 0),
        (2400, 2, 62400),
        (2400, 1, 124800),
        (2400, 5, 24960),
        (2400, 10, 12480),
        (2400, 26, 4800),
        (2400, 52, 2400),
        (1, 8, 7),
        (50, 12, 217),
    ],
)
def test_the_worth_of_a_year(price, weeks, year):
    assert annual_minor(price, weeks) == year


@given(st.integers(0, 10**9), st.sampled_from([4, 6, 8, 12]))
def test_halves_round_up(price, weeks):
    visits = {4: Decimal("13"), 6: Decimal("8.67"), 8: Decimal("6.5"), 12: Decimal("4.33")}[weeks]
    assert annual_minor(price, weeks) == int((price * visits).quantize(Decimal(1), ROUND_HALF_UP))
    assert annual_minor(-price, weeks) == -annual_minor(price, weeks)


def test_the_worth_of_a_month():
    assert monthly_minor(2400, 4) == 2600
    assert monthly_minor(2400, 8) == 1300
    assert monthly_minor(2400, None) == 0


@pytest.mark.parametrize("weeks", [0, -4])
def test_an_interval_is_at_least_a_week(weeks):
    with pytest.raises(ValueError):
        annual_minor(2400, weeks)


def test_money_adds_within_its_currency():
    assert Money(2400) + Money(50) - Money(1) == Money(2449, "GBP")
    assert str(Money(2450)) == "£24.50"
    with pytest.raises(ValueError):
        Money(1, "GBP") + Money(1, "EUR")


@pytest.mark.parametrize(
    ("minor", "pence", "written"),
    [(None, "auto", ""), (2400, "auto", "24"), (2450, "auto", "24.50"), (117_000, "auto", "1170"), (50, "auto", "0.50"),
     (2400, "always", "24.00"), (-500, "auto", "-5")],
)  # fmt: skip
def test_an_amount_is_written_as_a_field_takes_it(minor, pence, written):
    assert plain_amount(minor, pence=pence) == written
    if minor is not None and minor >= 0:
        assert parse_money(written) == minor
