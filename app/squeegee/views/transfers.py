"""Transfers: all of them, one of them, and what a person decides about it."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Response, flash, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import page, redirect_to, wants_fragment
from app.core.permissions import permit
from app.extensions import db
from app.squeegee import queries, services, words
from app.squeegee.models import Transfer
from app.squeegee.views import bp
from app.workspaces.layout import desk, desk_or_fragment


@bp.get("/w/<slug>/squeegee/transfers")
@permit("leads:read")
def transfers(slug: str) -> Response:
    """All transfers, newest first."""
    rows, after = queries.recent(request.args.get("after"))
    return page("squeegee/transfers.html", transfers=rows, after=after, words=words, **desk("squeegee"))


@bp.get("/w/<slug>/transfers/<uuid:transfer_id>")
@permit("leads:read")
def transfer(slug: str, transfer_id: UUID) -> Response:
    """One transfer with each call, its request and its answer."""
    return _page(transfer_id)


@bp.post("/w/<slug>/transfers/<uuid:transfer_id>/retry")
@permit("leads:transfer")
def retry(slug: str, transfer_id: UUID) -> Response:
    """Start it again."""
    return _act(transfer_id, lambda: services.retry(transfer_id, web.actor()), "On its way again.")


@bp.post("/w/<slug>/transfers/<uuid:transfer_id>/settle")
@permit("leads:transfer")
def settle(slug: str, transfer_id: UUID) -> Response:
    """Say whether Squeegee has what may have got there."""
    is_there = request.form.get("found") == "yes"
    found_id = request.form.get("squeegee_id", "") if is_there else None
    said = "Noted." if is_there else "On its way again."
    return _act(transfer_id, lambda: services.settle(transfer_id, web.actor(), found_id=found_id), said)


@bp.post("/w/<slug>/transfers/<uuid:transfer_id>/cancel")
@permit("leads:transfer")
def cancel(slug: str, transfer_id: UUID) -> Response:
    """Call it off."""
    return _act(transfer_id, lambda: services.cancel(transfer_id, web.actor()), "Called off.")


def _act(transfer_id: UUID, act: Callable[[], Transfer], said: str) -> Response:
    try:
        act()
    except Invalid as error:
        db.session.rollback()
        return _page(transfer_id, error.errors, 422)
    except Conflict as error:
        db.session.rollback()
        return _page(transfer_id, {"": error.message}, 409)
    if wants_fragment():
        return _page(transfer_id)
    flash(said, "good")
    return redirect_to(url_for("squeegee.transfer", transfer_id=transfer_id))


def _page(transfer_id: UUID, errors: Mapping[str, str] | None = None, status: int = 200) -> Response:
    shown = queries.transfer_page(transfer_id, with_bodies=g.viewer.can("leads:transfer"))
    values = {"transfer": shown, "errors": errors or {}, "words": words, "viewer": g.viewer}
    return desk_or_fragment("squeegee", "squeegee/transfer.html", "squeegee/_transfer.html", status, **values)
