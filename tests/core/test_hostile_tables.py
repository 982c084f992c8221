"""Files made to keep us busy: each is refused in words, or read without being looked at for long."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.config import ROOT
from app.core.errors import Invalid
from app.core.spreadsheets import reading
from app.core.spreadsheets.reading import read_table
from app.core.spreadsheets.sheets import Sheet, Values
from app.core.spreadsheets.tables import MOST_CELLS, table_of
from tests.support.workbooks import GOOD, MAIN, TITLES, sheet, wide, workbook

PLAIN = Values([], frozenset(), frozenset())
CELLS_OF_ONE_ROW = f"{TITLES}<row>{'<c/>' * 300_000}</row>"
BEYOND = f'{TITLES}<row r="2"><c r="A2"><v>1</v></c><c r="GT2"><v>2</v></c></row>'
SHARED_ROW = "<row>" + '<c t="s"><v>0</v></c>' * 150 + "</row>"


def refusal(content: bytes, most_rows: int = 5_000) -> str:
    """Why a file is refused."""
    with pytest.raises(Invalid) as refused:
        read_table(content, "leads", most_rows=most_rows)
    return refused.value.errors["file"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (wide(1_000), "more than 200 columns"),
        (workbook(sheet(CELLS_OF_ONE_ROW)), "more than 200 columns"),
        (workbook(sheet(BEYOND)), "more than 200 columns"),
        (workbook(sheet(TITLES + SHARED_ROW * 10), shared=["x" * 32_000]), "too much text"),
        (workbook(sheet(f'{TITLES}<row r="{10**15}"><c><v>1</v></c></row>')), "can't be read"),
        (workbook(sheet("<row/>" * 12_000), times=20_000), "no rows"),
        (workbook(sheet("<a>" * 100_000 + "</a>" * 100_000)), "no rows"),
        (workbook(sheet(GOOD), styles="<cellXfs>" + '<xf numFmtId="14"/>' * 250_000 + "</cellXfs>"), "too much"),
        (workbook(sheet(GOOD), more=[f"xl/{number}.xml" for number in range(2_000)]), "too much"),
        (workbook(sheet(f'{TITLES}<row a="{"x" * 4_000_000}"/>')), "can't be read"),
        (workbook(f'<!DOCTYPE a [<!ENTITY b "c">]>{sheet(TITLES + "<row><c><v>&b;</v></c></row>")}'), "can't be read"),
        (b"A,B\n1,2\n" + b"\n" * 1_100_000 + b"1,2", "more than 5,000 rows"),
        (b"A,B\n" + b"1," * 1_000_000, "more than 200 columns"),
        (b"A,B\n" + b"," * 1_000_000, "no rows"),
        (b'A,B\n1,"' + b"x" * 4_000_000 + b'"', "quotation mark"),
    ],
)  # fmt: skip
def test_what_is_made_to_keep_us_busy_is_refused_in_words(content: bytes, words: str) -> None:
    assert len(content) < 4_100_000 and words in refusal(content)


@pytest.mark.parametrize(
    "content",
    [
        workbook(sheet(GOOD, before='<dimension ref="A1:XFD1048576"/>')),
        workbook(sheet(GOOD, before='<dimension ref="A1"/>')),
        workbook(sheet(GOOD, after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>' * 5_000)),
        workbook(sheet(GOOD, after='<hyperlinks><hyperlink ref="A1:XFD1048576"/></hyperlinks>' * 5_000)),
        workbook(sheet(GOOD.replace("</row>", '<c r="XFD1" s="0"/></row>'))),
        workbook(sheet(f"{GOOD}<row r='9999'/>" + "<row/>" * 20_000)),
    ],
    ids=["dimension too large", "dimension too small", "merged cells", "links", "styled to the last column", "blank"],
)
def test_what_holds_no_rows_is_passed_over(content: bytes) -> None:
    table = read_table(content, "leads.xlsx", most_rows=10)
    assert (table.header, [cells for _, cells in table.rows]) == (["Name", "Town"], [["1", "2"]])


@pytest.mark.parametrize("cells", [CELLS_OF_ONE_ROW, BEYOND + "<row/>" * 500_000])
def test_reading_ends_at_the_first_cell_too_many(cells: str) -> None:
    """So much was asked of the file, and so many cells and rows were made of it."""
    source = io.BytesIO(sheet(cells).encode() + b" " * 5_000_000)
    part = Sheet(PLAIN, most_rows=10, most_columns=200)
    with pytest.raises(Invalid):
        part.read(source)
    assert source.tell() <= 1024 * 1024 and sum(map(len, part.rows)) == 2


def test_reading_ends_a_little_after_the_last_row_that_is_taken() -> None:
    source = io.BytesIO(sheet("<row><c><v>1</v></c></row>" * 200_000).encode())
    part = Sheet(PLAIN, most_rows=10, most_columns=200)
    part.read(source)
    assert (len(part.rows), source.tell()) == (21, 1024 * 1024)


def test_rows_times_columns_have_a_bound() -> None:
    """One wide row makes all others as wide."""
    rows = [["x"] * 200, *([["1"]] * (MOST_CELLS // 200))]
    with pytest.raises(Invalid) as refused:
        table_of(rows, "csv", most_rows=50_000, most_columns=200)
    assert "2,000,000 cells" in refused.value.errors["file"]


@pytest.mark.parametrize("act", ["os.kill(os.getpid(), 9)", "os.kill(os.getpid(), 24)"])
def test_a_file_whose_reader_was_ended_by_the_system_is_refused_in_words(act: str, monkeypatch, tmp_path: Path) -> None:
    program = tmp_path / "ended.py"
    program.write_text(f"import os, sys; sys.stdin.read(); {act}")
    monkeypatch.setattr(reading, "_PROGRAM", str(program))
    assert "takes too long to read" in refusal(b"A,B\n1,2\n")


def test_the_program_that_reads_tables_finds_no_secrets(monkeypatch, tmp_path: Path) -> None:
    """Its environment and working folder are bare, and that it does not run here is told to an operator."""
    spy = tmp_path / "spy.py"
    spy.write_text("import os, sys\nsys.exit(7 if {*os.environ} <= {'PATH', 'LC_CTYPE'} and os.getcwd() == '/' else 8)")
    monkeypatch.setenv("SECRET_KEY", "x" * 40)
    monkeypatch.setattr(reading, "_PROGRAM", str(spy))
    with capture_logs() as lines:
        assert "just now" in refusal(b"A,B\n1,2\n")
    assert lines == [{"event": "table_reader_failed", "log_level": "error", "code": 7}]


@pytest.mark.parametrize(
    ("act", "passes"),
    [
        ("len(b'x' * 10**6)", True), ("b'x' * 10**9", False), ("[0 for _ in iter(int, 1)]", False),
        ("open('sill-too-much', 'w')", False), ("open('/etc/passwd')", False), ("assert os.nice(0) == 10", True),
    ],
)  # fmt: skip
def test_the_system_ends_it_when_it_wants_too_much(tmp_path: Path, act: str, passes: bool) -> None:
    """The limits of program.py hold: memory, time and files; and it gives way to others."""
    limited = "import os, program; program.CPU_SECONDS = 1; program.bound(); program.limit(RLIMIT_NOFILE=3)"
    environ = {"PYTHONPATH": str(ROOT / "app" / "core" / "spreadsheets"), "PATH": os.defpath}
    command = [sys.executable, "-c", f"{limited}; {act}"]
    done = subprocess.run(command, cwd=tmp_path, env=environ, timeout=180, stderr=subprocess.DEVNULL, check=False)
    assert (done.returncode == 0) == passes


def test_under_gevent_a_hash_waits_for_no_table() -> None:
    """Twelve tables are asked for, then a hash, and the hub has one thread: that one is the hash's alone."""
    script = """
from gevent import monkey; monkey.patch_all()
import gevent
from app.core.passwords import CHEAPEST_PARAMS, hash_password
from app.core.spreadsheets.reading import read_table
gevent.get_hub().threadpool.maxsize = 1
ended = []
def read():
    assert read_table(b"A,B\\n" + b"1,2\\n" * 20_000, "x.csv", most_rows=30_000).rows
    ended.append("table")
def sign_in():
    hash_password("four otters on a raft", CHEAPEST_PARAMS)
    ended.append("hash")
tables = [gevent.spawn(read) for _ in range(12)]
gevent.sleep(0)
gevent.joinall([*tables, gevent.spawn(sign_in)], raise_error=True)
assert (ended[0], ended.count("table")) == ("hash", 12), ended
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_a_sheet_of_another_kind_of_prefix_is_read() -> None:
    rows = GOOD.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    content = workbook(f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>')
    assert read_table(content, "leads.xlsx", most_rows=10).rows == [(2, ["1", "2"])]
