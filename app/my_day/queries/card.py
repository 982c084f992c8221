"""The one lead that a person has before them, with what they need to pick up the phone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, func, select, true
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.contacts.models import Contact, Property
from app.core import phones
from app.core.clock import utcnow
from app.core.errors import NotFound
from app.core.tenancy import current_scope
from app.extensions import db
from app.leads.models import Lead, Stage, act_name
from app.leads.queries.cards import what_is_wanted
from app.leads.words import METHOD_WORDS, TIME_WORDS, access_words
from app.my_day.models import LeadClaim
from app.my_day.queries.ordering import FRESH
from app.my_day.queries.queue import first_act


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be done with the lead, and when it was due."""

    id: UUID
    kind: str
    title: str
    due_at: datetime
    promised: bool
    noun: str = "follow-up"


@dataclass(frozen=True, slots=True)
class DayCard:
    """A lead as My day shows it; `act` is None when nothing is planned for a person any more."""

    lead: Lead
    contact: Contact
    property: Property
    stage: Stage
    owner_name: str | None
    act: Act | None
    holder_id: UUID | None
    holder: str | None
    held_until: datetime | None
    noun: str = "lead"

    @property
    def id(self) -> UUID:
        """The lead's id, for dom_id."""
        return self.lead.id

    @property
    def phone(self) -> tuple[str, str] | None:
        """The number to dial and the number to read."""
        number = self.contact.phone
        return (number, phones.format_national(number)) if number else None

    @property
    def what(self) -> str:
        """What is wanted, such as "8-weekly · 3-bed semi"."""
        lead = self.lead
        return what_is_wanted(lead.service, lead.frequency, lead.property_type, lead.bedrooms)

    @property
    def place(self) -> str:
        """Where it is, as shortly as one says it."""
        return self.lead.sector or self.lead.district or ""

    @property
    def prefers(self) -> str:
        """How and when the customer would rather be reached, "" when it is all the same."""
        method, time = self.contact.preferred_method, self.lead.preferred_time or "any"
        said = ["" if method == "any" else METHOD_WORDS.get(method, method)]
        said.append("" if time == "any" else TIME_WORDS.get(time, time).lower())
        words = ", ".join(filter(None, said))
        return words[:1].upper() + words[1:]

    @property
    def access(self) -> str:
        """How one gets to the windows."""
        return access_words(self.property.access_facts, self.property.access_notes)

    def is_due(self) -> bool:
        """Whether its act is due now."""
        return self.act is not None and self.act.due_at <= utcnow()


def day_card(lead_id: UUID) -> DayCard:
    """A lead with its first act and who is on it, by one statement. Raises NotFound for what the scope does not see."""
    scope, now = current_scope(), utcnow()
    given = {"here": scope.workspace_id, "lead": lead_id, "now": now, "fresh": now - FRESH}
    row = db.session.execute(_CARD, given).one_or_none()
    if row is None:
        raise NotFound
    name = act_name(row.title, row.words_sealed, lead_id)
    act = Act(row.act_id, row.kind, name, row.due_at, row.promised) if row.act_id else None
    return DayCard(row[0], row[1], row[2], row[3], row.owner_name, act, row.holder_id, row.holder, row.held_until)


def _card() -> Select[Any]:
    here, owner, holder = bindparam("here"), aliased(User), aliased(User)
    act = first_act(Lead.id).lateral("act")
    return (
        select(
            Lead, Contact, Property, Stage, owner.name.label("owner_name"), act,
            LeadClaim.user_id.label("holder_id"), LeadClaim.until.label("held_until"),
            func.coalesce(holder.name, "Someone").label("holder"),
        )
        .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
        .join(Property, and_(Property.workspace_id == Lead.workspace_id, Property.id == Lead.property_id))
        .join(Stage, and_(Stage.workspace_id == Lead.workspace_id, Stage.id == Lead.stage_id))
        .outerjoin(owner, owner.id == Lead.owner_id)
        .outerjoin(act, true())
        .outerjoin(
            LeadClaim,
            and_(
                LeadClaim.workspace_id == Lead.workspace_id, LeadClaim.lead_id == Lead.id,
                LeadClaim.until > bindparam("now"),
            ),
        )
        .outerjoin(holder, holder.id == LeadClaim.user_id)
        .where(Lead.workspace_id == here, Lead.id == bindparam("lead"))
    )  # fmt: skip


_CARD = _card()
