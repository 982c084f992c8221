"""Writing the audit log, inside the transaction of what it records."""

import json
from collections.abc import Mapping
from typing import Any

from app.audit.models import AuditEntry
from app.core.events import Event
from app.extensions import db


def record_event(event: Event) -> None:
    """The reaction to every event: one row, with what was before and after sealed."""
    actor = event.actor
    db.session.add(
        AuditEntry(
            action=event.name,
            subject_type=event.subject_type,
            subject_id=event.subject_id,
            actor_kind=actor.kind,
            actor_id=actor.user_id,
            address=actor.address,
            device=(actor.device or "")[:300] or None,
            request_id=actor.request_id,
            before=_json(event.before),
            after=_json({**(event.after or {}), **event.data}),
        )
    )


def _json(values: Mapping[str, Any] | None) -> str | None:
    return json.dumps(dict(values), default=str, ensure_ascii=False, sort_keys=True) if values else None
