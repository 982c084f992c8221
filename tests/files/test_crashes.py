"""A crash between the bytes and the row: a row is never without its bytes, and bytes without a row are swept up."""

import errno
import os
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core import outbox
from app.core.clock import utcnow
from app.core.ids import new_id
from app.core.tenancy import acting_in
from app.extensions import db
from app.files import jobs, services
from app.files.models import File
from app.files.ports import StoreUnavailable, blob_key, file_store
from app.files.ports.disk import DiskStore
from app.leads.models import Lead
from tests.files.pictures import picture, send

DAY = 86_400


@pytest.fixture
def folder(app, tmp_path, monkeypatch):
    """A folder of this test's own for files."""
    monkeypatch.setitem(app.extensions, "file_store", DiskStore(tmp_path / "files"))
    return tmp_path / "files"


def stored(folder) -> list:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def age(folder, seconds: int = DAY + 60) -> None:
    """Make everything there as old as that."""
    for file in stored(folder):
        os.utime(file, (time.time() - seconds, time.time() - seconds))


class Death(BaseException):
    """The process is gone: nothing after this line runs."""


def dying(*_: object, **__: object) -> None:
    raise Death


def test_a_process_that_dies_before_the_row_leaves_bytes_that_are_swept_a_day_later(
    app, world, alice, make_lead, add_photo, folder, monkeypatch
) -> None:
    kept, lead = add_photo(), make_lead()
    with monkeypatch.context() as death:
        death.setattr("app.files.services.adding.get_lead", dying)
        with suppress(Death):
            services.add_file(lead.id, "front.jpg", picture(size=(300, 300)), world.alice.actor)
        db.session.rollback()
    assert len(stored(folder)) == 4
    assert jobs.sweep() == 0  # they might belong to a row that is being written
    age(folder)
    assert jobs.sweep() == 2
    assert {file.name.split(".")[0] for file in stored(folder)} == {str(kept)}
    assert alice.get(f"/w/wells/files/{kept}").status_code == 200
    assert jobs.sweep() == 0


def test_bytes_that_could_not_all_be_stored_leave_no_row(alice, make_lead, folder, monkeypatch) -> None:
    real, calls = DiskStore.put, []

    def full(self, key, sealed):
        calls.append(key)
        if len(calls) > 1:
            raise StoreUnavailable("disk_28")
        real(self, key, sealed)

    monkeypatch.setattr(DiskStore, "put", full)
    answer = send(alice, make_lead(), picture())
    assert (answer.status_code, "Nothing was kept" in answer.text) == (503, True)
    assert db.session.scalars(select(File)).all() == []
    assert len(calls) == 2 and stored(folder) == []


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_is_full_gets_no_fuller_with_each_try(alice, make_lead, folder, monkeypatch, step) -> None:
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    lead = make_lead()
    monkeypatch.setattr(f"app.files.ports.disk.os.{step}", full)
    for _ in range(2):
        assert send(alice, lead, picture()).status_code == 503
    assert stored(folder) == []


def test_a_folder_that_can_not_be_written_is_told(app, alice, make_lead, tmp_path, monkeypatch) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    monkeypatch.setitem(app.extensions, "file_store", DiskStore(tmp_path / "taken"))
    assert send(alice, make_lead(), picture()).status_code == 503
    assert db.session.scalars(select(File)).all() == []


def test_a_folder_that_can_not_be_made_is_told(app, alice, make_lead, monkeypatch) -> None:
    monkeypatch.setitem(app.extensions, "file_store", DiskStore(Path("/proc/nowhere/files")))
    assert send(alice, make_lead(), picture()).status_code == 503


def test_a_lead_that_goes_while_its_file_comes_leaves_no_row(world, alice, make_lead, folder, monkeypatch) -> None:
    from app.files.services import adding

    lead = make_lead()
    real = adding.examine

    def slow(content, **asked):
        db.session.delete(db.session.get(Lead, (world.workspace_id, lead.id)))
        db.session.flush()
        return real(content, **asked)

    monkeypatch.setattr(adding, "examine", slow)
    assert send(alice, lead, picture()).status_code == 404
    age(folder)
    assert jobs.sweep() == 2


