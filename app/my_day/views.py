"""My day: one lead after the other, with a key for each outcome."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, g, request, url_for
from werkzeug.datastructures import MultiDict

from app.activities.queries import LATEST, TimelineEntry, latest, timeline
from app.core import web
from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.permissions import permit
from app.extensions import db
from app.leads.services import get_lead, stage_by_key
from app.leads.words import DECLINE_WORDS
from app.my_day import services
from app.my_day.queries.visits import day_visits
from app.my_day.services import Outcome, Slip, Taken
from app.workspaces.layout import desk

bp = Blueprint("my_day", __name__)

_SEEN_OF_TIMELINE = 2
_LONGEST_NOTE = 10_000
_FIRST_YEAR, _LAST_YEAR = 1999, 2200


@bp.get("/w/<slug>/my-day")
@permit("leads:write")
def day(slug: str) -> Response:
    """The lead that is next for the person, taken for them so that nobody else rings it, and the queue beside it."""
    return _shown(services.take_next(web.actor()))


@bp.get("/w/<slug>/my-day/<uuid:lead_id>")
@permit("leads:write")
def chosen(slug: str, lead_id: UUID) -> Response:
    """A lead out of turn, as chosen from the queue; to be read only while another is on it. `until` comes from a page
    that shows it already, and has heard of a change.
    """
    until = _moment(request.args.get("until", "")) if wants_fragment() else None
    if until is not None:
        return _shown(services.show_again(lead_id, until, web.actor()))
    return _shown(services.take(lead_id, web.actor()))


@bp.post("/w/<slug>/my-day/<uuid:lead_id>/outcome")
@permit("leads:write")
def settle(slug: str, lead_id: UUID) -> Response:
    """Keep what became of it, and show what is next."""
    actor, form = web.actor(), request.form
    try:
        outcome = _outcome(form)
        slip = services.settle(lead_id, outcome, actor)
    except Invalid as invalid:
        return _refused(lead_id, invalid.errors, 422)
    except Conflict as conflict:
        return _refused(lead_id, {"act": conflict.message}, 409)
    if not wants_fragment():
        services.release(lead_id, actor)
        return redirect_to(url_for("my_day.day"))
    taken = services.take_next(actor)  # which lets go of this lead
    if taken.card is None:
        services.release(lead_id, actor)
    undo_url = url_for("my_day.undo", lead_id=lead_id, **slip.written())
    return _shown(taken, toast=(_said(outcome, request.form.get("who", ""), slip.moved), undo_url))


@bp.post("/w/<slug>/my-day/<uuid:lead_id>/undo")
@permit("leads:write")
def undo(slug: str, lead_id: UUID) -> Response:
    """Take the last outcome back and the lead up again; beside a lead (`of`) it only says so, and that shows it."""
    actor, lead = web.actor(), get_lead(lead_id)
    words = services.undo(lead.id, _read(request.values), actor)
    if request.args.get("of") == "lead" and wants_fragment():
        said = fragment("leads/_toast.html", words="Taken back", undo_url=None)
        return answer(said, headers={"HX-Trigger": "planned-changed, timeline-grew"})
    taken = services.take(lead_id, actor)
    if not wants_fragment():
        return redirect_to(url_for("my_day.day"))
    return _shown(taken, typed=MultiDict({"words": words}), toast=("Taken back", None))


@bp.post("/w/<slug>/my-day/<uuid:lead_id>/hold")
@permit("leads:write")
def hold(slug: str, lead_id: UUID) -> Response:
    """Hold the lead for longer, as its page does while it is open; the answer is until when, or who has it now."""
    taken = services.take(lead_id, web.actor())
    if taken.until is None:
        return Response(taken.refused, 409, mimetype="text/plain")
    return Response(taken.until.isoformat(), mimetype="text/plain")


@bp.post("/w/<slug>/my-day/<uuid:lead_id>/release")
@permit("leads:write")
def release(slug: str, lead_id: UUID) -> Response:
    """Let go of the lead, as its page does when it is left; `until` says which showing of it was left."""
    lead, until = get_lead(lead_id), _moment(request.form.get("until", ""))
    if until is None:
        abort(400)
    services.release(lead.id, web.actor(), until)
    return Response(status=204)


def _outcome(form: MultiDict[str, str]) -> Outcome:
    """What was pressed: "no_answer morning" is a call that nobody took, to be tried again in the morning.

    The keyboard sends the form without a button: `default` says what that means.
    """
    kind, _, again = (form.get("outcome") or form.get("default", "")).partition(" ")
    again = again or ("" if kind in ("skip", "done") else form.get("again", ""))
    if kind == "no_answer" and "voicemail" in form:
        kind = "voicemail"
    at = services.time_of(again, form.get("at", ""), utcnow(), g.workspace.clock()) if again else None
    reason = form.get("reason_key") or None
    if kind == "not_interested" and reason not in DECLINE_WORDS:
        raise Invalid({"reason_key": "Choose the reason that comes nearest."})
    words = form.get("words", "").replace("\r\n", "\n")  # counted as the page counts it
    if len(words) > _LONGEST_NOTE:
        raise Invalid({"words": f"This is too long: keep it under {_LONGEST_NOTE:,} characters."})
    return Outcome(kind, parse_id(form.get("act", "")), words, at, reason if kind == "not_interested" else None)


def _said(outcome: Outcome, who: str, moved: bool) -> str:
    """The toast's words; `who` is the name as the page showed it, `moved` whether the lead stands elsewhere now."""
    clock = g.workspace.clock()
    when = services.in_words(outcome.again_at, utcnow(), clock.zone) if outcome.again_at else ""
    said = {
        "no_answer": "No answer", "voicemail": "Left a voicemail", "spoke": "Call kept", "booked": "Booked",
        "not_interested": "Not interested", "later": "Put off", "skip": "Skipped", "done": "Done",
    }[outcome.kind]  # fmt: skip
    if moved and outcome.kind == "spoke":
        said = f"{said}, moved to {stage_by_key('contacted').name}"
    if when:
        said = f"{said} until {when}" if outcome.kind == "later" else f"{said}. Call again {when}"
    return f"{who[:80]}: {said[0].lower()}{said[1:]}" if who else said


