"""The workspace's forms: one for the website, one for a flyer, one for shops and offices, each with its own words."""

from uuid import UUID

from flask import Response, flash, g, request, url_for

from app.core import web
from app.core.errors import Invalid
from app.core.fragments import page, redirect_to
from app.core.permissions import permit
from app.lead_forms.queries import all_forms
from app.lead_forms.services.building import MOST_FORMS, add_form, copy_form, switch_form
from app.lead_forms.services.content import content_of
from app.lead_forms.services.typed import tidy
from app.lead_forms.views import bp
from app.workspaces.layout import desk


@bp.get("/w/<slug>/settings/forms")
@permit("settings:read")
def forms(slug: str) -> Response:
    """All forms."""
    return _page()


@bp.post("/w/<slug>/settings/forms", endpoint="add_form")
@permit("settings:write")
def add(slug: str) -> Response:
    """Make a form as it comes, and go on to its sheet."""
    name = tidy(request.form.get("name", ""))
    try:
        form = add_form(name, slug, web.actor())
    except Invalid as error:
        return _page(422, name=name[:200], errors=error.errors)
    flash(f"{form.name} is ready. Change what it asks, then share it.", "good")
    return redirect_to(url_for("lead_forms.build", form_id=form.id))


@bp.post("/w/<slug>/settings/forms/<uuid:form_id>/copy", endpoint="copy_form")
@permit("settings:write")
def copy(slug: str, form_id: UUID) -> Response:
    """Make another form like this one, and go on to its sheet."""
    try:
        form = copy_form(form_id, slug, web.actor())
    except Invalid as error:
        return _page(422, errors=error.errors)
    flash("This is the copy. It is switched off until you switch it on.", "good")
    return redirect_to(url_for("lead_forms.build", form_id=form.id))


@bp.post("/w/<slug>/settings/forms/<uuid:form_id>/switch", endpoint="switch_form")
@permit("settings:write")
def switch(slug: str, form_id: UUID) -> Response:
    """Switch a form on (`on`) or off."""
    form = switch_form(form_id, "on" in request.form, web.actor())
    words = "is on: its address answers" if form.is_active else "is off: its address and its frame answer nobody"
    flash(f"{form.name} {words}", "good")
    return redirect_to(url_for("lead_forms.forms"))


def _page(status: int = 200, *, name: str = "", errors: dict[str, str] | None = None) -> Response:
    found = all_forms()
    return page(
        "lead_forms/builder/forms.html", status, **desk("settings"), settings_page="forms",
        forms=[(form, content_of(form)) for form in found], typed=name, errors=errors or {},
        has_room=len(found) < MOST_FORMS, may_write=g.viewer.can("settings:write"),
    )  # fmt: skip
