"""What waits for people: follow-ups that are late, valuable leads that nobody touched, customers without an answer.

Each is one bounded read by index, the longest waiting first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, and_, case, cast, exists, func, null, or_, select, true, union_all
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.contacts.models import Contact
from app.core.catalogue import known
from app.core.keyring import cipher
from app.core.models import fixed, one_among
from app.core.permissions import SEES
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.queries.for_people import first_for_people
from app.leads.models import Lead, Stage, StageChange, act_name
from app.messaging.models import Conversation
from app.notifications.models import Alert
from app.reconciliation.queries import open_leads
from app.workspaces.models import Membership, Workspace

#: As many leads as one look brings up for each rule; of late ones as many for each who looks after them.
MOST = 300
#: As many lines as a section of the digest has; the rest is counted.
LISTED = 10
#: An enquiry that nobody answered for longer is not brought up every day any more.
UNANSWERED = timedelta(days=60)
#: The rule by which valuable leads that lie are told.
UNTOUCHED = "untouched"
#: Who works on leads, and so is told of them.
WORKERS = ("owner", "admin", "manager", "sales")


@dataclass(frozen=True, slots=True)
class Waits:
    """A lead that waits for a person. `since` is when what it waits for was due, or happened."""

    lead_id: UUID
    name: str
    owner_id: UUID | None
    since: datetime
    what: str = ""
    noun: str = "waits"


@dataclass(frozen=True, slots=True)
class Worker:
    """A member who works on leads."""

    user_id: UUID
    member_id: UUID
    name: str
    email: str
    role: str
    gets_digest: bool


def workers() -> list[Worker]:
    """The active members who work on leads."""
    rows = db.session.execute(
        select(Membership.user_id, Membership.id, User.name, User.email, Membership.role, Membership.gets_digest)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.workspace_id == current_workspace_id(), Membership.deactivated_at.is_(None),
            Membership.role.in_(WORKERS),
        )
        .order_by(Membership.id)
    )  # fmt: skip
    return [Worker(*row) for row in rows]


def late_acts(before: datetime) -> list[Waits]:
    """Leads on the desk whose next act was due before a moment: each person's longest, so that a heap of one's hides
    nothing of another's.
    """
    place = func.row_number().over(partition_by=Lead.owner_id, order_by=(Lead.next_act_at, Lead.id))
    late = _leads(Lead.next_act_at, Lead.next_act_at <= before).add_columns(place.label("place")).subquery()
    return _waiting(select(late).where(late.c.place <= MOST).order_by(late.c.since, late.c.lead_id))


def untouched(workspace: Workspace, now: datetime) -> list[Waits]:
    """Open leads worth a lot that nothing has happened with for the workspace's number of days, and of which those who
    should know of it by now have not been told: what was told once takes the place of nothing else.
    """
    if not workspace.untouched_days or workspace.high_value_minor <= 0:
        return []
    query = _leads(
        Lead.last_activity_at,
        Lead.stage_id == one_among(_open_stages()),
        Lead.annual_minor >= workspace.high_value_minor * 12 - 12,  # what an index knows; rounding aside the same
        Lead.monthly_minor >= workspace.high_value_minor,
        Lead.last_activity_at <= now - timedelta(days=workspace.untouched_days),
        ~_told_of(now - timedelta(days=workspace.untouched_days + workspace.escalate_days)),
    )
    return _waiting(query.order_by(Lead.last_activity_at, Lead.id).limit(MOST))


def _told_of(escalates: datetime) -> ColumnElement[bool]:
    """Whether a lead's lying untouched was told: to the managers where it lies since `escalates`, else to its owner."""
    return exists().where(
        Alert.workspace_id == Lead.workspace_id, Alert.rule == UNTOUCHED, Alert.subject_id == Lead.id,
        Alert.day == cast(func.timezone("UTC", Lead.last_activity_at), Date),
        Alert.level == case((Lead.last_activity_at <= escalates, 1), else_=0),
    )  # fmt: skip


def by_id(lead_ids: Iterable[UUID], stage_key: str) -> list[Waits]:
    """Those of the leads that still stand in a stage, since when."""
    stages = [stage.id for stage in known(Stage) if stage.key == stage_key]
    query = _leads(Lead.stage_entered_at, Lead.id == one_among(lead_ids), Lead.stage_id == one_among(stages))
    return _waiting(query.order_by(Lead.stage_entered_at, Lead.id).limit(MOST))


def not_mailed(since: datetime) -> list[tuple[UUID, date, UUID]]:
    """(id of the move, day, lead) of the moves into readiness that were told since and stand in no mail yet."""
    told, mailed = aliased(Alert), aliased(Alert)
    rows = db.session.execute(
        select(told.subject_id, told.day, StageChange.lead_id)
        .join(StageChange, and_(StageChange.workspace_id == told.workspace_id, StageChange.id == told.subject_id))
        .where(
            told.workspace_id == current_workspace_id(), told.rule == "ready", told.created_at > since,
            ~exists().where(
                mailed.workspace_id == told.workspace_id, mailed.rule == "ready_mailed",
                mailed.subject_id == told.subject_id, mailed.day == told.day,
            ),
        )
    )  # fmt: skip
    return [(change_id, day, lead_id) for change_id, day, lead_id in rows]


