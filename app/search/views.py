"""Search. What is typed goes in the body of a POST: names and numbers don't belong in addresses and logs."""

from uuid import UUID

from flask import Blueprint, Response, g, request

from app.core import web
from app.core.clock import utcnow
from app.core.fragments import answer, fragment, page, wants_fragment
from app.core.permissions import permit
from app.extensions import limiter
from app.search.queries import Found, find, pages_for, recent_leads
from app.search.services import note_look
from app.workspaces.layout import desk
from app.workspaces.queries import current_workspace

bp = Blueprint("search", __name__)


@bp.get("/w/<slug>/search", endpoint="page")
@permit("leads:read")
def search_page(slug: str) -> Response:
    """The palette as a page of its own, for a browser without scripts."""
    return _page(Found(""))


@bp.post("/w/<slug>/search", endpoint="find")
@permit("leads:read")
@limiter.limit("600 per minute")
def find_typed(slug: str) -> Response:
    """What fits what was typed: the groups of the palette, or a page."""
    workspace = current_workspace()
    today = utcnow().astimezone(workspace.clock().zone).date()
    found = find(request.form.get("q", ""), workspace.lead_number_prefix, workspace.lead_number_year, today)
    note_look(found.hits, request.form.get("look", ""), web.actor())
    if wants_fragment():
        return answer(fragment("search/_found.html", found=found, is_listed=True))
    return _page(found)


@bp.post("/w/<slug>/search/start", endpoint="start")
@permit("leads:read")
@limiter.limit("120 per minute")
def start(slug: str) -> Response:
    """What the palette holds before anything is typed: the leads one had open (their ids are sent), pages and acts."""
    heading, leads = recent_leads(_ids(request.form.getlist("recent")))
    return answer(fragment("search/_start.html", heading=heading, leads=leads, pages=pages_for(g.viewer)))


def _page(found: Found) -> Response:
    return page("search/page.html", found=found, pages=pages_for(g.viewer), **desk("search"))


def _ids(sent: list[str]) -> list[UUID]:
    """The ids among what was sent, each once."""
    found = []
    for text in sent[:12]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))
