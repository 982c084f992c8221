"""Finding the rows that the acts and pages work on."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.appointments.words import hours_words, span_words
from app.core.loading import load_one
from app.core.outbox import OutboxItem
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.queries.stages import known_stages
from app.quotes.queries.agreement import Agreement, agreements
from app.squeegee.mapping import Agreed, LeadFacts, of_every_visit
from app.squeegee.models import Transfer
from app.workspaces.queries import current_workspace, today_here

#: States in which a lead is with Squeegee already or on its way there: no second transfer may begin.
TAKEN = ("pending", "running", "success", "partial", "uncertain")
READY = "ready_for_squeegee"
#: Stages of leads that are in Squeegee.
AFTER = ("transferred_to_squeegee", "booking_confirmed")


def get_transfer(transfer_id: UUID, *, lock: bool = False) -> Transfer:
    """A transfer, as far as the scope sees its lead. Raises NotFound."""
    query = select(Transfer).where(Transfer.workspace_id == current_workspace_id(), Transfer.id == transfer_id)
    return load_one(query, lock=lock)


def open_transfer(lead_id: UUID) -> Transfer | None:
    """The one transfer of a lead that is under way or has succeeded."""
    return db.session.execute(
        select(Transfer).where(
            Transfer.workspace_id == current_workspace_id(), Transfer.lead_id == lead_id, Transfer.state.in_(TAKEN)
        )
    ).scalar_one_or_none()


def waiting_work(transfer_id: UUID) -> OutboxItem | None:
    """The work that will go on with a transfer by itself, if there is any."""
    return db.session.scalars(
        select(OutboxItem)
        .where(
            OutboxItem.workspace_id == current_workspace_id(), OutboxItem.subject_id == transfer_id,
            OutboxItem.kind == "transfer.run", OutboxItem.state.in_(("ready", "leased")),
        )
        .limit(1)
    ).first()  # fmt: skip


def facts_of(lead: Lead, agreement: Agreement | None = None) -> LeadFacts:
    """The facts of one lead. `agreement`: what was agreed; one statement finds it out."""
    facts = LeadFacts.of(lead, lead.contact, lead.property)
    return agreed_with(facts, _agreement(lead) if agreement is None else agreement)


def agreed_with(facts: LeadFacts, agreement: Agreement) -> LeadFacts:
    """The same with what was agreed beside the price."""
    extras = of_every_visit(facts.extras, agreement.included, agreement.once)
    facts = replace(facts, extras=extras, once=agreement.once)
    if agreement.chosen_at is None:
        return facts
    zone = current_workspace().clock().zone
    begins, ends = agreement.chosen_at, agreement.chosen_until or agreement.chosen_at
    return replace(
        facts, visit_day=begins.astimezone(zone).date(), visit_hours=hours_words(begins, ends, zone),
        visit=span_words(begins, ends, zone),
    )  # fmt: skip


def agreed_of(lead: Lead) -> Agreed:
    """What is agreed with a lead now. One statement."""
    return Agreed.of(lead, _agreement(lead).once)


def _agreement(lead: Lead) -> Agreement:
    return agreements([lead.id]).get(lead.id, Agreement())


def suggested_first_date(after: date | None = None) -> date:
    """The next working day, after today or after another day."""
    return current_workspace().clock().working_day_after(after or today_here())


def is_given_up(shelf: str, stage_id: UUID) -> bool:
    """Whether a lead has left the desk, or stands in a final stage of those who are no customers."""
    stage = next((stage for stage in known_stages() if stage.id == stage_id), None)
    return shelf != "desk" or (stage is not None and stage.is_final and stage.key not in AFTER)
