"""Whoever brings in tables that take long keeps nobody else waiting: not for a connection, a page or a sign-in."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core.spreadsheets import reading
from app.core.spreadsheets.writing import write_csv
from app.extensions import db
from app.imports.models import Import
from app.reconciliation.models import SqueegeeExport
from tests.reconciliation.exports import bring, export_of, line
from tests.support.client import Client
from tests.support.workbooks import wide
from tests.support.world import PASSWORD, World

EXPORTS = "squeegee/reconciliation"
PATHS = ("imports", EXPORTS, "squeegee/bookings/file")
TABLE = write_csv(["Reference", "Date"], [["17", "2026-12-08"]])


def send(browser: Client, path: str, content: bytes, slug: str = "wells") -> Any:
    """Choose a file and send it, as a browser without scripts does."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="leads.xlsx"\r\n\r\n'
    sent = head + content + b"\r\n--x--\r\n"
    return browser.post(f"/w/{slug}/{path}", data=sent, content_type="multipart/form-data; boundary=x")


@pytest.fixture
def open_ones(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether a transaction was open, for each file that was read."""
    found: list[bool] = []
    run = reading.run_bare

    def watched(*given: Any, **more: Any) -> tuple[int | None, bytes]:
        found.append(db.session().in_transaction())
        return run(*given, **more)

    monkeypatch.setattr(reading, "run_bare", watched)
    return found


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As many files are being read as may be at once."""
    monkeypatch.setattr(reading, "_SECONDS_TO_WAIT", 0)
    taken = 0
    while reading._SEATS.acquire(blocking=False):
        taken += 1
    yield
    for _ in range(taken):
        reading._SEATS.release()


@pytest.mark.parametrize("path", PATHS)
def test_a_row_that_reaches_too_far_is_refused_beside_the_field(world: World, alice: Client, path: str) -> None:
    content = wide(4_000)
    answer = send(alice, path, content)
    assert len(content) < 100_000 and answer.status_code == 422
    assert "A row has more than 200 columns. Remove those not needed." in answer.text
    assert [db.session.scalar(select(func.count()).select_from(each)) for each in (Import, SqueegeeExport)] == [0, 0]


@pytest.mark.parametrize("path", PATHS)
def test_no_transaction_is_open_while_a_file_is_read(alice: Client, path: str, open_ones: list[bool]) -> None:
    assert send(alice, path, TABLE).status_code in (200, 303)
    assert open_ones == [False]


def test_no_transaction_is_open_while_the_columns_of_an_export_are_told(alice: Client, open_ones: list[bool]) -> None:
    at = send(alice, EXPORTS, write_csv(["Who", "Where"], [["Ann Pike", "12 Mill Lane BA5 2QJ"]])).headers["Location"]
    assert "Ann Pike" in alice.get(at).text
    assert alice.post(at, data={"name": "0"}).status_code == 422
    assert alice.post(at, data={"name": "0", "address": "1"}).status_code == 303
    assert open_ones == [False] * 5  # once for the page, and again beside what was wrong on it


def test_no_transaction_is_open_while_a_worker_reads_an_export(
    world: World, open_ones: list[bool], run_outbox: Callable[[], int]
) -> None:
    export_id = bring(world.alice, [line("1042", "Ann Pike", "12 Mill Lane BA5 2QJ")])
    open_ones.clear()
    run_outbox()
    assert (open_ones, export_of(export_id).state) == ([False], "done")


def test_tables_are_counted_for_each_person_wherever_they_are_brought_in(alice: Client, mallory: Client) -> None:
    assert {send(alice, path, b"").status_code for path in PATHS * 4} == {422}
    assert [send(alice, path, b"").status_code for path in PATHS] == [429] * 3
    assert alice.get("/w/wells/imports").status_code == 200
    assert send(mallory, "imports", b"", "rival").status_code == 422


@pytest.mark.parametrize("path", PATHS)
def test_while_too_many_are_read_the_next_is_sent_away_in_words(alice: Client, path: str, full: None) -> None:
    answer = send(alice, path, TABLE)
    assert answer.status_code == 422 and "Too many files are being read just now." in answer.text


def test_while_too_many_are_read_people_sign_in_and_find_their_pages(
    world: World, client: Client, alice: Client, full: None
) -> None:
    assert client.post("/login", data={"email": "bob@example.com", "password": PASSWORD}).status_code == 303
    assert alice.get("/w/wells/imports").status_code == 200
