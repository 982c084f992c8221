"""Workers that die, stores that do not answer, and files whose time is over: nothing is lost, doubled or left lying."""

import os
import time
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from app.core import outbox
from app.core.clock import utcnow
from app.core.permissions import Actor
from app.core.transactions import transaction
from app.exports import jobs, services
from app.exports.models import LeadExport
from app.extensions import db
from app.files import jobs as file_jobs
from app.files.ports import StoreUnavailable, file_store
from app.files.services.keeping import store_variants
from app.files.services.resealing import reseal_files
from app.workspaces.queries import load_place
from tests.exports.asking import export, file_of, made, names, stored, turn

DAY = 86_400
IN_ORDER = [f"Person {number}" for number in range(4, -1, -1)]


class Death(BaseException):
    """The process is gone: nothing after this line runs."""


def dying(*_: object, **__: object) -> None:
    raise Death


@pytest.fixture
def begun(alice, make_lead, small):
    """An export of five leads, whose first piece of three is written."""
    for number in range(5):
        make_lead(name=f"Person {number}")
    export(alice)
    turn()
    return small


def due_again() -> None:
    """Let the sweep find what a dead worker left, and what waits to be tried again."""
    db.session.rollback()
    db.session.execute(
        update(outbox.OutboxItem)
        .where(outbox.OutboxItem.state.in_(("ready", "leased")), outbox.OutboxItem.kind == jobs.WORK)
        .values(state="ready", run_at=utcnow() - timedelta(seconds=1), lease_until=None)
    )
    db.session.commit()


def age(folder) -> None:
    """Make everything there older than a day."""
    for file in stored(folder):
        os.utime(file, (time.time() - DAY - 60,) * 2)


@pytest.mark.parametrize(
    "line", ("app.exports.jobs.store_variants", "app.exports.services.keep_piece", "app.exports.services.writing.end")
)
def test_a_worker_that_dies_leaves_whole_pieces_behind(alice, begun, run_outbox, monkeypatch, line: str) -> None:
    turn()  # the second piece, so that the next is the last
    with monkeypatch.context() as death:
        death.setattr(line, dying)
        with suppress(Death):
            turn()
    due_again()
    assert (len(made().pieces), made().done, made().state) == (2, 4, "running")
    run_outbox()
    assert names(file_of(alice)) == IN_ORDER
    age(begun)
    file_jobs.sweep()  # what the dead one had stored goes, what the file is made of stays
    assert len(stored(begun)) == len(made().pieces) == 3
    assert names(file_of(alice)) == IN_ORDER


def test_of_two_who_make_the_same_piece_one_is_late(alice, world, begun, run_outbox) -> None:
    place = load_place(world.workspace_id, world.alice.user_id)
    assert place
    viewer, actor = place[1], Actor("person", world.alice.user_id)
    pieces = [services.write_piece(made().id, viewer, 2) for _ in range(2)]
    for piece in pieces:
        assert piece
        store_variants(piece.sealed)
    with transaction():
        assert [services.keep_piece(piece, viewer, actor) for piece in pieces if piece] == [True, False]
    run_outbox()
    assert names(file_of(alice)) == IN_ORDER


def test_who_lost_the_lease_counts_nothing_and_leaves_nothing(alice, begun, run_outbox, monkeypatch) -> None:
    def stall(sealed: dict[str, bytes]) -> None:
        store_variants(sealed)
        db.session.execute(text("update outbox set lease_token = lease_token + 1 where kind = 'export.work'"))
        db.session.commit()

    with monkeypatch.context() as slow:
        slow.setattr(jobs, "store_variants", stall)
        turn()
    assert len(made().pieces) == len(stored(begun)) == 1
    due_again()
    run_outbox()
    assert names(file_of(alice)) == IN_ORDER


def test_a_store_that_does_not_answer_is_asked_again(alice, begun, run_outbox, monkeypatch) -> None:
    def silent(*_: object) -> None:
        raise StoreUnavailable("s3_no_answer")

    with monkeypatch.context() as away:
        away.setattr(type(file_store()), "put", silent)
        turn()
    assert (made().state, turn()) == ("running", 0)
    due_again()
    run_outbox()
    assert names(file_of(alice)) == IN_ORDER


