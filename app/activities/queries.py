"""Reading the timeline: newest first, by keyset, thirty at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, bindparam, cast, func, select, tuple_

from app.accounts.models import User
from app.activities.models import Activity
from app.activities.prose import Words, words_for
from app.activities.words import KIND_GROUPS
from app.core.cursors import make_cursor, read_cursor
from app.core.keyring import cipher
from app.core.tenancy import current_workspace_id
from app.extensions import db

PAGE = 30
#: New lines that a page takes in while it is open; who leaves it open for longer reloads it.
MOST_NEW = 60
#: Among so many lines one looks for what happened last.
LATEST = 8
#: Lines whose words are a message's, by kind or event: a question from a customer's page lies in the inbox as well.
_MESSAGES, _ASKED = KIND_GROUPS["messages"][1], "quote.question_asked"


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
    is_customer_visible: bool = False
    noun: str = "activity"


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Some lines, the cursor of the next older ones if there are more, and that of what will come after the newest."""

    entries: list[TimelineEntry]
    next_cursor: str | None
    newest_cursor: str


_LINES = (
    select(
        Activity.id, Activity.kind, Activity.event, Activity.at, Activity.body_sealed, Activity.data,
        Activity.outcome, Activity.duration_seconds, Activity.note_type, Activity.actor_kind, User.name,
        Activity.is_customer_visible,
    )
    .outerjoin(User, User.id == Activity.actor_id)
    .where(Activity.workspace_id == bindparam("here"), Activity.lead_id == bindparam("lead"))
    .order_by(Activity.at.desc(), Activity.id.desc())
    .limit(bindparam("size"))
)  # fmt: skip
#: The line that was written last, wherever it stands: a mail that was long on its way may stand far below.
_LAST_WRITTEN = select(func.max(cast(Activity.id, Text))).where(
    Activity.workspace_id == bindparam("here"), Activity.lead_id == bindparam("lead")
)
_FIRST = _LINES.add_columns(_LAST_WRITTEN.scalar_subquery().label("last_written"))
#: What is written after the page was opened comes as new, and not a second time among what is older.
_OLDER = _LINES.where(
    tuple_(Activity.at, Activity.id) < tuple_(bindparam("at"), bindparam("id")), Activity.id <= bindparam("upto")
)
#: By when they were written, which ids tell: a mail is read a while after it came, and other lines may be newer.
_NEWER = _LINES.where(Activity.id > bindparam("id"))
_OF_KINDS = Activity.kind.in_(bindparam("kinds", expanding=True))
_NONE = UUID(int=0)
#: What a cursor holds: the last line that was shown, and which was the last to be written when the page was opened.
_PLACE = ("at", "id", "upto")


def timeline(
    lead_id: UUID, *, with_messages: bool, kind: str | None = None, cursor: str | None = None, limit: int = PAGE
) -> TimelinePage:
    """A lead's timeline, newest first, all of it or one group of kinds. An unreadable cursor starts from the top.

    Without `with_messages` it says that mails and texts came and went, and nothing of what stands in them.
    """
    listed = _listed(lead_id, kind)
    after = read_cursor(cursor, listed)
    if after is None or len(after) != len(_PLACE):
        rows = _read(_FIRST, lead_id, kind, {}, limit + 1)
        upto = UUID(rows[0].last_written) if rows else _NONE
    else:
        rows = _read(_OLDER, lead_id, kind, dict(zip(_PLACE, after, strict=True)), limit + 1)
        upto = after[2]  # type: ignore[assignment]
    shown = rows[:limit]
    more = make_cursor([shown[-1].at, shown[-1].id, upto], listed) if len(rows) > limit else None
    return TimelinePage([_entry(row, with_messages) for row in shown], more, make_cursor([upto], f"{listed}:new"))


def latest(entries: Sequence[TimelineEntry]) -> list[TimelineEntry]:
    """What people would say happened lately, of the newest lines of a timeline: planning and putting right are none of
    it, though they may have been last.
    """
    return [each for each in entries[:LATEST] if each.kind not in KIND_GROUPS["changes"][1]]


def newer(lead_id: UUID, since: str, *, with_messages: bool, kind: str | None = None) -> list[TimelineEntry]:
    """What came to a timeline since its `newest_cursor`, newest first, at most as many as fit in sight.

    An unreadable cursor gives nothing: the page that holds it is older than what it asks about.
    """
    after = read_cursor(since, f"{_listed(lead_id, kind)}:new")
    rows = _read(_NEWER, lead_id, kind, {"id": after[0]}, MOST_NEW) if after else []
    return [_entry(row, with_messages) for row in rows]


def _read(query: Select[Any], lead_id: UUID, kind: str | None, place: Mapping[str, Any], size: int) -> Sequence[Any]:
    values: dict[str, Any] = {"here": current_workspace_id(), "lead": lead_id, "size": size, **place}
    if kind in KIND_GROUPS:
        query, values["kinds"] = query.where(_OF_KINDS), KIND_GROUPS[kind][1]
    return db.session.execute(query, values).all()


def _listed(lead_id: UUID, kind: str | None) -> str:
    return f"timeline:{lead_id}:{kind if kind in KIND_GROUPS else ''}"


def _entry(row: Any, with_messages: bool) -> TimelineEntry:
    words = words_for(
        Words(
            kind=row.kind, event=row.event, data=row.data, outcome=row.outcome, note_type=row.note_type,
            duration_seconds=row.duration_seconds,
        )
    )  # fmt: skip
    is_shown = row.body_sealed and (with_messages or not (row.kind in _MESSAGES or row.event == _ASKED))
    body = cipher().open(row.body_sealed, "activities", "body_sealed", row.id) if is_shown else None
    who = {"customer": "the customer", "system": "Sill"}.get(row.actor_kind, row.name or "someone")
    return TimelineEntry(
        row.id, row.kind, words.icon, words.title, words.detail, body, row.at, who, row.is_customer_visible
    )
