"""Reading a workspace's logo. Public pages need its measures on every visit, its bytes only where it is shown."""

import time
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.lead_forms.models import LeadForm
from app.workspaces.models import Logo

_faces: dict[UUID, tuple[float, tuple[str | None, "LogoMark | None"]]] = {}
_FACE_SECONDS, _MOST_FACES = 60, 4096


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


def known_face() -> tuple[str | None, LogoMark | None]:
    """`public_face`, asked for once a minute: looks change once in a year and are shown with every page and mail."""
    workspace_id = current_workspace_id()
    kept = _faces.get(workspace_id)
    if kept and kept[0] > time.monotonic():
        return kept[1]
    if len(_faces) >= _MOST_FACES:
        _faces.clear()
    found = public_face()
    _faces[workspace_id] = (time.monotonic() + _FACE_SECONDS, found)
    return found


def logo_image() -> bytes | None:
    """The logo of the workspace in scope as a PNG, or None."""
    return db.session.execute(
        select(Logo.image).where(Logo.workspace_id == current_workspace_id())
    ).scalar_one_or_none()
