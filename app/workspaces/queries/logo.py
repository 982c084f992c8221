"""Reading a workspace's logo. Public pages need its measures on every visit, its bytes only where it is shown."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.lead_forms.models import LeadForm
from app.workspaces.models import Logo


@dataclass(frozen=True, slots=True)
class LogoMark:
    """A logo's measures in px. Another logo has another id, so that addresses with it may be kept for ever."""

    id: UUID
    width: int
    height: int


def logo_mark() -> LogoMark | None:
    """The measures of the logo of the workspace in scope, or None when it has none."""
    row = db.session.execute(
        select(Logo.id, Logo.width, Logo.height).where(Logo.workspace_id == current_workspace_id())
    ).one_or_none()
    return LogoMark(*row) if row else None


def public_face() -> tuple[str | None, LogoMark | None]:
    """The key of the oldest form of the workspace in scope, under which its colours and its logo are to be had, and
    the logo's measures; None for what there is none of.
    """
    row = db.session.execute(
        select(LeadForm.key, Logo.id, Logo.width, Logo.height)
        .outerjoin(Logo, Logo.workspace_id == LeadForm.workspace_id)
        .where(LeadForm.workspace_id == current_workspace_id())
        .order_by(LeadForm.created_at)
        .limit(1)
    ).first()
    if row is None:
        return None, None
    return row.key, LogoMark(row.id, row.width, row.height) if row.id else None


def logo_image() -> bytes | None:
    """The logo of the workspace in scope as a PNG, or None."""
    return db.session.execute(
        select(Logo.image).where(Logo.workspace_id == current_workspace_id())
    ).scalar_one_or_none()
