"""Who did something and what it was about, by names that may be told; never an id that leads nowhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, Uuid, and_, cast, null, select, union_all

from app.accounts.models import User
from app.audit.queries.filtering import OTHERS
from app.audit.queries.listing import Row
from app.core.models import one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Enrolment, FollowUp
from app.followups.models import Sequence as FollowUpSequence
from app.lead_forms.models import FormSubmission, LeadForm
from app.leads.models import Lead, Stage, Tag
from app.messaging.models import Arrival, Conversation, Message, MessageTemplate
from app.quotes.models import Quote
from app.reconciliation.models import Discrepancy
from app.rounds.models import Closure, Round
from app.workspaces.models import Membership

FORMER = "Former member"
NOT_SIGNED_IN = "Somebody not signed in"
#: Kinds of things whose own name is told.
_NAMED: Mapping[str, Any] = {
    "lead_form": LeadForm, "template": MessageTemplate, "sequence": FollowUpSequence, "stage": Stage, "tag": Tag,
    "round": Round, "closure": Closure,
}  # fmt: skip
#: Kinds of things that hang on a lead, whose number is told.
_OF_A_LEAD: Mapping[str, Any] = {
    "message": Message, "follow_up": FollowUp, "enrolment": Enrolment, "form_submission": FormSubmission,
    "conversation": Conversation, "discrepancy": Discrepancy,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is or was a member here."""

    user_id: UUID
    member_id: UUID
    name: str
    has_left: bool


@dataclass(frozen=True, slots=True)
class About:
    """What an entry is about: words, and the lead that they lead to, if there is one to see."""

    words: str
    lead_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """The names that some entries need."""

    people: Mapping[UUID, Person]
    things: Mapping[UUID, About] = field(default_factory=dict)

    def who(self, row: Row) -> str:
        """Who did it, in words."""
        if row.actor_kind == "person" and row.actor_id is not None:
            person = self.people.get(row.actor_id)
            return person.name if person else FORMER
        if row.actor_kind == "customer" and row.subject_type == "account":
            return NOT_SIGNED_IN  # the link to a new password is asked for by who says so
        return OTHERS.get(row.actor_kind, "Sill")

    def about(self, row: Row) -> About | None:
        """What it was about; None for what has no name, and for what is there no more."""
        if row.subject_id is None:
            return None
        if row.subject_type == "account":
            person = self.people.get(row.subject_id)
            return About(person.name) if person else None
        return self.things.get(row.subject_id)


def everybody() -> dict[UUID, Person]:
    """Who is or was a member, by their account: active ones first, then by name."""
    rows = db.session.execute(
        select(User.id, Membership.id, User.name, Membership.deactivated_at.is_not(None))
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.workspace_id == current_workspace_id())
        .order_by(Membership.deactivated_at.is_not(None), User.name, User.id)
    )
    return {row[0]: Person(*row) for row in rows}


def names_for(rows: Iterable[Row], people: Mapping[UUID, Person]) -> Names:
    """The names of what some entries are about, by one statement however many kinds of things there are."""
    wanted: dict[str, set[UUID]] = {}
    for row in rows:
        if row.subject_id is not None:
            wanted.setdefault(row.subject_type, set()).add(row.subject_id)
    parts = [part for kind, ids in wanted.items() if (part := _part(kind, sorted(ids))) is not None]
    things = {row[0]: About(row[1], row[2]) for row in db.session.execute(union_all(*parts))} if parts else {}
    members = {each.member_id: About(each.name) for each in people.values()}
    return Names(people, members | things)


def _part(kind: str, ids: Sequence[UUID]) -> Select[Any] | None:
    """Id, words and lead of things of one kind; None for a kind that has no name."""
    here = current_workspace_id()
    if kind == "lead":
        return _picked(Lead.id, Lead.number, Lead.id).where(Lead.workspace_id == here, Lead.id == one_among(ids))
    if kind == "quote":
        mine = (Quote.workspace_id == here, Quote.id == one_among(ids))
        return _picked(Quote.id, Quote.number, Quote.lead_id).where(*mine)
    if kind == "arrival":
        query = _picked(Arrival.id, Lead.number, Lead.id).join(Message, _same(Arrival, Message, Arrival.message_id))
        return query.join(Lead, _same(Message, Lead, Message.lead_id)).where(
            Arrival.workspace_id == here, Arrival.id == one_among(ids)
        )
    if kind in _NAMED:
        model = _NAMED[kind]
        return _picked(model.id, model.name, cast(null(), Uuid)).where(
            model.workspace_id == here, model.id == one_among(ids)
        )
    if kind in _OF_A_LEAD:
        model = _OF_A_LEAD[kind]
        return (
            _picked(model.id, Lead.number, Lead.id)
            .join(Lead, _same(model, Lead, model.lead_id))
            .where(model.workspace_id == here, model.id == one_among(ids))
        )
    return None


def _picked(id_: Any, words: Any, lead_id: Any) -> Select[Any]:
    return select(id_.label("id"), cast(words, Text).label("words"), lead_id.label("lead_id"))


def _same(one: Any, other: Any, key: Any) -> ColumnElement[bool]:
    return and_(other.workspace_id == one.workspace_id, other.id == key)
