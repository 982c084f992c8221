"""Letting go of Squeegee's customers whose lead is deleted for good."""

from sqlalchemy import delete, update

from app.core.events import Event
from app.core.tenancy import acting_in
from app.extensions import db
from app.reconciliation.models import SqueegeeCustomer


def forget_lead(event: Event) -> None:
    """The reaction to a lead being deleted for good: who is no longer in Squeegee goes with it.

    Who is there stays, as a customer of whom no lead is known.
    """
    here = event.workspace_id
    with acting_in(here):
        of_lead = (SqueegeeCustomer.workspace_id == here, SqueegeeCustomer.lead_id == event.lead_id)
        db.session.execute(delete(SqueegeeCustomer).where(*of_lead, SqueegeeCustomer.gone_at.is_not(None)))
        db.session.execute(update(SqueegeeCustomer).where(*of_lead).values(lead_id=None, matched_by=None))
