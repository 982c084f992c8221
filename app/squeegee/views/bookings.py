"""News of bookings: what differs and is settled by a person, and the history."""

from uuid import UUID

from flask import Response, flash, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.permissions import permit
from app.extensions import db
from app.squeegee import services
from app.squeegee.forms import read_date
from app.squeegee.queries.news import SOURCES, STATES, differences, lead_of_news, news_history
from app.squeegee.views import bp
from app.squeegee.views.lead import panel_answer
from app.workspaces.layout import desk_or_fragment


@bp.get("/w/<slug>/squeegee/bookings")
@permit("leads:read")
def bookings(slug: str) -> Response:
    """What Squeegee says about bookings: what differs, taking a file in, and the history."""
    return bookings_page()


@bp.get("/w/<slug>/squeegee/news")
@permit("leads:read")
def news(slug: str) -> Response:
    """What differs, by itself: the queue and the page of bookings fetch it anew."""
    return _differences()


@bp.post("/w/<slug>/squeegee/news/<uuid:booking_news_id>")
@permit("leads:transfer")
def decide(slug: str, booking_news_id: UUID) -> Response:
    """Take the date that Squeegee says, or keep ours."""
    in_panel = request.form.get("place") == "panel" and wants_fragment()
    take_theirs = request.form.get("act") == "take"
    actor = web.actor()
    try:
        seen = read_date(request.form, "ours")
        lead = services.decide(booking_news_id, take_theirs=take_theirs, seen=seen, actor=actor)
    except (Invalid, Conflict) as error:
        db.session.rollback()
        words = next(iter(error.errors.values())) if isinstance(error, Invalid) else error.message
        status = 422 if isinstance(error, Invalid) else 409
        if in_panel:
            return panel_answer(lead_of_news(booking_news_id), {"": words}, status)
        if wants_fragment():
            return _differences(error=words, status=status)
        return bookings_page(error=words, status=status)
    if in_panel:
        return panel_answer(lead.id)
    day = lead.first_service_date
    went = "moved to" if take_theirs else "stays on"
    said = f"{lead.number}: {went} {day:%-d %B}." if day else "Nothing was changed."
    if wants_fragment():
        return _differences(said=said)
    flash(said, "good")
    return redirect_to(url_for("squeegee.bookings"))


def bookings_page(status: int = 200, **values: object) -> Response:
    """The page of bookings. `error`: why a difference was not settled; `errors`: what is wrong with the file."""
    cursor = request.args.get("after")
    lines, after = news_history(cursor)
    shown = {
        "news": differences(), "lines": lines, "after": after, "cursor": cursor, "viewer": g.viewer, "error": "",
        "said": "", "errors": {}, "typed": {}, "states": STATES, "sources": SOURCES,
    }  # fmt: skip
    return desk_or_fragment(
        "squeegee", "squeegee/bookings.html", "squeegee/_news_history.html", status, **{**shown, **values}
    )


def _differences(*, error: str = "", said: str = "", status: int = 200) -> Response:
    values = {"news": differences(), "viewer": g.viewer, "error": error, "said": said, "sources": SOURCES}
    return answer(fragment("squeegee/_news.html", **values), status=status)
