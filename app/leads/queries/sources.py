"""Reading lead sources."""

from sqlalchemy import select

from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import LeadSource


def source_choices() -> list[tuple[str, str]]:
    """(key, name) of the sources in use, by name."""
    rows = db.session.execute(
        select(LeadSource.key, LeadSource.name)
        .where(LeadSource.workspace_id == current_workspace_id(), LeadSource.is_active)
        .order_by(LeadSource.name)
    )
    return [(key, name) for key, name in rows]


def source_options() -> list[tuple[str, str]]:
    """(id, name) of the sources in use, by name."""
    rows = db.session.execute(
        select(LeadSource.id, LeadSource.name)
        .where(LeadSource.workspace_id == current_workspace_id(), LeadSource.is_active)
        .order_by(LeadSource.name)
    )
    return [(str(source_id), name) for source_id, name in rows]
