"""The settings of tags: added, renamed, recoloured, merged, deleted."""

from typing import Any
from uuid import UUID

from flask import Response, abort, flash, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import answer, flash_with_undo, fragment, page, redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.permissions import permit
from app.leads.models import TAG_COLOURS
from app.leads.queries.tag_list import MOST_COUNTED, PAGE, listed_tag, listed_tags, page_of
from app.leads.queries.tagging import HUES, all_tags
from app.leads.services import tag_list
from app.leads.services.merging_tags import merge_tags, take_merge_back
from app.leads.views import bp
from app.workspaces.layout import desk


@bp.get("/w/<slug>/settings/tags")
@permit("settings:read")
def tag_settings(slug: str) -> Response:
    """The tags, some a page, each with its form."""
    return _page(number=request.args.get("page", 1, type=int))


@bp.post("/w/<slug>/settings/tags")
@permit("settings:write")
def add_listed_tag(slug: str) -> Response:
    """Add a tag."""
    try:
        tag = tag_list.add_to_list(request.form.get("name", ""), request.form.get("colour", ""), web.actor())
    except Invalid as error:
        # A workspace that is full says so beside the name.
        return _page(422, open_id="new", errors={"name": error.errors.get("tag", ""), **error.errors})
    flash(f"{tag.name} is in the list", "good")
    return redirect_to(_home(tag.id))


@bp.get("/w/<slug>/settings/tags/<uuid:tag_id>")
@permit("settings:read")
def tag_form(slug: str, tag_id: UUID) -> Response:
    """The forms of one tag, for the row that opens; without scripts the page with that row open."""
    tag = listed_tag(tag_id)
    if tag is None:
        abort(404)
    if not wants_fragment() or not g.viewer.can("settings:write"):
        return _page(open_id=str(tag_id))
    return answer(fragment("leads/tags/_body.html", tag=tag, tags=all_tags(), **_form_values(str(tag_id))))


@bp.post("/w/<slug>/settings/tags/<uuid:tag_id>")
@permit("settings:write")
def change_listed_tag(slug: str, tag_id: UUID) -> Response:
    """Rename or recolour a tag."""
    form = request.form
    try:
        tag_list.change_tag(tag_id, form.get("name", ""), form.get("colour", ""), _version(), web.actor())
    except (Invalid, Conflict) as error:
        return _refused(tag_id, error)
    flash("Saved", "good")
    return redirect_to(_home(tag_id))


@bp.post("/w/<slug>/settings/tags/<uuid:tag_id>/merge")
@permit("settings:write")
def merge_listed_tag(slug: str, tag_id: UUID) -> Response:
    """Hang another tag wherever this one hangs, and delete this one."""
    try:
        act = merge_tags(tag_id, _other_tag(), _version(), web.actor())
    except (Invalid, Conflict) as error:
        return _refused(tag_id, error)
    told = act.parameters
    undo_url = url_for("leads.undo_tag_merge", bulk_act_id=act.id)
    flash_with_undo(f"{told['merged']} is merged into {told['name']}", undo_url)
    return redirect_to(_home(UUID(told["into_id"])))


@bp.post("/w/<slug>/settings/tags/merges/<uuid:bulk_act_id>/undo")
@permit("settings:write")
def undo_tag_merge(slug: str, bulk_act_id: UUID) -> Response:
    """Bring a tag back that was merged a moment ago, on the leads that it hung on."""
    try:
        told = take_merge_back(bulk_act_id, web.actor()).parameters
    except Conflict as error:
        flash(error.message, "bad")
        return redirect_to(_home())
    leads = "1 lead" if told["back"] == 1 else f"{told['back']:,} leads"
    flash(f"{told['merged']} is back on {leads}" if told["back"] else f"{told['merged']} is back", "good")
    return redirect_to(_home(UUID(told["tag_id"])))


@bp.post("/w/<slug>/settings/tags/<uuid:tag_id>/delete")
@permit("settings:write")
def delete_listed_tag(slug: str, tag_id: UUID) -> Response:
    """Take a tag off every lead and out of the list."""
    try:
        name = tag_list.delete_tag(tag_id, _version(), web.actor())
    except Conflict as error:
        return _refused(tag_id, error)
    flash(f"{name} is deleted", "good")
    return redirect_to(_home())


def _other_tag() -> UUID | None:
    """The tag that is named, by its name or its id."""
    typed = " ".join(request.form.get("into", "").split()).casefold()
    return next((tag.id for tag in all_tags() if tag.name.casefold() == typed), None) or parse_id(typed)


def _version() -> int:
    return request.form.get("version", 0, type=int)


def _home(tag_id: UUID | None = None) -> str:
    number = page_of(tag_id) if tag_id else 1
    where = {"page": number} if number > 1 else {}
    return url_for("leads.tag_settings", _anchor=f"tag-{tag_id}" if tag_id else None, **where)


def _refused(tag_id: UUID, error: Invalid | Conflict) -> Response:
    if isinstance(error, Conflict):
        return _page(409, open_id=str(tag_id), conflict=error.message)
    return _page(422, open_id=str(tag_id), errors=error.errors)


def _page(
    status: int = 200, *, open_id: str = "", errors: dict[str, str] | None = None, conflict: str = "", number: int = 1
) -> Response:
    tags = all_tags()
    opened = parse_id(open_id)
    last = max(1, -(-len(tags) // PAGE))
    number = page_of(opened) if opened else min(max(1, number), last)
    before, after = (url_for("leads.tag_settings", page=to) for to in (number - 1, number + 1))
    return page(
        "leads/tags/page.html", status, **desk("settings"), settings_page="tags", listed=listed_tags(number), tags=tags,
        previous_url=before if number > 1 else None, next_url=after if number < last else None,
        first=(number - 1) * PAGE + 1, may_write=g.viewer.can("settings:write"),
        **_form_values(open_id, errors, conflict),
    )  # fmt: skip


def _form_values(open_id: str, errors: dict[str, str] | None = None, conflict: str = "") -> dict[str, Any]:
    return {
        "colours": [(colour, f"hue-{HUES.get(colour, colour)}") for colour in TAG_COLOURS], "most": MOST_COUNTED,
        "open_id": open_id, "errors": errors or {}, "typed": request.form, "conflict": conflict,
    }  # fmt: skip
