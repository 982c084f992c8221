"""Reading the timeline: newest first, by keyset, thirty at a time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, tuple_

from app.accounts.models import User
from app.activities.models import KINDS, Activity
from app.activities.prose import Words, words_for
from app.core.cursors import make_cursor, read_cursor
from app.core.keyring import cipher
from app.core.tenancy import current_workspace_id
from app.extensions import db

PAGE = 30


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line as the page shows it. `noun` names its element."""

    id: UUID
    kind: str
    icon: str
    title: str
    detail: str
    body: str | None
    at: datetime
    who: str
    noun: str = "activity"


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Some lines and the cursor of the next ones, if there are more."""

    entries: list[TimelineEntry]
    next_cursor: str | None


_NEWEST = (
    select(
        Activity.id, Activity.kind, Activity.event, Activity.at, Activity.body_sealed, Activity.data,
        Activity.outcome, Activity.duration_seconds, Activity.note_type, Activity.actor_kind, User.name,
    )
    .outerjoin(User, User.id == Activity.actor_id)
    .where(Activity.workspace_id == bindparam("here"), Activity.lead_id == bindparam("lead"))
    .order_by(Activity.at.desc(), Activity.id.desc())
)  # fmt: skip


def timeline(lead_id: UUID, *, kind: str | None = None, cursor: str | None = None, limit: int = PAGE) -> TimelinePage:
    """A lead's timeline, newest first, all kinds or one. An unreadable cursor starts from the top."""
    workspace_id = current_workspace_id()
    kind = kind if kind in KINDS else None
    query = _NEWEST.limit(limit + 1)
    if kind:
        query = query.where(Activity.kind == kind)
    listed = f"timeline:{lead_id}:{kind or ''}"
    after = read_cursor(cursor, listed)
    if after:
        query = query.where(tuple_(Activity.at, Activity.id) < tuple_(*after))
    rows = db.session.execute(query, {"here": workspace_id, "lead": lead_id}).all()
    shown = rows[:limit]
    more = make_cursor([shown[-1].at, shown[-1].id], listed) if len(rows) > limit else None
    return TimelinePage([_entry(row) for row in shown], more)


def _entry(row: object) -> TimelineEntry:
    words = words_for(
        Words(
            kind=row.kind, event=row.event, data=row.data, outcome=row.outcome, note_type=row.note_type,
            duration_seconds=row.duration_seconds,
        )
    )  # fmt: skip
    body = cipher().open(row.body_sealed, "activities", "body_sealed", row.id) if row.body_sealed else None
    who = {"customer": "the customer", "system": "Sill"}.get(row.actor_kind, row.name or "someone")
    return TimelineEntry(row.id, row.kind, words.icon, words.title, words.detail, body, row.at, who)
