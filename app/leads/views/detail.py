"""One lead, and making a new one by hand."""

from uuid import UUID

from flask import Response, g, request, url_for

from app.core import web
from app.core.errors import Invalid
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.money import parse_money
from app.core.permissions import permit
from app.leads.queries.sources import source_choices
from app.leads.services import LeadDraft, create_lead, get_lead
from app.leads.services.parsing import LONGEST, TOO_LONG
from app.leads.views import bp
from app.leads.views.beside import came_from
from app.leads.views.board import board_page
from app.leads.views.drawer import drawer, drawer_values
from app.leads.views.listing import list_leads_page
from app.leads.words import CHOICE_WORDS
from app.workspaces.layout import desk

_TEXTS = (
    "name", "phone", "email", "address_line1", "address_line2", "town", "postcode", "property_type", "bedrooms",
    "service", "frequency", "access_notes", "wishes", "source_key",
)  # fmt: skip


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


@bp.get("/w/<slug>/leads/new")
@permit("leads:write")
def new(slug: str) -> Response:
    """The form for an enquiry that came by phone or word of mouth."""
    return _form({"source_key": "phone", "service": "window_cleaning"}, {})


@bp.post("/w/<slug>/leads/new")
@permit("leads:write")
def create(slug: str) -> Response:
    """Make the lead, or give the form back with everything typed and what is wrong beside it."""
    typed = {name: request.form.get(name, "") for name in (*_TEXTS, "price")}
    try:
        lead = create_lead(_draft(typed), web.actor())
    except Invalid as invalid:
        return _form(typed, invalid.errors, status=422)
    return redirect_to(url_for("leads.show", lead_id=lead.id))


def _draft(typed: dict[str, str]) -> LeadDraft:
    errors = {name: TOO_LONG for name in _TEXTS if len(typed[name]) > LONGEST}
    if not typed["name"].strip():
        errors["name"] = "Enter a name."
    if not (typed["phone"].strip() or typed["email"].strip()):
        errors["phone"] = "Enter a phone number or an email address, so that we can reach them."
    price = parse_money(typed["price"]) if typed["price"].strip() else None
    if typed["price"].strip() and price is None:
        errors["price"] = "Enter an amount in pounds, like 24 or 24.50."
    for name, words in CHOICE_WORDS.items():
        if typed.get(name) and typed[name] not in words:
            errors[name] = "Choose one from the list."
    if errors:
        raise Invalid(errors)
    values = {name: typed[name].strip() or None for name in _TEXTS}
    values["name"], values["service"] = typed["name"], typed["service"] or "window_cleaning"
    values["source_key"] = typed["source_key"] or "phone"
    # A sales person's new lead is theirs; a manager's waits for whoever takes it.
    owner_id = g.viewer.user_id if g.viewer.role == "sales" else None
    return LeadDraft(**values, price_minor=price, owner_id=owner_id)  # type: ignore[arg-type]


def _form(typed: dict[str, str], errors: dict[str, str], status: int = 200) -> Response:
    choices = {name: list(words.items()) for name, words in CHOICE_WORDS.items()} | {"source_key": source_choices()}
    return page("leads/new.html", status, typed=typed, errors=errors, choices=choices, **desk("leads"))
