"""Reading forms and what was sent through them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Row, Select, Text, Uuid, column, func, literal, or_, select, true, tuple_

from app.core import access_keys, catalogue
from app.core.errors import NotFound
from app.core.models import fixed
from app.core.tenancy import Scope, current_workspace_id, enter
from app.extensions import db
from app.lead_forms.models import FormSubmission, LeadForm, LeadFormVersion
from app.leads.models import Lead
from app.workspaces.models import Workspace

#: A page of the quarantine.
HELD_ON_A_PAGE = 12
#: A workspace has a handful of forms; more are not listed, nor more versions of one.
MOST_FORMS, MOST_VERSIONS = 100, 50
#: A form as a customer was shown it.
Shown = LeadForm | LeadFormVersion
#: A count that says more than this says "many".
MOST_COUNTED = 100


def open_form(key: str, *, even_off: bool = False) -> tuple[LeadForm, Workspace]:
    """The form behind a public key with its workspace, whose scope is entered for the rest of the request.

    Raises NotFound for a key that nobody has and, unless `even_off`, for a form that is switched off.
    """
    found = access_keys.find("form", key)
    if found is None:
        raise NotFound
    enter(Scope(found.workspace_id, None, "all"))
    row = db.session.execute(
        select(LeadForm, Workspace)
        .join(Workspace, Workspace.id == LeadForm.workspace_id)
        .where(LeadForm.id == found.target_id, LeadForm.is_active | literal(even_off))
    ).one_or_none()
    if row is None:
        raise NotFound
    catalogue.tell(row[1].id, row[1].catalogue_version)
    return row[0], row[1]


def find_form(form_id: UUID) -> LeadForm | None:
    """A form of the workspace in scope, if it is still there."""
    return db.session.get(LeadForm, (current_workspace_id(), form_id))


def get_form(form_id: UUID) -> LeadForm:
    """A form of the workspace in scope. Raises NotFound."""
    form = find_form(form_id)
    if form is None:
        raise NotFound
    return form


def all_forms() -> Sequence[LeadForm]:
    """Every form, the oldest first, which is the one that the workspace was made with."""
    return db.session.scalars(
        select(LeadForm)
        .where(LeadForm.workspace_id == current_workspace_id())
        .order_by(LeadForm.created_at, LeadForm.id)
        .limit(MOST_FORMS)
    ).all()


def enter_workspace_of(key: str) -> None:
    """Enter the workspace of a form, be it switched on or off, for what is public of it. Raises NotFound."""
    found = access_keys.find("form", key)
    if found is None:
        raise NotFound
    enter(Scope(found.workspace_id, None, "read"))


def find_version(form_id: UUID, version_no: int) -> LeadFormVersion | None:
    """A version of a form of the workspace in scope."""
    return db.session.scalars(
        select(LeadFormVersion).where(
            LeadFormVersion.workspace_id == current_workspace_id(), LeadFormVersion.form_id == form_id,
            LeadFormVersion.version_no == version_no,
        )
    ).one_or_none()  # fmt: skip


def versions_of(form_id: UUID) -> Sequence[LeadFormVersion]:
    """The newest versions of a form, at most 50; none for a form that was never changed."""
    return db.session.scalars(
        select(LeadFormVersion)
        .where(LeadFormVersion.workspace_id == current_workspace_id(), LeadFormVersion.form_id == form_id)
        .order_by(LeadFormVersion.version_no.desc())
        .limit(MOST_VERSIONS)
    ).all()


def as_shown(form: LeadForm, version_no: int | None) -> LeadForm | LeadFormVersion:
    """A form as it stood when a page of it was made; as it stands now when that version is not known."""
    if version_no is None or version_no == form.version_no:
        return form
    found = find_version(form.id, version_no)
    return found or form


def all_as_shown(wanted: Collection[tuple[UUID, int | None]]) -> dict[tuple[UUID, int | None], Shown]:
    """The same for several (form, version) at once, by two statements; one while none was changed since."""
    here = current_workspace_id()
    found = db.session.scalars(
        select(LeadForm).where(LeadForm.workspace_id == here, LeadForm.id.in_({form_id for form_id, _ in wanted}))
    )
    forms = {form.id: form for form in found}
    shown: dict[tuple[UUID, int | None], Shown] = {key: forms[key[0]] for key in wanted if key[0] in forms}
    old = [key for key, form in shown.items() if key[1] not in (None, form.version_no)]
    if old:
        version = tuple_(LeadFormVersion.form_id, LeadFormVersion.version_no)
        query = select(LeadFormVersion).where(LeadFormVersion.workspace_id == here, version.in_(old))
        shown |= {(each.form_id, each.version_no): each for each in db.session.scalars(query)}
    return shown


@dataclass(frozen=True, slots=True)
class Asked:
    """What a lead asks for, as far as its price and the date of our coming hang on it, and when its page was made."""

    property_type: str | None
    bedrooms: str | None
    service: str
    frequency: str | None
    extras: tuple[str, ...]
    district: str | None
    sector: str | None
    made_at: datetime


def asked_by(number: str) -> Asked | None:
    """What the lead with this number asks for."""
    row = db.session.execute(
        select(
            Lead.property_type, Lead.bedrooms, Lead.service, Lead.frequency, Lead.extras, Lead.district, Lead.sector,
            Lead.created_at, Lead.form_seconds,
        ).where(Lead.workspace_id == current_workspace_id(), Lead.number == number)
    ).one_or_none()
    if row is None:
        return None
    made_at = row.created_at - timedelta(seconds=row.form_seconds or 0)
    return Asked(*row[:4], tuple(row[4]), *row[5:7], made_at)


def earlier_sending(
    form_id: UUID, submission_key: bytes
) -> Row[tuple[str, str | None, str | None, UUID | None, UUID]] | None:
    """State, lead number, district, lead and id of what this page already sent; None when it is the first time."""
    return db.session.execute(
        select(FormSubmission.state, Lead.number, Lead.district, FormSubmission.lead_id, FormSubmission.id)
        .outerjoin(Lead, (Lead.workspace_id == FormSubmission.workspace_id) & (Lead.id == FormSubmission.lead_id))
        .where(FormSubmission.form_id == form_id, FormSubmission.submission_key == submission_key)
    ).one_or_none()


def was_thrown_out(text_key: bytes, certain: Sequence[str]) -> bool:
    """Whether a text with this fingerprint was deleted by a person before, or is held back for a `certain` reason."""
    found = select(FormSubmission.id).where(
        FormSubmission.workspace_id == current_workspace_id(), FormSubmission.text_key == text_key,
        or_(FormSubmission.state == "deleted", FormSubmission.suspicion.in_(certain)),
    )  # fmt: skip
    return db.session.execute(found.limit(1)).one_or_none() is not None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the quarantine goes on: behind a sending of this moment and id."""

    at: datetime
    submission_id: UUID


