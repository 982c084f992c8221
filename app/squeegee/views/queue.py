"""The queue of leads to hand over, several of them at once, and the file."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, flash, g, request, url_for

from app.core import web
from app.core.errors import Invalid
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.permissions import permit
from app.extensions import db
from app.squeegee import queries, words
from app.squeegee.forms import read_date, read_ids
from app.squeegee.queries.news import SOURCES, differences
from app.squeegee.services.together import hand_over_together
from app.squeegee.views import bp
from app.workspaces.layout import desk_or_fragment

#: Transfers shown beneath the queue.
MOST_LATELY = 5


@bp.get("/w/<slug>/squeegee")
@permit("leads:read")
def queue(slug: str) -> Response:
    """Who waits to be handed over, what they lack, and the latest transfers."""
    return queue_page()


@bp.get("/w/<slug>/squeegee/lately")
@permit("leads:read")
def lately(slug: str) -> Response:
    """What was handed over lately: the queue fetches it, and again whenever a transfer has moved on."""
    values = {"transfers": queries.recent()[0][:MOST_LATELY], "words": words}
    if not wants_fragment():
        return redirect_to(url_for("squeegee.transfers"))
    return answer(fragment("squeegee/_lately.html", **values))


@bp.post("/w/<slug>/squeegee/hand-over")
@permit("leads:transfer")
def hand_over_ticked(slug: str) -> Response:
    """Hand over the leads that were ticked, each on its own first date; each that can't be says why on its card."""
    ids = read_ids(request.form.getlist("lead"))
    try:
        days, unread = _days(ids)
        wrong = unread | (hand_over_together(days, web.actor()) if days or not unread else {})
    except Invalid as error:
        db.session.rollback()
        return queue_page(many_error=error.errors["lead"], status=422)
    done = len(set(ids)) - len(wrong)
    if wrong and not done:
        return queue_page(errors=wrong, status=422)
    said = f"{done} {'lead is' if done == 1 else 'leads are'} on the way to Squeegee."
    if wrong:
        return queue_page(errors=wrong, said=f"{said} {len(wrong)} could not go: see there.")
    if wants_fragment():
        return queue_page(said=said)
    flash(said, "good")
    return redirect_to(url_for("squeegee.queue"))


def _days(ids: list[UUID]) -> tuple[dict[UUID, date | None], dict[UUID, dict[str, str]]]:
    """The first date of each lead, and what is wrong with those that can't be read."""
    days, wrong = dict[UUID, date | None](), dict[UUID, dict[str, str]]()
    for lead_id in ids:
        try:
            field = f"first_{lead_id}"
            days[lead_id] = read_date(request.form, field if field in request.form else "first_service_date")
        except Invalid as error:
            wrong[lead_id] = {"first_service_date": next(iter(error.errors.values()))}
    return days, wrong


def queue_page(
    *, errors: Mapping[UUID, Mapping[str, str]] | None = None, many_error: str = "",
    said: str = "", status: int = 200,
) -> Response:  # fmt: skip
    """The queue, whole or as its main part. `errors`: what is wrong, by lead; what was typed stays."""
    cursor = request.args.get("after")
    values: dict[str, Any] = {
        "queue": queries.queue(cursor), "queue_url": url_for("squeegee.queue", after=cursor), "errors": errors or {},
        "typed": request.form, "many_error": many_error, "said": said, "words": words,
        "viewer": g.viewer,
    }  # fmt: skip
    if not wants_fragment():
        values |= {"circuit": queries.circuit(), "news": differences(), "sources": SOURCES, "error": ""}
    return desk_or_fragment("squeegee", "squeegee/queue.html", "squeegee/_queue.html", status, **values)
