"""Sharing a form: its address, the line of code for a website, and a QR code for paper."""

import io
from uuid import UUID

import segno
from flask import Response, current_app, flash, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import page, redirect_to
from app.core.permissions import permit
from app.lead_forms.forms.sites import read_sites
from app.lead_forms.models import LeadForm
from app.lead_forms.queries import get_form
from app.lead_forms.services import embed_snippet
from app.lead_forms.services.building import change_sites
from app.lead_forms.views import bp
from app.lead_forms.views.builder import is_secure
from app.workspaces.layout import desk

#: A quarter of the code may be dirty or torn, and a telephone still reads it from a van or a leaflet.
_ERROR_LEVEL = "q"
_PNG_SCALE = 24  # px a module: over 800 px, enough for a poster


@bp.get("/w/<slug>/settings/forms/<uuid:form_id>/sharing")
@permit("settings:read")
def sharing(slug: str, form_id: UUID) -> Response:
    """All the ways to bring a form before customers."""
    form = get_form(form_id)
    return _page(form, "\n".join(form.allowed_origins))


@bp.post("/w/<slug>/settings/forms/<uuid:form_id>/sharing", endpoint="change_sites")
@permit("settings:write")
def change(slug: str, form_id: UUID) -> Response:
    """Store which websites may show the form in a frame."""
    typed = request.form.get("allowed_origins", "")
    try:
        sites = read_sites(typed, secure=is_secure())
        change_sites(form_id, sites, request.form.get("seen", 0, type=int), web.actor())
    except Invalid as error:
        return _page(get_form(form_id), typed, 422, errors=error.errors)
    except Conflict as error:
        return _page(get_form(form_id), typed, 409, conflict=error.message)
    flash("Saved. These websites may show the form, and no others.", "good")
    return redirect_to(url_for("lead_forms.sharing", form_id=form_id, _anchor="website"))


@bp.get("/w/<slug>/settings/forms/<uuid:form_id>/qr.<any(svg, png):kind>")
@permit("settings:read")
def qr_code(slug: str, form_id: UUID, kind: str) -> Response:
    """The QR code of the form's address: as a drawing for print, as a picture for everything else."""
    form = get_form(form_id)
    target = io.BytesIO()
    code = segno.make(f"{_address(form)}?utm_source=qr", error=_ERROR_LEVEL, micro=False)
    if kind == "svg":
        code.save(target, kind="svg", scale=8, border=4, dark="#000", light="#fff", xmldecl=False, nl=False)
        mimetype = "image/svg+xml"
    else:
        code.save(target, kind="png", scale=_PNG_SCALE, border=4)
        mimetype = "image/png"
    response = Response(target.getvalue(), mimetype=mimetype)
    if "download" in request.args:
        response.headers["Content-Disposition"] = f'attachment; filename="quote-form-{form.key}.{kind}"'
    return response


def _address(form: LeadForm) -> str:
    return f"{current_app.config['PUBLIC_URL']}/q/{form.key}"


def _page(
    form: LeadForm, typed: str, status: int = 200, *, errors: dict[str, str] | None = None, conflict: str = ""
) -> Response:
    return page(
        "lead_forms/builder/sharing.html", status, **desk("settings"), settings_page="forms", form=form, typed=typed,
        # Who mends a slip has seen no more than before.
        seen=request.form.get("seen", "") if errors else form.version,
        errors=errors or {}, conflict=conflict, form_url=_address(form),
        embed_code=embed_snippet(form, current_app.config["PUBLIC_URL"]), may_write=g.viewer.can("settings:write"),
    )  # fmt: skip
