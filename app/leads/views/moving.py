"""Moving a lead: from the board by its script, from the drawer by its form, and the question before it leaves."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, abort, g, request, url_for

from app.core import web
from app.core.days import read_day
from app.core.errors import Conflict, Invalid
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.permissions import permit
from app.extensions import db
from app.followups.queries import count_planned
from app.leads.models import Stage
from app.leads.queries.names import names_of
from app.leads.services import DECLINED, REASONS, get_lead, get_stage, move_to_stage, return_date, take_back
from app.leads.views import bp
from app.leads.views.drawer import drawer
from app.messaging.queries import count_unsent
from app.workspaces.layout import desk
from app.workspaces.queries import current_workspace, today_here

_MOST_AT_ONCE = 50
_LONGEST_REASON = 2_000


@bp.get("/w/<slug>/leads/farewell/<uuid:stage_id>")
@permit("leads:write")
def farewell(slug: str, stage_id: UUID) -> Response:
    """What moving the leads `lead` to a final stage stops, and the question whether to; a dialog, or a page."""
    target = get_stage(stage_id)
    if not request.args.getlist("lead"):
        return redirect_to(url_for("leads.board"))
    ids = [each for each in map(parse_id, request.args.getlist("lead")[:_MOST_AT_ONCE]) if each]
    values = _farewell(target, ids)
    if wants_fragment():
        return answer(fragment("leads/_farewell.html", **values))
    return page("leads/farewell.html", **values, **desk("board"))


@bp.post("/w/<slug>/leads/<uuid:lead_id>/stage")
@permit("leads:write")
def move(slug: str, lead_id: UUID) -> Response:
    """Move a lead. The board's script wants a bare yes or the reason for a no; others their drawer again.

    Who has not agreed to what a final stage stops is asked first.
    """
    form = request.form
    bare = request.accept_mimetypes.best == "text/plain"
    target = get_stage(parse_id(form.get("to", "")) or abort(404))
    agreed = bool(form.get("agreed"))
    if target.is_final and not agreed and not bare and get_lead(lead_id).stage_id != target.id:
        return _ask_first(target, lead_id)
    try:
        lead = move_to_stage(
            lead_id, target.id, web.actor(), from_stage_id=parse_id(form.get("from", "")),
            above_id=parse_id(form.get("above", "")), below_id=parse_id(form.get("below", "")),
            reason=form.get("reason", "")[:_LONGEST_REASON], reason_key=form.get("reason_key") or None,
            returns_on=_day(form.get("returns_on")), stops_messages=agreed and target.is_final,
        )  # fmt: skip
    except Conflict as conflict:
        if bare:
            db.session.rollback()
            return Response(conflict.message, 409, mimetype="text/plain")
        raise
    except Invalid as invalid:
        if bare:
            return Response(" ".join(invalid.errors.values()), 422, mimetype="text/plain")
        return _ask_first(target, lead_id, invalid.errors)
    if bare:
        return Response(status=204)
    return _moved(lead.id, f"Moved to {target.name}")


@bp.post("/w/<slug>/leads/<uuid:lead_id>/stage/undo")
@permit("leads:write")
def undo_move(slug: str, lead_id: UUID) -> Response:
    """Take one's last move of a lead back."""
    bare = request.accept_mimetypes.best == "text/plain"
    try:
        take_back(lead_id, web.actor())
    except Conflict as conflict:
        if bare:
            return Response(conflict.message, 409, mimetype="text/plain")
        raise
    if bare or wants_fragment():
        return Response(status=204)
    return redirect_to(url_for("leads.show", lead_id=lead_id))


def _moved(lead_id: UUID, words: str) -> Response:
    if not wants_fragment():
        return redirect_to(url_for("leads.show", lead_id=lead_id))
    response = drawer(lead_id)
    undo = url_for("leads.undo_move", lead_id=lead_id)
    # Plain text added to: text beside a Markup would be escaped.
    response.set_data(response.get_data(as_text=True) + str(fragment("leads/_toast.html", words=words, undo_url=undo)))
    return response


def _ask_first(target: Stage, lead_id: UUID, errors: dict[str, str] | None = None) -> Response:
    """The question as a dialog over whatever is open; as a page without scripts. What was typed stands in it."""
    values = _farewell(target, [lead_id], errors)
    status = 422 if errors else 200
    if wants_fragment():
        headers = {"HX-Retarget": "#dialogs", "HX-Reswap": "beforeend", "HX-Push-Url": "false"}
        return answer(fragment("leads/_farewell.html", **values), status=status, headers=headers)
    return page("leads/farewell.html", status, **values, **desk("board"))


def _farewell(target: Stage, lead_ids: list[UUID], errors: dict[str, str] | None = None) -> dict[str, Any]:
    names = names_of(lead_ids)
    if not names:
        abort(404)
    today, month = today_here(), current_workspace().price_review_month
    stopped, kept = count_planned(list(names))
    reasons = [(reason, return_date(reason.key, today, month)) for reason in REASONS.values()]
    return {
        "stage": target, "names": list(names.values()), "lead_ids": list(names), "stopped": stopped, "kept": kept,
        "unsent": count_unsent(list(names)) if g.viewer.can("messages:read") else 0,
        "reasons": reasons if target.key == DECLINED else [], "today": today, "errors": errors or {},
        "typed": {name: request.form.get(name, "") for name in ("reason_key", "returns_on", "reason", "from")},
    }  # fmt: skip


def _day(given: str | None) -> date | bool | None:
    """A form's day: True (the reason's own) when it was not asked, None when it was left blank. Raises Invalid."""
    if given is None or not given.strip():
        return given is None or None
    day = read_day(given)
    if day is None:
        raise Invalid({"returns_on": "Choose a day from tomorrow on, within five years."})
    return day
