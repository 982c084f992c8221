"""Tags on a lead, and its star."""

from uuid import UUID

from flask import Response, g, request, url_for

from app.core import web
from app.core.errors import Invalid
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.permissions import permit
from app.leads.queries.tagging import all_tags, starred_among, tags_of
from app.leads.services import add_tag, get_lead, get_tag, remove_tag, star, tag_named
from app.leads.views import bp
from app.workspaces.layout import desk_or_fragment


@bp.get("/w/<slug>/leads/<uuid:lead_id>/tags")
@permit("leads:write")
def tags(slug: str, lead_id: UUID) -> Response:
    """The lead's tags with the field that adds one; with `?shown` without it."""
    get_lead(lead_id)
    return _tags(lead_id, adding="shown" not in request.args)


@bp.post("/w/<slug>/leads/<uuid:lead_id>/tags")
@permit("leads:write")
def tag_lead(slug: str, lead_id: UUID) -> Response:
    """Hang a tag on the lead, made now if there is none of that name. The field stays, for the next one."""
    lead, typed = get_lead(lead_id), request.form.get("tag", "")
    try:
        add_tag([lead.id], tag_named(typed[:500], web.actor()), web.actor())
    except Invalid as invalid:
        return _tags(lead_id, adding=True, error=invalid.errors["tag"], typed=typed, status=422)
    return _tags(lead_id, adding=True) if wants_fragment() else _back(lead_id)


@bp.post("/w/<slug>/leads/<uuid:lead_id>/tags/<uuid:tag_id>/remove")
@permit("leads:write")
def untag_lead(slug: str, lead_id: UUID, tag_id: UUID) -> Response:
    """Take a tag off the lead."""
    lead = get_lead(lead_id)
    remove_tag([lead.id], get_tag(tag_id), web.actor())
    return _tags(lead_id) if wants_fragment() else _back(lead_id)


@bp.get("/w/<slug>/leads/<uuid:lead_id>/star", endpoint="star_of")
@permit("leads:read")
def look_at_star(slug: str, lead_id: UUID) -> Response:
    """Whether the lead has one's star: "on" or "off"."""
    get_lead(lead_id)
    return Response("on" if starred_among([lead_id], g.viewer.user_id) else "off", mimetype="text/plain")


@bp.post("/w/<slug>/leads/<uuid:lead_id>/star", endpoint="star")
@permit("activities:write")
def give_star(slug: str, lead_id: UUID) -> Response:
    """Give the lead one's star, or with `on` blank take it off. A script wants no more than a yes."""
    star(lead_id, web.actor(), is_on=bool(request.form.get("on")))
    if request.accept_mimetypes.best == "text/plain":
        return Response(status=204)
    if not wants_fragment():
        return _back(lead_id)
    is_on = lead_id in starred_among([lead_id], g.viewer.user_id)
    return answer(fragment("leads/_star.html", lead_id=lead_id, is_starred=is_on))


def _tags(
    lead_id: UUID, *, adding: bool = False, error: str | None = None, typed: str = "", status: int = 200
) -> Response:
    values = {
        "lead_id": lead_id, "tags": tags_of([lead_id]).get(lead_id, []), "adding": adding,
        "known": all_tags() if adding else [], "error": error, "typed": typed, "may_tag": True,
    }  # fmt: skip
    return desk_or_fragment("leads", "leads/tags.html", "leads/_tags.html", status, **values)


def _back(lead_id: UUID) -> Response:
    return redirect_to(url_for("leads.show", lead_id=lead_id))
