"""The page of a person and the page of a house: their facts, their leads, their quotes."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, g, url_for

from app.contacts.queries import consents_of, get_contact, get_house
from app.core.fragments import page
from app.core.permissions import permit
from app.leads.queries.around import Kin, leads_of_contact, leads_of_house
from app.leads.queries.detail import lead_detail
from app.leads.queries.faces import FACES, face_view
from app.leads.queries.similar import similar_houses
from app.messaging.services import wishes_of
from app.quotes.queries import quotes_at
from app.rounds.queries import next_visits
from app.rounds.words import fit
from app.workspaces.layout import desk
from app.workspaces.queries import today_here

bp = Blueprint("contacts", __name__)

_PERSON = ("name", "phone", "email", "preferred_method")
_HOUSE = ("place", "house", "access")


@bp.get("/w/<slug>/contacts/<uuid:contact_id>")
@permit("contacts:read")
def contact(slug: str, contact_id: UUID) -> Response:
    """All about a person."""
    kin = leads_of_contact(contact_id)
    values = _facts(kin, _PERSON)
    person = get_contact(contact_id)  # read with the newest lead
    return page(
        "contacts/contact.html", person=person, kin=kin, consents=consents_of(contact_id), wishes=wishes_of(person),
        may_write=g.viewer.can("messages:write"),
        past=quotes_at(contact_id=contact_id) if g.viewer.can("quotes:read") else [], **values, **desk("leads"),
    )  # fmt: skip


@bp.get("/w/<slug>/houses/<uuid:property_id>")
@permit("contacts:read")
def house(slug: str, property_id: UUID) -> Response:
    """All about a house, whoever lived there."""
    kin = leads_of_house(property_id)
    values = _facts(kin, _HOUSE)
    place = get_house(property_id)  # read with the newest lead
    return page(
        "contacts/house.html", place=place, kin=kin, similar=similar_houses(values["detail"].lead),
        round_fit=fit(next_visits(place.district, place.sector, today_here(), count=4)),
        past=quotes_at(property_id=property_id) if g.viewer.can("quotes:read") else [], **values, **desk("leads"),
    )  # fmt: skip


def _facts(kin: list[Kin], names: tuple[str, ...]) -> dict[str, Any]:
    """The facts, edited by way of the newest lead that they belong to."""
    if not kin:
        abort(404)
    detail = lead_detail(kin[0].id)
    lead_url = url_for("leads.show", lead_id=detail.id)
    return {
        "detail": detail, "lead_id": detail.id, "faces": [face_view(detail, FACES[name]) for name in names],
        "may_edit": g.viewer.can("leads:write"), "is_saved": False, "facts_url": f"{lead_url}/facts/",
        "lead_url": lead_url.rsplit("/", 1)[0] + "/",
    }  # fmt: skip
