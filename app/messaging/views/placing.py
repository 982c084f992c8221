"""What came in and nobody could place: whose is it, is it a new enquiry, or none of ours?"""

from typing import Any
from uuid import UUID

from flask import Response, g, request, url_for

from app.core import web
from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.permissions import permit
from app.extensions import db, limiter
from app.leads.services import LeadDraft
from app.leads.services.parsing import LONGEST, TOO_LONG
from app.messaging.models import Arrival
from app.messaging.queries import arrivals, inbox
from app.messaging.services import arriving
from app.messaging.views import bp
from app.messaging.views.inbox_page import ARRIVALS, inbox_page, list_values
from app.search.queries import find
from app.search.services import note_look
from app.workspaces.queries import current_workspace

_FIELDS = ("name", "email", "phone", "postcode", "wishes")
_MOST_FOUND = 6


@bp.get("/w/<slug>/inbox/waiting/<uuid:arrival_id>", endpoint="arrival")
@permit("messages:read")
def show_arrival(slug: str, arrival_id: UUID) -> Response:
    """What came, the leads it may belong to, and what else it can become."""
    return _shown(arrival_id)


@bp.post("/w/<slug>/inbox/waiting/<uuid:arrival_id>/find", endpoint="find_for_arrival")
@permit("messages:write")
@limiter.limit("600 per minute")
def find_lead(slug: str, arrival_id: UUID) -> Response:
    """Leads that fit what was typed, to put it on one of them."""
    arrival = arrivals.get_arrival(arrival_id)
    workspace, typed = current_workspace(), request.form.get("q", "")[:100]
    today = utcnow().astimezone(workspace.clock().zone).date()
    found = find(typed, workspace.lead_number_prefix, workspace.lead_number_year, today)
    note_look(found.hits, f"arrival-{arrival_id.hex}", web.actor())
    ids = [hit.id for hit in (*found.leads, *found.nearly)][:_MOST_FOUND]
    values = {"arrival": arrival, "candidates": arrivals.leads_for(arrival, ids), "typed": typed, "may_write": True}
    if wants_fragment():
        return answer(fragment("messaging/inbox/_candidates.html", **values))
    return _shown(arrival_id, found=values["candidates"])


@bp.post("/w/<slug>/inbox/waiting/<uuid:arrival_id>/place", endpoint="place_arrival")
@permit("messages:write")
def place(slug: str, arrival_id: UUID) -> Response:
    """It belongs to this lead; what else waits from the same sender goes there too."""
    lead_id = parse_id(request.form.get("lead_id", ""))
    if lead_id is None:
        return _shown(arrival_id, {"lead_id": "Choose a lead."}, 422)
    try:
        lead = arriving.place(arrival_id, lead_id, web.actor())
    except Conflict as conflict:
        return _settled(arrival_id, conflict)
    return _gone(f"Put on {lead.number}.", lead_id=lead.id)


@bp.post("/w/<slug>/inbox/waiting/<uuid:arrival_id>/lead", endpoint="lead_of_arrival")
@permit("leads:write")
def make_lead(slug: str, arrival_id: UUID) -> Response:
    """It is a new enquiry: make a lead of what is known and put it there."""
    draft = arriving.draft_of(_row(arrival_id))
    typed = {name: request.form.get(name, "").strip() for name in _FIELDS}
    try:
        _take(draft, typed)
        lead = arriving.make_lead(arrival_id, draft, web.actor())
    except Invalid as invalid:
        db.session.rollback()
        return _shown(arrival_id, invalid.errors, 422, typed)
    except Conflict as conflict:
        return _settled(arrival_id, conflict)
    return _gone(f"{lead.number} is made.", lead_id=lead.id)


@bp.post("/w/<slug>/inbox/waiting/<uuid:arrival_id>/ignore", endpoint="ignore_arrival")
@permit("messages:write")
def ignore(slug: str, arrival_id: UUID) -> Response:
    """It is none of ours."""
    try:
        arriving.ignore(arrival_id, web.actor())
    except Conflict as conflict:
        return _settled(arrival_id, conflict)
    return _gone("Put aside.", undo_url=url_for("messaging.restore_arrival", arrival_id=arrival_id))


@bp.post("/w/<slug>/inbox/waiting/<uuid:arrival_id>/wait", endpoint="restore_arrival")
@permit("messages:write")
def restore(slug: str, arrival_id: UUID) -> Response:
    """Take it back: it waits again."""
    arriving.wait_again(arrival_id, web.actor())
    if not wants_fragment():
        return redirect_to(url_for("messaging.arrival", arrival_id=arrival_id))
    return answer(fragment("messaging/inbox/_toast.html", words="It waits again.", undo_url=None))


def _take(draft: LeadDraft, typed: dict[str, str]) -> None:
    errors = {name: TOO_LONG for name, text in typed.items() if len(text) > LONGEST}
    if not typed["name"]:
        errors["name"] = "Enter a name."
    if not (typed["phone"] or typed["email"]):
        errors["phone"] = "Enter a phone number or an email address, so that we can reach them."
    if errors:
        raise Invalid(errors)
    for name, text in typed.items():
        setattr(draft, name, text if name == "name" else text or None)
    # As with a lead made by hand: a sales person's is theirs, a manager's waits for whoever takes it.
    draft.owner_id = g.viewer.user_id if g.viewer.role == "sales" else None


def _row(arrival_id: UUID) -> Arrival:
    arrivals.get_arrival(arrival_id)
    return db.session.get_one(Arrival, (g.workspace.id, arrival_id))


def _shown(
    arrival_id: UUID,
    errors: dict[str, str] | None = None,
    status: int = 200,
    typed: dict[str, str] | None = None,
    *,
    found: list[arrivals.Candidate] | None = None,
) -> Response:
    arrival = arrivals.get_arrival(arrival_id)
    if typed is None:
        draft = arriving.draft_of(_row(arrival_id))
        typed = {name: getattr(draft, name) or "" for name in _FIELDS}
    values: dict[str, Any] = {
        "part": "arrival", "open_id": arrival.id, "arrival": arrival, "errors": errors or {}, "typed_lead": typed,
        "candidates": found if found is not None else arrivals.candidates_of(arrival), "typed": "",
        "may_write": g.viewer.can("messages:write"), "may_add": g.viewer.can("leads:write"), "viewer": g.viewer,
    }  # fmt: skip
    if wants_fragment():
        return answer(fragment("messaging/inbox/_arrival.html", **values), status=status)
    return inbox_page(values, status)


def _settled(arrival_id: UUID, conflict: Conflict) -> Response:
    db.session.rollback()
    return _shown(arrival_id, {"arrival": conflict.message}, 409)


def _gone(words: str, *, lead_id: UUID | None = None, undo_url: str | None = None) -> Response:
    """After it was settled: its conversation where there is one, else the list of what still waits."""
    conversation_id = inbox.conversation_of_lead(lead_id) if lead_id else None
    if conversation_id is not None:
        return redirect_to(url_for("messaging.conversation", conversation_id=conversation_id))
    back = url_for("messaging.inbox", show=ARRIVALS)
    if not wants_fragment():
        return redirect_to(back)
    values = list_values(arrivals.count_waiting(), view=ARRIVALS)
    parts = fragment("messaging/inbox/_put_away.html", **values, words=words, undo_url=undo_url)
    return answer(parts, headers={"HX-Push-Url": back})
