"""The customer's own details, and what they want to be written to about."""

from flask import Response, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import page, redirect_to
from app.extensions import csrf
from app.leads.models import Lead
from app.leads.services import FACTS, get_lead
from app.messaging.services import keep_wishes, wishes_of
from app.quotes.forms import one_line, plain
from app.quotes.queries.details import details_of
from app.quotes.services.details import Change, correct_details
from app.quotes.views import bp
from app.quotes.views.customer.links import READS, WRITES, firm_page, lead_of_link, open_link, private

_MEANWHILE = "We have changed this meanwhile. What you typed is below; send it again if it is right."


@bp.get("/c/<secret>/details")
@READS
def details(secret: str) -> Response:
    """Name, number and address as we have them, to be put right."""
    now = details_of(lead_of_link(secret))
    return _details(secret, now, now, {}, is_saved=request.args.get("saved") == "1")


@bp.post("/c/<secret>/details")
@csrf.exempt
@WRITES
def change_details(secret: str) -> Response:
    """Keep what was put right."""
    lead = lead_of_link(secret)
    present = details_of(lead)
    typed = {name: _written(name, request.form.get(name)) for name in present}
    was = {
        # A form changes line breaks and blanks on its way; that is no change by somebody else.
        name: kept if _written(name, kept) == (sent := _written(name, request.form.get(f"was_{name}"))) else sent
        for name, kept in present.items()
    }
    try:
        correct_details(lead, {name: Change(typed[name], was[name]) for name in present}, web.actor())
    except Invalid as error:
        return _details(secret, typed, was, error.errors, 422)
    except Conflict as conflict:
        theirs = conflict.details.get("theirs", {})
        return _details(secret, typed, was | theirs, dict.fromkeys(theirs, _MEANWHILE), 409)
    return private(redirect_to(url_for("quotes.details", secret=secret, saved="1")))


@bp.get("/c/<secret>/contact")
@READS
def wishes(secret: str) -> Response:
    """What we may write about, for each way to do it."""
    return _wishes(secret, lead_of_link(secret))


@bp.post("/c/<secret>/contact")
@csrf.exempt
@WRITES
def change_wishes(secret: str) -> Response:
    """Keep each tick with its wording. A box that the page did not show is not taken for a no."""
    lead = get_lead(open_link(secret, whole=False).lead_id, lock=True)
    shown = set(request.form.getlist("shown"))
    wanted = {
        (wish.channel, wish.purpose): request.form.get(wish.name) == "1"
        for wish in wishes_of(lead.contact)
        if wish.name in shown
    }
    keep_wishes(lead, wanted, web.actor())
    return private(redirect_to(url_for("quotes.wishes", secret=secret, saved="1")))


def _written(name: str, text: str | None) -> str:
    """A fact as it is kept. Only notes have lines: a name of several would put lines of its own into mails to staff."""
    return plain(text) if FACTS[name].kind == "longtext" else one_line(text)


def _details(
    secret: str, typed: dict[str, str], was: dict[str, str], errors: dict[str, str], status: int = 200,
    is_saved: bool = False,
) -> Response:  # fmt: skip
    values = {"secret": secret, "typed": typed, "was": was, "errors": errors, "is_saved": is_saved}
    return private(page("quotes/details.html", status, **firm_page(), **values))


def _wishes(secret: str, lead: Lead) -> Response:
    values = {"secret": secret, "wishes": wishes_of(lead.contact), "is_saved": request.args.get("saved") == "1"}
    return private(page("quotes/wishes.html", **firm_page(), **values))
