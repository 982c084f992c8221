"""The forms of the workspace in scope, for those who arrange them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.core import access_keys
from app.core.errors import NotFound
from app.core.tenancy import Scope, current_workspace_id, enter
from app.extensions import db
from app.lead_forms.models import LeadForm

_MOST = 100


def all_forms() -> Sequence[LeadForm]:
    """Every form, the oldest first, which is the one that the workspace was made with."""
    return db.session.scalars(
        select(LeadForm)
        .where(LeadForm.workspace_id == current_workspace_id())
        .order_by(LeadForm.created_at, LeadForm.id)
        .limit(_MOST)
    ).all()


def get_form(form_id: UUID) -> LeadForm:
    """One form. Raises NotFound."""
    form = db.session.scalars(
        select(LeadForm).where(LeadForm.workspace_id == current_workspace_id(), LeadForm.id == form_id)
    ).one_or_none()
    if form is None:
        raise NotFound
    return form


def enter_workspace_of(key: str) -> None:
    """Enter the workspace of a form, be it switched on or off, for what is public of it. Raises NotFound."""
    found = access_keys.find("form", key)
    if found is None:
        raise NotFound
    enter(Scope(found.workspace_id, None, "read"))
