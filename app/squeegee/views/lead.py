"""What stands on one lead: its panel, its copy sheet, its booking."""

from collections.abc import Mapping
from uuid import UUID

from flask import Response, flash, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import page, redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.permissions import permit
from app.extensions import db
from app.leads.services import get_lead
from app.squeegee import queries, services, words
from app.squeegee.forms import read_date
from app.squeegee.services.copying import confirm_sheet
from app.squeegee.views import bp
from app.workspaces.layout import desk, desk_or_fragment


@bp.get("/w/<slug>/leads/<uuid:lead_id>/squeegee")
@permit("leads:read")
def panel(slug: str, lead_id: UUID) -> Response:
    """The lead's panel by itself."""
    return panel_answer(lead_id)


@bp.get("/w/<slug>/leads/<uuid:lead_id>/copy-sheet")
@permit("leads:transfer")
def copy_sheet(slug: str, lead_id: UUID) -> Response:
    """What to type into Squeegee, each with a button to copy it."""
    return _sheet(lead_id, {}, {})


@bp.post("/w/<slug>/leads/<uuid:lead_id>/copy-sheet")
@permit("leads:transfer")
def confirm_copy(slug: str, lead_id: UUID) -> Response:
    """The lead is in Squeegee: typed in by a person, who says under which id. Then the next one's sheet, if wanted."""
    form = request.form
    try:
        day = read_date(form)
        transfer = confirm_sheet(lead_id, form.get("squeegee_id", ""), day, form.get("seen", ""), web.actor())
    except Invalid as error:
        db.session.rollback()
        return _sheet(lead_id, error.errors, form, 422)
    except Conflict as error:
        db.session.rollback()
        return _sheet(lead_id, {"": error.message}, form, 409)
    lead, then = get_lead(lead_id), form.get("then", "")
    flash(f"Noted: {lead.contact.name or lead.number} is in Squeegee.", "good")
    following = parse_id(then)
    if following:
        return redirect_to(url_for("squeegee.copy_sheet", lead_id=following))
    if then:
        return redirect_to(url_for("squeegee.queue"))
    return redirect_to(url_for("squeegee.transfer", transfer_id=transfer.id))


@bp.post("/w/<slug>/leads/<uuid:lead_id>/booking")
@permit("leads:transfer")
def book(slug: str, lead_id: UUID) -> Response:
    """Squeegee shows the first date: keep it."""
    get_lead(lead_id)
    try:
        day = read_date(request.form)
        if day is None:
            raise Invalid({"first_service_date": "Enter the date of the first clean."})
        services.record_booking(lead_id, day, web.actor())
    except Invalid as error:
        db.session.rollback()
        return panel_answer(lead_id, error.errors, 422)
    if wants_fragment():
        return panel_answer(lead_id)
    flash("The booking is confirmed.", "good")
    return redirect_to(url_for("leads.show", lead_id=lead_id))


def panel_answer(lead_id: UUID, errors: Mapping[str, str] | None = None, status: int = 200) -> Response:
    """The panel as an answer; on a page of its own for a browser without scripts."""
    values = {
        "panel": queries.panel(get_lead(lead_id)), "lead_id": lead_id, "viewer": g.viewer, "errors": errors or {},
    }  # fmt: skip
    return desk_or_fragment("squeegee", "squeegee/panel.html", "squeegee/_panel.html", status, **values)


def _sheet(lead_id: UUID, errors: Mapping[str, str], typed: Mapping[str, str], status: int = 200) -> Response:
    sheet = queries.copy_sheet(lead_id)
    values = {"sheet": sheet, "errors": errors, "typed": typed, "words": words}
    return page("squeegee/copy_sheet.html", status, **values, **desk("squeegee"))
