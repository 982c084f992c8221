"""Whether advertising may be sent to a person (PECR, regulation 22: consent for each channel)."""

from uuid import UUID

from sqlalchemy import select

from app.contacts.models import Consent
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead

#: Nobody changes their mind more often than that between two letters.
_MOST = 200


def has_marketing_basis(lead: Lead | None, channel: str) -> bool:
    """Whether the contact agreed to advertising by this channel and has not taken it back since."""
    return lead is not None and channel in marketing_channels(lead.contact_id)


def marketing_channels(contact_id: UUID) -> set[str]:
    """The channels by which a contact agrees to advertising: the latest word for each counts."""
    lines = db.session.execute(
        select(Consent.channel, Consent.granted)
        .where(
            Consent.workspace_id == current_workspace_id(),
            Consent.contact_id == contact_id,
            Consent.purpose == "marketing",
        )
        .order_by(Consent.created_at.desc(), Consent.id.desc())
        .limit(_MOST)
    )
    latest: dict[str, bool] = {}
    for channel, granted in lines:
        latest.setdefault(channel, granted)
    return {channel for channel, granted in latest.items() if granted}
