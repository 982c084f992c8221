"""Leads under way on a sequence: who, what is next, and pausing, resuming or stopping one or all of them."""

from uuid import UUID

from flask import Response, flash, g, request, url_for

from app.bulk_acts.services import Request, start_act
from app.core import web
from app.core.cursors import make_cursor, read_cursor
from app.core.errors import Invalid
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.permissions import permit
from app.followups.models import ENROLMENT_STATES
from app.followups.queries.ways import leads_under_way, way_count_by_state, ways_page
from app.followups.services.setting_up import get_sequence
from app.followups.views import bp
from app.followups.words import STATE_WORDS, WHY_WORDS
from app.workspaces.layout import desk

#: What may be done to all that are under way: the kind of bulk act and which of them it is for.
_ALL = {"pause": ("pause_chase", ("active",)), "resume": ("resume_chase", ("paused",)),
        "stop": ("stop_chase", ("active", "paused"))}  # fmt: skip


@bp.get("/w/<slug>/sequences/<uuid:sequence_id>/under-way")
@permit("messages:read")
def under_way(slug: str, sequence_id: UUID) -> Response:
    """The leads on a sequence, by how their way stands."""
    state = request.args.get("state", "active")
    state = state if state in ENROLMENT_STATES else "active"
    found = get_sequence(sequence_id)
    listed = f"ways:{sequence_id}:{state}"
    after = read_cursor(request.args.get("after"), listed)
    ways = ways_page(sequence_id, state, tuple(after) if after else None)  # type: ignore[arg-type]
    cursor = make_cursor(ways.next_key, listed) if ways.next_key else None
    more = url_for("followups.under_way", sequence_id=sequence_id, state=state, after=cursor) if cursor else ""
    values = {
        "ways": ways.rows, "sequence": found, "why_words": WHY_WORDS, "may_change": g.viewer.can("leads:write"),
        "more_url": more,
    }  # fmt: skip
    if after and wants_fragment():
        return answer(fragment("followups/sequences/_ways.html", **values))
    counts = way_count_by_state(sequence_id)
    return page(
        "followups/sequences/under_way.html", **desk("sequences"), **values, state=state, by_state=counts,
        states=STATE_WORDS, way_count=counts.get("active", 0) + counts.get("paused", 0),
        may_write=g.viewer.can("settings:write"), may_all=g.viewer.can("leads:assign"),
    )  # fmt: skip


@bp.post("/w/<slug>/sequences/<uuid:sequence_id>/all")
@permit("leads:assign")
def all_ways(slug: str, sequence_id: UUID) -> Response:
    """Pause, resume or stop all that are under way, as one act on many leads, which goes on by itself."""
    found = get_sequence(sequence_id)
    kind, states = _ALL.get(request.form.get("act", ""), _ALL["pause"])
    lead_ids = leads_under_way(sequence_id, states)
    try:
        act = start_act(Request(kind, str(found.id), lead_ids=tuple(lead_ids)), g.viewer, web.actor())
    except Invalid:
        flash("Nobody was there to be changed.", "good")
        return redirect_to(url_for("followups.under_way", sequence_id=sequence_id))
    return redirect_to(url_for("bulk_acts.show", bulk_act_id=act.id))
