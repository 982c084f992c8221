"""How a form once stood. A version is kept for each change of what customers are shown, and never changed itself."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.core.clock import utcnow
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.lead_forms.models import LeadForm, LeadFormVersion

#: What customers are shown; a change of any of these makes a new version.
SHOWN = ("consent_wording", "thank_you", "content")
_MOST_SHOWN = 50


def keep_version(form: LeadForm, actor: Actor) -> None:
    """Keep the form as it stands now. One that was never changed has no version yet, and then gets its first."""
    if find_version(form.id, form.version_no) is not None:
        return
    # The first version of a form is kept when it is changed; nobody made it then.
    is_first = form.version_no == 1
    db.session.add(
        LeadFormVersion(
            form_id=form.id, version_no=form.version_no, consent_wording=form.consent_wording,
            thank_you=form.thank_you, content=dict(form.content), created_by=None if is_first else actor.user_id,
            created_at=form.created_at if is_first else utcnow(),
        )
    )  # fmt: skip
    db.session.flush()


def find_version(form_id: UUID, version_no: int) -> LeadFormVersion | None:
    """A version of a form of the workspace in scope."""
    return db.session.scalars(
        select(LeadFormVersion).where(
            LeadFormVersion.workspace_id == current_workspace_id(),
            LeadFormVersion.form_id == form_id,
            LeadFormVersion.version_no == version_no,
        )
    ).one_or_none()


def versions_of(form_id: UUID) -> Sequence[LeadFormVersion]:
    """The newest versions of a form, at most 50; none for a form that was never changed."""
    return db.session.scalars(
        select(LeadFormVersion)
        .where(LeadFormVersion.workspace_id == current_workspace_id(), LeadFormVersion.form_id == form_id)
        .order_by(LeadFormVersion.version_no.desc())
        .limit(_MOST_SHOWN)
    ).all()
