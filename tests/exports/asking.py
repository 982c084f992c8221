"""Asking for an export as the form does, and reading what comes."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from app.audit.models import AuditEntry
from app.core import outbox
from app.core.tenancy import acting_in
from app.exports import jobs
from app.exports.models import LeadExport
from app.extensions import db
from tests.support.client import Client


def export(browser: Client, query: str = "", **given: str) -> TestResponse:
    """Press the form's button; everything as CSV unless said otherwise."""
    body = {"query": query, "format": "csv", "columns": "everything", **given}
    return browser.post(f"/w/{browser.slug}/exports", data=body)


def table(answer: TestResponse) -> list[dict[str, str]]:
    """The rows of a CSV by their titles."""
    assert answer.status_code == 200, answer.text
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def sheet(answer: TestResponse) -> list[list[Any]]:
    """All rows of a workbook, the titles first."""
    assert answer.status_code == 200
    rows = load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True)
    return [list(row) for row in rows]


def names(answer: TestResponse) -> list[str]:
    """Whom a CSV lists, in order."""
    return [row["Name"] for row in table(answer)]


def made() -> LeadExport:
    """The one export there is, as it stands."""
    db.session.expire_all()
    return db.session.scalars(select(LeadExport)).one()


def file_of(browser: Client) -> TestResponse:
    """Fetch the one export's file."""
    return browser.get(f"/w/{browser.slug}/exports/{made().id}/file")


def turn() -> int:
    """Let a worker have one turn at whatever export is due; returns how many were."""
    with acting_in(None, sees="none"):
        rows = db.session.execute(text("select workspace_id, id from due_outbox(500)")).all()
    db.session.commit()
    kinds = dict(map(tuple, db.session.execute(select(outbox.OutboxItem.id, outbox.OutboxItem.kind))))
    mine = [(workspace_id, item_id) for workspace_id, item_id in rows if kinds.get(item_id) == jobs.WORK]
    for workspace_id, item_id in mine:
        outbox.run(workspace_id, item_id)
    return len(mine)


def stored(folder: Path) -> list[Path]:
    """What lies in the store."""
    return sorted(file for file in folder.rglob("*") if file.is_file())


def audited(action: str) -> list[dict[str, Any]]:
    """What the audit log says of an act, each time."""
    query = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.at)
    return [json.loads(entry.after) for entry in db.session.scalars(query)]
