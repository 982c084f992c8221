"""Letting go of Squeegee's customers whose lead is deleted for good."""

from uuid import UUID

from sqlalchemy import delete, update

from app.core.events import Event
from app.core.models import one_among
from app.core.tenancy import acting_in
from app.extensions import db
from app.reconciliation.models import SqueegeeCustomer


def forget_leads(event: Event) -> None:
    """The reaction to leads being deleted for good: who is no longer in Squeegee goes with them.

    Who is there stays, as a customer of whom no lead is known.
    """
    here = event.workspace_id
    with acting_in(here):
        theirs = one_among(UUID(each) for each in event.data["lead_ids"])
        of_leads = (SqueegeeCustomer.workspace_id == here, SqueegeeCustomer.lead_id == theirs)
        db.session.execute(delete(SqueegeeCustomer).where(*of_leads, SqueegeeCustomer.gone_at.is_not(None)))
        db.session.execute(update(SqueegeeCustomer).where(*of_leads).values(lead_id=None, matched_by=None))
