"""Photos from a customer: asked for by a link that opens nothing else, with scripts and without."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import insert, select, update

from app.activities.models import Activity
from app.core.access_keys import AccessKey
from app.core.clock import utcnow
from app.core.ids import new_id
from app.extensions import db
from app.files.models import File, PhotoRequest
from app.files.services import examining, open_variant
from app.files.services.requesting import MOST_SENT, photo_link, photo_request
from app.leads.models import Lead
from app.messaging.models import Message
from app.notifications.models import Notification
from app.workspaces.models import Membership
from app.workspaces.services import deactivate_member
from tests.files.pictures import pdf, photo_with_secrets, picture
from tests.support.client import Client
from tests.support.world import World


@pytest.fixture
def lead(make_lead: Callable[..., Any]) -> Any:
    """Hannah, who asked some days ago."""
    made = make_lead(name="Hannah Cole", email="hannah.cole@example.com", phone="07700 900318")
    db.session.execute(update(Lead).values(created_at=utcnow() - timedelta(days=3)))
    return made


@pytest.fixture
def path(lead: Any, world: World) -> str:
    """Where she sends them."""
    link = photo_link(photo_request(lead, world.alice.actor))
    db.session.commit()
    return link.removeprefix("http://127.0.0.1:9")


def post(client: Client, path: str, *contents: bytes) -> Any:
    """Send a form as a browser without scripts does."""
    files = [(io.BytesIO(each), f"front {number}.jpg") for number, each in enumerate(contents)]
    return client.post(path, data={"photos": files}, content_type="multipart/form-data", csrf=False)


def test_staff_ask_by_email_and_by_text(alice: Client, lead: Any) -> None:
    url = f"/w/wells/leads/{lead.id}/photo-link"
    assert "Ask by email" in alice.get(url, hx=True).text
    for channel in ("email", "sms"):
        assert alice.post(url, data={"channel": channel}, hx=True).status_code == 200
    mail, text = db.session.scalars(select(Message).where(Message.template_key.like("photos%")).order_by(Message.id))
    links = {re.search(r"/p/[\w-]+", each.body)[0] for each in (mail, text)}  # type: ignore[index]
    assert len(links) == 1, "one link is enough"
    assert "Open until" in alice.get(url, hx=True).text
    assert db.session.scalars(select(Activity.event).where(Activity.kind == "file")).all() == ["photos.requested"] * 2
    refused = alice.post(url, data={"channel": "pigeon"}, hx=True)
    assert refused.status_code == 422 and "be reached that way" in refused.text


def test_a_form_brings_photos_without_their_secrets(client: Client, path: str, lead: Any, world: World) -> None:
    answer = post(client, path, photo_with_secrets(), picture())
    assert answer.status_code == 303 and "Set-Cookie" not in answer.headers
    assert "2 photos have arrived" in client.get(answer.location).text
    files = db.session.scalars(select(File).order_by(File.id)).all()
    assert [(each.kind, each.uploaded_by) for each in files] == [("photo", None)] * 2
    kept = open_variant(files[0].id, "main").read()
    assert not Image.open(io.BytesIO(kept)).getexif() and b"GPS" not in kept
    line = db.session.scalars(select(Activity).where(Activity.event == "file.added")).one()
    assert (line.actor_kind, line.data["photos"]) == ("customer", 2)
    [told] = db.session.scalars(select(Notification).where(Notification.kind == "file_added"))
    assert (told.user_id, told.data["by"], told.data["count"]) == (world.alice.user_id, "customer", 1)


def test_photos_to_a_lead_whose_owner_has_left_are_told_to_the_managers(
    client: Client, path: str, lead: Any, world: World
) -> None:
    lead.owner_id = world.bob.user_id
    member = db.session.scalars(select(Membership).where(Membership.user_id == world.bob.user_id)).one()
    deactivate_member(member.id, world.alice.actor)
    db.session.commit()
    post(client, path, picture())
    [told] = db.session.scalars(select(Notification).where(Notification.kind == "file_added"))
    assert told.user_id == world.alice.user_id


def test_the_gallery_says_whose_they_are(client: Client, alice: Client, path: str, lead: Any) -> None:
    post(client, path, picture())
    assert 'data-note="the customer, ' in alice.get(f"/w/wells/leads/{lead.id}/files", hx=True).text


def test_with_scripts_they_come_one_by_one_and_once(client: Client, path: str) -> None:
    for _ in range(2):  # a repeat after a dead spot
        answer = client.post(
            f"{path}/photo", data=picture(), content_type="application/octet-stream", csrf=False,
            headers={"X-File-Name": "front%20side.jpg"},
        )  # fmt: skip
        assert answer.status_code == 201 and answer.headers["Cache-Control"] == "no-store"
    assert [each.name for each in db.session.scalars(select(File))] == ["front side.jpg"]


def test_what_is_no_photo_leaves_the_others(client: Client, path: str) -> None:
    refused = post(client, path, pdf())
    assert refused.status_code == 422 and "This is not a picture." in refused.text
    assert post(client, path).status_code == 422
    answer = post(client, path, pdf(), picture(), b"x" * 900)
    assert answer.status_code == 303 and "2 could not be taken" in client.get(answer.location).text
    assert db.session.scalars(select(File.kind)).all() == ["photo"]


def test_ten_are_enough(client: Client, path: str, lead: Any) -> None:
    for number in range(MOST_SENT):
        db.session.add(
            File(lead_id=lead.id, kind="photo", name="a.jpg", content_type="image/jpeg", size_bytes=1,
                 fingerprint=bytes([number]))
        )  # fmt: skip
    assert "which is plenty" in client.get(path).text
    answer = client.post(f"{path}/photo", data=picture(), content_type="application/octet-stream", csrf=False)
    assert answer.status_code == 422 and "are enough" in answer.text


def test_the_link_shows_no_photo_and_reading_changes_nothing(client: Client, path: str) -> None:
    post(client, path, picture())
    before = len(db.session.scalars(select(Activity.id)).all())
    for method in ("GET", "HEAD"):
        answer = client.open(path, method=method)
        assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
        assert "noindex" in answer.headers["X-Robots-Tag"] and answer.headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    page = client.get(path).text
    assert "/files/" not in page and "Cole" not in page and "Mill Lane" not in page
    assert len(db.session.scalars(select(Activity.id)).all()) == before


def test_links_end_and_are_taken_back(client: Client, alice: Client, path: str, lead: Any) -> None:
    alice.post(f"/w/wells/leads/{lead.id}/photo-link/revoke", hx=True)
    gone = client.get(path)
    assert gone.status_code == 410 and "taken this link back" in gone.text and "Hannah" not in gone.text
    assert post(client, path, picture()).status_code == 410
    db.session.execute(update(PhotoRequest).values(revoked_at=None))
    db.session.execute(update(AccessKey).where(AccessKey.kind == "photos").values(expires_at=utcnow()))
    ended, unknown = client.get(path), client.get("/p/" + "a" * 32)
    assert ended.status_code == unknown.status_code == 404 and "does not open any more" in ended.text
    assert db.session.scalars(select(File)).all() == []


def test_taking_back_ends_the_link_before_the_last_one_too(client: Client, alice: Client, path: str, lead: Any) -> None:
    db.session.execute(update(PhotoRequest).values(expires_at=utcnow() + timedelta(days=2)))
    alice.post(f"/w/wells/leads/{lead.id}/photo-link", data={"channel": "link"}, hx=True)
    assert len(db.session.scalars(select(PhotoRequest)).all()) == 2
    alice.post(f"/w/wells/leads/{lead.id}/photo-link/revoke", hx=True)
    assert client.get(path).status_code == 410


def test_a_link_to_a_quote_opens_no_page_for_photos(client: Client, path: str) -> None:
    assert client.get(path.replace("/p/", "/c/")).status_code == 404


def test_what_was_on_its_way_side_by_side_counts_and_holds_no_connection(
    client: Client, path: str, lead: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten photos are the most, not ten of each request that had begun before the tenth was kept."""
    assert post(client, path, *(picture(size=(8 + n, 8)) for n in range(MOST_SENT - 1))).status_code == 303
    run, held = examining.run_bare, []

    def watched(*given: Any, **more: Any) -> Any:
        held.append(db.session().in_transaction())
        first = db.session.scalars(select(File).where(File.lead_id == lead.id).limit(1)).one()
        row = {column.name: getattr(first, column.name) for column in File.__table__.columns}
        db.session.execute(insert(File).values(row | {"id": new_id(), "fingerprint": b"another"}))
        db.session.commit()
        return run(*given, **more)

    monkeypatch.setattr(examining, "run_bare", watched)
    answer = post(client, path, picture(size=(99, 8)))
    assert (answer.status_code, held) == (422, [False]) and "10 photos are enough" in answer.text
    assert len(db.session.scalars(select(File.id).where(File.lead_id == lead.id)).all()) == MOST_SENT
