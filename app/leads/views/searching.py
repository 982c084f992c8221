"""Search. What is typed goes in the body of a POST: names and numbers don't belong in addresses and logs."""

from flask import Response, request

from app.core.permissions import permit
from app.extensions import limiter
from app.leads.queries.searching import search_leads
from app.leads.views import bp
from app.workspaces.layout import desk_or_fragment


@bp.post("/w/<slug>/search")
@permit("leads:read")
@limiter.limit("600 per minute")
def search(slug: str) -> Response:
    """Leads that match what was typed: the list under the search field, or a page without scripts."""
    typed = request.form.get("q", "")[:100]
    return desk_or_fragment(
        "leads", "leads/search.html", "leads/_found.html", found=search_leads(typed), typed=typed.strip()
    )
