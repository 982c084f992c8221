"""Photos that come with the form."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partialmethod
from io import BytesIO
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from app.core.uploads import Places
from app.extensions import db
from app.files.models import File
from app.files.ports import file_store
from app.files.ports.disk import DiskStore
from app.files.services import examining, open_variant
from app.lead_forms.models import LeadForm, SubmissionPhoto
from app.lead_forms.services import photos, tokens
from app.lead_forms.views import public, staff
from tests.files.pictures import pdf, photo_with_secrets, picture
from tests.lead_forms.conftest import ANSWERS, leads, submissions
from tests.support.client import Client
from tests.support.world import World

STEPS = [
    {"title": "You", "questions": ["postcode", "service", "name", "phone", "email", "access_notes", "wishes"]},
    {"title": "Show us", "questions": ["photos"]},
]


@pytest.fixture(autouse=True)
def asks_photos(form: LeadForm) -> None:
    """The form takes photos."""
    form.content = {"steps": STEPS}
    db.session.commit()


def sent(*contents: bytes, name: str = "front.jpg") -> list[tuple[BytesIO, str]]:
    return [(BytesIO(content), f"{number}-{name}") for number, content in enumerate(contents)]


def kept() -> list[File]:
    return list(db.session.scalars(select(File).order_by(File.created_at)))


def test_a_photo_is_drawn_anew_and_told_of(send: Callable[..., Any], alice: Client) -> None:
    assert send(photos=sent(photo_with_secrets(), picture(size=(320, 200)))).status_code == 303
    (lead,) = leads()
    assert [file.lead_id for file in kept()] == [lead.id] * 2
    content = alice.get(f"/w/wells/files/{kept()[0].id}").data
    assert b"Canary" not in content and not Image.open(BytesIO(content)).getexif()
    assert "2 photos added" in alice.get(f"/w/wells/leads/{lead.id}", hx=True).text


def test_what_is_no_picture_is_left_out_and_said(send: Callable[..., Any], client: Client) -> None:
    where = send(photos=sent(pdf(), b"<script>", picture())).headers["Location"]
    assert "2 photos could not be read" in client.get(where).text
    assert len(leads()) == len(kept()) == 1


def test_six_are_taken_and_none_unasked(send: Callable[..., Any], form: LeadForm, client: Client) -> None:
    small = [picture(size=(8 + n, 8)) for n in range(8)]
    thanks = send(photos=sent(*small))
    assert thanks.status_code == 303
    assert len(kept()) == 6
    said = client.get(thanks.headers["Location"]).text
    assert "We take 6 photos with an enquiry: 2 more did not come along." in said and "could not be read" not in said
    form.content = {"steps": STEPS[:1]}
    db.session.commit()
    assert send(photos=sent(small[0])).status_code == 303
    assert len(leads()) == 2 and len(kept()) == 6


def test_sent_again_nothing_is_there_twice_and_nothing_is_missing(
    send: Callable[..., Any], token: Callable[..., str]
) -> None:
    one, two, page = picture(), picture(size=(100, 80)), token()
    first = send(token=page, photos=sent(one))  # as if the line had broken after the first of them
    again = send(token=page, photos=sent(one, two))
    assert again.headers["Location"] == first.headers["Location"]
    assert len(leads()) == 1 and len(kept()) == 2


def test_too_much_at_once_is_refused_and_a_mistake_keeps_nothing(
    send: Callable[..., Any], client: Client, form: LeadForm
) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n\r\n'
    body = head + b"x" * (21 * 1024**2) + b"\r\n--b--\r\n"
    huge = client.post(f"/q/{form.key}", data=body, content_type="multipart/form-data; boundary=b", csrf=False)
    assert huge.status_code == 413
    wrong = send(phone="12", photos=sent(picture()))
    assert wrong.status_code == 422 and "please choose them again" in wrong.text
    assert kept() == [] == leads()


def test_demanded_photos_are_asked_for(send: Callable[..., Any], form: LeadForm) -> None:
    form.content = {"steps": STEPS, "questions": {"photos": {"required": True}}}
    db.session.commit()
    assert 'id="f-photos-error">Add a photo or two' in send().text
    assert send(photos=sent(picture())).status_code == 303


def test_photos_of_a_suspect_wait_sealed_until_somebody_decides(send: Callable[..., Any], alice: Client) -> None:
    for wishes in ("One", "Two"):
        send(homepage="robot", wishes=wishes, photos=sent(picture()))
    waiting = list(db.session.scalars(select(SubmissionPhoto.id)))
    assert len(waiting) == 2 and kept() == []
    assert open_variant(waiting[0], "main").read().startswith(b"\xff\xd8")
    released, thrown_away = submissions()
    assert photos.held_counts([released.id, thrown_away.id]) == {released.id: 1, thrown_away.id: 1}
    alice.post(f"/w/wells/quarantine/{released.id}/release")
    alice.post(f"/w/wells/quarantine/{thrown_away.id}/delete")
    (file,) = kept()
    assert file.lead_id == leads()[0].id and open_variant(file.id, "main").size == file.size_bytes
    assert file.uploaded_by is None, "they are the customer's, whoever lets them out"
    assert db.session.scalars(select(SubmissionPhoto)).all() == []
    stored = {entry.key for entry in file_store().listed("", 100)}
    assert not any(str(photo_id) in key for photo_id in waiting for key in stored)


def test_a_suspect_that_is_sent_again_holds_each_photo_once(
    send: Callable[..., Any], token: Callable[..., str]
) -> None:
    one, two, page = picture(), picture(size=(100, 80)), token()
    send(token=page, homepage="robot", photos=sent(one))
    send(token=page, homepage="robot", photos=sent(one, two))
    (held,) = submissions()
    assert photos.held_counts([held.id]) == {held.id: 2}


def test_a_suspect_that_was_let_out_and_is_sent_again_keeps_each_photo_once(
    send: Callable[..., Any], token: Callable[..., str], alice: Client
) -> None:
    one, two, page = picture(), picture(size=(100, 80)), token()
    send(token=page, homepage="robot", photos=sent(one))
    alice.post(f"/w/wells/quarantine/{submissions()[0].id}/release")
    send(token=page, homepage="robot", photos=sent(one))
    assert len(kept()) == 1
    send(token=page, homepage="robot", photos=sent(one, two))
    assert len(kept()) == 2 and len(leads()) == 1


@pytest.mark.commits
def test_a_suspect_that_is_sent_twice_at_once_holds_each_photo_once(app: Flask, world: World, form: LeadForm) -> None:
    """The second press is the one whose answer the browser shows, and it said that something broke on our side."""
    page, line, photo = {**ANSWERS, "token": tokens.issue(form.id), "homepage": "robot"}, Barrier(3), picture()

    def press(_: int) -> int:
        line.wait(60)
        with app.app_context(), app.test_client() as browser:
            return browser.post(f"/q/{form.key}", data={**page, "photos": sent(photo)}, csrf=False).status_code

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(press, range(3))) == [303] * 3
    world.enter()
    (held,) = submissions()
    assert photos.held_counts([held.id]) == {held.id: 1}


@pytest.mark.parametrize("decision", ["release", "delete"])
def test_a_photo_that_comes_after_the_decision_is_kept_nowhere(
    send: Callable[..., Any], alice: Client, monkeypatch: pytest.MonkeyPatch, decision: str
) -> None:
    """It lay sealed beside a sending that was thrown away, where nobody sees it and nothing ever deletes it."""
    run = examining.run_bare

    def slow(*given: Any, **more: Any) -> tuple[int | None, bytes]:
        (held,) = submissions()
        if held.state == "quarantined":
            alice.post(f"/w/wells/quarantine/{held.id}/{decision}")
        return run(*given, **more)

    monkeypatch.setattr(examining, "run_bare", slow)
    answer = send(homepage="robot", photos=sent(picture()))
    assert answer.status_code == 303 and "lost=1" in answer.headers["Location"]
    assert db.session.scalars(select(SubmissionPhoto)).all() == []


def test_photos_out_of_reach_hold_the_sending_back_and_are_not_lost(
    send: Callable[..., Any], alice: Client, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(homepage="robot", photos=sent(picture()))
    (held,) = submissions()
    in_the_way = tmp_path / "no-folder"
    in_the_way.write_text("")
    with monkeypatch.context() as outage:
        outage.setitem(app.extensions, "file_store", DiskStore(in_the_way))
        refused = alice.post(f"/w/wells/quarantine/{held.id}/release")
    assert refused.status_code == 409 and "fetched just now" in refused.text
    assert leads() == [] and photos.held_counts([held.id]) == {held.id: 1}
    alice.post(f"/w/wells/quarantine/{held.id}/release")
    assert len(leads()) == len(kept()) == 1


def test_no_connection_is_held_while_a_photo_is_looked_at(
    send: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Strangers' photos are looked at one at a time: whoever waits in that line must not have what all pages need."""
    held = []
    run = examining.run_bare

    def watched(*given: Any, **more: Any) -> tuple[int | None, bytes]:
        held.append(db.session().in_transaction())
        return run(*given, **more)

    monkeypatch.setattr(examining, "run_bare", watched)
    assert send(photos=sent(picture())).status_code == 303
    assert send(photos=sent(picture(size=(60, 50))), homepage="robot").status_code == 303
    assert len(db.session.scalars(select(SubmissionPhoto)).all()) == 1 and held == [False, False]


def test_a_small_sending_with_a_photo_waits_for_a_place_too(
    send: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Places(0)
    monkeypatch.setattr(public, "_PLACES", places)
    monkeypatch.setattr(Places, "take", partialmethod(Places.take, 0))
    assert send(photos=sent(picture())).status_code == 503
    assert send(photos=[(BytesIO(b""), "")]).status_code == 303


def test_so_many_are_let_out_at_a_time(
    send: Callable[..., Any], alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each holds a connection while its photos are looked at, and a few dozen would hold all there are."""
    assert send(photos=sent(picture()), homepage="robot").status_code == 303
    monkeypatch.setattr(staff, "_PLACES", Places(0))
    monkeypatch.setattr(Places, "take", partialmethod(Places.take, 0))
    (waiting,) = submissions()
    refused = alice.post(f"/w/wells/quarantine/{waiting.id}/release", hx=True)
    assert refused.status_code == 409 and "let out just now" in refused.text and not leads()
    monkeypatch.setattr(staff, "_PLACES", Places(1))
    assert alice.post(f"/w/wells/quarantine/{waiting.id}/release", hx=True).status_code == 200 and len(leads()) == 1
