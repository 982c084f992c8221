"""What pages say while Squeegee is silent, and the button that does not want to wait."""

from flask import Response, flash, g, url_for

from app.core import web
from app.core.errors import Conflict
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.permissions import permit
from app.extensions import db
from app.squeegee import queries, services, words
from app.squeegee.views import bp


@bp.get("/w/<slug>/squeegee/silent")
@permit("leads:read")
def silent(slug: str) -> Response:
    """Whether hand-overs are held back, and until when: a part of several pages that fetches itself again."""
    if not wants_fragment():
        return redirect_to(url_for("squeegee.queue"))
    return _part()


@bp.post("/w/<slug>/squeegee/try-now")
@permit("leads:transfer")
def try_now(slug: str) -> Response:
    """Let one transfer try at once."""
    said = "One transfer tries now. The others follow once it is through."
    try:
        services.try_now(web.actor())
    except Conflict as error:
        db.session.rollback()
        said = error.message
    if wants_fragment():
        return _part(said)
    flash(said, "info")
    return redirect_to(url_for("squeegee.queue"))


def _part(said: str = "") -> Response:
    values = {"circuit": queries.circuit(), "words": words, "viewer": g.viewer, "silent_said": said}
    return answer(fragment("squeegee/_silent.html", **values))
