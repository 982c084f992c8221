"""Changing one's password while signed in: by the present one, counted like a sign-in; the other sessions end."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import LoginSession
from app.accounts.services import signing_in
from app.audit.models import AuditEntry
from app.core.tenancy import acting_in
from app.extensions import db
from app.workspaces.queries import ids_of_places
from tests.support.client import Client
from tests.support.world import PASSWORD, World, browser

NEW = "ladders-in-the-fog"
CHANGE = {"present": PASSWORD, "password": NEW}
ALICE = {"email": "alice@example.com", "password": PASSWORD}


def test_this_browser_stays_and_the_others_are_signed_out(
    app: Flask, world: World, alice: Client, bob: Client, client: Client
) -> None:
    client.post("/login", data=ALICE)
    before = alice.cookie_session()
    assert "/password" in alice.get("/w/wells/leads/board").text
    assert "alice@example.com" in alice.get("/password").text

    answer = alice.post("/password", data=CHANGE)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "Your password is changed" in alice.get("/w/wells/leads/board").text
    assert client.get("/w/wells/settings").status_code == 303
    assert bob.get("/w/wells/leads/board").status_code == 200
    stolen = browser(app)
    stolen.keep_session(before)
    assert stolen.get("/w/wells/settings").status_code == 303, "a copy of its old cookie is worth nothing"
    assert client.post("/login", data=ALICE).status_code == 422
    assert client.post("/login", data={**ALICE, "password": NEW}).status_code == 303


def test_the_person_is_told_by_mail(alice: Client, run_outbox: Callable[[], int], mailbox: Any) -> None:
    alice.post("/password", data=CHANGE)
    run_outbox()
    [mail] = mailbox.mails("alice@example.com")
    assert mail["subject"] == "Your password for Sill was changed"
    assert mail["headers"]["From"] == "Sill <desk@example.com>"


def test_a_stranger_signs_in_first(world: World, client: Client) -> None:
    for answer in (client.get("/password"), client.post("/password", data=CHANGE)):
        assert answer.headers["Location"] == "/login?next=/password"
    assert client.post("/login", data={**ALICE, "next": "/password"}).headers["Location"] == "/password"


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"present": "not-hers-at-all"}, "present", "not your present password"),
        ({"password": "short"}, "password", "at least 12 characters"),
        ({"password": "alice-archer-1"}, "password", "own name"),
    ],
)
def test_says_beside_the_field_what_is_wrong(
    alice: Client, client: Client, typed: dict[str, str], field: str, said: str
) -> None:
    answer = alice.post("/password", data={**CHANGE, **typed})
    assert answer.status_code == 422
    assert said in answer.text and f'id="f-{field}-error"' in answer.text
    assert next(iter(typed.values())) not in answer.text
    assert alice.get("/w/wells/settings").status_code == 200
    assert client.post("/login", data=ALICE).status_code == 303


def test_guesses_are_counted_with_those_at_the_sign_in_page(alice: Client, client: Client) -> None:
    for _ in range(5):
        assert alice.post("/password", data={**CHANGE, "present": "not-hers-at-all"}).status_code == 422
    shut = alice.post("/password", data=CHANGE)
    assert shut.status_code == 429 and "Wait 15 minutes" in shut.text and int(shut.headers["Retry-After"]) > 0
    assert client.post("/login", data=ALICE).status_code == 429
    assert "/password/forgotten" in shut.text


def test_a_weak_new_password_is_no_failed_guess(alice: Client) -> None:
    for _ in range(7):
        assert alice.post("/password", data={**CHANGE, "password": "short"}).status_code == 422
    assert alice.post("/password", data=CHANGE).status_code == 303


def test_it_stands_in_the_audit_log_of_each_workspace(alice: Client, world: World) -> None:
    alice.post("/signup", data={"business": "Alice & Daughters"})
    alice.post("/password", data=CHANGE)
    entries = []
    for workspace_id in _places(world):
        with acting_in(workspace_id):
            entries += db.session.scalars(select(AuditEntry).where(AuditEntry.subject_type == "account")).all()
    assert [entry.action for entry in entries] == ["account.password_changed"] * 2
    assert {(entry.actor_id, str(entry.address)) for entry in entries} == {(world.alice.user_id, "127.0.0.1")}


def test_a_sign_in_that_was_under_way_opens_nothing(
    world: World, alice: Client, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old password was right when it was looked at; it is changed before the session begins."""
    real = signing_in.verify_password

    def slow(*given: Any) -> bool:
        matches = real(*given)
        monkeypatch.setattr(signing_in, "verify_password", real)
        assert alice.post("/password", data=CHANGE).status_code == 303
        return matches

    monkeypatch.setattr(signing_in, "verify_password", slow)
    assert client.post("/login", data=ALICE).status_code == 422
    rows = db.session.scalars(select(LoginSession).where(LoginSession.user_id == world.alice.user_id)).all()
    assert len(rows) == 1, "the one of the browser that changed it"


def test_sign_up_with_a_taken_address_shows_the_ways_out(world: World, client: Client) -> None:
    typed = {"business": "Again", "name": "Alice", "email": "alice@example.com", "password": NEW}
    answer = client.post("/signup", data=typed)
    assert answer.status_code == 422
    assert 'href="/password/forgotten"' in answer.text and 'href="/login"' in answer.text
    assert "/password/forgotten" not in client.post("/signup", data={**typed, "email": "x"}).text


def _places(world: World) -> list[Any]:
    with acting_in(None, user_id=world.alice.user_id, sees="none"):
        return ids_of_places(world.alice.user_id)
