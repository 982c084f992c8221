"""Tables of any program are read alike; what is none is refused in words; what is written runs nowhere."""

import io
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from app.core.errors import Invalid
from app.core.spreadsheets.reading import read_table
from app.core.spreadsheets.writing import safe, unsafe, write_csv, write_xlsx
from tests.support.workbooks import GOOD, sheet, workbook

CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)


@pytest.mark.parametrize(
    "content",
    [
        "Name,Town\r\nZoë,Wells\r\n".encode("utf-8-sig"),
        "Name;Town\nZoë;Wells\n".encode(),
        "Name\tTown\nZoë\tWells\n".encode("utf-16"),
        "Name\tTown\nZoë\tWells\n".encode("utf-16-le"),
        "Name,Town\nZoë,Wells\n".encode("cp1252"),
        "sep=;\r\nName;Town\r\nZoë;Wells\r\n".encode(),
        '"Name","Town"\r\n"Zoë","Wells"\r\n\r\n'.encode(),
        "N\0ame,Town\nZoë,We\0lls\n".encode(),
    ],
)
def test_a_csv_is_read_whatever_wrote_it(content: bytes) -> None:
    table = read_table(content, "leads.csv", most_rows=10)
    assert (table.header, [cells for _, cells in table.rows]) == (["Name", "Town"], [["Zoë", "Wells"]])


def test_rows_keep_their_numbers_and_all_their_cells() -> None:
    table = read_table(b'Our leads\n\nA,A,\n1,"two\r\nlines",3,4\n\n5\n', "x.csv", most_rows=10)
    assert table.header == ["A", "A (2)", "Column 3", "Column 4"]
    assert table.rows == [(4, ["1", "two\r\nlines", "3", "4"]), (6, ["5", "", "", ""])]
    assert table.notes


def test_a_quotation_mark_behind_a_blank_begins_a_cell_too() -> None:
    table = read_table(b'Name, Address, Phone\nAnn, "12 Mill Lane, Wells", 01749 960123\n', "x.csv", most_rows=10)
    assert [cells for _, cells in table.rows] == [["Ann", "12 Mill Lane, Wells", "01749 960123"]]


def test_a_workbook_gives_days_as_days_and_numbers_without_decimals() -> None:
    from datetime import date, datetime

    book = Workbook()
    book.active.title = "Empty"
    sheet = book.create_sheet("Leads")
    sheet.append(["When", "At", "Price", "Phone", "Sum", "Yes"])
    sheet.append([date(2026, 11, 3), datetime(2026, 11, 3, 9, 5), 24.5, 7700900123.0, "=1+1", True])  # noqa: DTZ001
    written = io.BytesIO()
    book.save(written)
    table = read_table(written.getvalue(), "leads.xlsx", most_rows=10)
    assert table.rows == [(2, ["2026-11-03", "2026-11-03 09:05", "24.5", "7700900123", "", "Yes"])]
    assert table.kind == "xlsx" and "2 sheets" in table.notes[0]


def bomb() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(bytes(1024 * 1024))
    return written.getvalue()


def tags(text: bytes = b"<a/>", count: int = 11_000_000) -> bytes:
    """A workbook that is small, has room enough, and is made of millions of tags."""
    written = io.BytesIO(write_xlsx(["A", "B"], [["1", "2"]]))
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/theme/other.xml", text * count)
    return written.getvalue()


def shared_texts() -> bytes:
    """More texts for cells to share than there may be cells."""
    return workbook(sheet(GOOD), shared=[""] * 2_100_000)


def entities() -> bytes:
    written = io.BytesIO()
    good_one = io.BytesIO(write_xlsx(["A", "B"], [["1", "2"]]))
    with zipfile.ZipFile(good_one) as good, zipfile.ZipFile(written, "w") as bad:
        for name in good.namelist():
            text = good.read(name)
            if name == "xl/workbook.xml":
                text = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + text.split(b"?>", 1)[-1]
            bad.writestr(name, text)
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"), (b"  \n", "empty"), (b"Name,Town\n", "no rows"), (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n", "picture"), (b"<html><table>", "web page"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04 no archive", "can't be read"), (bytes(range(256)) * 4, "no table"),
        (b"A,B\n" + b"1,2\n" * 20, "more than 10 rows"), (b'A,B\n1,"' + b"x" * 40_000, "quotation mark"),
        (b"A,B\n1" + b",2" * 300, "columns"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_table(content, "leads.csv", most_rows=10)
    assert words in refused.value.errors["file"]


@pytest.mark.parametrize("make", [bomb, tags, shared_texts, entities])
def test_a_workbook_made_to_do_harm_is_refused(make) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Invalid):
        read_table(make(), "leads.xlsx", most_rows=10)


def test_cells_that_hold_too_much_together_are_refused() -> None:
    content = write_xlsx(["A"], [["x" * 32_000]] * 1_100)
    with pytest.raises(Invalid) as refused:
        read_table(content, "leads.xlsx", most_rows=2_000)
    assert "too much text" in refused.value.errors["file"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=2, max_size=3), min_size=1, max_size=5))
@example([["' =", " ="]])
def test_what_is_written_is_read_back_and_begins_no_formula(rows: list[list[str]]) -> None:
    wanted = [[unsafe(safe(cell).strip()) for cell in row] for row in rows]
    written = write_csv(["First", "Second", "Third"], rows)
    for cell in (cell for row in rows for cell in row):
        assert safe(cell).lstrip()[:1] not in tuple("=-@＝－＠")
    if all(any(row) for row in wanted):
        found = read_table(written, "x.csv", most_rows=10)
        assert [row[: len(want)] for (_, row), want in zip(found.rows, wanted, strict=True)] == wanted


@pytest.mark.parametrize("cell", ["=1+1", "+1+1", "-2", "@sum", "\t=1", "＝1", " =1"])
def test_a_formula_gets_an_apostrophe_and_loses_it_again(cell: str) -> None:
    assert safe(cell) == "'" + cell and unsafe(safe(cell)) == cell


def test_a_phone_number_is_no_formula() -> None:
    assert safe("+44 7700 900123") == "+44 7700 900123"


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_table_or_words(content: bytes) -> None:
    try:
        assert read_table(content, "x", most_rows=50).rows
    except Invalid as refused:
        assert refused.errors["file"]


def test_a_workbook_comes_back_as_it_was_written() -> None:
    written = write_xlsx(["Name", "Count"], [["=Zoë\x0b", 3], ["+447700900123", None]])
    table = read_table(written, "x.xlsx", most_rows=10)
    assert [cells for _, cells in table.rows] == [["=Zoë", "3"], ["+447700900123", ""]]
