"""What we hold about the customer: to read, and to take away."""

import json

from flask import Response, make_response

from app.core.clock import utcnow
from app.core.fragments import page
from app.quotes.queries.held import held_about
from app.quotes.views import bp
from app.quotes.views.customer.links import READS, firm_page, lead_of_link, private
from app.workspaces.queries import current_workspace


@bp.get("/c/<secret>/data")
@READS
def held(secret: str) -> Response:
    """All of it, in words."""
    sections = held_about(lead_of_link(secret))
    return private(page("quotes/held.html", **firm_page(), secret=secret, sections=sections))


@bp.get("/c/<secret>/data.json")
@READS
def held_file(secret: str) -> Response:
    """The same for machines (UK GDPR, article 20)."""
    sections = held_about(lead_of_link(secret))
    content = {
        "held_by": current_workspace().name,
        "as_of": utcnow().isoformat(timespec="seconds"),
        "data": [
            {"about": section.title, "lines": [{"what": what, "value": value} for what, value in section.lines]}
            for section in sections
        ],
    }
    response = make_response(json.dumps(content, ensure_ascii=False, indent=2))
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return private(response)
