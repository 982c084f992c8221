"""What the form tells while it is filled in: the price so far, and when we are next in the area."""

from flask import Response, jsonify, request

from app.core import postcodes
from app.core.clock import utcnow
from app.core.errors import NotFound
from app.core.network import client_block
from app.extensions import csrf, limiter
from app.lead_forms.services import pricing, tokens
from app.lead_forms.services.typed import read
from app.lead_forms.views import bp
from app.lead_forms.views.visit import Visit

_LARGEST_BODY = 8 * 1024


@bp.post("/q/<key>/price")
@csrf.exempt
@limiter.limit("240 per minute", key_func=client_block)
def price(key: str) -> Response:
    """Price and date as words, for the answers so far; nothing is kept of them."""
    request.max_content_length = _LARGEST_BODY
    visit = Visit.enter(key, even_off=True).as_of(request.form.get("version", ""))
    token = tokens.read(visit.form.id, request.form.get("token", ""))
    if token is None and not visit.form.is_active:
        raise NotFound
    typed = read(request.form, visit.content)
    found = postcodes.parse_outward_or_full(typed["postcode"])
    made_at = token.issued_at if token else utcnow()
    words = pricing.price_words(visit.content, visit.workspace, pricing.wanted_of(typed), typed["frequency"], made_at)
    date = pricing.next_date_words(
        visit.content, visit.workspace, found.district if found else None, found.sector if found else None
    )
    return jsonify(line=words.line, meanwhile=words.meanwhile, small=words.small, rungs=words.rungs, date=date)
