"""The log as a file: what is shown and no more, safe in a spreadsheet, written down, and so many rows at most."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.audit.models import AuditEntry
from app.audit.services import exporting
from app.extensions import db
from tests.audit.writing import FIREFOX, URL, entry, many
from tests.support.client import Client
from tests.support.leads import make_lead
from tests.support.world import World


def table(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def test_it_holds_what_the_list_tells_and_runs_nothing(world: World, alice: Client) -> None:
    lead = make_lead(world.alice.actor)
    db.session.get_one(User, world.bob.user_id).name = "=HYPERLINK(1)"
    summer = datetime(2026, 7, 1, 11, 30, tzinfo=UTC)
    entry(
        "note.added", at=summer, actor_kind="person", actor_id=world.bob.user_id, subject_type="lead",
        subject_id=lead.id, address="203.0.113.9", device=FIREFOX, after='{"name": "Hannah Hill"}',
    )  # fmt: skip
    entry("tag.made", at=summer - timedelta(hours=1), device="@SUM(A1)/2")
    entry("tag.made", at=summer - timedelta(days=9))
    answer = alice.post(f"{URL}/export?from=2026-07-01&to=2026-07-01")
    assert table(answer) == [
        ["When", "Who", "What", "About", "Address", "Device"],
        ["2026-07-01 12:30:00", "'=HYPERLINK(1)", "Wrote a note", lead.number, "203.0.113.9", "Firefox on Windows"],
        ["2026-07-01 11:30:00", "Sill", "Made a tag", "", "", "'@SUM(A1)"],
    ]
    assert "Hannah" not in answer.text
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="wells-audit-log-')
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_export_stands_in_the_log(world: World, alice: Client) -> None:
    assert len(table(alice.post(f"{URL}/export?kind=settings"))) == 2
    made = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "audit.exported")).one()
    assert json.loads(made.after) == {"all": True, "entries": 1, "filter": {"kind": "settings"}}
    assert (made.actor_id, made.actor_kind) == (alice.user_id, "person")


def test_more_than_a_file_holds_is_said_first(world: World, alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST", 20)
    many(world.workspace_id, 30)
    answer = alice.post(f"{URL}/export?kind=leads")
    assert answer.status_code == 422 and "The newest of these go back to" in answer.text
    assert "kind=leads" in answer.text.split("Export the newest")[0].rsplit("<form", 1)[1]
    assert len(table(alice.post(f"{URL}/export?kind=leads", data={"newest": "1"}))) == 21
    monkeypatch.setattr(exporting, "LOOKED_THROUGH", 25)
    monkeypatch.setattr(exporting, "MOST", 500)
    assert alice.post(f"{URL}/export?kind=leads").status_code == 422  # only so many were looked through
    assert len(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "audit.exported")).all()) == 1


def test_nothing_and_what_can_not_be_read_are_said_on_the_page(world: World, alice: Client) -> None:
    answer = alice.post(f"{URL}/export?to=2020-01-01")
    assert answer.status_code == 422 and "there is nothing to export" in answer.text
    answer = alice.post(f"{URL}/export?lead=999")
    assert answer.status_code == 422 and "No lead has this number." in answer.text


def test_nobody_exports_all_the_time(world: World, alice: Client) -> None:
    answers = [alice.post(f"{URL}/export").status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
