"""One lead: its drawer, and its page."""

from uuid import UUID

from flask import Response, g, request, url_for

from app.core.fragments import answer, fragment, page, wants_fragment
from app.core.permissions import permit
from app.leads.services import get_lead
from app.leads.views import bp
from app.leads.views.beside import came_from
from app.leads.views.board import board_page
from app.leads.views.drawer import drawer, drawer_values
from app.leads.views.listing import list_leads_page
from app.workspaces.layout import desk


@bp.get("/w/<slug>/leads/<uuid:lead_id>")
@permit("leads:read")
def show(slug: str, lead_id: UUID) -> Response:
    """A lead: the drawer for htmx; for a browser the board or list one came from, which fetches the drawer then."""
    origin = came_from()
    if not wants_fragment():
        get_lead(lead_id)
        g.drawer_url = url_for("leads.show", lead_id=lead_id) + (f"?{origin.query}" if origin.query else "")
        return list_leads_page(slug) if request.args.get("of") == "list" else board_page()
    response = drawer(lead_id)
    if "of" not in request.args and origin.query and "live" not in request.args:
        response.headers["HX-Push-Url"] = f"{url_for('leads.show', lead_id=lead_id)}?{origin.query}"
    return response


@bp.get("/w/<slug>/leads/<uuid:lead_id>/page", endpoint="page")
@permit("leads:read")
def lead_page(slug: str, lead_id: UUID) -> Response:
    """A lead on a page of its own, for wide screens, for printing and for those without scripts."""
    values = drawer_values(lead_id, on_page=True)
    if wants_fragment():
        return answer(fragment("leads/_drawer.html", **values))
    return page("leads/page.html", **values, **{key: value for key, value in desk("leads").items() if key != "viewer"})
