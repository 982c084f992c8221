"""Calls with a customer, and when and how we were last in touch."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.activities.models import CALL_OUTCOMES, Activity
from app.activities.services.notes import LONGEST_NOTE
from app.activities.services.recording import record_activity, set_quietly, touch_all
from app.core.clock import utcnow
from app.core.errors import Invalid
from app.core.permissions import Actor
from app.leads.models import Lead
from app.workspaces.queries import current_workspace

_LONGEST_CALL_MINUTES = 600
#: In the data of a call's line: when and how we were in touch before it, for when it is taken back.
_BEFORE = "contact_before"


def log_call(lead: Lead, outcome: str, actor: Actor, *, minutes: int | None = None, words: str = "") -> Activity:
    """Keep that someone called, how it ended, and what was said. Raises Invalid for an unknown outcome or length."""
    if outcome not in CALL_OUTCOMES:
        raise Invalid({"outcome": "Choose how the call ended."})
    if minutes is not None and not 0 <= minutes <= _LONGEST_CALL_MINUTES:
        raise Invalid({"minutes": "Enter the length in minutes, from 0 to 600."})
    if len(words) > LONGEST_NOTE:
        raise Invalid({"words": f"This is too long: keep it under {LONGEST_NOTE:,} characters."})
    last = lead.last_contact_at.isoformat() if lead.last_contact_at else None
    before = {"last_contact_at": last, "last_contact_method": lead.last_contact_method}
    note_contact(lead, "phone", reached=outcome in ("spoke", "declined", "rescheduled"))
    return record_activity(
        lead, "call", "call.logged", actor, body=words.strip() or None, outcome=outcome,
        duration_seconds=None if minutes is None else minutes * 60, data={_BEFORE: before},
    )  # fmt: skip


def unnote_contact(lead: Lead, data: Mapping[str, Any], since: datetime, upto: datetime) -> None:
    """Give a lead the contacts back that it had before a call whose line, with this `data`, is struck out. What was
    noted at other times than between these stays, and so does all when the line is no call's.
    """
    before, values = data.get(_BEFORE), dict[str, Any]()
    if before is None:
        return
    if lead.last_contact_at is not None and since <= lead.last_contact_at <= upto:
        last = before["last_contact_at"]
        values = {**before, "last_contact_at": datetime.fromisoformat(last) if last else None}
    if lead.first_contact_at is not None and since <= lead.first_contact_at <= upto:
        values |= {"first_contact_at": None, "first_contact_minutes": None}
    if values:
        set_quietly(lead, values)


def note_contact(lead: Lead, method: str, *, reached: bool = True, at: datetime | None = None) -> None:
    """Keep that we were in touch: the first time stands, the last one moves, never back (a mail may be put on its lead
    days after it came). Machine-kept, so no new version.

    With the first time goes how long it took, in minutes of opening hours. `reached`: a person of ours spoke or wrote
    to them, which an answering machine or a message of Sill's own does not count as.
    """
    moment = at or utcnow()
    values: dict[str, Any] = {}
    if at is None or lead.last_contact_at is None or at >= lead.last_contact_at:
        values = {"last_contact_at": moment, "last_contact_method": method}
    if lead.first_contact_at is None and reached:
        values["first_contact_at"] = moment
        values["first_contact_minutes"] = current_workspace().clock().business_minutes(lead.created_at, moment)
    if values:
        set_quietly(lead, values)


def note_contacts(leads: Sequence[Lead], method: str, at: datetime) -> None:
    """The same for many whom we were in touch with before, or whom Sill wrote to by itself, by one statement."""
    touch_all(leads, {"last_contact_at": at, "last_contact_method": method})
