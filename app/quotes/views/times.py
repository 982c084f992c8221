"""Offering times to a customer, from the lead's drawer."""

from datetime import time, timedelta
from typing import Any
from uuid import UUID

from flask import Response, g, request, url_for

from app.appointments.queries import get_visit, past_visits
from app.appointments.services import note_no_show
from app.appointments.words import span_words
from app.core import web
from app.core.days import read_day
from app.core.errors import Conflict, Invalid
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.human_time import short_date
from app.core.ids import parse_id
from app.core.network import SENDING, person_or_block
from app.core.permissions import permit
from app.extensions import db, limiter
from app.leads.models import Lead
from app.leads.services import get_lead
from app.messaging.services import ways_to_reach
from app.quotes.forms import plain
from app.quotes.queries.slots import get_slot, slots_of, who_comes
from app.quotes.services.slots import SlotDraft, offer_slot, open_quote_of, tell_of_slots, withdraw_slot
from app.quotes.views import bp
from app.rounds.queries import next_visits
from app.workspaces.queries import today_here

#: When a visit begins and ends if the customer likes a time of day, and otherwise.
_TIMES = {"morning": ("09:00", "12:00"), "afternoon": ("13:00", "16:00"), "evening": ("16:00", "19:00")}
_USUAL = ("09:00", "11:00")
_SUGGESTED = 3


@bp.get("/w/<slug>/leads/<uuid:lead_id>/slots")
@permit("appointments:read")
def slots(slug: str, lead_id: UUID) -> Response:
    """The times offered to a lead, and the form for another."""
    return _panel(get_lead(lead_id))


@bp.post("/w/<slug>/leads/<uuid:lead_id>/slots")
@permit("appointments:write")
def offer_time(slug: str, lead_id: UUID) -> Response:
    """Offer one more time."""
    typed = _typed()
    try:
        offer_slot(lead_id, _draft(typed), web.actor())
    except Invalid as error:
        return _panel(get_lead(lead_id), typed, error.errors, 422)
    return _after(get_lead(lead_id))


@bp.post("/w/<slug>/slots/<uuid:slot_id>/withdraw")
@permit("appointments:write")
def withdraw_time(slug: str, slot_id: UUID) -> Response:
    """Take one back."""
    lead_id = get_slot(slot_id).lead_id
    try:
        withdraw_slot(slot_id, web.actor())
    except Conflict as error:
        db.session.rollback()
        return _panel(get_lead(lead_id), errors={"": error.message}, status=409)
    return _after(get_lead(lead_id))


@bp.post("/w/<slug>/visits/<uuid:visit_id>/no-show")
@permit("appointments:write")
def no_show(slug: str, visit_id: UUID) -> Response:
    """Say that nobody was there when we came."""
    lead_id = get_visit(visit_id).lead_id
    try:
        note_no_show(visit_id, web.actor())
    except Conflict as error:
        db.session.rollback()
        return _panel(get_lead(lead_id), errors={"": error.message}, status=409)
    return _after(get_lead(lead_id))


@bp.post("/w/<slug>/leads/<uuid:lead_id>/slots/tell")
@permit("messages:write")
@limiter.limit(SENDING, key_func=person_or_block)
def tell_times(slug: str, lead_id: UUID) -> Response:
    """Send the customer the link under which they choose."""
    channel = request.form.get("channel", "")
    try:
        tell_of_slots(lead_id, channel, web.actor())
    except Invalid as error:
        return _panel(get_lead(lead_id), errors=error.errors, status=422)
    return _after(get_lead(lead_id), "Your email is on its way" if channel == "email" else "Your text is on its way")


def _typed() -> dict[str, str]:
    typed = {name: plain(request.form.get(name)) for name in ("day", "other_day", "starts", "ends", "user")}
    typed["day"] = typed["other_day"] or typed["day"]  # a date is only typed on purpose; one of the days is always lit
    return typed


def _draft(typed: dict[str, str]) -> SlotDraft:
    errors = {}
    day, starts, ends = read_day(typed["day"]), _time(typed["starts"]), _time(typed["ends"])
    if day is None:
        errors["day"] = "Choose a day."
    if starts is None:
        errors["starts"] = "Enter a time, like 10:00."
    if ends is None:
        errors["ends"] = "Enter a time, like 12:00."
    if day is None or starts is None or ends is None:
        raise Invalid(errors)
    return SlotDraft(day, starts, ends, parse_id(typed["user"]))


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None


def _after(lead: Lead, words: str = "") -> Response:
    return _panel(lead, words=words) if wants_fragment() else redirect_to(url_for("leads.show", lead_id=lead.id))


def _panel(
    lead: Lead, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None, status: int = 200,
    words: str = "",
) -> Response:  # fmt: skip
    offered, days = slots_of(lead.id), _days(lead)
    may_write = g.viewer.can("appointments:write")
    can_tell = g.viewer.can("messages:write") and any(slot.is_free for slot in offered) and open_quote_of(lead.id)
    zone = g.workspace.clock().zone
    values: dict[str, Any] = {
        "visits": [(each, span_words(each.starts_at, each.ends_at, zone)) for each in past_visits(lead.id)],
        "lead_id": lead.id, "slots": offered, "may_write": may_write, "errors": errors or {}, "words": words,
        "typed": typed or _blank(lead, days), "people": who_comes() if may_write else [],
        "days": days, "tomorrow": today_here() + timedelta(days=1),
        "channels": list(ways_to_reach(lead.contact)) if can_tell else [],
    }  # fmt: skip
    return answer(fragment("quotes/_times.html", **values), status=status)


def _blank(lead: Lead, days: list[tuple[str, str]]) -> dict[str, str]:
    starts, ends = _TIMES.get(lead.preferred_time or "", _USUAL)
    return {"day": days[0][0] if days else "", "other_day": "", "starts": starts, "ends": ends, "user": ""}


def _days(lead: Lead) -> list[tuple[str, str]]:
    """The next days on which we are near the lead, with the room there is: (ISO day, words)."""
    visits = next_visits(lead.district, lead.sector, today_here(), _SUGGESTED)
    return [
        (
            visit.day.isoformat(),
            f"{short_date(visit.day)[:-5]}, {'full' if visit.is_full else f'room for {visit.room}'}",
        )
        for visit in visits
    ]
