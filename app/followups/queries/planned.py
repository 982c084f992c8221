"""Reading follow-ups: what is planned with a lead, and the messages that will leave by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, and_, bindparam, cast, func, null, or_, select, tuple_, union_all

from app.contacts.models import Contact
from app.core.catalogue import known
from app.core.clock import utcnow
from app.core.keyring import cipher
from app.core.models import fixed, one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import FollowUp
from app.followups.models import Sequence as Sequences
from app.followups.queries.steps import UNSEEN
from app.followups.queries.ways import OF_LEAD, NextStep, Way, way_of
from app.leads.models import Lead, act_name
from app.messaging.queries import WAITING, MessageRow, waiting_row

PAGE = 30
#: A lead with more than this planned has gone wrong; the drawer shows the first ones.
MOST_PLANNED = 40
#: Sequences that ended are shown for so long, so that people see why a chase went quiet.
ENDED_SHOWN = timedelta(days=14)
#: The step of the sequence for leads that want a quote (app/followups/defaults.py).
WRITE_QUOTE = "write_quote"
_ICONS = {"email": "mail", "sms": "message-square", "call": "phone", "task": "clipboard-list"}
_WORDS = {"email": "Email", "sms": "SMS", "call": "Call", "task": "Task"}


@dataclass(frozen=True, slots=True)
class PlannedAct:
    """A follow-up that is still to come. `usual` is what Sill calls one that a person gave a name of their own;
    `lead_number` and `customer` are given in lists over several leads, `step_key` in that of one.
    """

    id: UUID
    lead_id: UUID
    kind: str
    title: str
    due_at: datetime
    lead_number: str | None = None
    customer: str | None = None
    usual: str | None = None
    step_key: str | None = None

    noun = "follow-up"

    @property
    def icon(self) -> str:
        """The name of its icon."""
        return _ICONS[self.kind]

    @property
    def word(self) -> str:
        """What it is."""
        return self.usual or _WORDS[self.kind]

    @property
    def writes_quote(self) -> bool:
        """Whether it is done by writing the lead's quote, whatever it is called here."""
        return self.kind == "task" and self.step_key == WRITE_QUOTE

    @property
    def is_message(self) -> bool:
        """Whether it leaves by itself when due."""
        return self.kind in ("email", "sms")


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """A page of planned messages; `next_key` is where the next one begins, None on the last."""

    rows: list[PlannedAct]
    next_key: tuple[datetime, UUID] | None


@dataclass(frozen=True, slots=True)
class ToCome:
    """What is to come with a lead: acts that are planned, the earliest first, messages that have not settled, and the
    sequences it is on or was on lately, the newest first.
    """

    planned: list[PlannedAct]
    messages: list[MessageRow]
    ways: list[Way]


_PLANNED = (
    select(
        FollowUp.id.label("act_id"), FollowUp.kind, FollowUp.title, FollowUp.words_sealed, FollowUp.due_at,
        FollowUp.enrolment_id, FollowUp.step_key,
    )
    .where(
        FollowUp.workspace_id == bindparam("here"), FollowUp.lead_id == bindparam("lead"),
        FollowUp.state == fixed("planned"), FollowUp.kind.not_in(UNSEEN),
    )
    .order_by(FollowUp.due_at, FollowUp.id)
    .limit(MOST_PLANNED)
)  # fmt: skip


def _together(*parts: Select[Any]) -> CompoundSelect[Any]:
    """Several lists by one statement: each row has the columns of its own list, and nothing in those of the others."""
    lists = [part.subquery() for part in parts]
    return union_all(
        *(
            select(
                *(
                    column if each is mine else cast(null(), column.type).label(column.name)
                    for each in lists
                    for column in each.c
                )
            )
            for mine in lists
        )
    )


_TO_COME = {True: _together(_PLANNED, OF_LEAD, WAITING), False: _together(_PLANNED, OF_LEAD)}


