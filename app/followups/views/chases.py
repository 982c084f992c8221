"""A lead's sequences in its drawer: put on one, paused until a day, resumed, stopped."""

from datetime import UTC, datetime, time
from uuid import UUID

from flask import Response, flash, g, request, url_for

from app.core import web
from app.core.days import read_day
from app.core.errors import Conflict, Invalid, NotFound
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.permissions import permit
from app.followups import services
from app.followups.models import Enrolment
from app.followups.queries import ToCome, to_come
from app.followups.queries.lead_ways import lead_ways
from app.followups.queries.ways import get_way
from app.followups.services.setting_up import get_sequence
from app.followups.views import bp
from app.followups.views.settling import planned_values
from app.leads.services import get_lead
from app.workspaces.queries import current_workspace

_SAID = {"pause": "Paused. Nothing goes out until you resume.", "resume": "Goes on.", "stop": "Stopped."}


@bp.get("/w/<slug>/leads/<uuid:lead_id>/sequences")
@permit("leads:read")
def lead_sequences(slug: str, lead_id: UUID) -> Response:
    """The sequences that a lead is on."""
    lead = get_lead(lead_id)
    if not wants_fragment():
        return redirect_to(url_for("leads.show", lead_id=lead.id))
    coming = to_come(lead.id, with_messages=False)
    return answer(_panel(lead.id, coming))


@bp.post("/w/<slug>/leads/<uuid:lead_id>/sequences", endpoint="enrol")
@permit("leads:write")
def enrol(slug: str, lead_id: UUID) -> Response:
    """Put a lead on a sequence by hand."""
    lead = get_lead(lead_id)
    wanted = parse_id(request.form.get("sequence", ""))
    if wanted is None:
        raise NotFound
    sequence = get_sequence(wanted)
    try:
        services.enrol(lead, sequence, web.actor(), "hand")
    except Conflict as error:
        return _after(lead_id, error.message, 409)
    return _after(lead_id, f"On {sequence.name} from now on.")


@bp.post("/w/<slug>/enrolments/<uuid:enrolment_id>")
@permit("leads:write")
def change_way(slug: str, enrolment_id: UUID) -> Response:
    """Pause (until a day, if one is given), resume or stop one way of a lead."""
    act = request.form.get("act", "")
    try:
        way = _change(act, enrolment_id)
    except (Conflict, Invalid) as error:
        words = error.message if isinstance(error, Conflict) else next(iter(error.errors.values()))
        status = 409 if isinstance(error, Conflict) else 422
        return _after(get_way(enrolment_id).lead_id, words, status)
    if request.form.get("back") == "list":
        return redirect_to(url_for("followups.under_way", sequence_id=way.sequence_id))
    return _after(way.lead_id, _SAID.get(act, "Done."))


def _change(act: str, enrolment_id: UUID) -> Enrolment:
    if act == "pause":
        return services.pause(enrolment_id, web.actor(), _until(request.form.get("until", "")))
    if act == "resume":
        return services.resume(enrolment_id, web.actor())
    if act == "stop":
        return services.stop(enrolment_id, web.actor())
    raise Conflict("Choose what to do.")


def _until(typed: str) -> datetime | None:
    """The opening of the day that was typed, None for none. Raises Invalid for what is no day."""
    if not typed:
        return None
    clock = current_workspace().clock()
    day = read_day(typed)
    if day is None:
        raise Invalid({"until": "Choose a day from tomorrow on."})
    return clock.next_open(datetime.combine(day, time(), clock.zone).astimezone(UTC))


def _after(lead_id: UUID, words: str, status: int = 200) -> Response:
    kind = "good" if status < 400 else "bad"
    if not wants_fragment():
        flash(words, kind)
        return redirect_to(url_for("leads.page", lead_id=lead_id))
    coming = to_come(lead_id, with_messages=g.viewer.can("messages:read"))
    planned = fragment("followups/_planned.html", **planned_values(lead_id, coming))
    said = fragment("followups/sequences/_said.html", words=words, kind=kind, planned=planned, lead_id=lead_id)
    return answer(_panel(lead_id, coming), said, status=status)


def _panel(lead_id: UUID, coming: ToCome) -> str:
    return fragment(
        "followups/sequences/_panel.html", chases=lead_ways(lead_id, coming.ways),
        can_write=g.viewer.can("leads:write"), may_look=g.viewer.can("messages:read"),
    )  # fmt: skip
