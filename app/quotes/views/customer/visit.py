"""The customer chooses a time, and takes the visit into their calendar."""

from flask import Response, abort, current_app, make_response, request, url_for

from app.appointments.queries import next_visit
from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import redirect_to
from app.core.icalendar import calendar_file
from app.extensions import csrf
from app.leads.services import get_lead
from app.leads.words import SERVICE_WORDS
from app.quotes.forms import AnswerForm
from app.quotes.services.slots import choose_slot
from app.quotes.views import bp
from app.quotes.views.customer.answers import as_it_stands
from app.quotes.views.customer.links import READS, WRITES, open_link, private
from app.workspaces.queries import current_workspace


@bp.post("/c/<secret>/slot")
@csrf.exempt
@WRITES
def choose_time(secret: str) -> Response:
    """Choose one of the times offered. Of two who choose the same one the second is shown what is left."""
    quote, typed = open_link(secret), AnswerForm.of_request(request.form)
    try:
        choose_slot(quote, typed.slot_id, typed.early_start, web.actor())
    except Invalid as error:
        return as_it_stands(quote, secret, 422, errors=error.errors, typed=typed)
    except Conflict:
        return as_it_stands(quote, secret, 409, has_gone=True)
    return private(redirect_to(url_for("quotes.customer_page", secret=secret)))


@bp.get("/c/<secret>/visit.ics")
@READS
def visit_file(secret: str) -> Response:
    """The visit as a calendar file."""
    quote = open_link(secret)
    visit = next_visit(quote.lead_id)
    if visit is None:
        abort(404)
    lead, firm = get_lead(quote.lead_id), current_workspace()
    host = str(current_app.config["PUBLIC_URL"]).partition("://")[2]
    title = f"{SERVICE_WORDS[lead.service]}: {firm.name}"
    content = calendar_file(
        f"{visit.id}@{host}", visit.starts_at, visit.ends_at, title, lead.property.address, firm.phone or ""
    )
    response = make_response(content)
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="visit.ics"'
    return private(response)
