"""The settings of templates: the list, the editor, how words were before."""

from flask import Response, flash, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import page, redirect_to
from app.core.numbers import whole_number
from app.core.permissions import permit
from app.messaging.forms.templates import read_channel, read_draft
from app.messaging.queries import templates as reading
from app.messaging.services import templates as keeping
from app.messaging.services.wording import TemplateDraft
from app.messaging.views import bp
from app.messaging.views.template_page import draft_of, editor
from app.messaging.words import TEMPLATE_USES
from app.workspaces.layout import desk


@bp.get("/w/<slug>/settings/templates")
@permit("settings:read")
def templates(slug: str) -> Response:
    """All words of the workspace, by channel, with what sends them; or those that were put away."""
    is_archived = request.args.get("shown") == "away"
    return page(
        "messaging/templates/list.html", **desk("settings"), settings_page="templates", is_archived=is_archived,
        found=reading.list_templates(is_archived=is_archived), used_in=reading.used_in(), uses=TEMPLATE_USES,
        may_write=g.viewer.can("settings:write"),
    )  # fmt: skip


@bp.get("/w/<slug>/settings/templates/new")
@permit("settings:write")
def new_template(slug: str) -> Response:
    """The editor for new words; another template may be taken to begin with."""
    source = request.args.get("copy", "")
    if source:
        like = reading.find_template(source)
        draft = TemplateDraft(f"{like.name} (copy)", like.channel, like.purpose, like.subject, like.body)
    else:
        draft = TemplateDraft(channel=read_channel(request.args), is_quick_reply=request.args.get("quick") == "1")
    return editor(None, draft)


@bp.post("/w/<slug>/settings/templates")
@permit("settings:write")
def add_template(slug: str) -> Response:
    """Keep new words."""
    draft = read_draft(request.form, read_channel(request.form))
    try:
        template = keeping.save(None, draft, None, web.actor())
    except Invalid as error:
        return editor(None, draft, 422, errors=error.errors)
    flash(f"{template.name} is saved", "good")
    return redirect_to(url_for("messaging.template", template_key=template.key))


@bp.get("/w/<slug>/settings/templates/<template_key>")
@permit("settings:read")
def template(slug: str, template_key: str) -> Response:
    """The editor of one template."""
    found = reading.find_template(template_key)
    return editor(found, draft_of(found))


@bp.post("/w/<slug>/settings/templates/<template_key>")
@permit("settings:write")
def save_template(slug: str, template_key: str) -> Response:
    """Keep changed words as a new version. Nothing typed is lost when somebody else was quicker."""
    found = reading.find_template(template_key)
    draft = read_draft(request.form, found.channel)
    try:
        kept = keeping.save(template_key, draft, _seen(), web.actor())
    except Invalid as error:
        return editor(found, draft, 422, errors=error.errors)
    except Conflict as error:
        return editor(error.details["now"], draft, 409, conflict=error.message)
    flash(f"{kept.name}: version {kept.version_no} is in use", "good")
    return redirect_to(url_for("messaging.template", template_key=template_key))


@bp.post("/w/<slug>/settings/templates/<template_key>/archive")
@permit("settings:write")
def archive_template(slug: str, template_key: str) -> Response:
    """Put a template away, or take it out again."""
    is_away = request.form.get("away") == "1"
    try:
        found = keeping.archive(template_key, web.actor(), is_away=is_away)
    except Conflict as error:
        found = reading.find_template(template_key)
        return editor(found, draft_of(found), 409, conflict=error.message)
    flash(f"{found.name} is {'put away' if is_away else 'in use again'}", "good")
    if is_away:
        return redirect_to(url_for("messaging.templates"))
    return redirect_to(url_for("messaging.template", template_key=template_key))


@bp.post("/w/<slug>/settings/templates/<template_key>/versions/<int:version_no>/restore")
@permit("settings:write")
def restore_template(slug: str, template_key: str, version_no: int) -> Response:
    """Set the words back to how they were, as a new version."""
    try:
        kept = keeping.restore(template_key, version_no, web.actor())
    except Invalid as error:
        found = reading.find_template(template_key)
        return editor(found, draft_of(found), 422, errors=error.errors)
    flash(f"{kept.name} reads as in version {version_no} again", "good")
    return redirect_to(url_for("messaging.template", template_key=template_key))


def _seen() -> int | None:
    return whole_number(request.form.get("seen"))
