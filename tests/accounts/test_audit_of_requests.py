"""Whence an act came stands in the audit log: from which address, by which device, in which request."""

from typing import Any

from sqlalchemy import select

from app.audit.models import AuditEntry
from app.extensions import db


def test_an_act_says_whence_it_came(alice: Any, make_lead: Any) -> None:
    lead = make_lead()
    answer = alice.post(
        f"/w/wells/leads/{lead.id}/notes", data={"note": "Rang twice"}, headers={"User-Agent": "A phone in the rain"},
        environ_base={"REMOTE_ADDR": "203.0.113.7"},
    )  # fmt: skip
    assert answer.status_code < 400
    newest = db.session.scalars(select(AuditEntry).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(1)).one()
    assert (newest.actor_kind, newest.actor_id, newest.subject_id) == ("person", alice.user_id, lead.id)
    assert (str(newest.address), newest.device) == ("203.0.113.7", "A phone in the rain")
    assert newest.request_id == answer.headers["X-Request-Id"]
