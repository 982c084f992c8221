"""The queue of a person: calls and tasks with their own and nobody's leads, in order, by one bounded statement.

Read from the leads whose next act is due, by index: the longest waiting and the latest to fall due of each owner, so
that a backlog of thousands costs no more than one of hundreds and hides nothing that has just come. In front of them
stand promised calls of the last two hours.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CompoundSelect,
    DateTime,
    Row,
    Select,
    Uuid,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.contacts.models import Contact
from app.core.clock import utcnow
from app.core.keyring import cipher
from app.core.models import fixed
from app.core.tenancy import current_scope
from app.extensions import db
from app.followups.models import FollowUp
from app.leads.models import NOBODY, Lead, act_name
from app.my_day.models import LeadClaim
from app.my_day.queries.ordering import FRESH, is_fresh, points

#: What waits for a person; messages leave by themselves.
PERSON_ACTS = ("call", "task")
#: More than this is shown as "99+".
MOST_COUNTED = 99
_ARM, _AHEAD, _PROMISED = 60, 20, 30
#: Of so many leads whose next act comes first those are found with which a person has to do it: the first calls of
#: tomorrow stand behind what Sill writes tomorrow by itself.
_LOOKED_THROUGH = 60


@dataclass(frozen=True, slots=True)
class Waiting:
    """A lead with the act that is planned with it. `held_by` is the name of another who is on it now.

    What is sealed is opened when it is read: a hundred wait, of whom a dozen are shown.
    """

    lead_id: UUID
    contact_id: UUID
    name_sealed: bytes
    place: str
    annual_minor: int
    act_id: UUID
    kind: str
    act_title: str
    words_sealed: bytes | None
    due_at: datetime
    held_by: str | None
    noun: str = "waiting"

    @property
    def name(self) -> str:
        """Who waits."""
        return cipher().open(self.name_sealed, "contacts", "name_sealed", self.contact_id)

    @property
    def title(self) -> str:
        """What is to be done."""
        return act_name(self.act_title, self.words_sealed, self.lead_id)


@dataclass(frozen=True, slots=True)
class DayQueue:
    """What waits for one person. `due` is in order, free for them to take; `later` by time; `busy` what others hold."""

    due: list[Waiting]
    later: list[Waiting]
    busy: list[Waiting]
    held: Waiting | None

    @property
    def size(self) -> str:
        """How many are due, in at most three characters."""
        return str(len(self.due)) if len(self.due) <= MOST_COUNTED else f"{MOST_COUNTED}+"

    @property
    def next_due_at(self) -> datetime | None:
        """When the next one falls due."""
        return self.later[0].due_at if self.later else None


def day_queue() -> DayQueue:
    """The queue of the person in scope, as it stands now."""
    scope, now = current_scope(), utcnow()
    given = {"here": scope.workspace_id, "me": scope.user_id, "now": now, "fresh": now - FRESH}
    rows = db.session.execute(_QUEUE, given).all()
    due = sorted((row for row in rows if row.due_at <= now), key=lambda row: _order(row, now))
    later = sorted((row for row in rows if row.due_at > now), key=lambda row: (row.due_at, row.act_id))
    free = [row for row in due if row.holder_id is None or row.holder_id == scope.user_id]
    held = next((row for row in rows if row.holder_id == scope.user_id), None)
    return DayQueue(
        [_waiting(row) for row in free[: MOST_COUNTED + 1]],
        [_waiting(row) for row in later[:12]],
        [_waiting(row) for row in due if row.holder_id not in (None, scope.user_id)][:12],
        _waiting(held) if held else None,
    )


def _order(row: Any, now: datetime) -> tuple[Any, ...]:
    late = now - row.due_at
    if is_fresh(late, promised=row.promised):
        return (0, row.due_at, row.act_id)
    return (1, -points(row.annual_minor, row.priority, late, promised=row.promised), row.due_at, row.act_id)


def _waiting(row: Row[Any]) -> Waiting:
    other = row.holder if row.holder_id not in (None, current_scope().user_id) else None
    return Waiting(
        row.lead_id, row.contact_id, row.name_sealed, row.sector or row.district or "", row.annual_minor, row.act_id,
        row.kind, row.title, row.words_sealed, row.due_at, other,
    )  # fmt: skip


_HERE, _ME = bindparam("here", type_=Uuid), bindparam("me", type_=Uuid)
_NOW, _SINCE = (bindparam(name, type_=DateTime(timezone=True)) for name in ("now", "fresh"))
_OURS = or_(Lead.owner_id == _ME, Lead.owner_id.is_(None))
#: A call that a person planned by hand, apart from stages and sequences, for a customer who expects it. Not "is null":
#: that would lead the planner to the index over what stages have planned, and through all that ever was by hand.
PROMISED = and_(
    FollowUp.kind == "call",
    func.coalesce(FollowUp.stage_change_id, NOBODY) == NOBODY,
    func.coalesce(FollowUp.enrolment_id, NOBODY) == NOBODY,
)


def _leads(*conditions: Any) -> Select[Any]:
    shown = (Lead.id, Lead.contact_id, Lead.owner_id, Lead.district, Lead.sector, Lead.annual_minor, Lead.priority)
    return select(*shown).where(Lead.workspace_id == _HERE, Lead.shelf == fixed("desk"), *conditions)


def _candidates() -> CompoundSelect[Any]:
    """Leads of which something may be due, or comes next.

    In order of the owner as well, which is the same for all rows of an arm: so only the index by owner is in order.
    """
    arms = []
    upwards = (Lead.owner_id, Lead.next_act_at, Lead.id)
    for owner in (Lead.owner_id == _ME, Lead.owner_id.is_(None)):
        due, ahead = _leads(owner, Lead.next_act_at <= _NOW), _leads(owner, Lead.next_act_at > _NOW)
        arms += [
            due.order_by(*upwards).limit(_ARM),
            due.order_by(*(column.desc() for column in upwards)).limit(_ARM),
            ahead.order_by(*upwards).limit(_AHEAD),
            _for_people(ahead.add_columns(Lead.next_act_at).order_by(*upwards).limit(_LOOKED_THROUGH)),
        ]
    calls = (
        select(FollowUp.lead_id)
        .where(
            FollowUp.workspace_id == _HERE, FollowUp.state == fixed("planned"), PROMISED,
            FollowUp.due_at > _SINCE, FollowUp.due_at <= _NOW,
        )
        .order_by(FollowUp.due_at)
        .limit(_PROMISED)
        .subquery()
    )  # fmt: skip
    promised = _leads(_OURS).join(calls, calls.c.lead_id == Lead.id)
    return union(*(select(arm.subquery()) for arm in (*arms, promised)))


def _for_people(ahead: Select[Any]) -> Select[Any]:
    """Those of leads whose next act is for a person, as far as one arm goes."""
    lead = ahead.subquery("ahead")
    act = (
        select(literal(1).label("one"))
        .where(
            FollowUp.workspace_id == _HERE, FollowUp.lead_id == lead.c.id, FollowUp.state == fixed("planned"),
            FollowUp.due_at == lead.c.next_act_at, FollowUp.kind.in_([literal(kind) for kind in PERSON_ACTS]),
        )
        .limit(fixed(1))
        .lateral("act")
    )  # fmt: skip
    shown = [column for column in lead.c if column.key != "next_act_at"]
    return select(*shown).join(act, true()).order_by(lead.c.next_act_at, lead.c.id).limit(_AHEAD)


def first_act(lead_id: Any) -> Select[Any]:
    """The act of a lead that a person does next: a promised call at its time, else the earliest."""
    at_its_time = case((and_(PROMISED, FollowUp.due_at > _SINCE, FollowUp.due_at <= _NOW), 0), else_=1)
    return (
        select(
            FollowUp.id.label("act_id"), FollowUp.kind, FollowUp.title, FollowUp.words_sealed, FollowUp.due_at,
            PROMISED.label("promised"), FollowUp.version.label("act_version"),
        )
        .where(
            FollowUp.workspace_id == _HERE, FollowUp.lead_id == lead_id, FollowUp.state == "planned",
            FollowUp.kind.in_([literal(kind) for kind in PERSON_ACTS]),
        )
        .order_by(at_its_time, FollowUp.due_at, FollowUp.id)
        .limit(1)
    )  # fmt: skip


def _queue() -> Select[Any]:
    lead = _candidates().subquery("candidate")
    act = first_act(lead.c.id).lateral("act")
    holder = aliased(User)
    return (
        select(
            lead.c.id.label("lead_id"), lead.c.contact_id, lead.c.district, lead.c.sector, lead.c.annual_minor,
            lead.c.priority, act, Contact.name_sealed,
            LeadClaim.user_id.label("holder_id"), func.coalesce(holder.name, "Someone").label("holder"),
        )
        .select_from(lead)
        .join(act, true())
        .join(Contact, and_(Contact.workspace_id == _HERE, Contact.id == lead.c.contact_id))
        .outerjoin(
            LeadClaim,
            and_(LeadClaim.workspace_id == _HERE, LeadClaim.lead_id == lead.c.id, LeadClaim.until > _NOW),
        )
        .outerjoin(holder, holder.id == LeadClaim.user_id)
    )  # fmt: skip


_QUEUE = _queue()
