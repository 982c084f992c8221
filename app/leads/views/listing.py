"""The list of leads."""

from flask import Response, g, request, url_for

from app.core import web
from app.core.fragments import page
from app.core.permissions import permit
from app.lead_forms.services import waiting_count
from app.leads.models import PRIORITIES
from app.leads.queries.listing import ListFilter, filter_choices, list_leads
from app.leads.services import stages
from app.leads.views import bp
from app.leads.words import PRIORITY_WORDS
from app.workspaces.layout import desk


@bp.get("/w/<slug>/leads", endpoint="list_leads")
@permit("leads:read")
def list_leads_page(slug: str) -> Response:
    """Fifty leads, newest first, narrowed by what the address says."""
    narrowed = ListFilter.from_query(request.args.to_dict())
    found = list_leads(narrowed, after=request.args.get("after"), before=request.args.get("before"))
    query = narrowed.as_query()
    return page(
        "leads/list.html",
        found=found,
        narrowed=narrowed,
        query=query,
        held_back=waiting_count(web.actor()) if g.viewer.can("leads:write") else 0,
        choices={
            "stage": [(str(stage.id), stage.name) for stage in stages()],
            **filter_choices(),
            "priority": [(key, PRIORITY_WORDS[key]) for key in PRIORITIES],
        },
        next_url=url_for("leads.list_leads", after=found.next_cursor, **query) if found.next_cursor else None,
        previous_url=url_for("leads.list_leads", before=found.previous_cursor, **query)
        if found.previous_cursor
        else None,
        **desk("leads"),
    )