def quarantined(kind: str | None = None, after: Place | None = None) -> Sequence[Row[Any]]:
    """What waits in the quarantine of the workspace in scope, newest first, one more than a page shows: id, form_id,
    suspicion, created_at, seconds, the sealed answers and the form's version. `kind` is a reason for suspicion, None
    for all.
    """
    query = select(
        FormSubmission.id, FormSubmission.form_id, FormSubmission.suspicion, FormSubmission.created_at,
        FormSubmission.seconds, FormSubmission.answers_sealed, FormSubmission.form_version_no,
    )  # fmt: skip
    query = query.where(
        FormSubmission.workspace_id == current_workspace_id(), FormSubmission.state == fixed("quarantined")
    )
    if kind is not None:
        query = query.where(FormSubmission.suspicion == kind)
    if after is not None:
        place = tuple_(FormSubmission.created_at, FormSubmission.id)
        query = query.where(place < tuple_(literal(after.at), literal(after.submission_id)))
    newest = query.order_by(FormSubmission.created_at.desc(), FormSubmission.id.desc()).limit(HELD_ON_A_PAGE + 1)
    return db.session.execute(newest).all()


def held_ids(kind: str, until: datetime, most: int) -> Sequence[UUID]:
    """Up to `most` sendings held back for one reason until a moment, the oldest first, locked for this transaction.
    Those that somebody else decides about just now are left out.
    """
    query = (
        select(FormSubmission.id)
        .where(
            FormSubmission.workspace_id == current_workspace_id(), FormSubmission.state == fixed("quarantined"),
            FormSubmission.suspicion == kind, FormSubmission.created_at <= until,
        )
        .order_by(FormSubmission.created_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    return db.session.scalars(query).all()


def held_by_kind(kinds: Sequence[str]) -> dict[str, int]:
    """How many sendings wait for each of these reasons, MOST_COUNTED at most of each; one statement."""
    listed = func.unnest(literal(list(kinds), ARRAY(Text))).table_valued(column("kind", Text)).render_derived("listed")
    some = (
        select(literal(1).label("one"))
        .where(
            FormSubmission.workspace_id == current_workspace_id(), FormSubmission.state == fixed("quarantined"),
            FormSubmission.suspicion == listed.c.kind,
        )
        .limit(MOST_COUNTED)
        .correlate(listed)
        .lateral("some")
    )  # fmt: skip
    counted = select(listed.c.kind, func.count()).select_from(listed.join(some, true())).group_by(listed.c.kind)
    return dict(map(tuple, db.session.execute(counted)))


def quarantine_count() -> int:
    """How many sendings wait in the quarantine of the workspace in scope, MOST_COUNTED at most."""
    some = held_sendings(literal(current_workspace_id(), Uuid)).subquery()
    return db.session.execute(select(func.count()).select_from(some)).scalar_one()


def held_sendings(here: ColumnElement[UUID]) -> Select[tuple[UUID]]:
    """What waits in the quarantine of a workspace, no more than a badge can say."""
    waits = (FormSubmission.workspace_id == here, FormSubmission.state == fixed("quarantined"))
    return select(FormSubmission.id).where(*waits).limit(MOST_COUNTED)
