"""Changing how the workspace works: one section at a time, and never over what someone else has just changed."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from app.core.errors import Conflict
from app.core.events import Event, publish
from app.core.permissions import Actor
from app.extensions import db
from app.workspaces.models import Workspace

SECTIONS: dict[str, tuple[str, ...]] = {
    "business": ("name", "tagline", "phone", "reply_email", "notification_email", "accent"),
    "numbers": ("lead_number_prefix", "lead_number_year"),
    "area": ("service_districts",),
    "quotes": ("quote_valid_days", "quote_reminder_days", "vat_number", "quote_terms"),
    "lost": ("price_review_month", "bin_days"),
}
#: The sections of the page of hours.
HOURS_SECTIONS: dict[str, tuple[str, ...]] = {
    "hours": ("opens", "closes", "weekend_follow_ups", "weekday_hours"),
    "texts": ("sms_opens", "sms_closes", "sms_part_price", "texts_back_missed_calls"),
    "chase": ("message_gap_hours", "max_follow_ups"),
    "alerts": ("high_value_minor", "untouched_days", "escalate_days", "digest_at"),
    "tracking": ("tracks_opens",),
}
_CONFLICT = "Someone else changed this while you had it open. Look at both, then save again to keep yours."


def seen_mark(row: Workspace, fields: tuple[str, ...]) -> str:
    """A short mark of these fields' present values: a page sends back the one it was made with."""
    values = json.dumps([getattr(row, name) for name in fields], default=str)
    return hashlib.sha256(values.encode()).hexdigest()[:16]


def change_settings(workspace: Workspace, section: str, values: Mapping[str, Any], seen: str, actor: Actor) -> None:
    """Store a section's checked values. Two people may change different sections at the same time.

    Raises Conflict when it no longer is what its editor saw, KeyError for a section that does not exist.
    """
    fields = (SECTIONS | HOURS_SECTIONS)[section]
    _change(workspace, fields, {name: values[name] for name in fields}, seen, actor, {"section": section})


def _change(
    row: Workspace, fields: tuple[str, ...], values: dict[str, Any], seen: str, actor: Actor, data: dict
) -> None:
    db.session.refresh(row, with_for_update=True)
    if seen_mark(row, fields) != seen:
        raise Conflict(_CONFLICT)
    changed = [name for name in fields if getattr(row, name) != values[name]]
    if not changed:
        return
    before = {name: getattr(row, name) for name in changed}
    for name in changed:
        setattr(row, name, values[name])
    if isinstance(row, Workspace) and "quote_terms" in changed:
        row.quote_terms_version_no += 1  # quotes name the version that they were written with
    db.session.flush()
    publish(
        Event(
            "workspace.settings_changed", row.id, actor, "workspace", row.id, before=before,
            after={name: values[name] for name in changed}, data=data,
        )
    )  # fmt: skip