def test_what_goes_wrong_again_and_again_ends_in_words_and_a_new_one_can_be_begun(
    alice, begun, run_outbox, monkeypatch
) -> None:
    def wrong(*_: object) -> None:
        raise ValueError("Hannah")

    with monkeypatch.context() as broken:
        broken.setattr("app.exports.services.writing.rows_of", wrong)
        for _ in range(4):
            turn()
            due_again()
    assert (made().state, stored(begun)) == ("failed", [])
    assert "Something went wrong on our side" in alice.get("/w/wells/exports").text
    assert "An export has stopped" in alice.get("/w/wells/notifications").text
    assert export(alice).status_code == 303


def test_a_file_that_can_not_be_read_is_no_half_file(alice, begun, run_outbox, monkeypatch) -> None:
    run_outbox()

    def silent(*_: object) -> None:
        raise StoreUnavailable("s3_no_answer")

    with monkeypatch.context() as away:
        away.setattr(type(file_store()), "read", silent)
        assert file_of(alice).status_code == 503
    stored(begun)[0].unlink(missing_ok=True)
    for file in stored(begun):
        file.write_bytes(b"\x01" + file.read_bytes()[1:-1] + b"x")
    assert file_of(alice).status_code == 500


def test_stopped_while_it_is_made(alice, begun, run_outbox) -> None:
    address = f"/w/wells/exports/{made().id}/remove"
    assert alice.post(address).headers["Location"] == "/w/wells/exports"
    assert "No files at the moment" in alice.get("/w/wells/exports").text
    assert alice.post(address).status_code == 404
    run_outbox()
    assert db.session.scalars(select(LeadExport)).all() == []
    assert stored(begun) == []
    assert "Your export" not in alice.get("/w/wells/notifications").text


def test_stopped_while_a_piece_is_on_its_way_to_the_store(alice, begun, run_outbox, monkeypatch) -> None:
    found = made().id

    def meanwhile(sealed: dict[str, bytes]) -> None:
        store_variants(sealed)
        alice.post(f"/w/wells/exports/{found}/remove")

    monkeypatch.setattr(jobs, "store_variants", meanwhile)
    run_outbox()
    assert db.session.scalars(select(LeadExport)).all() == []
    assert stored(begun) == []


def test_a_file_is_kept_for_seven_days(alice, begun, run_outbox, make_due) -> None:
    run_outbox()
    waits = select(outbox.OutboxItem.run_at).where(outbox.OutboxItem.kind == jobs.FORGET)
    kept = db.session.scalars(waits).one() - utcnow()
    assert timedelta(days=6, hours=23) < kept <= timedelta(days=7)
    db.session.execute(update(LeadExport).values(expires_at=utcnow() - timedelta(seconds=1)))
    db.session.commit()
    assert file_of(alice).status_code == 404  # whether or not a worker has come by
    make_due(jobs.FORGET)
    run_outbox()
    assert db.session.scalars(select(LeadExport)).all() == []
    assert stored(begun) == []


def test_what_lies_in_the_store_is_sealed_and_its_name_says_nothing(alice, begun, run_outbox) -> None:
    run_outbox()
    whole = b"".join(file.read_bytes() + str(file).encode() for file in stored(begun))
    assert len(stored(begun)) == 3
    for words in (b"Person", b"Mill Lane", b"Lead number", b"leads-"):
        assert words not in whole
    assert reseal_files().closed == 0


def test_when_its_maker_is_gone_for_good_the_file_is_swept_up(alice, world, begun, run_outbox) -> None:
    run_outbox()
    db.session.execute(text("delete from lead_exports"))
    db.session.commit()
    assert file_jobs.sweep() == 0  # they might belong to a row that is being written
    age(begun)
    assert file_jobs.sweep() == 3
    assert stored(begun) == []
