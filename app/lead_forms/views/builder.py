"""The builder: one form of the workspace on one sheet, beside it how customers will see it on a telephone."""

from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, current_app, flash, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.packed import packed_keys
from app.core.permissions import permit
from app.core.security import allow_framing_by, allow_own_frames
from app.core.uploads import Places
from app.extensions import db
from app.lead_forms.forms.arranging import MOST_OWN, MOST_STEPS, arrange
from app.lead_forms.forms.judging import judge
from app.lead_forms.forms.sheet import Sheet, sheet_from, sheet_of, stored_content
from app.lead_forms.models import LeadForm
from app.lead_forms.queries import get_form, versions_of
from app.lead_forms.services import Origin, tokens
from app.lead_forms.services.building import bring_back, change_form
from app.lead_forms.services.content import content_of
from app.lead_forms.services.typed import BLANK
from app.lead_forms.views import bp
from app.lead_forms.views.frame import Frame
from app.lead_forms.views.visit import Visit
from app.leads.queries.sources import source_options
from app.workspaces.layout import desk
from app.workspaces.queries import current_workspace, member_choices
from app.workspaces.queries.logo import logo_mark
from app.workspaces.services.logo import MOST_BYTES, DrawnLogo, draw_logo, remove_logo, set_logo

_LARGEST_SHEET = 128 * 1024
#: For logos that are looked at: a small file may be a picture that takes its time, and no sheet waits for one.
_PLACES = Places(2)
_BUSY = "Too many pictures are coming in at once. Try again in a few seconds."
KIND_WORDS = {
    "short": "Short answer", "long": "Long answer", "choice": "One of several", "choices": "Several of a list",
    "yes_no": "Yes or no",
}  # fmt: skip


@bp.get("/w/<slug>/settings/forms/<uuid:form_id>")
@permit("settings:read")
def build(slug: str, form_id: UUID) -> Response:
    """A form's sheet."""
    form = get_form(form_id)
    return _page(form, sheet_of(form))


@bp.post("/w/<slug>/settings/forms/<uuid:form_id>", endpoint="save_form")
@permit("settings:write")
def save(slug: str, form_id: UUID) -> Response:
    """Store the sheet; or, when one of its small buttons was pressed, show it rearranged and store nothing."""
    request.max_content_length = _LARGEST_SHEET + MOST_BYTES
    form, sheet = get_form(form_id), sheet_from(request.form)
    if act := request.form.get("act", ""):
        opened = arrange(sheet, act)
        if wants_fragment():
            is_one = bool(opened) and act == f"open:{opened}"
            part = {"q": sheet.questions[opened]} if is_one else {}
            name = "lead_forms/builder/_fields.html" if is_one else "lead_forms/builder/_asks.html"
            return answer(fragment(name, **part, **_asks_values(sheet, opened)))
        return _page(form, sheet, opened=opened, is_unsaved=True)
    try:
        facts = judge(sheet, {key for key, _ in source_options()} | {str(form.source_id)}, secure=is_secure())
        logo = _logo_sent()
        change_form(form_id, facts, request.form.get("seen", 0, type=int), web.actor())
        if logo is not None:
            set_logo(logo, web.actor())
        elif "remove_logo" in request.form:
            remove_logo(web.actor())
    except Invalid as error:
        db.session.rollback()
        return _page(get_form(form_id), sheet, 422, errors=error.errors, is_unsaved=True)
    except Conflict as error:
        return _page(form, sheet, 409, conflict=error.message, is_unsaved=True)
    flash("Saved. This is what customers see from now on.", "good")
    return redirect_to(url_for("lead_forms.build", form_id=form_id))


@bp.get("/w/<slug>/settings/forms/<uuid:form_id>/preview")
@permit("settings:read")
def preview(slug: str, form_id: UUID) -> Response:
    """The form as it is stored, to be looked at inside the builder."""
    form = get_form(form_id)
    return _preview(form, sheet_of(form))


