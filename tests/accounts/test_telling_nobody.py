"""Who has an account, and what is in a link, is told by no answer, no log, no header and no store."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.accounts.models import PasswordReset
from app.core.access_keys import without_keys
from app.core.observability import configure
from app.core.tenancy import INSTALLATION, acting_in
from app.extensions import db, redis_door
from tests.support.client import Client
from tests.support.work import Statements
from tests.support.world import World, browser

NEW = {"password": "ladders-in-the-fog"}
KNOWN, UNKNOWN = "alice@example.com", "nobody@example.com"
Ask = Callable[..., Any]
AskedLink = Callable[..., str]


@contextmanager
def all_logged(app: Flask) -> Iterator[None]:
    """Log what a server logs, not only warnings, while a block runs."""
    configure("INFO")
    try:
        yield
    finally:
        configure(app.config["LOG_LEVEL"])


def test_the_answer_is_the_same_whether_or_not_there_is_an_account(app: Flask, world: World, ask: Ask) -> None:
    told = []
    for email in (KNOWN, UNKNOWN):
        visitor = browser(app)
        answer = ask(email, visitor)
        page = visitor.get(answer.headers["Location"])
        told.append((answer.status_code, answer.headers["Location"], answer.text, page.status_code, _plain(page.text)))
        assert email not in page.text
    assert told[0] == told[1]
    assert told[0][:2] == (303, "/password/forgotten/sent")


def test_the_same_work_is_done_before_the_answer(
    world: World, ask: Ask, count_sql: Callable[[], AbstractContextManager[Statements]]
) -> None:
    ran = []
    for email in (KNOWN, UNKNOWN):
        with count_sql() as statements:
            ask(email)
        ran.append([each for each in statements if not each.startswith("begin")])
    assert ran[0] == ran[1] and len(ran[0]) > 3
    assert len(list(redis_door.client.scan_iter("rung:*"))) == 2, "and the bell rung for both"


def test_nobody_is_mailed_for_an_address_without_an_account(
    world: World, ask: Ask, run_outbox: Callable[[], int], mailbox: Any
) -> None:
    ask(UNKNOWN)
    assert run_outbox() == 1
    assert mailbox.mails() == []
    assert db.session.scalars(select(PasswordReset)).all() == []


def test_what_is_no_address_is_told_beside_the_field(world: World, client: Client, ask: Ask) -> None:
    answer = ask("nonsense")
    assert answer.status_code == 422
    assert "like name@example.com" in answer.text and 'value="nonsense"' in answer.text


@pytest.mark.parametrize("email", [KNOWN, UNKNOWN])
def test_an_address_is_asked_for_three_times_an_hour(world: World, app: Flask, ask: Ask, email: str) -> None:
    assert [ask(email, browser(app)).status_code for _ in range(3)] == [303] * 3
    shut = ask(f" {email.upper()} ", browser(app))
    assert shut.status_code == 429 and 0 < int(shut.headers["Retry-After"]) <= 3600
    assert "Wait 60 minutes" in shut.text
    assert ask("bob@example.com", browser(app)).status_code == 303
    db.session.execute(text("update login_throttles set locked_until = now() - interval '1 second'"))
    db.session.commit()
    assert ask(email, browser(app)).status_code == 303


def test_who_asks_too_often_leaves_the_last_link_good(world: World, client: Client, asked_link: AskedLink) -> None:
    link = [asked_link() for _ in range(3)][-1]
    assert client.post("/password/forgotten", data={"email": KNOWN}).status_code == 429
    assert client.post(link, data=NEW).status_code == 303


def test_asking_makes_no_sign_in_wait(world: World, client: Client, ask: Ask) -> None:
    for _ in range(5):
        ask()
    assert client.post("/login", data={"email": KNOWN, "password": "glass-and-ladder-2026"}).status_code == 303


def test_a_block_of_addresses_is_limited_over_all_accounts(world: World, ask: Ask) -> None:
    answers = [ask(f"a{number}@example.com").status_code for number in range(32)]
    assert answers[:30] == [303] * 30
    assert answers[30:] == [429, 429]


def test_the_secret_is_kept_as_a_hash_and_mailed_as_it_is_made(world: World, asked_link: AskedLink) -> None:
    secret = asked_link().rpartition("/")[2]
    stored = _everything()
    assert secret not in stored and secret.encode().hex() not in stored
    row = db.session.scalars(select(PasswordReset)).one()
    assert row.token_hash is not None and len(row.token_hash) == 32
    assert row.expires_at - row.asked_at < timedelta(minutes=61)


def test_no_secret_and_no_address_is_logged_or_in_redis(
    app: Flask, world: World, client: Client, asked_link: AskedLink, ask: Ask, run_outbox: Callable[[], int],
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with all_logged(app):
        ask(UNKNOWN)
        link = asked_link()
        client.get(link)
        client.post(link, data={"password": "short"})
        client.post(link, data=NEW)
        run_outbox()
        client.get(link)
    told = capfd.readouterr().err
    for event in ("password_link_asked", "password_link_mailed", "password_reset", "/password/new/<key>"):
        assert f'"{event}"' in told
    for hidden in (link.rpartition("/")[2], "alice", "nobody@", NEW["password"]):
        assert hidden not in told
    kept = b"".join(key + (redis_door.client.dump(key) or b"") for key in redis_door.client.scan_iter("*"))
    assert b"alice" not in kept and link.rpartition("/")[2].encode() not in kept


def test_no_other_request_names_the_link(world: World, client: Client, asked_link: AskedLink) -> None:
    link = asked_link()
    for answer in (client.get(link), client.post(link, data={"password": "short"}), client.post(link, data=NEW),
                   client.get(link)):  # fmt: skip
        assert answer.headers["Referrer-Policy"] == "strict-origin"
        assert answer.headers["Cache-Control"] == "no-store"


def test_over_https_our_origin_is_enough_for_the_form(world: World, client: Client, asked_link: AskedLink) -> None:
    """Flask-WTF refuses a form over https that comes without a Referer: the policy may not hide all of it."""
    link, ours = asked_link(), "https://127.0.0.1:9"
    for referrer, status in (("https://evil.example/", 400), ("", 400), (f"{ours}/", 303)):
        headers = {"Referer": referrer} if referrer else {}
        assert client.post(link, data=NEW, base_url=ours, headers=headers).status_code == status


def test_a_link_that_is_sent_on_is_no_link_on_the_desk() -> None:
    words = f"This came: http://127.0.0.1:9/password/new/{'k' * 32}"
    assert without_keys(words) == "This came: http://127.0.0.1:9/password/new/…"


def test_the_sign_in_page_is_never_told_to_go_on_to_a_link(world: World, client: Client) -> None:
    page = client.get(f"/login?next=/password/new/{'k' * 32}")
    assert 'name="next"' not in page.text
    assert 'name="next" value="/password"' in client.get("/login?next=/password").text


def _plain(page: str) -> str:
    return re.sub(r'(nonce|value)="[^"]*"', "", page)


def _everything() -> str:
    """All rows that have to do with a link, as text."""
    with acting_in(INSTALLATION):
        return "".join(
            str(row) for table in ("password_resets", "outbox", "login_throttles", "users")
            for row in db.session.execute(text(f"select {table}::text from {table}"))
        )  # fmt: skip
