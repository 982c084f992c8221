"""Asking a customer for photos, from the lead's drawer."""

from uuid import UUID

from flask import Response, g, request, url_for

from app.core import web
from app.core.errors import Invalid
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.network import SENDING, person_or_block
from app.core.permissions import permit
from app.extensions import limiter
from app.files.services.requesting import ask_for_photos, open_request, photo_link, revoke_photo_link
from app.files.views import bp
from app.leads.services import get_lead
from app.messaging.services import ways_to_reach

_SAID = {"email": "Your email is on its way", "sms": "Your text is on its way", "link": "Here is the link"}


@bp.get("/w/<slug>/leads/<uuid:lead_id>/photo-link")
@permit("messages:write")
def photo_asking(slug: str, lead_id: UUID) -> Response:
    """How to ask this customer for photos."""
    return _menu(lead_id)


@bp.post("/w/<slug>/leads/<uuid:lead_id>/photo-link")
@permit("messages:write")
@limiter.limit(SENDING, key_func=person_or_block)
def ask_photos(slug: str, lead_id: UUID) -> Response:
    """Send the link by email or SMS, or show it to be copied."""
    channel = request.form.get("channel", "")
    try:
        ask_for_photos(lead_id, channel, web.actor())
    except Invalid as error:
        return _menu(lead_id, error=error.errors["channel"], status=422)
    return _after(lead_id, _SAID[channel])


@bp.post("/w/<slug>/leads/<uuid:lead_id>/photo-link/revoke")
@permit("messages:write")
def revoke_photos(slug: str, lead_id: UUID) -> Response:
    """Take the link back."""
    revoke_photo_link(lead_id, web.actor())
    return _after(lead_id, "The link opens nothing any more")


def _after(lead_id: UUID, words: str) -> Response:
    return _menu(lead_id, words=words) if wants_fragment() else redirect_to(url_for("leads.show", lead_id=lead_id))


def _menu(lead_id: UUID, *, words: str = "", error: str = "", status: int = 200) -> Response:
    lead = get_lead(lead_id)
    asked = open_request(lead_id)
    values = {
        "lead_id": lead_id, "first_name": lead.contact.first_name, "channels": list(ways_to_reach(lead.contact)),
        "link": photo_link(asked) if asked else None, "ends": asked.expires_at if asked else None,
        "words": words, "error": error, "viewer": g.viewer,
    }  # fmt: skip
    return answer(fragment("files/_asking.html", **values), status=status)