def _refused(lead_id: UUID, errors: dict[str, str], status: int) -> Response:
    """The card again with what was typed. Of a settled act nothing was kept; the call can still be kept without it."""
    db.session.rollback()
    return _shown(services.look(lead_id), status, typed=request.form, errors=errors)


def _shown(
    taken: Taken,
    status: int = 200,
    *,
    typed: MultiDict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    toast: tuple[str, str | None] | None = None,
) -> Response:
    card, now, may_read = taken.card, utcnow(), g.viewer.can("messages:read")
    frame = desk("my_day") if card is None or not wants_fragment() else None
    values: dict[str, Any] = {
        "taken": taken, "queue": taken.queue, "card": card, "visits": day_visits(now),
        "typed": typed or MultiDict(), "errors": errors or {},
        "lines": _lines(card.id, may_read) if card else [],
        "times": services.quick_times(now, g.workspace.clock()), "reasons": list(DECLINE_WORDS.items()), "now": now,
        "to_read": frame["counts"]["inbox"] if frame and may_read else 0,
        "in_words": lambda at: services.in_words(at, now, g.workspace.clock().zone),
    }  # fmt: skip
    if frame and not wants_fragment():
        return page("my_day/day.html", status, **values, **frame)
    if toast is None:
        return answer(fragment("my_day/_day.html", **values), status=status)
    values |= {"words": toast[0], "undo_url": toast[1]}
    return answer(fragment("my_day/_settled.html", **values), status=status)


def _lines(lead_id: UUID, with_messages: bool) -> list[TimelineEntry]:
    """What happened lately."""
    return latest(timeline(lead_id, with_messages=with_messages, limit=LATEST).entries)[:_SEEN_OF_TIMELINE]


def _read(given: MultiDict[str, str]) -> Slip:
    since, upto = _moment(given.get("since", "")), _moment(given.get("upto", ""))
    if since is None or upto is None:
        abort(400)
    return Slip(
        parse_id(given.get("act", "")), since, upto, parse_id(given.get("planned", "")), _moment(given.get("was", "")),
        given.get("moved") == "1",
    )  # fmt: skip


def _moment(text: str) -> datetime | None:
    """A moment as an address or a form holds it; None for what is none within our days: a database keeps moments that
    Python can't read, and no zone knows the first and the last.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo and _FIRST_YEAR < at.year < _LAST_YEAR else None
