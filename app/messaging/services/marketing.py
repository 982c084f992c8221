"""Whether advertising may be sent to a person (PECR, regulation 22: consent for each channel)."""

from sqlalchemy import select

from app.contacts.models import Consent
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead


def has_marketing_basis(lead: Lead | None, channel: str) -> bool:
    """Whether the contact agreed to advertising by this channel and has not taken it back since."""
    if lead is None:
        return False
    latest = db.session.scalars(
        select(Consent.granted)
        .where(
            Consent.workspace_id == current_workspace_id(),
            Consent.contact_id == lead.contact_id,
            Consent.channel == channel,
            Consent.purpose == "marketing",
        )
        .order_by(Consent.created_at.desc(), Consent.id.desc())
        .limit(1)
    ).first()
    return bool(latest)
