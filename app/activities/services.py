"""Recording what happens to leads. Every change goes through `record_activity`."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm.attributes import set_committed_value

from app.activities.models import CALL_OUTCOMES, NOTE_TYPES, Activity
from app.core.clock import utcnow
from app.core.errors import Invalid
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.models import one_among
from app.core.permissions import Actor
from app.extensions import db
from app.leads.models import Lead
from app.workspaces.queries import current_workspace, workers

_LONGEST_NOTE = 10_000
_LONGEST_CALL_MINUTES = 600


def record_activity(
    lead: Lead,
    kind: str,
    event: str,
    actor: Actor,
    *,
    body: str | None = None,
    data: Mapping[str, Any] | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note_type: str | None = None,
    is_customer_visible: bool = False,
    outcome: str | None = None,
    duration_seconds: int | None = None,
    subject_id: UUID | None = None,
    at: datetime | None = None,
    topics: Iterable[str] = (),
) -> Activity:
    """Write a line of the lead's timeline and publish `event`, all in the running transaction.

    `body` is what people wrote (sealed); `data` plain facts (ids, stages, amounts) and never customer data;
    `before`/`after` the changed facts for the audit log (sealed there). Returns the activity.
    """
    activity = Activity(
        lead_id=lead.id,
        kind=kind,
        event=event,
        at=at or utcnow(),
        actor_kind=actor.kind,
        actor_id=actor.user_id,
        body=body,
        data=dict(data or {}),
        note_type=note_type,
        is_customer_visible=is_customer_visible,
        outcome=outcome,
        duration_seconds=duration_seconds,
        subject_id=subject_id,
    )
    db.session.add(activity)
    db.session.flush()
    _touch(lead, activity.at)
    publish(
        Event(
            name=event,
            workspace_id=lead.workspace_id,
            actor=actor,
            subject_type="lead",
            subject_id=lead.id,
            lead_id=lead.id,
            before=before,
            after=after,
            data={**activity.data, "activity_id": str(activity.id)},
            topics=frozenset({topic("stage", lead.stage_id), *topics}),
        )
    )
    return activity


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line among many; each field means what it means for `record_activity`."""

    lead: Lead
    actor: Actor
    data: Mapping[str, Any]
    body: str | None = None
    subject_id: UUID | None = None
    is_customer_visible: bool = False


def record_for_each(
    leads: Sequence[Lead],
    kind: str,
    event: str,
    actor: Actor,
    data: Callable[[Lead], Mapping[str, Any]],
    *,
    topics: Iterable[str] = (),
) -> None:
    """Write the same kind of line for many leads and publish `event` for each, in as many statements as for one.

    `data` gives each lead's plain facts. Topics are those of every lead's stage besides `topics`.
    """
    record_entries([Entry(lead=lead, actor=actor, data=data(lead)) for lead in leads], kind, event, topics=topics)


def record_entries(entries: Sequence[Entry], kind: str, event: str, *, topics: Iterable[str] = ()) -> None:
    """The same for lines that each have words and a subject of their own."""
    now, told = utcnow(), frozenset(topics)
    lines = [
        Activity(
            lead_id=each.lead.id, kind=kind, event=event, at=now, actor_kind=each.actor.kind,
            actor_id=each.actor.user_id, body=each.body, data=dict(each.data), subject_id=each.subject_id,
            is_customer_visible=each.is_customer_visible,
        )
        for each in entries
    ]  # fmt: skip
    db.session.add_all(lines)
    db.session.flush()
    touch_all([each.lead for each in entries], {"last_activity_at": now})
    for each, line in zip(entries, lines, strict=True):
        lead = each.lead
        publish(
            Event(
                event, lead.workspace_id, each.actor, "lead", lead.id, lead_id=lead.id,
                data={**line.data, "activity_id": str(line.id), "of_many": len(entries)},
                topics=told | {topic("stage", lead.stage_id)},
            )
        )  # fmt: skip


def touch_all(leads: Sequence[Lead], values: Mapping[str, Any], *, is_edit: bool = False) -> None:
    """Write the same columns of many leads by one statement; `is_edit` raises the version that people edit against."""
    if not leads:
        return
    db.session.execute(
        update(Lead)
        .where(Lead.workspace_id == leads[0].workspace_id, Lead.id == one_among(lead.id for lead in leads))
        .values(**values, **({"version": Lead.version + 1} if is_edit else {}))
        .execution_options(synchronize_session=False)
    )
    for lead in leads:
        for name, value in values.items():
            set_committed_value(lead, name, value)
        if is_edit:
            set_committed_value(lead, "version", lead.version + 1)


