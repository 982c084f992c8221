"""A person says of a lead and a customer of the last export whether they are the same, before anything has asked."""

from uuid import UUID

from sqlalchemy import select

from app.core.loading import load_one
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.services import get_lead
from app.reconciliation.models import Discrepancy, SqueegeeCustomer
from app.reconciliation.services.resolving import resolve


def say_whether_same(lead_id: UUID, customer_id: UUID, is_same: bool, actor: Actor) -> Discrepancy:
    """Keep what a person says of a lead and a customer. The same: the lead counts as entered, and its chase ends.

    Raises NotFound, and Conflict when the lead is in Squeegee or on its way there.
    """
    here = current_workspace_id()
    get_lead(lead_id, lock=True)
    load_one(
        select(SqueegeeCustomer).where(SqueegeeCustomer.workspace_id == here, SqueegeeCustomer.id == customer_id),
        lock=True,
    )
    key = f"perhaps/{lead_id}/{customer_id}"
    row = db.session.scalars(
        select(Discrepancy).where(Discrepancy.workspace_id == here, Discrepancy.subject_key == key).with_for_update()
    ).one_or_none()
    if row is None:
        row = Discrepancy(
            kind="perhaps", subject_key=key, lead_id=lead_id, customer_id=customer_id, score=None, reasons=[]
        )
        db.session.add(row)
    row.state = "open"
    db.session.flush()
    return resolve(row.id, "same" if is_same else "not_same", actor)