@bp.post("/w/<slug>/settings/forms/<uuid:form_id>/preview", endpoint="preview_draft")
@permit("settings:read")
def preview_draft(slug: str, form_id: UUID) -> Response:
    """The form as the sheet has it, right or wrong. Nothing is stored."""
    request.max_content_length = _LARGEST_SHEET
    return _preview(get_form(form_id), sheet_from(request.form))


@bp.get("/w/<slug>/settings/forms/<uuid:form_id>/versions")
@permit("settings:read")
def versions(slug: str, form_id: UUID) -> Response:
    """How the form stood before: what was shown, and which wording people agreed to, from when on."""
    form = get_form(form_id)
    return page(
        "lead_forms/builder/versions.html", **desk("settings"), settings_page="forms", form=form,
        names=dict(member_choices()), may_write=g.viewer.can("settings:write"),
        versions=[(each, content_of(each)) for each in versions_of(form_id)],
    )  # fmt: skip


@bp.post("/w/<slug>/settings/forms/<uuid:form_id>/versions/<int:version_no>", endpoint="bring_back_version")
@permit("settings:write")
def bring_back_version(slug: str, form_id: UUID, version_no: int) -> Response:
    """Show customers again what an earlier version showed."""
    try:
        form = bring_back(form_id, version_no, request.form.get("seen", 0, type=int), web.actor())
    except Conflict as error:
        flash(error.message, "bad")
        return redirect_to(url_for("lead_forms.versions", form_id=form_id))
    flash(f"Version {version_no} is in use again, as version {form.version_no}", "good")
    return redirect_to(url_for("lead_forms.build", form_id=form_id))


def is_secure() -> bool:
    """Whether Sill is reached on https; on somebody's own computer it is not, and local addresses do."""
    return urlsplit(current_app.config["PUBLIC_URL"]).scheme == "https"


def _logo_sent() -> DrawnLogo | None:
    """The picture that was sent along, looked at before anything is changed or locked. Raises Invalid."""
    sent = request.files.get("logo")
    if not sent or not sent.filename:
        return None
    with _PLACES.take() as got:
        if not got:
            raise Invalid({"logo": _BUSY})
        return draw_logo(sent.read(MOST_BYTES + 1))


def _preview(form: LeadForm, sheet: Sheet) -> Response:
    draft = LeadForm(
        id=form.id, key=form.key, name=form.name, source_id=form.source_id, version_no=form.version_no,
        consent_wording=sheet.texts["consent_wording"], thank_you=sheet.texts["thank_you"],
        content=stored_content(sheet), allowed_origins=[],
    )  # fmt: skip
    allow_framing_by(["'self'"])
    visit = Visit(form, current_workspace(), Frame(False, "", ""), draft)
    return visit.show(BLANK, Origin(), tokens.issue(form.id), template="lead_forms/builder/preview.html")


def _page(
    form: LeadForm, sheet: Sheet, status: int = 200, *, errors: dict[str, str] | None = None, conflict: str = "",
    opened: str = "", is_unsaved: bool = False,
) -> Response:  # fmt: skip
    allow_own_frames()
    return page(
        "lead_forms/builder/page.html", status, **desk("settings"), settings_page="forms", form=form,
        # Who mends a slip, or moves a question without scripts, has seen no more than before.
        seen=request.form.get("seen", "") if is_unsaved and not conflict else form.version,
        sources=_sources(form), conflict=conflict, is_unsaved=is_unsaved, logo=logo_mark(),
        business_accent=g.workspace.accent, public_url=current_app.config["PUBLIC_URL"],
        may_write=g.viewer.can("settings:write"), **_asks_values(sheet, opened, errors),
    )  # fmt: skip


def _asks_values(sheet: Sheet, opened: str, errors: dict[str, str] | None = None) -> dict[str, object]:
    return {
        "sheet": sheet, "opened": opened, "errors": errors or {}, "kinds": KIND_WORDS,
        "most_steps": MOST_STEPS, "most_own": MOST_OWN,
        "closed": packed_keys(request.form) if request.method == "POST" else set(sheet.questions),
    }  # fmt: skip


def _sources(form: LeadForm) -> list[tuple[str, str]]:
    options = source_options()
    known = {key for key, _ in options}
    return options if str(form.source_id) in known else [(str(form.source_id), "As before"), *options]
