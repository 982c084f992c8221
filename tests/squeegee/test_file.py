"""The import file: its layout, and that no spreadsheet runs what a customer typed."""

import csv
import io
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import phones
from app.core.errors import Invalid, NotFound
from app.extensions import db
from app.squeegee import services
from app.squeegee.models import Transfer
from app.squeegee.services.import_file import HEADER, safe, write_file
from tests.squeegee.desk import Desk, stage_of
from tests.squeegee.test_api_v3 import facts

DANGEROUS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1", "＝1", "＋1", "－1", "＠x", "  =1")


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def written(**other: Any) -> dict[str, str]:
    lead = facts(**other)
    return rows(write_file([lead], {lead.source_id: "Website form"}, ZoneInfo("Europe/London")))[0]


def test_the_file_has_its_mark_and_windows_line_ends() -> None:
    content = write_file([facts()], {}, ZoneInfo("Europe/London"))
    assert content.startswith(b"\xef\xbb\xbf" + b'"Cust Ref","Title"')
    assert content.count(b"\r\n") == 2


def test_a_lead_is_one_row_in_the_default_layout() -> None:
    assert written(wishes="", name="Mrs Hannah Cole") == dict(
        zip(
            HEADER,
            [
                "WWC-2026-017", "Mrs", "Hannah", "Cole", "4 Mill Lane, Wedmore, BS28 4EG", "", "07700 900318",
                "Website form", "16/11/26", "hannah.cole@example.com",
                "Window cleaning, Conservatory roof, Velux windows",
                "24.50", "40.00", "Every 8 weeks", "First clean £40.\nSide gate, code 1234",
            ],
            strict=True,
        )
    )  # fmt: skip


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert safe(text) == "'" + text
    assert written(address=text)["Address Line 1"] == "'" + text


@given(st.text(max_size=40))
def test_a_cell_is_its_text_or_its_text_after_an_apostrophe(text: str) -> None:
    cell = safe(text)
    assert cell in (text, "'" + text)
    assert cell[:1] not in ("=", "@", "\t", "\r", "\0", "-")


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


def test_the_file_holds_ready_and_complete_leads_that_are_not_on_their_way(
    desk: Desk, ready_lead: Any, make_lead: Any
) -> None:
    complete = ready_lead()
    ready_lead(price_minor=None)
    make_lead(price_minor=2400)
    desk.start(ready_lead())
    assert [row["Cust Ref"] for row in rows(services.export_ready(desk.actor))] == [complete.number]


def test_a_batch_is_marked_and_what_moved_on_is_left_out(desk: Desk, ready_lead: Any, make_lead: Any) -> None:
    one, two, gone = ready_lead(), ready_lead(), make_lead()
    result = services.mark_entered([one.id, two.id, gone.id, one.id], desk.actor)
    db.session.commit()
    assert (result.entered, result.left_out) == (2, [gone.number])
    assert {stage_of(one), stage_of(two)} == {"transferred_to_squeegee"}
    methods = {(each.method, each.state) for each in db.session.query(Transfer)}
    assert methods == {("csv", "success")}
    again = services.mark_entered([one.id], desk.actor)
    assert (again.entered, again.left_out) == (0, [one.number])


def test_a_batch_of_nothing_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid):
        services.mark_entered([], desk.actor)


def test_a_foreign_lead_is_not_found(desk: Desk, world: Any, ready_lead: Any) -> None:
    with world.mallory.acting():
        theirs = ready_lead()
    with pytest.raises(NotFound):
        services.mark_entered([theirs.id], desk.actor)
