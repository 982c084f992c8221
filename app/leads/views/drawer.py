"""The drawer's content: one lead with what every feature has to say about it."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, g, request, url_for

from app.activities.queries import LATEST, latest, timeline
from app.activities.words import CALL_ENDS, KIND_GROUPS
from app.core.clock import utcnow
from app.core.fragments import answer, fragment
from app.core.human_time import humanise_past
from app.followups.queries import to_come
from app.followups.queries.lead_ways import lead_ways
from app.leads.queries.detail import LeadDetail, lead_detail
from app.leads.queries.faces import FIRST, MORE, answered, face_view, record_of
from app.leads.queries.facts import FACTS, read_out
from app.leads.queries.journey import spans_of
from app.leads.queries.sources import source_options
from app.leads.views.beside import came_from
from app.my_day.services.times import quick_times
from app.quotes.queries import newer_offer, quotes_of
from app.squeegee.queries import Panel, panel
from app.workspaces.queries import current_workspace, member_choices


def drawer(lead_id: UUID, status: int = 200) -> Response:
    """The drawer as an answer to htmx."""
    return answer(fragment("leads/_drawer.html", **drawer_values(lead_id)), status=status)


def drawer_values(lead_id: UUID, *, on_page: bool = False) -> dict[str, Any]:
    """Everything the drawer's template needs, by three statements, and one each for quotes and for Squeegee where there
    is something. Raises NotFound.

    With `?live` the timeline is left out: it refreshes itself, and what people write beside it is never touched.
    """
    detail = lead_detail(lead_id)
    may_look, is_live = g.viewer.can("messages:read"), "live" in request.args
    coming = to_come(lead_id, with_messages=may_look)
    lines = timeline(lead_id, with_messages=may_look, **({"limit": LATEST} if is_live else {}))
    quotes = quotes_of(lead_id) if detail.was_quoted else []
    return {
        "detail": detail,
        "part": "live" if is_live else "all",
        "first": [face_view(detail, face) for face in FIRST.values()],
        "steps": detail.steps(),
        "since": _since(detail.lead.created_at),
        "answered": answered(detail),
        "tags": detail.tags,
        "may_tag": g.viewer.can("leads:write"),
        "adding": False,
        "bin_days": current_workspace().bin_days,
        "may_look": may_look,
        "planned": coming.planned,
        "messages": coming.messages,
        "call_times": [(each.key, each.label) for each in quick_times(utcnow(), g.workspace.clock())],
        "quotes": quotes,
        "newer_offer": newer_offer(quotes),
        # A page counts the sidebar as well: there the panel comes by itself.
        "squeegee": None if on_page else _squeegee(detail),
        "chases": lead_ways(lead_id, coming.ways),
        "viewer": g.viewer,
        "last": next(iter(latest(lines.entries)), None),
        **({} if is_live else {"timeline": lines, "kind": None, "kinds": KIND_GROUPS, "call_ends": CALL_ENDS}),
        **(more_of(detail) if on_page else {}),
        **_links(lead_id, on_page),
    }


def _squeegee(detail: LeadDetail) -> Panel:
    return panel(detail.lead, detail.stage.key, was_handed_over=detail.was_handed_over, looks_further=False)


def more_of(detail: LeadDetail) -> dict[str, Any]:
    """What is folded away beneath the facts."""
    return {
        "more": [face_view(detail, face) for face in MORE.values()],
        "record": record_of(detail),
        "spans": spans_of(detail.moves, detail.lead),
        "has_row": bool(detail.lead.source_details.get("import_id")) and g.viewer.can("leads:import"),
    }


def _since(at: datetime) -> str:
    """The day an enquiry came in; the time as well while it is fresh."""
    return re.sub(r"^(\w{3} .*) \d\d:\d\d$", r"\1", humanise_past(at, utcnow(), g.workspace.time_zone))


def _links(lead_id: UUID, on_page: bool) -> dict[str, Any]:
    origin = came_from()
    lead_url = url_for("leads.show", lead_id=lead_id)
    own_url = f"{lead_url}/page" if on_page else lead_url
    joined = f"{origin.query}&" if origin.query else ""
    return {
        "on_page": on_page,
        "lead_url": lead_url,
        "facts_url": f"{lead_url}/facts/",
        "live_url": f"{own_url}?{joined}live=1",
        "beside_url": f"{lead_url}/beside?{joined}{'on_page=1' if on_page else ''}" if origin.has_neighbours else None,
        "page_url": f"{lead_url}/page?{origin.query}" if origin.query else f"{lead_url}/page",
        "back_url": origin.url,
    }


def fact_choices(name: str) -> list[tuple[str, str]]:
    """What the field of a fact that is picked offers, as (value, words)."""
    fact = FACTS[name]
    if fact.kind == "member":
        return member_choices()
    if fact.kind == "source":
        return source_options()
    return [(key, read_out(fact, key)) for key in fact.choices]
