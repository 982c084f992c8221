"""Planning something with a lead by hand, and moving or renaming what is planned."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, g, request, url_for

from app.core import web
from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.numbers import whole_number
from app.core.permissions import permit
from app.extensions import db
from app.followups.models import FollowUp
from app.followups.services.by_hand import Change, change_act, plan_by_hand, planned_act
from app.followups.services.naming import is_by_hand
from app.followups.views import bp
from app.followups.views.settling import planned_part
from app.leads.services import get_lead
from app.my_day.services import Slip, in_words, quick_times, time_of
from app.workspaces.layout import desk

_FIELDS = ("what", "title", "again", "at")


@dataclass(slots=True)
class _Sheet:
    """The form as it is shown. `act` is None for something new; `trouble` is what stands in the way of all of it."""

    lead_id: UUID
    typed: dict[str, str]
    act: FollowUp | None = None
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str = ""


@bp.get("/w/<slug>/leads/<uuid:lead_id>/plan")
@permit("leads:write")
def plan_form(slug: str, lead_id: UUID) -> Response:
    """The form for something new: what, and when."""
    return _shown(_Sheet(get_lead(lead_id).id, {"what": "call", "title": "", "again": "morning", "at": ""}))


@bp.post("/w/<slug>/leads/<uuid:lead_id>/plan")
@permit("leads:write")
def plan(slug: str, lead_id: UUID) -> Response:
    """Plan it."""
    since, typed = utcnow(), _typed()
    try:
        at = _time(typed["again"] or "none", typed["at"])
        act = plan_by_hand(lead_id, typed["what"], typed["title"], at, web.actor())
    except Invalid as invalid:
        return _shown(_Sheet(get_lead(lead_id).id, typed, errors=invalid.errors), 422)
    words = _words(at)
    said = f"Planned {words}" if words.startswith("to") else f"Planned for {words}"
    return _kept(lead_id, said, Slip(None, since, utcnow(), planned_id=act.id))


@bp.get("/w/<slug>/follow-ups/<uuid:follow_up_id>/change")
@permit("leads:write")
def change_form(slug: str, follow_up_id: UUID) -> Response:
    """The form for what is planned already: another time and, of what a person planned, another name."""
    act, lead = planned_act(follow_up_id)
    return _shown(_Sheet(lead.id, {"title": act.name, "again": "", "at": _local(act.due_at)}, act))


@bp.post("/w/<slug>/follow-ups/<uuid:follow_up_id>/change")
@permit("leads:write")
def change(slug: str, follow_up_id: UUID) -> Response:
    """Move or rename it; 409 with what was typed when somebody was faster."""
    since, typed, sent = utcnow(), _typed(), request.form.get("version", "")
    seen, lead = planned_act(follow_up_id)
    was_due, version = seen.due_at, whole_number(sent) or 0
    try:
        at = _time(typed["again"], typed["at"]) if typed["again"] else None
        named = typed["title"] if "title" in request.form else None
        act = change_act(follow_up_id, Change(version, named, at), web.actor())
    except Invalid as invalid:
        return _shown(_Sheet(lead.id, typed, seen, invalid.errors), 422)
    except Conflict as conflict:
        db.session.rollback()
        seen, lead = planned_act(follow_up_id)
        return _shown(_Sheet(lead.id, typed, seen, trouble=conflict.message), 409)
    said = f"Moved to {_words(act.due_at)}" if act.due_at != was_due else "Saved"
    return _kept(lead.id, said, Slip(act.id, since, utcnow(), was_due=was_due))


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in _FIELDS}


def _time(key: str, typed: str) -> datetime:
    return time_of(key, typed, utcnow(), g.workspace.clock())


def _words(at: datetime) -> str:
    return in_words(at, utcnow(), g.workspace.clock().zone)


def _local(at: datetime) -> str:
    return f"{at.astimezone(g.workspace.clock().zone):%Y-%m-%dT%H:%M}"


def _kept(lead_id: UUID, words: str, slip: Slip) -> Response:
    """What is planned now, with the way to take it back for half a minute."""
    if not wants_fragment():
        return redirect_to(url_for("leads.page", lead_id=lead_id))
    undo_url = url_for("my_day.undo", lead_id=lead_id, of="lead", **slip.written())
    kept = fragment("followups/by_hand/_kept.html", lead_id=lead_id, planned=planned_part(lead_id))
    said = fragment("leads/_toast.html", words=words, undo_url=undo_url)
    return answer(kept, said, headers={"HX-Trigger": "timeline-grew"})


def _shown(sheet: _Sheet, status: int = 200) -> Response:
    act = sheet.act
    values: dict[str, Any] = {
        "lead_id": sheet.lead_id, "act": act, "version": act.version if act else None,
        "names_it": act is None or is_by_hand(act), "typed": sheet.typed, "errors": sheet.errors,
        "trouble": sheet.trouble, "times": quick_times(utcnow(), g.workspace.clock()),
    }  # fmt: skip
    if wants_fragment():
        return answer(fragment("followups/by_hand/_form.html", **values, on_page=False), status=status)
    return page("followups/by_hand/page.html", status, **values, on_page=True, **desk("leads"))
