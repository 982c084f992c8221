"""Every address of the desk with every id: what is another workspace's is exactly as absent as what never was."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.extensions import db
from tests.isolation.records import (
    Records,
    ids_of,
    make_records,
    method_of,
    prepare,
    workspace_rules,
)
from tests.support.client import Client
from tests.support.work import count_sql
from tests.support.world import World

STREAMS = ("live.events",)


@pytest.fixture
def hers(world: World) -> Records:
    """One record of each kind in Mallory's workspace."""
    return make_records(world.mallory)


@pytest.fixture
def mine(world: World) -> Records:
    """One record of each kind in Alice's workspace."""
    return make_records(world.alice)


@contextmanager
def undone() -> Iterator[None]:
    """Take back what a block did, its commits included."""
    db.session.commit()
    connection: Any = db.engine  # the one connection that the whole test is on
    with connection.begin_nested() as savepoint:
        yield
        db.session.commit()
        savepoint.rollback()


def ask(client: Client, rule: Rule, path: str, body: dict[str, str], hx: bool) -> TestResponse:
    return client.open(path, method=method_of(rule), data=body or None, hx=hx)


def plain(answer: TestResponse, *names: object) -> tuple[int, bytes, list[tuple[str, str]]]:
    """An answer without what differs from one to the next: its number, its nonce, its count, and the given names."""
    number = answer.headers.get("X-Request-Id", "")
    policy = answer.headers.get("Content-Security-Policy", "")
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    body = answer.get_data()
    counted = ("X-Request-Id", "Date", "Retry-After", "X-RateLimit-Remaining", "X-RateLimit-Reset")
    headers = [(key, value) for key, value in sorted(answer.headers) if key not in counted]
    for changing in filter(None, (number, nonce, *map(str, names))):
        body = body.replace(changing.encode(), b"~")
        headers = [(key, value.replace(changing, "~")) for key, value in headers]
    return answer.status_code, body, headers


@pytest.mark.parametrize("hx", (False, True), ids=("page", "fragment"))
def test_what_belongs_to_another_workspace_is_as_absent_as_what_never_was(app: Flask, alice, hers, mine, hx) -> None:
    """Each id in turn is Mallory's, the others are Alice's own; then the same with an id that nobody has."""
    differing, tried = [], 0
    for rule in workspace_rules(app):
        for name in sorted(ids_of(rule)):
            tried += 1
            body = mine.body(rule.endpoint)
            real, random = hers.ids[name], uuid4()
            answers = [
                plain(ask(alice, rule, mine.path(rule, "wells", {name: each}), body, hx), each)
                for each in (real, random)
            ]
            if answers[0] != answers[1] or answers[0][0] != 404:
                differing.append((method_of(rule), rule.rule, name, [answer[0] for answer in answers]))
    assert tried > 30
    assert differing == []


def test_ids_in_forms_are_as_absent(app: Flask, alice, hers, mine) -> None:
    """A stage, a member, a lead named in a form's body must be one's own too."""
    lead = mine.ids["lead_id"]
    for real, body in (
        (hers.ids["stage_id"], {"to": "{}"}),
        (hers.ids["lead_id"], {"to": str(mine.ids["stage_id"]), "above": "{}"}),
    ):
        answers = []
        for each in (real, uuid4()):
            data = {key: value.format(each) for key, value in body.items()}
            answers.append(plain(alice.post(f"/w/wells/leads/{lead}/stage", data=data), each))
        assert answers[0] == answers[1]


@pytest.mark.parametrize("hx", (False, True), ids=("page", "fragment"))
def test_a_stranger_to_a_workspace_can_not_tell_it_from_none(app: Flask, mallory, mine, hx) -> None:
    differing = []
    for rule in workspace_rules(app):
        body = mine.body(rule.endpoint)
        answers = [
            plain(ask(mallory, rule, mine.path(rule, slug), body, hx), slug) for slug in ("wells", "nobody-has-this")
        ]
        if answers[0] != answers[1] or answers[0][0] != 404:
            differing.append((method_of(rule), rule.rule, [answer[0] for answer in answers]))
    assert differing == []


def test_who_is_not_signed_in_is_sent_to_sign_in_whatever_the_address(app: Flask, client, mine) -> None:
    for rule in workspace_rules(app):
        answers = [ask(client, rule, mine.path(rule, slug), {}, False) for slug in ("wells", "nobody-has-this")]
        assert {answer.status_code for answer in answers} == {303}, rule.rule
        assert all(answer.headers["Location"].startswith("/login") for answer in answers)
        assert ask(client, rule, mine.path(rule, "wells"), {}, True).status_code == 401


def test_the_same_requests_with_ones_own_ids_succeed_and_ask_the_database_little(
    app: Flask, world, alice, mine
) -> None:
    """Otherwise a 404 above could have another reason than the wall."""
    refused, over = [], {}
    for rule in workspace_rules(app):
        if rule.endpoint in STREAMS:
            continue
        with undone():
            prepare(rule.endpoint, mine, world.alice)
            with count_sql() as statements:
                answer = ask(alice, rule, mine.path(rule, "wells"), mine.body(rule.endpoint), False)
        if answer.status_code >= 400:
            refused.append((method_of(rule), rule.rule, rule.endpoint, answer.status_code))
        most = MOST_OF_A_PAGE if method_of(rule) == "GET" else MOST_OF_A_WRITE
        if len(statements) > MORE_STATEMENTS.get(rule.endpoint, most):
            over[rule.endpoint] = len(statements)
    # What needs more than a record and a body is tried in the feature's own tests.
    assert [each for each in refused if each[2] not in NEEDS_MORE] == []
    assert over == {}


#: How many statements are enough.
MOST_OF_A_PAGE, MOST_OF_A_WRITE = 8, 20
#: What takes more, and how many. The writes are several acts at once, each with its line in the timeline and the audit
#: log, the follow-ups that it ends and the next act.
MORE_STATEMENTS = {
    "bulk_acts.empty_bin": 22,
    "followups.trial": 9,  # reckons with all leads of three months
    "lead_forms.release_submission": 26,
    "leads.put_in_archive": 27,  # with two messages taken back, five each
    "leads.put_in_bin": 28,
    "leads.retire_stage": 21,  # twelve of them move the other stages up
    "leads.undo_move": 21,
    "messaging.conversation": 9,  # one of them only until the first email has come in
    "messaging.conversation_people": 10,  # as a whole page, which only opens without scripts
    "messaging.lead_of_arrival": 43,
    "messaging.place_arrival": 27,
    "quotes.new": 9,  # one of them reads the prices, which stay in memory
    "quotes.renew": 21,
    "quotes.said_yes": 61,
    "quotes.send": 40,
    "squeegee.book": 24,
    "squeegee.changed": 21,
    "squeegee.confirm_copy": 44,
    "squeegee.decide": 27,
    "squeegee.say_of_row": 25,
}


#: Settings are checked field by field against what the page showed; their own tests send whole pages.
NEEDS_MORE = (
    "workspaces.change_settings",
    "workspaces.change_hours",
    "workspaces.change_sharing",
    "quotes.tell_times",  # needs a quote with a link
    "reconciliation.bring",  # takes a file
    "imports.upload",
    "squeegee.preview_bookings",  # take a file
    "files.add",  # takes a file's bytes, which no form holds
)
