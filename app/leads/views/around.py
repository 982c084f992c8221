"""What stands around a lead: houses like it, and what else there was with its person and its house."""

from uuid import UUID

from flask import Response, url_for

from app.core.fragments import answer, fragment, page, wants_fragment
from app.core.permissions import permit
from app.leads.queries.around import kin_of
from app.leads.queries.similar import similar_houses
from app.leads.services import get_lead
from app.leads.views import bp
from app.quotes.queries import quotes_at
from app.rounds.queries import next_visits
from app.rounds.words import fit
from app.workspaces.layout import desk
from app.workspaces.queries import today_here


@bp.get("/w/<slug>/leads/<uuid:lead_id>/similar")
@permit("leads:read")
def similar(slug: str, lead_id: UUID) -> Response:
    """When we are next nearby, and what houses like it were won at and lost at, as lines of the facts."""
    lead = get_lead(lead_id)
    coming = fit(next_visits(lead.district, lead.sector, today_here(), count=4))
    values = {"similar": similar_houses(lead), "lead_id": lead_id, "round_fit": coming}
    if wants_fragment():
        return answer(fragment("leads/_similar.html", **values, in_place=True))
    return page("leads/around.html", part="leads/_similar.html", lead=lead, **values, **desk("leads"))


@bp.get("/w/<slug>/leads/<uuid:lead_id>/around")
@permit("leads:read")
def around(slug: str, lead_id: UUID) -> Response:
    """Other leads of the person and the house, and what that house was quoted before."""
    lead = get_lead(lead_id)
    values = {
        "lead_id": lead_id, "lead": lead, "kin": kin_of(lead),
        "past": [quote for quote in quotes_at(property_id=lead.property_id) if quote.lead_id != lead.id],
        "lead_url": url_for("leads.show", lead_id=lead_id).rsplit("/", 1)[0] + "/",
    }  # fmt: skip
    if wants_fragment():
        return answer(fragment("leads/_around.html", **values))
    return page("leads/around.html", part="leads/_around.html", **values, **desk("leads"))