def unanswered(user_id: UUID, now: datetime) -> list[Waits]:
    """Conversations in which the customer has the last word, then enquiries unanswered: the person's and nobody's."""
    return _unread(user_id, now) + _never_answered(user_id, now)


def _unread(user_id: UUID, now: datetime) -> list[Waits]:
    rested = or_(Conversation.snoozed_until.is_(None), Conversation.snoozed_until <= now)
    query = (
        _leads(Conversation.last_at, _has_conversation(user_id))
        .join(
            Conversation,
            and_(Conversation.workspace_id == Lead.workspace_id, Conversation.lead_id == Lead.id),
        )
        .where(
            Conversation.workspace_id == current_workspace_id(), Conversation.state == "open",
            Conversation.last_direction == "in", rested,
        )
        .order_by(Conversation.last_at, Conversation.id)
        .limit(LISTED + 1)
    )  # fmt: skip
    return _waiting(query, "wrote")


def _never_answered(user_id: UUID, now: datetime) -> list[Waits]:
    arms = (
        _leads(
            Lead.created_at, owner, Lead.first_contact_at.is_(None), Lead.created_at > now - UNANSWERED,
            Lead.stage_id == one_among(_open_stages()),
        )
        .order_by(Lead.owner_id, Lead.created_at, Lead.id)
        .limit(LISTED + 1)
        for owner in (Lead.owner_id == user_id, Lead.owner_id.is_(None))
    )  # fmt: skip
    return _merged(arms, "asked")


def due_acts(user_id: UUID, until: datetime) -> list[Waits]:
    """The person's and nobody's leads with a call or a task due by a moment; what Sill does by itself is none."""
    act = first_for_people(until)
    arms = (
        _leads(act.c.due_at, owner, Lead.next_act_at <= until, what=act.c.title, words=act.c.words_sealed)
        .join(act, true())
        .order_by(Lead.owner_id, Lead.next_act_at, Lead.id)
        .limit(LISTED + 1)
        for owner in (Lead.owner_id == user_id, Lead.owner_id.is_(None))
    )
    return _merged(arms, "")


def ready(stage_key: str) -> list[Waits]:
    """Leads that stand in a stage, the longest first."""
    stages = [stage.id for stage in known(Stage) if stage.key == stage_key]
    query = _leads(Lead.stage_entered_at, Lead.stage_id == one_among(stages))
    return _waiting(query.order_by(Lead.stage_entered_at, Lead.id).limit(LISTED + 1))


def disagreeing() -> list[Waits]:
    """Leads on which Squeegee's last export and we do not agree, the longest first."""
    found = open_leads(LISTED + 1)
    return [Waits(lead_id, name, owner_id, since, kind) for lead_id, name, owner_id, kind, since in found]


def _has_conversation(user_id: UUID) -> ColumnElement[bool]:
    """Whether somebody was given the conversation; where nobody was who works on its lead, whether that is theirs."""
    sees = or_(
        Membership.role.in_([role for role in WORKERS if SEES[role] == "all"]),
        and_(Membership.role.in_(WORKERS), _theirs(Conversation.owner_id)),
    )
    works_on_it = exists().where(
        Membership.workspace_id == Conversation.workspace_id, Membership.user_id == Conversation.owner_id,
        Membership.deactivated_at.is_(None), sees,
    )  # fmt: skip
    return or_(and_(Conversation.owner_id == user_id, works_on_it), and_(~works_on_it, _theirs(user_id)))


def _theirs(user_id: UUID | ColumnElement[UUID]) -> ColumnElement[bool]:
    return or_(Lead.owner_id == user_id, Lead.owner_id.is_(None))


def _open_stages() -> list[UUID]:
    return [stage.id for stage in known(Stage) if not stage.is_final]


def _leads(since: Any, *which: ColumnElement[bool], what: Any = None, words: Any = None) -> Select[Any]:
    """Leads on the desk with the name of their contact, and of `what` is to be done when `words` name it."""
    return (
        select(
            Lead.id.label("lead_id"), Lead.contact_id, Lead.owner_id, Contact.name_sealed, since.label("since"),
            (fixed("") if what is None else func.coalesce(what, "")).label("what"),
            (null() if words is None else words).label("words_sealed"),
        )
        .select_from(Lead)
        .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
        .where(Lead.workspace_id == current_workspace_id(), Lead.shelf == fixed("desk"), *which)
    )  # fmt: skip


def _merged(arms: Iterable[Select[Any]], what: str) -> list[Waits]:
    found = _waiting(union_all(*(select(arm.subquery()) for arm in arms)), what)
    return sorted(found, key=lambda each: (each.since, each.lead_id))[: LISTED + 1]


def _waiting(query: Any, what: str = "") -> list[Waits]:
    seal = cipher()
    return [
        Waits(
            row.lead_id, seal.open(row.name_sealed, "contacts", "name_sealed", row.contact_id), row.owner_id,
            row.since, act_name(row.what, row.words_sealed, row.lead_id) or what,
        )
        for row in db.session.execute(query)
    ]  # fmt: skip
