"""Tags on a lead, and its star."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Response, g, request, url_for

from app.core import web
from app.core.errors import Invalid, NotFound
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.numbers import whole_number
from app.core.permissions import permit
from app.leads.queries.tagging import TagView, all_tags, starred_among, tags_of
from app.leads.services import TagDoubted, add_tag, get_lead, get_tag, remove_tag, star, tag_named
from app.leads.views import bp
from app.workspaces.layout import desk_or_fragment


@bp.get("/w/<slug>/leads/<uuid:lead_id>/tags")
@permit("leads:read")
def tags(slug: str, lead_id: UUID) -> Response:
    """The lead's tags with the field that adds one; with `?shown` without it, with `?from` those from there on."""
    get_lead(lead_id)
    return _tags(lead_id, adding=not request.args.keys() & {"shown", "from"}, start=_start(request.args))


@bp.post("/w/<slug>/leads/<uuid:lead_id>/tags")
@permit("leads:write")
def tag_lead(slug: str, lead_id: UUID) -> Response:
    """Hang a tag on the lead, the one of that name or the `known` one; made now if there is none and none that may be
    meant, or if the person is `sure`. The field stays, for the next one.
    """
    lead, typed = get_lead(lead_id), request.form.get("tag", "")
    try:
        if known := parse_id(request.form.get("known", "")):
            tag = get_tag(known)
        else:
            tag = tag_named(typed[:500], web.actor(), is_sure="sure" in request.form)
    except Invalid as invalid:
        return _tags(lead_id, adding=True, error=invalid.errors["tag"], typed=typed, status=422)
    except TagDoubted as doubted:
        return _tags(lead_id, adding=True, alike=doubted.alike, typed=typed)
    add_tag([lead.id], tag, web.actor())
    return _tags(lead_id, adding=True) if wants_fragment() else _back(lead_id)


@bp.post("/w/<slug>/leads/<uuid:lead_id>/tags/remove")
@permit("leads:write")
def untag_lead(slug: str, lead_id: UUID) -> Response:
    """Take a tag off the lead: `tag` is its id, `from` which of them were shown."""
    lead, tag_id = get_lead(lead_id), parse_id(request.form.get("tag", ""))
    if tag_id is None:
        raise NotFound
    remove_tag([lead.id], get_tag(tag_id), web.actor())
    return _tags(lead_id, start=_start(request.form)) if wants_fragment() else _back(lead_id)


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
    lead_id: UUID, *, adding: bool = False, start: int | None = None, error: str | None = None, typed: str = "",
    alike: Sequence[TagView] = (), status: int = 200,
) -> Response:  # fmt: skip
    tags, may_tag = tags_of([lead_id]).get(lead_id, []), g.viewer.can("leads:write")
    values = {
        "lead_id": lead_id, "tags": tags, "adding": adding, "error": error, "typed": typed, "alike": alike,
        "may_tag": may_tag,
        "known": all_tags() if adding and may_tag else [],
        "tags_from": None if start is None else start if start < len(tags) else 0,
    }  # fmt: skip
    return desk_or_fragment("leads", "leads/tags.html", "leads/_tags.html", status, **values)


def _start(given: Mapping[str, str]) -> int | None:
    """From which tag on they are shown unfolded; None when only the first few are."""
    return whole_number(given.get("from"), 999)


def _back(lead_id: UUID) -> Response:
    return redirect_to(url_for("leads.show", lead_id=lead_id))
