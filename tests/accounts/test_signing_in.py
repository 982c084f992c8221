"""Signing in and out: who gets in, who waits, and what is told to whom."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from app.accounts.models import SESSION_IDLE, KnownDevice, LoginSession, LoginThrottle, User
from app.accounts.queries import find_user, session_is_valid
from app.accounts.services import LIFE
from app.core.clock import utcnow
from app.extensions import db
from tests.support.client import Client
from tests.support.world import PASSWORD, World, browser

ALICE = {"email": "alice@example.com", "password": PASSWORD}
WRONG = {**ALICE, "password": "not-her-password-at-all"}
NOBODY = {"email": "nobody@example.com", "password": PASSWORD}


def test_the_right_password_opens_the_board(world: World, client: Client) -> None:
    answer = client.post("/login", data={**ALICE, "email": " ALICE@example.com"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert client.get("/").headers["Location"] == "/w/wells/leads/board"
    assert client.get("/w/wells/settings").status_code == 200


def test_goes_on_to_the_page_that_was_wanted(world: World, client: Client) -> None:
    turned_away = client.get("/w/wells/settings?from=mail")
    assert turned_away.status_code == 303
    page = client.get(turned_away.headers["Location"])
    assert 'name="next" value="/w/wells/settings?from=mail"' in page.text
    answer = client.post("/login", data={**ALICE, "next": "/w/wells/settings?from=mail"})
    assert answer.headers["Location"] == "/w/wells/settings?from=mail"


def test_never_goes_on_to_another_site(world: World, client: Client) -> None:
    answer = client.post("/login", data={**ALICE, "next": "//evil.example/"})
    assert answer.headers["Location"] == "/"


def test_the_refusal_is_the_same_whether_or_not_the_account_exists(world: World, client: Client) -> None:
    answers = [client.post("/login", data=each) for each in (WRONG, NOBODY)]
    assert {answer.status_code for answer in answers} == {422}
    bodies = [answer.text.replace(each["email"], "") for answer, each in zip(answers, (WRONG, NOBODY), strict=True)]
    assert _without_tokens(bodies[0]) == _without_tokens(bodies[1])
    assert "The email address or the password is not right." in bodies[0]


def test_an_unknown_account_costs_a_hash_too(world: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.accounts.services import signing_in

    checked: list[str | None] = []
    real = signing_in.verify_password

    def counting(stored: str | None, *rest: Any) -> bool:
        checked.append(stored)
        return real(stored, *rest)

    monkeypatch.setattr(signing_in, "verify_password", counting)
    client.post("/login", data=NOBODY)
    client.post("/login", data=WRONG)
    assert len(checked) == 2
    assert checked[0] is None and checked[1] is not None


@pytest.mark.parametrize("who", [WRONG, NOBODY])
def test_five_failures_make_the_account_wait(world: World, client: Client, who: dict[str, str]) -> None:
    answers = [client.post("/login", data=who).status_code for _ in range(5)]
    assert answers == [422] * 5

    shut = client.post("/login", data={**who, "password": PASSWORD})
    assert shut.status_code == 429
    assert "Wait 15 minutes" in shut.text
    assert 0 < int(shut.headers["Retry-After"]) <= 900
    assert client.get("/w/wells/settings").status_code == 303


def test_a_wait_ends_and_knocking_does_not_lengthen_it(world: World, client: Client) -> None:
    for _ in range(5):
        client.post("/login", data=WRONG)
    locked_until = db.session.scalar(select(LoginThrottle.locked_until))
    for _ in range(3):
        assert client.post("/login", data=ALICE).status_code == 429
    assert db.session.scalar(select(LoginThrottle.locked_until)) == locked_until

    db.session.execute(update(LoginThrottle).values(locked_until=utcnow() - timedelta(seconds=1)))
    db.session.commit()
    assert client.post("/login", data=ALICE).status_code == 303


def test_the_right_password_starts_the_count_anew(world: World, client: Client) -> None:
    for _ in range(3):
        for _ in range(4):
            assert client.post("/login", data=WRONG).status_code == 422
        assert client.post("/login", data=ALICE).status_code == 303
        client = browser(client.application)


def test_old_failures_are_forgiven(world: World, client: Client) -> None:
    for _ in range(4):
        client.post("/login", data=WRONG)
    db.session.execute(update(LoginThrottle).values(last_failure_at=utcnow() - timedelta(minutes=16)))
    db.session.commit()
    for _ in range(4):
        assert client.post("/login", data=WRONG).status_code == 422
    assert client.post("/login", data=ALICE).status_code == 303


def test_a_stranger_cannot_lock_the_owner_out(app: Flask, world: World, client: Client) -> None:
    client.post("/login", data=ALICE)
    client.post("/logout")
    stranger = browser(app)
    for _ in range(7):
        stranger.post("/login", data=WRONG)
    assert stranger.post("/login", data=ALICE).status_code == 429
    assert client.post("/login", data=ALICE).status_code == 303


def test_a_known_device_waits_after_five_failures_of_its_own(world: World, client: Client) -> None:
    client.post("/login", data=ALICE)
    client.post("/logout")
    for _ in range(5):
        assert client.post("/login", data=WRONG).status_code == 422
    assert client.post("/login", data=ALICE).status_code == 429


def test_a_device_known_to_one_account_is_a_stranger_to_another(app: Flask, world: World, client: Client) -> None:
    client.post("/login", data={**ALICE, "email": "bob@example.com"})
    client.post("/logout")
    stranger = browser(app)
    for _ in range(5):
        stranger.post("/login", data=WRONG)
    assert client.post("/login", data=ALICE).status_code == 429


@pytest.mark.commits
def test_a_hundred_guesses_at_once_are_counted_one_by_one(app: Flask, world: World) -> None:
    def guess(number: int) -> int:
        with app.app_context():
            return browser(app).post("/login", data={**WRONG, "password": f"guess-number-{number}-here"}).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(24)))
    assert answers.count(422) == 5
    assert answers.count(429) == 19


def test_no_customer_sees_the_address_in_the_counters(world: World, client: Client) -> None:
    client.post("/login", data=WRONG)
    stored = db.session.execute(text("select login_throttles::text from login_throttles")).scalar_one()
    assert "alice" not in stored


def test_an_address_block_is_limited_over_all_accounts(world: World, client: Client) -> None:
    answers = [
        client.post("/login", data={"email": f"a{number}@example.com", "password": "x" * 12}).status_code
        for number in range(32)
    ]
    assert answers[:30] == [422] * 30
    assert answers[30:] == [429, 429]


def test_the_session_is_new_at_each_sign_in_and_kept_as_a_hash(world: World, client: Client) -> None:
    client.keep_session({"_user_id": f"{world.alice.user_id}.planted-token-planted-token-planted-token"})
    assert client.get("/w/wells/settings").status_code == 303
    client.post("/login", data=ALICE)
    first = client.cookie_session()["_user_id"]
    client.post("/login", data=ALICE)
    second = client.cookie_session()["_user_id"]

    assert first != second and "planted" not in first
    rows = db.session.scalars(select(LoginSession).where(LoginSession.user_id == world.alice.user_id)).all()
    assert len(rows) == 1, "the session before is ended"
    token = second.partition(".")[2]
    assert len(token) >= 43 and token.encode() not in rows[0].token_hash


def test_signing_out_ends_the_session_on_the_server(world: World, client: Client) -> None:
    client.post("/login", data=ALICE)
    kept = client.cookie_session()
    answer = client.post("/logout")
    assert answer.headers["Location"] == "/login"
    assert '"storage"' in answer.headers["Clear-Site-Data"]

    client.keep_session(kept)
    assert client.get("/w/wells/settings").status_code == 303


def test_signing_out_is_a_post_with_a_token(alice: Client) -> None:
    assert alice.get("/logout").status_code == 405
    assert alice.post("/logout", csrf=False).status_code == 400
    assert alice.get("/w/wells/settings").status_code == 200


@pytest.mark.parametrize(
    "values",
    [
        {"last_seen_at": utcnow() - SESSION_IDLE - timedelta(seconds=1)},
        {"expires_at": utcnow() - timedelta(seconds=1)},
    ],
)
def test_sessions_end_by_themselves(alice: Client, values: dict[str, Any]) -> None:
    session_id = db.session.scalars(select(LoginSession.id).where(LoginSession.user_id == alice.user_id)).one()
    assert session_is_valid(session_id)
    db.session.execute(update(LoginSession).where(LoginSession.user_id == alice.user_id).values(**values))
    db.session.commit()
    assert alice.get("/w/wells/settings").status_code == 303
    assert not session_is_valid(session_id)


def test_the_last_use_is_written_now_and_then(alice: Client) -> None:
    mine = LoginSession.user_id == alice.user_id
    seen = [_seen(mine)]
    alice.get("/w/wells/settings")
    seen.append(_seen(mine))
    db.session.execute(update(LoginSession).where(mine).values(last_seen_at=utcnow() - timedelta(minutes=6)))
    db.session.commit()
    alice.get("/w/wells/settings")
    assert seen[0] == seen[1]
    assert utcnow() - _seen(mine) < timedelta(minutes=1)


def test_sessions_last_thirty_days_at_most(alice: Client) -> None:
    row = db.session.scalars(select(LoginSession).where(LoginSession.user_id == alice.user_id)).one()
    assert row.expires_at - row.created_at == LIFE


def test_the_cookies_are_closed_to_scripts_and_other_sites(world: World, client: Client) -> None:
    cookies = client.post("/login", data=ALICE).headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie and "Domain" not in cookie


def test_a_cheap_old_hash_is_replaced(app: Flask, world: World, client: Client) -> None:
    from app.accounts.services.signing_in import hash_params
    from app.core.passwords import HashParams, hash_password, needs_rehash

    user = find_user("alice@example.com")
    assert user is not None
    user.password_hash = hash_password(PASSWORD, HashParams(16, 1, 1))
    db.session.commit()
    client.post("/login", data=ALICE)
    stored = db.session.scalar(select(User.password_hash).where(User.email == "alice@example.com"))
    assert stored is not None and not needs_rehash(stored, hash_params())


def test_broken_cookies_are_strangers(world: World, client: Client) -> None:
    for text_ in ("", "x", "not-a-uuid.token", f"{world.alice.user_id}.", f"{world.alice.user_id}.x"):
        client.keep_session({"_user_id": text_})
        assert client.get("/w/wells/settings").status_code == 303


def test_one_browser_serves_two_accounts_with_one_cookie(world: World, client: Client) -> None:
    client.post("/login", data=ALICE)
    client.post("/login", data={**ALICE, "email": "bob@example.com"})
    assert db.session.scalar(select(func.count()).select_from(KnownDevice)) == 2
    cookie = client.get_cookie("sill-device", domain="127.0.0.1")
    client.post("/login", data=ALICE)
    again = client.get_cookie("sill-device", domain="127.0.0.1")
    assert cookie is not None and again is not None and cookie.value == again.value
    assert db.session.scalar(select(func.max(KnownDevice.sign_ins))) == 2


def _seen(condition: Any) -> Any:
    return db.session.scalar(select(LoginSession.last_seen_at).where(condition))


def _without_tokens(body: str) -> str:
    import re

    return re.sub(r'(nonce|value)="[^"]*"', "", body)


def test_a_page_that_says_no_address_for_itself_is_left_all_the_same(client):
    answer = client.post("/logout", hx=True, headers={"HX-Current-URL": "http://[bad"})
    assert answer.status_code == 200 and answer.headers["HX-Redirect"]