def add_note(
    lead: Lead, text: str, actor: Actor, *, note_type: str = "general", customer_visible: bool = False
) -> Activity:
    """Keep a note on the lead; members named in it after an @ are told. Raises Invalid when it is empty, too long or
    of an unknown type.
    """
    text = text.strip()
    if not text:
        raise Invalid({"note": "Write something first."})
    if len(text) > _LONGEST_NOTE:
        raise Invalid({"note": f"This note is too long: keep it under {_LONGEST_NOTE:,} characters."})
    if note_type not in NOTE_TYPES:
        raise Invalid({"note_type": "Choose what kind of note this is."})
    mentioned = mentioned_in(text)
    return record_activity(
        lead, "note", "note.added", actor, body=text, note_type=note_type, is_customer_visible=customer_visible,
        data={"mentions": [str(user_id) for user_id in mentioned]} if mentioned else None,
    )  # fmt: skip


def mentioned_in(text: str) -> list[UUID]:
    """The members whose names stand in a text behind an @: whole names, or first names that only one of them has."""
    if "@" not in text:
        return []
    people = [(user_id, name.casefold()) for user_id, name in db.session.execute(workers())]
    first = Counter(name.split()[0] for _, name in people if name.split())
    folded = text.casefold()
    return [
        user_id
        for user_id, name in people
        if _stands_in(name, folded) or (first[name.split()[0]] == 1 and _stands_in(name.split()[0], folded))
    ]


def _stands_in(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w)@{re.escape(name)}(?!\w)", text) is not None


def log_call(lead: Lead, outcome: str, actor: Actor, *, minutes: int | None = None, words: str = "") -> Activity:
    """Keep that someone called, how it ended, and what was said. Raises Invalid for an unknown outcome or length."""
    if outcome not in CALL_OUTCOMES:
        raise Invalid({"outcome": "Choose how the call ended."})
    if minutes is not None and not 0 <= minutes <= _LONGEST_CALL_MINUTES:
        raise Invalid({"minutes": "Enter the length in minutes, from 0 to 600."})
    if len(words) > _LONGEST_NOTE:
        raise Invalid({"words": f"This is too long: keep it under {_LONGEST_NOTE:,} characters."})
    note_contact(lead, "phone", reached=outcome in ("spoke", "declined", "rescheduled"))
    return record_activity(
        lead, "call", "call.logged", actor, body=words.strip() or None, outcome=outcome,
        duration_seconds=None if minutes is None else minutes * 60,
    )  # fmt: skip


def note_contact(lead: Lead, method: str, *, reached: bool = True, at: datetime | None = None) -> None:
    """Keep that we were in touch: the first time stands, the last one moves. Machine-kept, so no new version.

    With the first time goes how long it took, in minutes of opening hours. `reached`: a person of ours spoke or wrote
    to them, which an answering machine or a message of Sill's own does not count as.
    """
    moment = at or utcnow()
    values: dict[str, Any] = {"last_contact_at": moment, "last_contact_method": method}
    if lead.first_contact_at is None and reached:
        values["first_contact_at"] = moment
        values["first_contact_minutes"] = current_workspace().clock().business_minutes(lead.created_at, moment)
    set_quietly(lead, values)


def note_contacts(leads: Sequence[Lead], method: str, at: datetime) -> None:
    """The same for many whom we were in touch with before, or whom Sill wrote to by itself, by one statement."""
    touch_all(leads, {"last_contact_at": at, "last_contact_method": method})


def _touch(lead: Lead, at: datetime) -> None:
    if at > lead.last_activity_at:
        set_quietly(lead, {"last_activity_at": at})


def set_quietly(lead: Lead, values: Mapping[str, Any]) -> None:
    """Write machine-kept columns without raising the version, which is for what people edit."""
    db.session.execute(
        update(Lead)
        .where(Lead.workspace_id == lead.workspace_id, Lead.id == lead.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    for name, value in values.items():
        set_committed_value(lead, name, value)
