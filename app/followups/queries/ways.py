"""Leads on their way through sequences: how many on each, which ones, and what is next with a lead."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, true, tuple_

from app.contacts.models import Contact
from app.core.catalogue import known
from app.core.keyring import cipher
from app.core.loading import load_one
from app.core.models import fixed, one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Enrolment, FollowUp, Sequence
from app.leads.models import Lead

PAGE = 50
#: A lead that goes more ways at once has gone wrong; its panel shows the first ones.
MOST_OF_LEAD = 12
UNDER_WAY = ("active", "paused")
#: Why a way rests after a reply that nobody dares to judge.
DOUBTFUL = "doubtful_reply"


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes next on a way: its follow-up, what it is, and when."""

    id: UUID
    kind: str
    title: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Way:
    """A lead's way through a sequence. `customer` and `number` are given in lists over several leads."""

    id: UUID
    lead_id: UUID
    sequence_id: UUID
    sequence_name: str
    version_no: int
    state: str
    why: str | None
    started_at: datetime
    paused_until: datetime | None
    ended_at: datetime | None
    next: NextStep | None = None
    later: int = 0
    customer: str = ""
    number: str = ""

    noun = "enrolment"

    @property
    def is_under_way(self) -> bool:
        """Whether something may still come of it."""
        return self.state in UNDER_WAY


@dataclass(frozen=True, slots=True)
class WayPage:
    """A page of ways; `next_key` is where the next one begins, None on the last."""

    rows: list[Way]
    next_key: tuple[datetime, UUID] | None


def known_sequences() -> list[Sequence]:
    """All sequences of the workspace in their order; detached, for reading only."""
    return sorted(known(Sequence), key=lambda each: (each.position, each.name, each.id))


def get_way(enrolment_id: UUID) -> Enrolment:
    """One lead's way through a sequence. Raises NotFound."""
    return load_one(
        select(Enrolment).where(Enrolment.workspace_id == current_workspace_id(), Enrolment.id == enrolment_id)
    )


def way_counts() -> dict[UUID, dict[str, int]]:
    """How many leads are under way and paused on each sequence."""
    rows = db.session.execute(
        select(Enrolment.sequence_id, Enrolment.state, func.count())
        .where(Enrolment.workspace_id == current_workspace_id(), Enrolment.state.in_(UNDER_WAY))
        .group_by(Enrolment.sequence_id, Enrolment.state)
    )
    found: dict[UUID, dict[str, int]] = {}
    for sequence_id, state, number in rows:
        found.setdefault(sequence_id, {})[state] = number
    return found


def version_counts(sequence_id: UUID) -> dict[int, int]:
    """How many leads are under way on each version of a sequence."""
    rows = db.session.execute(
        select(Enrolment.version_no, func.count())
        .where(
            Enrolment.workspace_id == current_workspace_id(), Enrolment.sequence_id == sequence_id,
            Enrolment.state.in_(UNDER_WAY),
        )
        .group_by(Enrolment.version_no)
    )  # fmt: skip
    return {number: count for number, count in rows}  # noqa: C416 - rows are no pairs to SQLAlchemy's types


def way_count_by_state(sequence_id: UUID) -> dict[str, int]:
    """How many ways of a sequence stand in each state."""
    rows = db.session.execute(
        select(Enrolment.state, func.count())
        .where(Enrolment.workspace_id == current_workspace_id(), Enrolment.sequence_id == sequence_id)
        .group_by(Enrolment.state)
    )
    return {state: number for state, number in rows}  # noqa: C416 - rows are no pairs to SQLAlchemy's types


def ids_under_way(sequence_id: UUID, *, not_on: int | None = None, limit: int = 500) -> list[UUID]:
    """The enrolments under way on a sequence, the oldest first, at most `limit`; `not_on` leaves a version out."""
    query = select(Enrolment.id).where(_on(sequence_id, UNDER_WAY))
    if not_on is not None:
        query = query.where(Enrolment.version_no != not_on)
    return list(db.session.scalars(query.order_by(Enrolment.started_at, Enrolment.id).limit(limit)))


def enrolments_of(sequence_id: UUID, lead_ids: Iterable[UUID]) -> list[Enrolment]:
    """The ways of these leads through a sequence that are under way."""
    query = select(Enrolment).where(_on(sequence_id, UNDER_WAY), Enrolment.lead_id == one_among(lead_ids))
    return list(db.session.scalars(query.order_by(Enrolment.lead_id)))


def leads_under_way(sequence_id: UUID, states: tuple[str, ...], limit: int = 2_000) -> list[UUID]:
    """The leads under way on a sequence in one of these states, those that began first, at most `limit`."""
    query = select(Enrolment.lead_id).where(_on(sequence_id, states))
    return list(db.session.scalars(query.order_by(Enrolment.started_at, Enrolment.id).limit(limit)))


