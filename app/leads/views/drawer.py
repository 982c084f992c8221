"""The drawer's content: one lead with what every feature has to say about it."""

from typing import Any
from uuid import UUID

from flask import Response, g, request, url_for

from app.activities.queries import timeline
from app.core.fragments import answer, fragment
from app.followups.queries import planned_for
from app.leads.queries.detail import LeadDetail, lead_detail
from app.leads.words import CHOICE_WORDS
from app.messaging.queries import waiting_on
from app.quotes.queries import quotes_of
from app.squeegee.queries import panel
from app.workspaces.queries import member_choices


def drawer(lead_id: UUID, status: int = 200) -> Response:
    """The drawer as an answer to htmx."""
    return answer(fragment("leads/_drawer.html", **drawer_values(lead_id)), status=status)


def drawer_values(lead_id: UUID) -> dict[str, Any]:
    """Everything the drawer's template needs. Raises NotFound."""
    detail = lead_detail(lead_id)
    return {
        "detail": detail,
        "planned": planned_for(lead_id),
        "messages": waiting_on(lead_id) if g.viewer.can("messages:read") else [],
        "timeline": timeline(lead_id, kind=request.args.get("kind")),
        "quotes": quotes_of(lead_id),
        "squeegee": panel(detail.lead),
        "viewer": g.viewer,
        "board_url": url_for("leads.board"),
    }


def fact_choices(detail: LeadDetail, name: str) -> list[tuple[str, str]]:
    """What a choice's or member's select offers."""
    fact = detail.fact(name).fact
    if fact.kind == "member":
        return member_choices()
    return [(key, CHOICE_WORDS[name].get(key, key)) for key in fact.choices]
