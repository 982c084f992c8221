"""A forgotten password: a link by mail, good once and for an hour, which tells nobody who has an account."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text

from app.accounts.jobs import clean_up
from app.accounts.models import LoginSession, LoginThrottle, PasswordReset
from app.accounts.queries import find_user
from app.audit.models import AuditEntry
from app.core.outbox import MAX_ATTEMPTS, OutboxItem
from app.core.tenancy import INSTALLATION, acting_in
from app.extensions import db
from tests.support.client import Client
from tests.support.world import PASSWORD, World, browser

NEW = {"password": "ladders-in-the-fog"}
ALICE = {"email": "alice@example.com", "password": PASSWORD}
Ask = Callable[..., Any]
Links = Callable[..., list[str]]
AskedLink = Callable[..., str]


def test_the_link_leads_to_a_new_password(world: World, client: Client, asked_link: AskedLink) -> None:
    assert "/password/forgotten" in client.get("/login").text
    link = asked_link()
    shown = client.get(link)
    assert shown.status_code == 200 and "alice@example.com" in shown.text

    answer = client.post(link, data=NEW)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert "Your password is changed" in client.get("/login").text
    assert client.get("/w/wells/settings").status_code == 303, "the link signs nobody in"
    assert client.post("/login", data=ALICE).status_code == 422
    assert client.post("/login", data={**ALICE, **NEW}).status_code == 303


def test_the_mail_comes_from_the_installation(world: World, asked_link: AskedLink, mailbox: Any) -> None:
    link = asked_link()
    [mail] = mailbox.mails("alice@example.com")
    assert mail["headers"]["From"] == "Sill <desk@example.com>"
    assert mail["headers"]["Auto-Submitted"] == "auto-generated"
    assert link in mail["html"] and "Choose a new password" in mail["html"] and "Wells Window" not in mail["html"]


def test_who_belongs_to_no_workspace_gets_a_link_too(world: World, asked_link: AskedLink, client: Client) -> None:
    db.session.execute(text("update memberships set deactivated_at = now() where user_id = :id"),
                       {"id": world.bob.user_id})  # fmt: skip
    link = asked_link("bob@example.com")
    assert client.post(link, data=NEW).status_code == 303


def test_a_person_is_told_that_it_was_changed(
    world: World, client: Client, asked_link: AskedLink, run_outbox: Callable[[], int], mailbox: Any
) -> None:
    client.post(asked_link(), data=NEW)
    run_outbox()
    told = mailbox.mails("alice@example.com")[0]
    assert told["subject"] == "Your password for Sill was changed"
    assert "/password/forgotten" in told["text"] and NEW["password"] not in told["text"]


def test_looking_at_the_link_changes_nothing(world: World, asked_link: AskedLink, app: Flask) -> None:
    link = asked_link()
    for _ in range(3):
        assert browser(app).get(link).status_code == 200
        assert browser(app).head(link).status_code == 200
    assert browser(app).post("/login", data=ALICE).status_code == 303
    assert browser(app).post(link, data=NEW).status_code == 303


def test_the_link_works_once(world: World, client: Client, asked_link: AskedLink, app: Flask) -> None:
    link = asked_link()
    client.post(link, data=NEW)
    late = browser(app)
    for answer in (late.get(link), late.post(link, data={"password": "another-good-long-one"})):
        assert answer.status_code == 404
        assert "no longer good" in answer.text and "/password/forgotten" in answer.text
    assert late.post("/login", data={**ALICE, **NEW}).status_code == 303


@pytest.mark.commits
def test_of_many_at_once_one_sets_the_password(
    app: Flask, world: World, asked_link: AskedLink, alice: Client, client: Client
) -> None:
    link = asked_link()

    def use(number: int) -> int:
        with app.app_context():
            if number == 3:  # who knows the present password changes it at the same moment
                return alice.post("/password", data={"present": PASSWORD, **NEW}).status_code
            return browser(app).post(link, data={"password": f"ladder-{number}-in-the-fog"}).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(use, range(8)))
    changed = answers.pop(3)  # 303 also where the link was quicker: her session had ended then
    assert set(answers) <= {303, 404} and changed in (303, 422)
    assert answers.count(303) == 1 or (answers.count(303) == 0 and changed == 303)
    assert client.get(link).status_code == 404


def test_the_link_ends_after_an_hour(world: World, client: Client, asked_link: AskedLink) -> None:
    link = asked_link()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=59)):
        assert client.get(link).status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61)):
        assert client.get(link).status_code == 404
        assert client.post(link, data=NEW).status_code == 404


def test_a_newer_link_ends_the_older(world: World, client: Client, asked_link: AskedLink) -> None:
    first, second = asked_link(), asked_link()
    assert client.get(first).status_code == 404 and client.post(first, data=NEW).status_code == 404
    assert client.post(second, data=NEW).status_code == 303


def test_a_change_of_the_password_ends_the_link(
    world: World, client: Client, alice: Client, asked_link: AskedLink
) -> None:
    link = asked_link()
    alice.post("/password", data={"present": PASSWORD, **NEW})
    assert client.get(link).status_code == 404


def test_the_link_is_for_the_account_it_was_mailed_to(
    world: World, asked_link: AskedLink, mallory: Client, alice: Client, client: Client
) -> None:
    link = asked_link("mallory@example.com")
    assert alice.post(link, data={**NEW, "email": "alice@example.com"}).status_code == 303
    assert client.post("/login", data={**ALICE, **NEW}).status_code == 422
    assert client.post("/login", data=ALICE).status_code == 303
    assert mallory.get("/w/rival/settings").status_code == 303, "hers were the sessions that ended"


@pytest.mark.parametrize("key", ["x", "k" * 32, "%00" * 20, "k" * 2000])
def test_other_keys_open_nothing(world: World, client: Client, key: str) -> None:
    assert client.get(f"/password/new/{key}").status_code == 404
    assert client.post(f"/password/new/{key}", data=NEW).status_code == 404


def test_every_session_ends_and_the_lockout_is_lifted(
    world: World, client: Client, alice: Client, bob: Client, asked_link: AskedLink, app: Flask
) -> None:
    known = browser(app)
    known.post("/login", data=ALICE)
    known.post("/logout")
    for visitor in (client, known):
        for _ in range(6):
            answer = visitor.post("/login", data={**ALICE, "password": "not-hers-at-all"})
        assert answer.status_code == 429 and "ends the wait" in answer.text
    client.post(asked_link(), data=NEW)
    assert alice.get("/w/wells/settings").status_code == 303
    assert bob.get("/w/wells/leads/board").status_code == 200
    assert db.session.scalars(select(LoginSession).where(LoginSession.user_id == world.alice.user_id)).all() == []
    for visitor in (client, known):
        assert visitor.post("/login", data={**ALICE, **NEW}).status_code == 303


def test_a_weak_password_is_refused_beside_the_field_and_the_link_stays(
    world: World, client: Client, alice: Client, asked_link: AskedLink
) -> None:
    link = asked_link()
    for weak, said in (("short", "at least 12"), ("windowcleaning", "first passwords"), ("alice-archer-1", "own name")):
        answer = client.post(link, data={"password": weak})
        assert answer.status_code == 422 and said in answer.text and 'id="f-password-error"' in answer.text
        assert weak not in answer.text
    assert alice.get("/w/wells/settings").status_code == 200
    assert client.post(link, data=NEW).status_code == 303


def test_a_browser_that_somebody_else_is_signed_in_to_is_signed_out(
    world: World, bob: Client, asked_link: AskedLink
) -> None:
    bob.post(asked_link(), data=NEW)
    assert "Sign in with the new one" in bob.get("/login").text
    assert bob.get("/w/wells/leads/board").status_code == 303


def test_links_and_forms_need_the_csrf_token(world: World, client: Client, asked_link: AskedLink) -> None:
    link = asked_link()
    assert client.post(link, data=NEW, csrf=False).status_code == 400
    assert client.post("/password/forgotten", data={"email": "alice@example.com"}, csrf=False).status_code == 400


def test_asking_and_resetting_stand_in_the_audit_log(
    world: World, client: Client, asked_link: AskedLink, ask: Ask, run_outbox: Callable[[], int]
) -> None:
    ask("nobody@example.com")
    link = asked_link()
    client.post(link, data=NEW)
    query = select(AuditEntry).where(AuditEntry.subject_type == "account").order_by(AuditEntry.at)
    asked, reset = db.session.scalars(query).all()
    assert (asked.action, asked.actor_kind, asked.actor_id) == ("account.link_asked", "customer", None)
    assert (reset.action, reset.actor_kind, reset.actor_id) == ("account.password_reset", "person", world.alice.user_id)
    assert {entry.subject_id for entry in (asked, reset)} == {world.alice.user_id}
    assert {str(asked.address), str(reset.address)} == {"127.0.0.1"} and asked.request_id
    assert [entry.before or entry.after for entry in (asked, reset)] == [None, None]


def test_what_a_server_does_not_take_at_once_is_mailed_later_with_a_good_link(
    world: World, client: Client, ask: Ask, links: Links, make_due: Callable[..., int], mailbox: Any
) -> None:
    mailbox.switch(smtp={"refuse_451": {"times": 1}})
    ask()
    assert links() == []
    with acting_in(INSTALLATION):
        assert make_due() == 1
    assert client.post(links()[0], data=NEW).status_code == 303


@pytest.mark.parametrize(("switch", "attempts"), [("refuse_550", 1), ("refuse_451", MAX_ATTEMPTS)])
def test_what_is_never_taken_ends_without_dead_work(
    world: World, ask: Ask, links: Links, make_due: Callable[..., int], mailbox: Any, switch: str, attempts: int
) -> None:
    mailbox.switch(smtp={switch: True})
    ask()
    with acting_in(INSTALLATION):
        for _ in range(MAX_ATTEMPTS):
            links()
            make_due()
        row = db.session.execute(select(OutboxItem.state, OutboxItem.attempts, OutboxItem.last_error)).one()
    assert tuple(row) == ("done", attempts, f"smtp_{switch[-3:]}")


def test_nobody_is_mailed_what_was_asked_for_an_hour_ago(world: World, ask: Ask, links: Links) -> None:
    ask()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61)):
        assert links() == []
    assert db.session.scalars(select(PasswordReset)).all() == []


def test_old_askings_are_forgotten(world: World, ask: Ask, links: Links) -> None:
    ask()
    links()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=8)):
        clean_up()
    assert db.session.scalars(select(PasswordReset)).all() == []
    with acting_in(INSTALLATION):
        assert db.session.scalar(select(func.count()).select_from(OutboxItem)) == 0
    assert find_user("alice@example.com") is not None
    assert db.session.scalars(select(LoginThrottle)).all() == []


def test_whoever_runs_the_installation_makes_a_link_for_whom_no_mail_reaches(
    app: Flask, world: World, client: Client, asked_link: AskedLink
) -> None:
    asked = asked_link()
    run = app.test_cli_runner().invoke
    link = run(args=["accounts", "link", "Alice@Example.com"]).output.strip()
    assert client.get(asked).status_code == 404, "it ends what was asked for before"
    assert client.post(link, data=NEW).status_code == 303
    assert client.post("/login", data={**ALICE, **NEW}).status_code == 303
    noted = select(AuditEntry.device).where(AuditEntry.action == "account.link_asked").order_by(AuditEntry.at.desc())
    assert db.session.scalars(noted).first() == "flask accounts link"
    for nobody in ("nobody@example.com", "not an address"):
        refused = run(args=["accounts", "link", nobody])
        assert refused.exit_code == 1 and "No account has this" in refused.output
