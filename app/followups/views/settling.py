"""Settling follow-ups: done, or skipped; and what is planned with a lead."""

from uuid import UUID

from flask import Response, g, request, url_for

from app.core import web
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.permissions import permit
from app.followups.models import FollowUp
from app.followups.queries import to_come
from app.followups.services import finish_follow_up, skip
from app.followups.views import bp
from app.leads.services import get_lead


@bp.get("/w/<slug>/leads/<uuid:lead_id>/planned")
@permit("leads:read")
def planned(slug: str, lead_id: UUID) -> Response:
    """What is planned with a lead, for the top of its timeline."""
    lead = get_lead(lead_id)
    return answer(_planned(lead.id))


@bp.post("/w/<slug>/follow-ups/<uuid:follow_up_id>/done")
@permit("activities:write")
def done(slug: str, follow_up_id: UUID) -> Response:
    """A call or a task is done; a call may say how it ended."""
    return _settled(finish_follow_up(follow_up_id, web.actor(), request.form.get("outcome") or None))


@bp.post("/w/<slug>/follow-ups/<uuid:follow_up_id>/skip")
@permit("leads:write")
def skip_it(slug: str, follow_up_id: UUID) -> Response:
    """Leave it out."""
    return _settled(skip(follow_up_id, web.actor()))


def _settled(follow_up: FollowUp) -> Response:
    if wants_fragment():
        return answer(_planned(follow_up.lead_id))
    return redirect_to(url_for("leads.show", lead_id=follow_up.lead_id))


def _planned(lead_id: UUID) -> str:
    coming = to_come(lead_id, with_messages=g.viewer.can("messages:read"))
    return fragment(
        "followups/_planned.html", lead_id=lead_id, planned=coming.planned, messages=coming.messages,
        can_write=g.viewer.can("leads:write"), can_send=g.viewer.can("messages:write"),
    )  # fmt: skip
