"""What came in and waits for a person to say whose it is: the list, and the leads that each may belong to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select, tuple_

from app.contacts.models import Contact
from app.core import email_addresses, phones
from app.core.access_keys import without_keys
from app.core.cursors import make_cursor, read_cursor
from app.core.errors import NotFound
from app.core.keyring import cipher
from app.core.models import fixed, one_among
from app.core.tenancy import current_scope, current_workspace_id
from app.extensions import db
from app.leads.models import Lead, Stage
from app.leads.queries.cards import what_is_wanted
from app.messaging.models import Arrival, Message

PAGE = 30
#: More than this is shown as "99+".
MOST_COUNTED = 99
_LISTED = "arrivals"
_MOST_CANDIDATES = 12
_LONGEST_GIST = 140


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that came in, as the list shows it and, in full, as its own page does."""

    id: UUID
    channel: str
    state: str
    why: str | None
    sender: str
    sender_name: str | None
    subject: str | None
    body: str
    at: datetime
    candidate_ids: tuple[UUID, ...] = ()
    message_id: UUID | None = None
    noun: str = "arrival"

    @property
    def who(self) -> str:
        """The name it came with, or else the address or number."""
        return self.sender_name or self.reach

    @property
    def reach(self) -> str:
        """The address or number as people write it."""
        return self.sender if self.channel == "email" else phones.format_national(self.sender)

    @property
    def gist(self) -> str:
        """The subject or the beginning of the text."""
        text = " ".join((self.subject or self.body).split())
        return text if len(text) <= _LONGEST_GIST else f"{text[: _LONGEST_GIST - 1]}…"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A lead that it may belong to, and what speaks for it."""

    id: UUID
    number: str
    name: str
    what: str
    place: str
    stage_name: str
    stage_colour: str
    reasons: tuple[str, ...]
    noun: str = "candidate"


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """Some arrivals, and the cursor of the next ones if there are more."""

    arrivals: list[Waiting]
    next_cursor: str | None


def waiting_arrivals(after: str | None = None, size: int = PAGE) -> WaitingPage:
    """What waits to be placed, the newest first. An unreadable cursor starts from the top."""
    place = read_cursor(after, _LISTED)
    query = select(Arrival).where(Arrival.workspace_id == current_workspace_id(), Arrival.state == fixed("waiting"))
    if place:
        query = query.where(tuple_(Arrival.received_at, Arrival.id) < tuple_(*place))
    rows = db.session.scalars(
        query.order_by(Arrival.received_at.desc(), Arrival.id.desc()).limit(bindparam("size")), {"size": size + 1}
    ).all()
    shown = rows[:size]
    more = make_cursor([shown[-1].received_at, shown[-1].id], _LISTED) if len(rows) > size else None
    return WaitingPage([_waiting(row) for row in shown], more)


def count_waiting() -> int:
    """How many wait to be placed, up to one more than a badge can say."""
    waiting = (
        select(Arrival.id)
        .where(Arrival.workspace_id == current_workspace_id(), Arrival.state == fixed("waiting"))
        .limit(MOST_COUNTED + 1)
    )
    return db.session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


def get_arrival(arrival_id: UUID) -> Waiting:
    """One of them in full, settled ones as well. Raises NotFound.

    What waits is nobody's yet. What was placed is its lead's: it is there for those alone who see that.
    """
    found = db.session.get(Arrival, (current_workspace_id(), arrival_id))
    if found is None or (found.state == "placed" and not _is_seen(found)):
        raise NotFound
    return _waiting(found)


def candidates_of(arrival: Waiting) -> list[Candidate]:
    """The leads it may belong to, the likeliest first, as far as the scope sees them."""
    return leads_for(arrival, arrival.candidate_ids[:_MOST_CANDIDATES])


def leads_for(arrival: Waiting, lead_ids: Sequence[UUID]) -> list[Candidate]:
    """These leads in their order, with what they have in common with what came in."""
    if not lead_ids:
        return []
    rows = db.session.execute(
        select(
            Lead.id, Lead.number, Lead.service, Lead.frequency, Lead.property_type, Lead.bedrooms, Lead.sector,
            Lead.district, Lead.contact_id, Lead.last_contact_at, Contact.name_sealed, Contact.email_sealed,
            Contact.phone_sealed, Stage.name.label("stage_name"), Stage.colour,
        )
        .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
        .join(Stage, and_(Stage.workspace_id == Lead.workspace_id, Stage.id == Lead.stage_id))
        .where(Lead.workspace_id == current_workspace_id(), Lead.id == one_among(lead_ids))
    )  # fmt: skip
    found = {row.id: _candidate(row, arrival) for row in rows}
    return [found[lead_id] for lead_id in lead_ids if lead_id in found]


def _is_seen(placed: Arrival) -> bool:
    if placed.message_id is None:
        return current_scope().sees in ("all", "read")
    return db.session.get(Message, (placed.workspace_id, placed.message_id)) is not None


def _waiting(row: Arrival) -> Waiting:
    return Waiting(
        row.id, row.channel, row.state, row.why, row.sender, row.sender_name,
        # Whoever answers a mail quotes its links.
        without_keys(row.subject or "") or None, without_keys(row.body or ""),
        row.received_at, tuple(row.candidate_ids), row.message_id,
    )  # fmt: skip


def _candidate(row: Any, arrival: Waiting) -> Candidate:
    name = _open(row, "name") or ""
    return Candidate(
        row.id, row.number, name, what_is_wanted(row.service, row.frequency, row.property_type, row.bedrooms),
        row.sector or row.district or "", row.stage_name, row.colour, tuple(_reasons(row, name, arrival)),
    )  # fmt: skip


def _reasons(row: Any, name: str, arrival: Waiting) -> list[str]:
    reasons = []
    if arrival.channel == "email":
        ours, theirs = (email_addresses.parse(each or "") for each in (_open(row, "email"), arrival.sender))
        if ours and ours == theirs:
            reasons.append("same address")
    else:
        ours, theirs = (phones.parse(each) for each in (_open(row, "phone"), arrival.sender))
        if ours and theirs and ours.match_key == theirs.match_key:
            reasons.append("same number")
    if _names(name) & _names(arrival.sender_name or ""):
        reasons.append("same name" if _names(name) == _names(arrival.sender_name or "") else "alike name")
    if row.number.casefold() in f"{arrival.subject or ''} {arrival.body}".casefold():
        reasons.append("names its number")
    return reasons


def _names(name: str) -> set[str]:
    return {word for word in name.casefold().replace(".", " ").split() if len(word) > 2}


def _open(row: Any, name: str) -> str | None:
    column = f"{name}_sealed"
    blob = getattr(row, column)
    return cipher().open(blob, "contacts", column, row.contact_id) if blob else None
