"""Proofs of work: for one page, once, and not for ever."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.core.clock import utcnow
from app.extensions import db
from app.lead_forms.models import LeadForm, UsedChallenge
from app.lead_forms.services import proof, tokens
from tests.lead_forms.conftest import Page, leads, submissions
from tests.support.client import Client
from tests.support.world import World

Prove = Callable[[str], str]
Send = Callable[..., TestResponse]


def accepted(form: LeadForm, page: str, written: str) -> bool:
    token = tokens.read(form.id, page)
    assert token is not None
    return proof.check(form.id, token, written) is not None


def used() -> int:
    return db.session.execute(select(func.count()).select_from(UsedChallenge)).scalar_one()


def test_a_proof_counts_once(form: LeadForm, send: Send, token: Callable[..., str], prove: Prove) -> None:
    page = token()
    written = prove(page)
    found = tokens.read(form.id, page)
    assert found is not None
    work = proof.check(form.id, found, written)
    assert work is not None
    db.session.execute(select(proof.spending(work)))
    assert used() == 1
    send(token=page, proof=written)
    assert leads() == []
    assert [(kept.state, kept.suspicion) for kept in submissions()] == [("quarantined", "unproven")]


def test_it_counts_for_its_own_page_and_form_only(
    form: LeadForm, token: Callable[..., str], prove: Prove, world: World
) -> None:
    page = token()
    written = prove(page)
    assert not accepted(form, token(), written)
    with world.mallory.acting():
        other = db.session.execute(select(LeadForm)).scalar_one()
        assert not accepted(other, tokens.issue(other.id), written)
    assert used() == 0
    assert accepted(form, page, written)


@pytest.mark.parametrize("change", [{"cost": 1}, {"keyPrefix": ""}, {"expiresAt": 4102444800}, {"data": {"page": "x"}}])
def test_an_eased_challenge_is_none_of_ours(
    form: LeadForm, token: Callable[..., str], prove: Prove, change: dict[str, object]
) -> None:
    page = token()
    payload = json.loads(base64.b64decode(prove(page)))
    payload["challenge"]["parameters"].update(change)
    assert not accepted(form, page, base64.b64encode(json.dumps(payload).encode()).decode())


@pytest.mark.parametrize(
    "written",
    ["", "x", "e30=", "bnVsbA==", "W10=", "eyJjaGFsbGVuZ2UiOjEsInNvbHV0aW9uIjoyfQ==", "A" * 5000, "\u00e9",
     base64.b64encode(b'{"challenge": {"parameters": {}, "signature": []}, "solution": {}}').decode()],
)  # fmt: skip
def test_rubbish_proves_nothing(form: LeadForm, token: Callable[..., str], written: str) -> None:
    assert not accepted(form, token(), written)


def test_a_page_carries_its_work_and_the_proof_survives_a_mistake(
    client: Client, send: Send, form: LeadForm, token: Callable[..., str], prove: Prove
) -> None:
    shown = client.get(f"/q/{form.key}")
    assert "data-proof=" in shown.text and "worker-src &#39;self&#39;" not in shown.text
    assert "worker-src 'self'" in shown.headers["Content-Security-Policy"]
    assert Page(shown.text).fields["proof"] == [""]
    page = token()
    written = prove(page)
    assert send(token=page, proof=written, name="").status_code == 422
    assert used() == 0
    assert send(token=page, proof=written).status_code == 303
    assert (used(), len(leads())) == (1, 1)
    assert send(token=page, proof=written).status_code == 303  # the same page again says the same, and makes nothing
    assert (used(), len(leads())) == (1, 1)


def test_used_ones_are_forgotten_when_their_time_is_over(
    form: LeadForm, send: Send, token: Callable[..., str], prove: Prove
) -> None:
    db.session.add(
        UsedChallenge(
            workspace_id=form.workspace_id, form_id=form.id, challenge_key=b"old",
            expires_at=utcnow() - timedelta(hours=1),
        )
    )  # fmt: skip
    db.session.commit()
    page = token()
    send(token=page, proof=prove(page))
    assert used() == 1


def test_a_proven_sending_needs_few_statements(
    send: Send, token: Callable[..., str], prove: Prove, count_sql: Callable[..., Any]
) -> None:
    send(token=token(), phone="07700 900001", email="first@example.com")  # the process has read stages and rules
    page = token()
    written = prove(page)
    with count_sql() as statements:
        send(token=page, proof=written)
    assert used() == 1
    assert len(statements) + 2 <= 20, statements  # beginning, and entering the workspace, are not counted
