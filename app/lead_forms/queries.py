"""Reading forms and what was sent through them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, func, select

from app.core import access_keys, catalogue
from app.core.errors import NotFound
from app.core.models import fixed
from app.core.tenancy import Scope, current_workspace_id, enter
from app.extensions import db
from app.lead_forms.models import FormSubmission, LeadForm, LeadFormVersion
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


def as_shown(form: LeadForm, version_no: int | None) -> LeadForm | LeadFormVersion:
    """A form as it stood when a page of it was made; as it stands now when that version is not known."""
    if version_no is None or version_no == form.version_no:
        return form
    found = db.session.scalars(
        select(LeadFormVersion).where(
            LeadFormVersion.workspace_id == form.workspace_id, LeadFormVersion.form_id == form.id,
            LeadFormVersion.version_no == version_no,
        )
    ).one_or_none()  # fmt: skip
    return found or form


@dataclass(frozen=True, slots=True)
class Asked:
    """What a lead asks for, as far as its price and the date of our coming hang on it."""

    property_type: str | None
    bedrooms: str | None
    service: str
    frequency: str | None
    extras: tuple[str, ...]
    district: str | None
    sector: str | None


def asked_by(number: str) -> Asked | None:
    """What the lead with this number asks for."""
    row = db.session.execute(
        select(
            Lead.property_type, Lead.bedrooms, Lead.service, Lead.frequency, Lead.extras, Lead.district, Lead.sector
        ).where(Lead.workspace_id == current_workspace_id(), Lead.number == number)
    ).one_or_none()
    return Asked(*row[:4], tuple(row[4]), *row[5:]) if row else None


def earlier_sending(
    form_id: UUID, submission_key: bytes
) -> Row[tuple[str, str | None, str | None, UUID | None]] | None:
    """State, lead number, district and lead of what this page already sent, or None when it is the first time."""
    return db.session.execute(
        select(FormSubmission.state, Lead.number, Lead.district, FormSubmission.lead_id)
        .outerjoin(Lead, (Lead.workspace_id == FormSubmission.workspace_id) & (Lead.id == FormSubmission.lead_id))
        .where(FormSubmission.form_id == form_id, FormSubmission.submission_key == submission_key)
    ).one_or_none()


def was_thrown_out(text_key: bytes) -> bool:
    """Whether a text with this fingerprint was held back before and nobody let it out."""
    found = select(FormSubmission.id).where(FormSubmission.text_key == text_key).limit(1)
    return db.session.execute(found).one_or_none() is not None


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
