"""Whether advertising may be sent to a person (PECR, regulation 22: consent for each channel)."""

from uuid import UUID

from sqlalchemy import select

from app.contacts.models import Consent
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead


def has_marketing_basis(lead: Lead | None, channel: str) -> bool:
    """Whether the contact agreed to advertising by this channel and has not taken it back since."""
    return lead is not None and marketing_granted(lead.contact_id, channel)


def marketing_granted(contact_id: UUID, channel: str) -> bool:
    """The same of a contact."""
    latest = db.session.scalars(
        select(Consent.granted)
        .where(
            Consent.workspace_id == current_workspace_id(),
            Consent.contact_id == contact_id,
            Consent.channel == channel,
            Consent.purpose == "marketing",
        )
        .order_by(Consent.created_at.desc(), Consent.id.desc())
        .limit(1)
    ).first()
    return bool(latest)
