"""The queue of leads to hand over, and the file."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, flash, g, make_response, request, url_for

from app.core import web
from app.core.errors import Invalid
from app.core.fragments import redirect_to, wants_fragment
from app.core.permissions import permit
from app.extensions import db
from app.squeegee import queries, services, words
from app.squeegee.forms import read_ids
from app.squeegee.views import bp
from app.workspaces.layout import desk_or_fragment
from app.workspaces.queries import today_here


@bp.get("/w/<slug>/squeegee")
@permit("leads:read")
def queue(slug: str) -> Response:
    """Who waits to be handed over, what they lack, and the latest transfers."""
    return queue_page()


@bp.get("/w/<slug>/squeegee/ready.csv")
@permit("leads:transfer")
def csv(slug: str) -> Response:
    """The file to import: every lead that is ready and complete."""
    content = services.export_ready(web.actor())
    response = make_response(content)
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = f"squeegee-{today_here().isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.post("/w/<slug>/squeegee/ready.csv")
@permit("leads:transfer")
def mark_batch(slug: str) -> Response:
    """Note which of the leads in the file are in Squeegee now."""
    try:
        result = services.mark_entered(read_ids(request.form.getlist("lead")), web.actor())
    except Invalid as error:
        db.session.rollback()
        return queue_page(batch_error=error.errors["lead"], status=422)
    said = f"{result.entered} {'lead is' if result.entered == 1 else 'leads are'} marked as entered."
    if result.left_out:
        said += f" Left out, as they had moved on: {', '.join(result.left_out)}."
    if wants_fragment():
        return queue_page(said=said)
    flash(said, "good")
    return redirect_to(url_for("squeegee.queue"))


def queue_page(
    *, errors: Mapping[UUID, Mapping[str, str]] | None = None, batch_error: str = "", said: str = "", status: int = 200
) -> Response:
    """The queue, whole or as its main part. `errors`: what is wrong, by lead."""
    rows, more = queries.recent()
    values: dict[str, Any] = {
        "queue": queries.queue(), "first_date": queries.suggested_first_date(), "transfers": rows,
        "has_more": bool(more), "errors": errors or {}, "batch_error": batch_error, "said": said, "words": words,
        "viewer": g.viewer,
    }  # fmt: skip
    return desk_or_fragment("squeegee", "squeegee/queue.html", "squeegee/_queue.html", status, **values)