def test_a_worker_that_dies_while_erasing_leaves_nothing_for_good(
    alice, add_photo, folder, make_due, run_outbox, monkeypatch
) -> None:
    file_id = add_photo()
    alice.post(f"/w/wells/files/{file_id}/remove")
    make_due("file.erase")
    with monkeypatch.context() as death:
        death.setattr(jobs, "delete_variants", dying)
        with suppress(Death):
            run_outbox()
    db.session.rollback()
    run_outbox()
    assert db.session.scalars(select(File)).all() == []
    assert len(stored(folder)) == 2
    age(folder)
    assert jobs.sweep() == 2


def test_a_deleted_leads_files_are_swept(world, make_lead, add_photo, folder) -> None:
    lead = make_lead()
    add_photo(lead)
    db.session.delete(db.session.get(Lead, (world.workspace_id, lead.id)))
    db.session.commit()
    age(folder)
    assert jobs.sweep() == 2
    assert stored(folder) == []


def test_one_that_can_not_be_deleted_holds_up_none_behind_it(world, make_lead, add_photo, folder, monkeypatch) -> None:
    lead = make_lead()
    add_photo(lead)
    db.session.delete(db.session.get(Lead, (world.workspace_id, lead.id)))
    db.session.commit()
    age(folder)
    real, first = DiskStore.delete, min(str(path.relative_to(folder)) for path in stored(folder))

    def stuck(self, key):
        if key == first:
            raise StoreUnavailable("disk_1")
        real(self, key)

    with monkeypatch.context() as fault:
        fault.setattr(DiskStore, "delete", stuck)
        assert jobs.sweep() == 1
    assert [str(path.relative_to(folder)) for path in stored(folder)] == [first]
    assert jobs.sweep() == 1


def test_the_sweep_keeps_its_hands_off_what_it_does_not_know(world, add_photo, folder) -> None:
    """Another installation's workspace, and files that are no files of Sill."""
    add_photo()
    file_store().put(blob_key(new_id(), new_id(), "main"), b"another's")
    (folder / "lost+found").mkdir()
    (folder / "lost+found" / "README").write_text("not ours")
    age(folder)
    before = stored(folder)
    assert jobs.sweep() == 0
    assert stored(folder) == before


def test_the_sweep_finds_orphans_of_every_workspace_page_by_page(world, folder, monkeypatch) -> None:
    monkeypatch.setattr(jobs, "_PAGE", 3)
    monkeypatch.setattr(jobs, "_MOST_PAGES", 2)
    for workspace_id in (world.workspace_id, world.other_workspace_id):
        for _ in range(5):
            file_store().put(blob_key(workspace_id, new_id(), "main"), b"orphan")
    age(folder)
    assert [jobs.sweep() for _ in range(2)] == [6, 4]
    assert stored(folder) == []


def test_what_was_begun_and_never_finished_is_thrown_away(world, folder) -> None:
    begun = folder / ".begun"
    begun.mkdir(parents=True)
    (begun / "0123").write_bytes(b"half")
    jobs.sweep()
    assert len(stored(folder)) == 1
    age(folder)
    jobs.sweep()
    assert stored(folder) == []


def test_the_timetable_sweeps_and_the_outbox_erases(app) -> None:
    from app import reactions, schedule

    assert jobs.sweep in {entry.call for entry in schedule.TIMETABLE}
    assert reactions.WORK["file.erase"] is jobs.erase


def test_work_for_a_file_that_is_gone_already_is_done(world, run_outbox) -> None:
    with acting_in(world.workspace_id):
        outbox.enqueue("file.erase", new_id(), run_at=utcnow())
        db.session.commit()
    assert run_outbox() == 1
    assert db.session.scalars(select(outbox.OutboxItem.state)).all() == ["done"]
