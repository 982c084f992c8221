"""One lead with everything its drawer shows at once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, select

from app.accounts.models import User
from app.contacts.models import Contact, Property
from app.core.errors import NotFound
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, LeadSource, Stage
from app.leads.queries.facts import FACTS, Fact, as_typed
from app.leads.queries.stages import stages
from app.leads.words import CHOICE_WORDS, EXTRA_WORDS


@dataclass(frozen=True, slots=True)
class FactView:
    """A fact as the drawer shows it. `value` is what a form's `was` carries, `shown` what people read."""

    fact: Fact
    value: str
    shown: str


@dataclass(frozen=True, slots=True)
class LeadDetail:
    """What the drawer and the lead's page show."""

    lead: Lead
    contact: Contact
    property: Property
    stage: Stage
    source_name: str
    owner_name: str | None
    stages: list[Stage]
    noun: str = "lead"

    @property
    def id(self) -> UUID:
        """The lead's id, for dom_id."""
        return self.lead.id

    @property
    def created_at(self) -> datetime:
        """When the enquiry came in."""
        return self.lead.created_at

    @property
    def extras(self) -> str:
        """The extras in words."""
        return ", ".join(EXTRA_WORDS.get(extra, extra) for extra in self.lead.extras)

    def fact(self, name: str) -> FactView:
        """A fact by name."""
        return fact_view(self, FACTS[name])

    def steps(self) -> list[dict[str, object]]:
        """The open stages around the present one, as the stepper wants them."""
        shown = [stage for stage in self.stages if not stage.is_final or stage.id == self.stage.id]
        at = next((i for i, stage in enumerate(shown) if stage.id == self.stage.id), 0)
        start = max(0, min(at - 2, len(shown) - 5))
        return [
            {"name": stage.name, "state": "now" if i == at else "done" if i < at else "todo", "url": None}
            for i, stage in enumerate(shown)
        ][start : start + 5]


_DETAIL = (
    select(Lead, Contact, Property, LeadSource.name, User.name)
    .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
    .join(Property, and_(Property.workspace_id == Lead.workspace_id, Property.id == Lead.property_id))
    .join(LeadSource, and_(LeadSource.workspace_id == Lead.workspace_id, LeadSource.id == Lead.source_id))
    .outerjoin(User, User.id == Lead.owner_id)
    .where(Lead.workspace_id == bindparam("here"), Lead.id == bindparam("lead_id"))
)


def lead_detail(lead_id: UUID) -> LeadDetail:
    """Everything about one lead by two statements. Raises NotFound for what the scope does not see."""
    row = db.session.execute(_DETAIL, {"here": current_workspace_id(), "lead_id": lead_id}).one_or_none()
    if row is None:
        raise NotFound
    lead, contact, place, source_name, owner_name = row
    every = stages(with_retired=True)
    stage = next(stage for stage in every if stage.id == lead.stage_id)
    return LeadDetail(
        lead, contact, place, stage, source_name, owner_name,
        [s for s in every if s.retired_at is None or s.id == lead.stage_id],
    )  # fmt: skip


def fact_view(detail: LeadDetail, fact: Fact) -> FactView:
    """A fact as value and as words."""
    row = {"lead": detail.lead, "contact": detail.contact, "property": detail.property}[fact.home]
    value = as_typed(fact, getattr(row, fact.attribute))
    if fact.kind == "member":
        return FactView(fact, value, detail.owner_name or "")
    if fact.kind == "choice":
        return FactView(fact, value, CHOICE_WORDS[fact.name].get(value, value))
    return FactView(fact, value, f"£{value}" if fact.kind == "money" and value else value)