def may_go_on_despite(why: str) -> ColumnElement[bool]:
    """Whether an enrolment is under way and does not rest for this reason already, until a person goes on."""
    rests = and_(Enrolment.state == "paused", Enrolment.why.is_not_distinct_from(why), Enrolment.paused_until.is_(None))
    return and_(Enrolment.state.in_(UNDER_WAY), ~rests)


def _on(sequence_id: UUID, states: tuple[str, ...]) -> ColumnElement[bool]:
    return and_(
        Enrolment.workspace_id == current_workspace_id(), Enrolment.sequence_id == sequence_id,
        Enrolment.state.in_(states),
    )  # fmt: skip


_PLANNED = and_(
    FollowUp.workspace_id == Enrolment.workspace_id, FollowUp.lead_id == Enrolment.lead_id,
    FollowUp.state == fixed("planned"), FollowUp.enrolment_id == Enrolment.id,
)  # fmt: skip
_NEXT = (
    select(FollowUp.id.label("act_id"), FollowUp.kind, FollowUp.title, FollowUp.due_at)
    .where(_PLANNED)
    .order_by(FollowUp.due_at, FollowUp.id)
    .limit(1)
    .correlate(Enrolment)
    .lateral("next_step")
)
_LATER = select(func.count(FollowUp.id).label("number")).where(_PLANNED).correlate(Enrolment).lateral("later")
_WAY = (
    select(
        Enrolment.id, Enrolment.lead_id, Enrolment.sequence_id, Enrolment.version_no, Enrolment.state, Enrolment.why,
        Enrolment.started_at, Enrolment.paused_until, Enrolment.ended_at, _NEXT.c.act_id, _NEXT.c.kind, _NEXT.c.title,
        _NEXT.c.due_at, _LATER.c.number.label("planned"),
    )
    .select_from(Enrolment)
    .join(_NEXT, true(), isouter=True)
    .join(_LATER, true(), isouter=True)
    .where(Enrolment.workspace_id == bindparam("here"))
)  # fmt: skip
#: The ways of a lead that are under way, and those that ended after `since`; the newest first. Their next steps are
#: among what is planned with the lead, so `planned.to_come` reads both at once.
OF_LEAD = (
    select(
        Enrolment.id.label("way_id"), Enrolment.sequence_id, Enrolment.version_no, Enrolment.state.label("way_state"),
        Enrolment.why, Enrolment.started_at, Enrolment.paused_until, Enrolment.ended_at,
    )
    .where(
        Enrolment.workspace_id == bindparam("here"), Enrolment.lead_id == bindparam("lead"),
        or_(Enrolment.state.in_([fixed(state) for state in UNDER_WAY]), Enrolment.ended_at >= bindparam("since")),
    )
    .order_by(Enrolment.started_at.desc(), Enrolment.id.desc())
    .limit(MOST_OF_LEAD)
)  # fmt: skip


def way_of(row: Any, lead_id: UUID, steps: list[NextStep]) -> Way:
    """A row of OF_LEAD with what is planned by it, the earliest first."""
    name = next((each.name for each in known(Sequence) if each.id == row.sequence_id), "A sequence")
    return Way(
        row.way_id, lead_id, row.sequence_id, name, row.version_no, row.way_state, row.why, row.started_at,
        row.paused_until, row.ended_at, steps[0] if steps else None, max(0, len(steps) - 1),
    )  # fmt: skip


def ways_page(sequence_id: UUID, state: str, after: tuple[datetime, UUID] | None = None, limit: int = PAGE) -> WayPage:
    """The ways of a sequence in one state, the newest first, beginning after the key `after`."""
    query = (
        _WAY.add_columns(Contact.id.label("contact_id"), Contact.name_sealed, Lead.number.label("lead_number"))
        .join(Lead, and_(Lead.workspace_id == Enrolment.workspace_id, Lead.id == Enrolment.lead_id))
        .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
        .where(Enrolment.sequence_id == sequence_id, Enrolment.state == state)
    )
    if after is not None:
        query = query.where(tuple_(Enrolment.started_at, Enrolment.id) < tuple_(*after))
    query = query.order_by(Enrolment.started_at.desc(), Enrolment.id.desc()).limit(limit + 1)
    names = {each.id: each.name for each in known(Sequence)}
    seal = cipher()
    rows = [
        _way(row, names, seal.open(row.name_sealed, "contacts", "name_sealed", row.contact_id), row.lead_number)
        for row in db.session.execute(query, {"here": current_workspace_id()})
    ]
    more = len(rows) > limit
    rows = rows[:limit]
    return WayPage(rows, (rows[-1].started_at, rows[-1].id) if more else None)


def _way(row: Any, names: dict[UUID, str], customer: str = "", number: str = "") -> Way:
    following = NextStep(row.act_id, row.kind, row.title, row.due_at) if row.act_id else None
    return Way(
        row.id, row.lead_id, row.sequence_id, names.get(row.sequence_id, "A sequence"), row.version_no, row.state,
        row.why, row.started_at, row.paused_until, row.ended_at, following, max(0, (row.planned or 0) - 1), customer,
        number,
    )  # fmt: skip
