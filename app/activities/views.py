"""The timeline's further pages, notes and calls."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, request, url_for

from app.activities import services
from app.activities.queries import timeline as read_timeline
from app.core import web
from app.core.errors import Invalid
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.permissions import permit
from app.leads.models import Lead
from app.leads.services import get_lead
from app.workspaces.layout import desk

bp = Blueprint("activities", __name__)


@bp.get("/w/<slug>/leads/<uuid:lead_id>/timeline")
@permit("leads:read")
def timeline(slug: str, lead_id: UUID) -> Response:
    """Older lines of a lead's timeline."""
    lead = get_lead(lead_id)
    found = read_timeline(lead.id, kind=request.args.get("kind"), cursor=request.args.get("after"))
    if wants_fragment():
        return answer(fragment("activities/_page.html", timeline=found, lead_id=lead.id))
    return page("activities/timeline.html", timeline=found, lead=lead, **desk("leads"))


@bp.post("/w/<slug>/leads/<uuid:lead_id>/notes")
@permit("activities:write")
def add_note(slug: str, lead_id: UUID) -> Response:
    """Keep a note."""
    lead = get_lead(lead_id)
    typed = {name: request.form.get(name, "") for name in ("note", "note_type")}
    try:
        services.add_note(lead, typed["note"], web.actor(), note_type=typed["note_type"] or "general")
    except Invalid as invalid:
        return _refused(lead, invalid, typed)
    return _shown(lead)


@bp.post("/w/<slug>/leads/<uuid:lead_id>/calls")
@permit("activities:write")
def log_call(slug: str, lead_id: UUID) -> Response:
    """Keep that a call was made."""
    lead = get_lead(lead_id)
    typed = {name: request.form.get(name, "") for name in ("outcome", "minutes", "words")}
    try:
        services.log_call(lead, typed["outcome"], web.actor(), minutes=_minutes(typed), words=typed["words"])
    except Invalid as invalid:
        return _refused(lead, invalid, typed)
    return _shown(lead)


def _minutes(typed: dict[str, str]) -> int | None:
    text = typed["minutes"].strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > 9:  # Python itself refuses to read thousands of digits
        raise Invalid({"minutes": "Enter the length in whole minutes, from 0 to 600."})
    return int(text)


def log_values(lead: Lead, typed: dict[str, Any] | None = None, errors: dict[str, str] | None = None) -> dict[str, Any]:
    """What composer and timeline show together."""
    return {
        "lead": lead,
        "contact": lead.contact,
        "timeline": read_timeline(lead.id),
        "typed": typed or {},
        "errors": errors or {},
        "viewer": g.viewer,
    }


def _shown(lead: Lead) -> Response:
    if wants_fragment():
        return answer(fragment("activities/_log.html", **log_values(lead)))
    return redirect_to(url_for("leads.show", lead_id=lead.id))


def _refused(lead: Lead, invalid: Invalid, typed: dict[str, Any]) -> Response:
    values = log_values(lead, typed, invalid.errors)
    if wants_fragment():
        return answer(fragment("activities/_log.html", **values), status=422)
    return page("activities/log.html", 422, values=values, lead=lead, **desk("leads"))
