"""Many customers at once, and one customer many times at once: real commits on a real pool."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from app.lead_forms.models import LeadForm
from app.workspaces.models import Workspace
from tests.lead_forms.conftest import ANSWERS, leads, submissions

pytestmark = pytest.mark.commits
_AT_ONCE = 16


def send_all(app: Flask, key: str, bodies: list[dict[str, Any]]) -> list[Any]:
    """Send every body from threads of their own; returns the answers."""

    def send(body: dict[str, Any]) -> Any:
        with app.app_context():
            return app.test_client().post(f"/q/{key}", data=body, csrf=False)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(send, bodies))


def test_200_customers_at_once_are_200_leads_without_gap_or_double(
    app: Flask, form: LeadForm, workspace: Workspace, token: Callable[..., str]
) -> None:
    bodies = [
        ANSWERS
        | {"token": token(), "name": f"Customer {n}", "phone": f"07700 900{n:03d}", "email": f"c{n}@example.com",
           "address_line1": f"{n} Mill Lane"}
        for n in range(200)
    ]  # fmt: skip
    answers = send_all(app, form.key, bodies)
    assert {answer.status_code for answer in answers} == {303}
    numbers = sorted(int(lead.number.rpartition("-")[2]) for lead in leads())
    assert numbers == list(range(1, 201))


def test_one_page_sent_many_times_at_once_is_one_lead(
    app: Flask, form: LeadForm, workspace: Workspace, token: Callable[..., str]
) -> None:
    body = ANSWERS | {"token": token()}
    answers = send_all(app, form.key, [body] * 12)
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert len(leads()) == len(submissions()) == 1


def test_one_customer_from_many_pages_at_once_is_one_contact(
    app: Flask, form: LeadForm, workspace: Workspace, token: Callable[..., str]
) -> None:
    answers = send_all(app, form.key, [ANSWERS | {"token": token()} for _ in range(12)])
    assert {answer.status_code for answer in answers} == {303}
    assert len({lead.contact_id for lead in leads()}) == 1
    assert len({lead.property_id for lead in leads()}) == 1
    assert len({lead.number for lead in leads()}) == 12
