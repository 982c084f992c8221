"""Recording what happens to leads. Every change goes through `record_activity`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, update
from sqlalchemy.orm.attributes import set_committed_value

from app.activities.models import Activity
from app.core.clock import utcnow
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.models import one_among
from app.core.permissions import Actor
from app.extensions import db
from app.leads.models import Lead


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


def _touch(lead: Lead, at: datetime) -> None:
    if at > lead.last_activity_at:
        set_quietly(lead, {"last_activity_at": at})


def set_quietly(lead: Lead, values: Mapping[str, Any]) -> None:
    """Write machine-kept columns without raising the version, which is for what people edit."""
    # What else waits to be written can go in fewer statements later, once the lead itself is there.
    is_new = inspect(lead).pending
    db.session.execute(
        update(Lead)
        .where(Lead.workspace_id == lead.workspace_id, Lead.id == lead.id)
        .values(**values)
        .execution_options(synchronize_session=False, autoflush=is_new)
    )
    for name, value in values.items():
        set_committed_value(lead, name, value)
