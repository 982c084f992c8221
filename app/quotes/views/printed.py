"""Quotes as PDF: for staff, and behind the customer's own link."""

from uuid import UUID

from flask import Response, g, make_response

from app.core.permissions import permit
from app.extensions import limiter
from app.quotes.models import Quote
from app.quotes.queries import get_quote, standing
from app.quotes.services import link_of
from app.quotes.views import bp
from app.quotes.views.customer.links import open_link
from app.workspaces.layout import private
from app.workspaces.queries import today_here


@bp.get("/w/<slug>/quotes/<uuid:quote_id>.pdf")
@permit("quotes:read")
def pdf(slug: str, quote_id: UUID) -> Response:
    """One version on paper; the customer's link stands on it for those who may send it."""
    quote = get_quote(quote_id)
    return _printed(quote, with_link=g.viewer.can("quotes:write"))


@bp.get("/c/<secret>/quote.pdf")
@limiter.limit("20 per minute")
def customer_pdf(secret: str) -> Response:
    """The same for its customer."""
    return _printed(open_link(secret), with_link=True)


def _printed(quote: Quote, *, with_link: bool) -> Response:
    from app.quotes.services.printing import quote_pdf  # here: a tenth of what a process takes to start

    is_open = standing(quote, today_here()) == "open" and quote.revoked_at is None
    response = make_response(quote_pdf(quote, link_of(quote) if with_link and is_open else None))
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="Quote-{quote.number}.pdf"'
    return private(response)
