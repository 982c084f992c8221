"""Which leads could go into a file: ready, complete, and not on their way already."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, exists, select

from app.contacts.models import Contact, Property
from app.core.models import fixed, one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.queries.stages import known_stages
from app.squeegee.mapping import LeadFacts, missing
from app.squeegee.models import Transfer
from app.squeegee.queries.reading import READY, TAKEN

#: As many as the vendor's helpers take at once.
MOST_IN_A_FILE = 2_000


@dataclass(frozen=True, slots=True)
class Choice:
    """The complete ones, newest first; how many wait that lack something, and how many whose customer is there.

    A file makes customers: of one that an earlier hand-over made, it would make a second.
    """

    leads: list[LeadFacts]
    incomplete: int
    there: int


def choice() -> Choice:
    """All that could go into a file now, as far as the scope sees them; at most MOST_IN_A_FILE."""
    rows = db.session.execute(_free().order_by(Lead.rank, Lead.id).limit(MOST_IN_A_FILE))
    found = [(lead.squeegee_customer_id, LeadFacts.of(lead, contact, place)) for lead, contact, place in rows]
    unknown = [facts for customer_id, facts in found if customer_id is None]
    leads = [facts for facts in unknown if not missing(facts)]
    return Choice(leads, len(unknown) - len(leads), len(found) - len(unknown))


def chosen(lead_ids: Sequence[UUID]) -> list[tuple[Lead, LeadFacts]]:
    """Those of the leads that can go into a file, their rows held until the transaction ends, newest first.

    Held in the order of their ids, so that two files can't wait for each other; whoever came second finds those that
    the first one took gone.
    """
    ids = list(set(lead_ids))
    held = select(Lead.id).where(Lead.workspace_id == current_workspace_id(), Lead.id == one_among(ids))
    db.session.execute(held.order_by(Lead.id).with_for_update(key_share=True)).all()
    rows = db.session.execute(
        _free().where(Lead.id == one_among(ids)).order_by(Lead.rank, Lead.id).execution_options(populate_existing=True)
    )
    found = [(lead, LeadFacts.of(lead, contact, place)) for lead, contact, place in rows]
    return [(lead, facts) for lead, facts in found if lead.squeegee_customer_id is None and not missing(facts)]


def _free() -> Select[tuple[Lead, Contact, Property]]:
    taken = exists().where(
        Transfer.workspace_id == Lead.workspace_id, Transfer.lead_id == Lead.id,
        Transfer.state.in_([fixed(state) for state in TAKEN]),
    )  # fmt: skip
    stage_id = next((stage.id for stage in known_stages() if stage.key == READY), None)
    return (
        select(Lead, Contact, Property)
        .join(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
        .join(Property, (Property.workspace_id == Lead.workspace_id) & (Property.id == Lead.property_id))
        .where(
            Lead.workspace_id == current_workspace_id(), Lead.shelf == fixed("desk"), Lead.stage_id == stage_id, ~taken
        )
    )
