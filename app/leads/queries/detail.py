"""One lead with everything its drawer shows at once."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.accounts.models import User
from app.contacts.models import Contact, Property
from app.core.errors import NotFound
from app.core.tenancy import current_scope, current_workspace_id
from app.extensions import db
from app.leads.models import Favourite, Lead, LeadSource, LeadTag, Stage, StageChange, Tag
from app.leads.queries.facts import FACTS, Fact, as_typed, read_out
from app.leads.queries.journey import Move, Step, steps_around, time_in_stages
from app.leads.queries.tagging import TagView
from app.quotes.models import Quote
from app.squeegee.models import Transfer

#: Moves that are read for the time in each stage; a lead that moved more often has lost its beginning there.
MOST_MOVES = 60


@dataclass(frozen=True, slots=True)
class FactView:
    """A fact as the drawer shows it. `value` is what a form's `was` carries, `shown` what people read."""

    fact: Fact
    value: str
    shown: str


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage of the pipeline, as far as a lead's page needs it."""

    id: UUID
    key: str
    name: str
    colour: str
    is_final: bool
    is_retired: bool


@dataclass(frozen=True, slots=True)
class LeadDetail:
    """What the drawer and the lead's page show. `stages` are those in use, and the lead's own if it is retired.

    `was_quoted` and `was_handed_over`: whether it has any quote, and any transfer to Squeegee.
    """

    lead: Lead
    contact: Contact
    property: Property
    stage: StageView
    source_name: str
    owner_name: str | None
    stages: list[StageView]
    moves: list[Move] = field(default_factory=list)
    tags: list[TagView] = field(default_factory=list)
    is_favourite: bool = False
    was_quoted: bool = True
    was_handed_over: bool = True
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
    def answered(self) -> list[tuple[str, str]]:
        """The workspace's own questions and what the customer answered, as far as there are any."""
        kept = self.lead.answers
        return [(question, answer) for question, answer in json.loads(kept)] if kept else []

    def fact(self, name: str) -> FactView:
        """A fact by name."""
        return fact_view(self, FACTS[name])

    def steps(self) -> list[Step]:
        """The open stages around the present one, as the stepper wants them."""
        return steps_around(self.stages, self.stage.id, time_in_stages(self.moves, self.lead))


_STAGES = (
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_array(
                    Stage.id, Stage.key, Stage.name, Stage.colour, Stage.is_final, Stage.retired_at.is_not(None)
                ),
                Stage.position,
            )
        )
    )
    .where(Stage.workspace_id == bindparam("here"))
    .scalar_subquery()
)
_LATEST_MOVES = (
    select(StageChange.to_stage_id, StageChange.to_name, StageChange.at)
    .where(StageChange.workspace_id == bindparam("here"), StageChange.lead_id == bindparam("lead"))
    .order_by(StageChange.at.desc())
    .limit(MOST_MOVES)
    .subquery()
)
_MOVES = select(func.json_agg(func.json_build_array(*_LATEST_MOVES.c))).scalar_subquery()
_BY_NAME = (func.lower(Tag.name), Tag.id)
_TAGS = (
    select(func.json_agg(aggregate_order_by(func.json_build_array(Tag.id, Tag.name, Tag.colour), *_BY_NAME)))
    .select_from(LeadTag)
    .join(Tag, and_(Tag.workspace_id == LeadTag.workspace_id, Tag.id == LeadTag.tag_id))
    .where(LeadTag.workspace_id == bindparam("here"), LeadTag.lead_id == bindparam("lead"))
    .scalar_subquery()
)
_STARRED = (
    select(Favourite.lead_id)
    .where(
        Favourite.workspace_id == bindparam("here"), Favourite.user_id == bindparam("person"),
        Favourite.lead_id == bindparam("lead"),
    )
    .exists()
)  # fmt: skip
_QUOTED, _HANDED_OVER = (
    select(model.id).where(model.workspace_id == bindparam("here"), model.lead_id == bindparam("lead")).exists()
    for model in (Quote, Transfer)
)
_DETAIL = (
    select(
        Lead, Contact, Property, LeadSource.name, User.name, _STAGES, _MOVES, _TAGS, _STARRED, _QUOTED, _HANDED_OVER
    )
    .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
    .join(Property, and_(Property.workspace_id == Lead.workspace_id, Property.id == Lead.property_id))
    .join(LeadSource, and_(LeadSource.workspace_id == Lead.workspace_id, LeadSource.id == Lead.source_id))
    .outerjoin(User, User.id == Lead.owner_id)
    .where(Lead.workspace_id == bindparam("here"), Lead.id == bindparam("lead"))
)


def lead_detail(lead_id: UUID) -> LeadDetail:
    """Everything about one lead by one statement. Raises NotFound for what the scope does not see."""
    values = {"here": current_workspace_id(), "lead": lead_id, "person": current_scope().user_id}
    row = db.session.execute(_DETAIL, values).one_or_none()
    if row is None:
        raise NotFound
    lead, contact, place, source_name, owner_name, stages, moves, tags, *is_so = row
    every = [StageView(UUID(stage[0]), *stage[1:]) for stage in stages]
    return LeadDetail(
        lead, contact, place, next(stage for stage in every if stage.id == lead.stage_id), source_name, owner_name,
        [stage for stage in every if not stage.is_retired or stage.id == lead.stage_id],
        [Move(UUID(move[0]), move[1], datetime.fromisoformat(move[2])) for move in reversed(moves or ())],
        [TagView(UUID(tag[0]), *tag[1:]) for tag in tags or ()],
        *is_so,
    )  # fmt: skip


def fact_view(detail: LeadDetail, fact: Fact) -> FactView:
    """A fact as value and as words."""
    row = {"lead": detail.lead, "contact": detail.contact, "property": detail.property}[fact.home]
    value = as_typed(fact, getattr(row, fact.attribute))
    if fact.kind == "member":
        return FactView(fact, value, detail.owner_name or "")
    if fact.kind == "source":
        return FactView(fact, value, detail.source_name)
    return FactView(fact, value, read_out(fact, value))
