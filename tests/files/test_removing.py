"""Taking files off a lead, putting them back, and their end."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.activities.models import Activity
from app.appointments.models import Appointment
from app.audit.models import AuditEntry
from app.core.clock import utcnow
from app.core.outbox import OutboxItem
from app.extensions import db
from app.files.models import File
from app.files.ports import BlobMissing, blob_key, file_store
from tests.files.pictures import picture, send


def blobs(workspace_id, file_id) -> int:
    """How many of a file's variants lie in the store."""
    there = 0
    for variant in ("main", "thumb"):
        try:
            file_store().read(blob_key(workspace_id, file_id, variant), 0, 1)
            there += 1
        except BlobMissing:
            continue
    return there


def test_a_deleted_file_is_hidden_at_once_and_offered_back(alice, add_photo) -> None:
    file_id = add_photo()
    answer = alice.post(f"/w/wells/files/{file_id}/remove", hx=True)
    assert answer.status_code == 200 and f"/files/{file_id}/restore" in answer.text and "Photo deleted" in answer.text
    for path in ("", "/thumb"):
        assert alice.get(f"/w/wells/files/{file_id}{path}").status_code == 404
    lead_id = db.session.scalars(select(File.lead_id)).one()
    assert "data-shot" not in alice.get(f"/w/wells/leads/{lead_id}/files", hx=True).text
    assert blobs(alice.workspace_id, file_id) == 2


def test_it_can_be_put_back_and_then_stays(alice, add_photo, run_outbox, make_due) -> None:
    file_id = add_photo()
    alice.post(f"/w/wells/files/{file_id}/remove")
    assert alice.post(f"/w/wells/files/{file_id}/restore", hx=True).status_code == 200
    make_due("file.erase")
    run_outbox()
    assert alice.get(f"/w/wells/files/{file_id}").status_code == 200
    assert alice.get(f"/w/wells/files/{file_id}/thumb").status_code == 200
    events = db.session.scalars(select(Activity.event).where(Activity.kind == "file").order_by(Activity.at))
    assert list(events) == ["file.added", "file.removed", "file.restored"]


def test_a_photo_that_was_added_again_meanwhile_is_not_put_back_beside_it(alice, make_lead) -> None:
    lead, photo = make_lead(), picture()
    first = send(alice, lead, photo)
    assert first.status_code == 201
    gone = db.session.scalars(select(File.id)).one()
    alice.post(f"/w/wells/files/{gone}/remove")
    assert send(alice, lead, photo).status_code == 201
    assert alice.post(f"/w/wells/files/{gone}/restore", hx=True).status_code == 200
    assert alice.get(f"/w/wells/leads/{lead.id}/files", hx=True).text.count("<li") == 1


def test_deleting_putting_back_and_deleting_again_ends_once(alice, add_photo, run_outbox, make_due) -> None:
    file_id = add_photo()
    for act in ("remove", "restore", "remove"):
        assert alice.post(f"/w/wells/files/{file_id}/{act}").status_code == 303
    assert alice.post(f"/w/wells/files/{file_id}/remove").status_code == 404
    make_due("file.erase")
    run_outbox()
    assert db.session.scalars(select(File)).all() == []
    assert blobs(alice.workspace_id, file_id) == 0


def test_it_is_erased_after_five_minutes_and_stays_gone(alice, add_photo, run_outbox, make_due) -> None:
    file_id = add_photo()
    alice.post(f"/w/wells/files/{file_id}/remove")
    run_outbox()
    assert blobs(alice.workspace_id, file_id) == 2
    item = db.session.scalars(select(OutboxItem).where(OutboxItem.kind == "file.erase")).one()
    assert timedelta(minutes=4) < item.run_at - utcnow() <= timedelta(minutes=5)
    make_due("file.erase")
    run_outbox()
    assert db.session.scalars(select(File)).all() == []
    assert blobs(alice.workspace_id, file_id) == 0
    assert alice.post(f"/w/wells/files/{file_id}/restore").status_code == 404


def test_it_can_be_added_again_after_it_was_deleted(alice, make_lead) -> None:
    lead, content = make_lead(), picture()
    send(alice, lead, content)
    alice.post(f"/w/wells/files/{db.session.scalars(select(File.id)).one()}/remove")
    assert send(alice, lead, content).status_code == 201
    assert len(db.session.scalars(select(File.id).where(File.removed_at.is_(None))).all()) == 1


def test_the_audit_log_has_each_of_it(alice, add_photo) -> None:
    file_id = add_photo()
    alice.post(f"/w/wells/files/{file_id}/remove")
    alice.post(f"/w/wells/files/{file_id}/restore")
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action.like("file.%")).order_by(AuditEntry.at))
    assert [(entry.action, json.loads(entry.after)["file_id"]) for entry in entries] == [
        (f"file.{what}", str(file_id)) for what in ("added", "removed", "restored")
    ]


@pytest.mark.parametrize("who", ("carol", "bob"))
def test_crew_take_away_only_what_they_added_themselves(world, request, alice, make_lead, add_photo, who) -> None:
    """Carol may add photos to the leads she visits, but not take away Alice's; Bob, who sells, may."""
    lead = make_lead()
    with world.alice.acting():
        now = utcnow()
        visit = Appointment(lead_id=lead.id, user_id=world.carol.user_id, starts_at=now, ends_at=now)
        db.session.add(visit)
        db.session.commit()
    browser = request.getfixturevalue(who)
    hers, mine = add_photo(lead), add_photo(lead, picture(size=(300, 300)), client=browser)
    gallery = browser.get(f"/w/wells/leads/{lead.id}/files", hx=True).text
    assert gallery.count("data-removable") == (1 if who == "carol" else 2)
    assert browser.post(f"/w/wells/files/{mine}/remove").status_code == 303
    assert browser.post(f"/w/wells/files/{hers}/remove").status_code == (403 if who == "carol" else 303)
    alice.post(f"/w/wells/files/{hers}/remove")
    assert browser.post(f"/w/wells/files/{hers}/restore").status_code == (403 if who == "carol" else 303)
