"""The rows of a file in their default layout, and that no spreadsheet runs what a customer typed."""

import csv
import io
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.core import phones
from app.core.spreadsheets.writing import write_csv
from app.squeegee.mapping import DEFAULT_COLUMNS, Draft, file_row
from tests.squeegee.test_api_v3 import facts

DANGEROUS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1", "＝1", "＋1", "－1", "＠x", "  =1")


def written(**other: Any) -> dict[str, str]:
    row = file_row(facts(source="Website form", **other), Draft(), DEFAULT_COLUMNS, ZoneInfo("Europe/London"))
    content = write_csv([column.title for column in DEFAULT_COLUMNS], [row])
    assert content.startswith(b"\xef\xbb\xbf" + b'"Cust Ref","Title"') and content.count(b"\r\n") == 2
    return next(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_lead_is_one_row_in_the_default_layout() -> None:
    assert list(written(wishes="", name="Mrs Hannah Cole").values()) == [
        "WWC-2026-017", "Mrs", "Hannah", "Cole", "4 Mill Lane, Wedmore, BS28 4EG", "", "07700 900318",
        "Website form", "16/11/26", "hannah.cole@example.com", "Window cleaning, Conservatory roof, Velux windows",
        "24.50", "40.00", "Every 8 weeks", "First clean £40.\nSide gate, code 1234", "", "", "BS28",
    ]  # fmt: skip


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert written(address=text)["Address Line 1"] == "'" + text


@pytest.mark.parametrize("e164", ["+447700900318", "+441632960123", "+33123456789", "+12025550123"])
def test_a_phone_number_comes_back_as_it_went(e164: str) -> None:
    row = written(phone=e164)
    assert phones.parse(row["Phone"] or row["Mobile"]).e164 == e164


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Madonna", ("", "", "Madonna")),
        ("Mr Jones", ("Mr", "", "Jones")),
        ("Mr & Mrs Jones", ("Mr", "", "& Mrs Jones")),
        ("Anna Maria Silva", ("", "Anna Maria", "Silva")),
    ],
)
def test_a_name_is_split_without_losing_a_word(name: str, parts: tuple[str, str, str]) -> None:
    row = written(name=name)
    assert (row["Title"], row["First Name"], row["Last Name"]) == parts
