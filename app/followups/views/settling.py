"""Settling follow-ups: done, or skipped; and what is planned with a lead."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, g, request, url_for

from app.core import web
from app.core.clock import utcnow
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.permissions import permit
from app.followups.models import FollowUp
from app.followups.queries import ToCome, to_come
from app.followups.queries.steps import AUTOMATIC
from app.followups.services import finish_follow_up, plan_task, skip
from app.followups.views import bp
from app.leads.services import get_lead
from app.my_day.services import Slip, in_words, quick_times, time_of

_SAID = {"no_answer": "No answer", "voicemail": "Left a voicemail", "spoke": "Call kept"}


@bp.get("/w/<slug>/leads/<uuid:lead_id>/planned")
@permit("leads:read")
def planned(slug: str, lead_id: UUID) -> Response:
    """What is planned with a lead, for the top of its timeline; `folded` takes only the open form away (by_hand.py)."""
    lead = get_lead(lead_id)
    if "folded" in request.args:
        return answer(fragment("followups/by_hand/_folded.html", lead_id=lead.id))
    return answer(planned_part(lead.id))


@bp.post("/w/<slug>/follow-ups/<uuid:follow_up_id>/done")
@permit("activities:write")
def done(slug: str, follow_up_id: UUID) -> Response:
    """A call or a task is done; a call may say how it ended, and behind that when to try once more."""
    since = utcnow()
    outcome, _, wanted = request.form.get("outcome", "").partition(" ")
    at = time_of(wanted, "", since, g.workspace.clock()) if wanted else None
    follow_up = finish_follow_up(follow_up_id, web.actor(), outcome or None)
    again = plan_task(get_lead(follow_up.lead_id), "Call back", at, "call", web.actor()) if at else None
    slip = Slip(follow_up.id, since, utcnow(), planned_id=again.id if again else None)
    return _settled(follow_up, _said(outcome, at), slip)


@bp.post("/w/<slug>/follow-ups/<uuid:follow_up_id>/skip")
@permit("leads:write")
def skip_it(slug: str, follow_up_id: UUID) -> Response:
    """Leave it out."""
    since = utcnow()
    follow_up = skip(follow_up_id, web.actor())
    # A message that is called off stays so: its work is cancelled.
    slip = None if follow_up.kind in AUTOMATIC else Slip(follow_up.id, since, utcnow())
    return _settled(follow_up, "Skipped", slip)


def planned_values(lead_id: UUID, coming: ToCome) -> dict[str, Any]:
    """What the list of a lead's planned acts needs."""
    return {
        "lead_id": lead_id, "planned": coming.planned, "messages": coming.messages,
        "can_write": g.viewer.can("leads:write"), "can_send": g.viewer.can("messages:write"),
        "call_times": [(each.key, each.label) for each in quick_times(utcnow(), g.workspace.clock())],
        "viewer": g.viewer,
    }  # fmt: skip


def _said(outcome: str, again_at: datetime | None) -> str:
    said = _SAID.get(outcome, "Done")
    return f"{said}. Call again {in_words(again_at, utcnow(), g.workspace.clock().zone)}" if again_at else said


def _settled(follow_up: FollowUp, words: str, slip: Slip | None) -> Response:
    """What is planned now, and what was done with the way to take it back for half a minute."""
    lead_id = follow_up.lead_id
    if not wants_fragment():
        return redirect_to(url_for("leads.show", lead_id=lead_id))
    may_undo = slip is not None and g.viewer.can("leads:write")
    undo_url = url_for("my_day.undo", lead_id=lead_id, of="lead", **slip.written()) if slip and may_undo else None
    said = fragment("leads/_toast.html", words=words, undo_url=undo_url)
    return answer(planned_part(lead_id), said, headers={"HX-Trigger": "timeline-grew"})


def planned_part(lead_id: UUID) -> str:
    """The list of a lead's planned acts, rendered."""
    coming = to_come(lead_id, with_messages=g.viewer.can("messages:read"))
    return fragment("followups/_planned.html", **planned_values(lead_id, coming))
