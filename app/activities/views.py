"""The timeline by itself, notes and calls."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, jsonify, request, url_for

from app.activities import services
from app.activities.queries import newer
from app.activities.queries import timeline as read_timeline
from app.activities.words import CALL_ENDS, KIND_GROUPS
from app.core import web
from app.core.clock import utcnow
from app.core.errors import Invalid
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.numbers import whole_number
from app.core.permissions import permit
from app.followups.services import plan_task
from app.leads.models import Lead
from app.leads.services import get_lead
from app.my_day.services.times import quick_times, time_of
from app.workspaces.layout import desk
from app.workspaces.queries import member_choices

bp = Blueprint("activities", __name__)

_NOTE = ("note", "note_type", "customer_visible")
_CALL = ("outcome", "minutes", "words", "again", "again_at")


@bp.get("/w/<slug>/leads/<uuid:lead_id>/timeline")
@permit("leads:read")
def timeline(slug: str, lead_id: UUID) -> Response:
    """A lead's timeline: older lines `after` a cursor, new ones `since` another, or from the top; `kind` narrows."""
    lead = get_lead(lead_id)
    kind = request.args.get("kind") if request.args.get("kind") in KIND_GROUPS else None
    values: dict[str, Any] = {"lead_id": lead.id, "kind": kind, "kinds": KIND_GROUPS}
    if wants_fragment() and (since := request.args.get("since")):
        return answer(_new(lead_id, since, kind))
    found = read_timeline(lead.id, with_messages=_may_read(), kind=kind, cursor=request.args.get("after"))
    if not wants_fragment():
        return page("activities/timeline.html", timeline=found, lead=lead, **values, **desk("leads"))
    name = "activities/_page.html" if "after" in request.args else "activities/_timeline.html"
    return answer(fragment(name, timeline=found, **values))


@bp.post("/w/<slug>/leads/<uuid:lead_id>/notes")
@permit("activities:write")
def add_note(slug: str, lead_id: UUID) -> Response:
    """Keep a note."""
    lead, typed = get_lead(lead_id), _typed(_NOTE)
    try:
        services.add_note(
            lead, typed["note"], web.actor(), note_type=typed["note_type"] or "general",
            customer_visible=bool(typed["customer_visible"]),
        )  # fmt: skip
    except Invalid as invalid:
        return _pane("note", lead, typed, invalid.errors)
    return _kept("note", lead)


@bp.post("/w/<slug>/leads/<uuid:lead_id>/calls")
@permit("activities:write")
def log_call(slug: str, lead_id: UUID) -> Response:
    """Keep that a call was made, and plan the next one if it is to be tried again."""
    lead, typed = get_lead(lead_id), _typed(_CALL)
    try:
        again = _again(typed)
        services.log_call(lead, typed["outcome"], web.actor(), minutes=_minutes(typed), words=typed["words"])
        if again is not None:
            plan_task(lead, "Call back", again, "call", web.actor())
    except Invalid as invalid:
        return _pane("call", lead, typed, invalid.errors)
    return _kept("call", lead)


@bp.get("/w/<slug>/people")
@permit("activities:write")
def people(slug: str) -> Response:
    """The names that can be mentioned in a note."""
    return jsonify([name for _, name in member_choices()])


def _typed(names: tuple[str, ...]) -> dict[str, str]:
    """What was typed, a line break as the one character that the page's own limit counts it for."""
    return {name: request.form.get(name, "").replace("\r\n", "\n") for name in names}


def _minutes(typed: dict[str, str]) -> int | None:
    text = typed["minutes"].strip()
    if not text:
        return None
    minutes = whole_number(text)
    if minutes is None:
        raise Invalid({"minutes": "Enter the length in whole minutes, from 0 to 600."})
    return minutes


def _again(typed: dict[str, str]) -> Any:
    """When to call again, None for not. Raises Invalid naming the field it is typed in."""
    if not typed["again"]:
        return None
    try:
        return time_of(typed["again"], typed["again_at"], utcnow(), g.workspace.clock())
    except Invalid as invalid:
        raise Invalid({{"at": "again_at"}.get(name, name): words for name, words in invalid.errors.items()}) from None


def _kept(kind: str, lead: Lead) -> Response:
    """The pane as new; what was kept appears in the timeline at once, also where the live stream is broken."""
    if not wants_fragment():
        return redirect_to(url_for("leads.show", lead_id=lead.id))
    response = _pane(kind, lead, {}, {})
    response.headers["HX-Trigger"] = "timeline-grew"
    return response


def _pane(kind: str, lead: Lead, typed: dict[str, str], errors: dict[str, str]) -> Response:
    values = {
        "pane": kind, "lead_id": lead.id, "typed": typed, "errors": errors, "call_ends": CALL_ENDS,
        "call_times": [(each.key, each.label) for each in quick_times(utcnow(), g.workspace.clock())],
    }  # fmt: skip
    status = 422 if errors else 200
    if wants_fragment():
        return answer(fragment("activities/_pane.html", **values), status=status)
    return page("activities/log.html", status, lead=lead, **values, **desk("leads"))


def _new(lead_id: UUID, since: str, kind: str | None) -> str:
    entries = newer(lead_id, since, with_messages=_may_read(), kind=kind)
    return fragment("activities/_new.html", entries=entries, lead_id=lead_id, kind=kind, since=since)


def _may_read() -> bool:
    return g.viewer.can("messages:read")
