"""Reading forms and what was sent through them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, func, select

from app.core import access_keys, catalogue
from app.core.errors import NotFound
from app.core.models import fixed
from app.core.tenancy import Scope, enter
from app.extensions import db
from app.lead_forms.models import FormSubmission, LeadForm
from app.leads.models import Lead
from app.workspaces.models import Workspace

_MOST_SHOWN = 200


def open_form(key: str) -> tuple[LeadForm, Workspace]:
    """The form behind a public key with its workspace, whose scope is entered for the rest of the request.

    Raises NotFound for a key that nobody has and for a form that is switched off.
    """
    found = access_keys.find("form", key)
    if found is None:
        raise NotFound
    enter(Scope(found.workspace_id, None, "all"))
    row = db.session.execute(
        select(LeadForm, Workspace)
        .join(Workspace, Workspace.id == LeadForm.workspace_id)
        .where(LeadForm.id == found.target_id, LeadForm.is_active)
    ).one_or_none()
    if row is None:
        raise NotFound
    catalogue.tell(row[1].id, row[1].catalogue_version)
    return row[0], row[1]


def find_form(form_id: UUID) -> LeadForm | None:
    """A form of the workspace in scope."""
    return db.session.scalars(select(LeadForm).where(LeadForm.id == form_id)).one_or_none()


def earlier_sending(form_id: UUID, submission_key: bytes) -> Row[tuple[str, str | None, str | None]] | None:
    """State, lead number and district of what this page already sent, or None when it is the first time."""
    return db.session.execute(
        select(FormSubmission.state, Lead.number, Lead.district)
        .outerjoin(Lead, (Lead.workspace_id == FormSubmission.workspace_id) & (Lead.id == FormSubmission.lead_id))
        .where(FormSubmission.form_id == form_id, FormSubmission.submission_key == submission_key)
    ).one_or_none()


def quarantined() -> Sequence[Row[tuple[UUID, str | None, datetime, int | None, bytes]]]:
    """What waits in the quarantine of the workspace in scope, newest first, at most 200: id, suspicion, created_at,
    seconds and the sealed answers.
    """
    return db.session.execute(
        select(
            FormSubmission.id,
            FormSubmission.suspicion,
            FormSubmission.created_at,
            FormSubmission.seconds,
            FormSubmission.answers_sealed,
        )
        .where(FormSubmission.state == fixed("quarantined"))
        .order_by(FormSubmission.created_at.desc(), FormSubmission.id.desc())
        .limit(_MOST_SHOWN)
    ).all()


def quarantine_count() -> int:
    """How many sendings wait in the quarantine of the workspace in scope."""
    return db.session.execute(
        select(func.count()).select_from(FormSubmission).where(FormSubmission.state == fixed("quarantined"))
    ).scalar_one()
