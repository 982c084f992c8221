"""Transfers: all of them, one of them, and what a person decides about it."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Response, flash, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import redirect_to, wants_fragment
from app.core.permissions import permit
from app.extensions import db
from app.leads.queries.names import names_of
from app.squeegee import queries, services, words
from app.squeegee.forms import read_ids, read_transfer_filter
from app.squeegee.models import Transfer
from app.squeegee.views import bp
from app.workspaces.layout import desk_or_fragment


@bp.get("/w/<slug>/squeegee/transfers")
@permit("leads:read")
def transfers(slug: str) -> Response:
    """The history, narrowed as its address says, newest first."""
    return _history()


@bp.post("/w/<slug>/squeegee/transfers")
@permit("leads:transfer")
def act_on_several(slug: str) -> Response:
    """Start the ticked transfers again, or call them off; the list stays narrowed as it was."""
    again = request.form.get("act") == "retry"
    act = services.retry_several if again else services.cancel_several
    try:
        outcome = act(read_ids(request.form.getlist("transfer")), web.actor())
    except Invalid as error:
        db.session.rollback()
        return _history(error=error.errors["transfer"], status=422)
    said = _said(outcome, "on {} way again" if again else "called off")
    if wants_fragment():
        return _history(said=said)
    flash(said, "good")
    return redirect_to(url_for("squeegee.transfers", **read_transfer_filter(request.args).as_query()))


@bp.get("/w/<slug>/transfers/<uuid:transfer_id>")
@permit("leads:read")
def transfer(slug: str, transfer_id: UUID) -> Response:
    """One transfer with each call, its request and its answer."""
    return _page(transfer_id)


@bp.post("/w/<slug>/transfers/<uuid:transfer_id>/retry")
@permit("leads:transfer")
def retry(slug: str, transfer_id: UUID) -> Response:
    """Start it again."""
    return decide(transfer_id, lambda: services.retry(transfer_id, web.actor()), "On its way again.")


@bp.post("/w/<slug>/transfers/<uuid:transfer_id>/settle")
@permit("leads:transfer")
def settle(slug: str, transfer_id: UUID) -> Response:
    """Say whether Squeegee has what may have got there."""
    is_there = request.form.get("found") == "yes"
    found_id = request.form.get("squeegee_id", "") if is_there else None
    said = "Noted." if is_there else "On its way again."
    return decide(transfer_id, lambda: services.settle(transfer_id, web.actor(), found_id=found_id), said)


@bp.post("/w/<slug>/transfers/<uuid:transfer_id>/cancel")
@permit("leads:transfer")
def cancel(slug: str, transfer_id: UUID) -> Response:
    """Call it off."""
    return decide(transfer_id, lambda: services.call_off(transfer_id, web.actor()), "Called off.")


@bp.post("/w/<slug>/transfers/<uuid:transfer_id>/take-back")
@permit("leads:transfer")
def take_back(slug: str, transfer_id: UUID) -> Response:
    """It is not in Squeegee after all, though somebody said so."""
    return decide(transfer_id, lambda: services.take_back(transfer_id, web.actor()), "Taken back.")


def _said(outcome: services.Outcome, done: str) -> str:
    said = []
    if outcome.done:
        one = outcome.done == 1
        said.append(f"{outcome.done} {'is' if one else 'are'} {done.format('its' if one else 'their')}.")
    for why, number in outcome.left.items():
        said.append(f"{number} stayed as {'it was' if number == 1 else 'they were'}: {why}")
    return " ".join(said)


def _history(*, error: str = "", said: str = "", status: int = 200) -> Response:
    wanted = read_transfer_filter(request.args)
    cursor = request.args.get("after")
    rows, after = queries.history(wanted, cursor)
    tally = queries.standings(wanted)
    lead_name = names_of([wanted.lead_id]).get(wanted.lead_id, "") if wanted.lead_id else ""
    values = {
        "transfers": rows, "after": after, "cursor": cursor, "wanted": wanted, "tally": tally,
        "people": queries.people(), "standings": queries.STANDINGS, "most": queries.MOST_COUNTED,
        "lead_name": lead_name, "words": words, "viewer": g.viewer, "error": error, "said": said,
    }  # fmt: skip
    response = desk_or_fragment("squeegee", "squeegee/transfers.html", "squeegee/_history.html", status, **values)
    if wants_fragment() and "" in request.args.values():  # the form sends what was left blank: not into the address
        response.headers["HX-Push-Url"] = url_for("squeegee.transfers", **wanted.as_query())
    return response


def decide(transfer_id: UUID, act: Callable[[], Transfer], said: str) -> Response:
    """Do what a person decided about a transfer, and show it: as it stands now, or with what was wrong."""
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
    typed = request.form if errors else {}  # what was refused stays where it was typed
    values = {"transfer": shown, "errors": errors or {}, "typed": typed, "words": words, "viewer": g.viewer}
    if not wants_fragment():
        values["circuit"] = queries.circuit()
    return desk_or_fragment("squeegee", "squeegee/transfer.html", "squeegee/_transfer.html", status, **values)
