"""A member's own switch for the digest."""

from flask import Blueprint, Response, flash, g, request, url_for

from app.alerts.services import switch_digest
from app.core.fragments import redirect_to
from app.core.permissions import permit

bp = Blueprint("alerts", __name__)


@bp.post("/w/<slug>/notifications/digest")
@permit("leads:write")
def digest(slug: str) -> Response:
    """Turn one's own digest on, or off."""
    wanted = "gets_digest" in request.form
    switch_digest(g.viewer.user_id, wanted)
    words = "You get the digest from the next working day on" if wanted else "You get no digest any more"
    flash(words, "good")
    return redirect_to(url_for("notifications.inbox"))
