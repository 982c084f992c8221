"""The queue: leads that said yes, and whether Squeegee could take them as they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select

from app.contacts.models import Contact, Property
from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, Stage
from app.leads.words import often
from app.squeegee.mapping import LeadFacts, missing, missing_for_api
from app.squeegee.models import Transfer
from app.squeegee.queries.account import get_account, is_connected
from app.squeegee.queries.reading import READY, TAKEN

#: More than this is shown a page further down the year; a file may hold as many as the vendor's helpers take.
MOST_SHOWN = 100
MOST_IN_A_FILE = 2_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A lead that waits to be handed over. `lacks` holds for every way, `lacks_for_api` for the API alone."""

    id: UUID
    number: str
    name: str
    place: str
    work: str
    often: str
    price_minor: int | None
    lacks: Mapping[str, str]
    lacks_for_api: Mapping[str, str]
    transfer_id: UUID | None
    state: str | None

    noun = "candidate"


@dataclass(frozen=True, slots=True)
class Queue:
    """All that wait, newest first. `is_connected`: the API can be used. `has_more`: there are more than shown."""

    candidates: list[Candidate]
    stage_id: UUID | None
    is_connected: bool
    has_more: bool

    @property
    def complete(self) -> list[Candidate]:
        """Those that could go into a file now."""
        return [each for each in self.candidates if not each.lacks and each.state is None]


def queue() -> Queue:
    """The queue of the workspace in scope, as far as its viewer sees the leads."""
    account = get_account()
    rows = db.session.execute(_ready().add_columns(Transfer.id, Transfer.state).limit(MOST_SHOWN + 1)).all()
    return Queue(
        candidates=[
            _candidate(LeadFacts.of(lead, contact, place), account.service_ids, transfer_id, state)
            for lead, contact, place, transfer_id, state in rows[:MOST_SHOWN]
        ],
        stage_id=db.session.scalar(
            select(Stage.id).where(Stage.workspace_id == current_workspace_id(), Stage.key == READY).limit(1)
        ),
        is_connected=is_connected(account),
        has_more=len(rows) > MOST_SHOWN,
    )


def complete_facts() -> list[LeadFacts]:
    """The leads for the file: ready, complete, and not on their way already. Newest first, at most MOST_IN_A_FILE."""
    rows = db.session.execute(_ready().where(Transfer.id.is_(None)).limit(MOST_IN_A_FILE))
    found = [LeadFacts.of(lead, contact, place) for lead, contact, place in rows]
    return [facts for facts in found if not missing(facts)]


def _ready() -> Select:
    here = current_workspace_id()
    return (
        select(Lead, Contact, Property)
        .join(Stage, (Stage.workspace_id == Lead.workspace_id) & (Stage.id == Lead.stage_id))
        .join(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
        .join(Property, (Property.workspace_id == Lead.workspace_id) & (Property.id == Lead.property_id))
        .outerjoin(
            Transfer,
            (Transfer.workspace_id == Lead.workspace_id) & (Transfer.lead_id == Lead.id) & Transfer.state.in_(TAKEN),
        )
        .where(Lead.workspace_id == here, Lead.shelf == fixed("desk"), Stage.key == READY)
        .order_by(Lead.rank, Lead.id)
    )


def _candidate(
    facts: LeadFacts, service_ids: Mapping[str, str], transfer_id: UUID | None, state: str | None
) -> Candidate:
    return Candidate(
        id=facts.id, number=facts.number, name=facts.name,
        place=", ".join(part for part in (facts.town, facts.postcode) if part), work=", ".join(facts.work),
        often=often(facts.frequency), price_minor=facts.price_minor,
        lacks=missing(facts), lacks_for_api=missing_for_api(facts, service_ids), transfer_id=transfer_id, state=state,
    )  # fmt: skip