def to_come(lead_id: UUID, *, with_messages: bool) -> ToCome:
    """What is to come with a lead, by one statement; `with_messages` for those who may read them."""
    given = {"here": current_workspace_id(), "lead": lead_id, "since": utcnow() - ENDED_SHOWN}
    rows = db.session.execute(_TO_COME[with_messages], given).all()
    planned = sorted((row for row in rows if row.act_id), key=lambda row: (row.due_at, row.act_id))
    acts = [_act(row, lead_id) for row in planned]
    ways = [way_of(row, lead_id, _steps_of(row.way_id, planned)) for row in rows if row.way_id]
    messages = [waiting_row(row, lead_id) for row in rows if not row.act_id and not row.way_id]
    ways.sort(key=lambda way: way.started_at, reverse=True)
    return ToCome(acts, sorted(messages, key=lambda message: message.created_at), ways)


def _act(row: Any, lead_id: UUID) -> PlannedAct:
    name, usual = act_name(row.title, row.words_sealed, lead_id), row.title if row.words_sealed else None
    return PlannedAct(row.act_id, lead_id, row.kind, name, row.due_at, usual=usual, step_key=row.step_key)


def _steps_of(way_id: UUID, planned: list[Any]) -> list[NextStep]:
    return [
        NextStep(row.act_id, row.kind, row.title, row.due_at) for row in planned if row.enrolment_id == way_id
    ]  # fmt: skip


def count_planned(lead_ids: Sequence[UUID]) -> tuple[int, int]:
    """How many acts with these leads their stage has planned, and how many people have: the first end with a move."""
    lasting = [each.id for each in known(Sequences) if not each.ends_with_stage]
    by_stage = and_(
        or_(FollowUp.stage_change_id.isnot(None), FollowUp.sequence_id.isnot(None)),
        or_(FollowUp.sequence_id.is_(None), FollowUp.sequence_id.not_in(lasting)),
    )
    row = db.session.execute(
        select(func.count().filter(by_stage), func.count().filter(~by_stage)).where(
            FollowUp.workspace_id == current_workspace_id(), FollowUp.lead_id == one_among(lead_ids),
            FollowUp.state == fixed("planned"), FollowUp.kind.not_in(UNSEEN),
        )
    ).one()  # fmt: skip
    return int(row[0]), int(row[1])


def planned_messages(
    after: tuple[datetime, UUID] | None = None, limit: int = PAGE, *, channel: str = "", lead_id: UUID | None = None
) -> PlannedPage:
    """Emails and texts that will leave by themselves, the earliest first, beginning after the key `after`; those of one
    channel or to one lead, when named.
    """
    query = (
        select(
            FollowUp.id, FollowUp.lead_id, FollowUp.kind, FollowUp.title, FollowUp.due_at, Lead.number,
            Contact.id.label("contact_id"), Contact.name_sealed,
        )
        .join(Lead, (Lead.workspace_id == FollowUp.workspace_id) & (Lead.id == FollowUp.lead_id))
        .join(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
        .where(
            FollowUp.workspace_id == current_workspace_id(), FollowUp.state == fixed("planned"),
            FollowUp.kind.in_((channel,) if channel else ("email", "sms")),
        )
    )  # fmt: skip
    if lead_id is not None:
        query = query.where(FollowUp.lead_id == lead_id)
    if after is not None:
        query = query.where(tuple_(FollowUp.due_at, FollowUp.id) > tuple_(*after))
    query = query.order_by(FollowUp.due_at, FollowUp.id).limit(limit + 1)
    seal = cipher()
    rows = [
        PlannedAct(*row[:6], customer=seal.open(row.name_sealed, "contacts", "name_sealed", row.contact_id))
        for row in db.session.execute(query)
    ]
    more = len(rows) > limit
    rows = rows[:limit]
    return PlannedPage(rows, (rows[-1].due_at, rows[-1].id) if more else None)
