"""Acts on many leads: what may be done, doing it, how far it has got, and undoing it."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from flask import Blueprint, Response, abort, g, request, url_for

from app.bulk_acts.queries import ActView, act_of, left_leads, view_of
from app.bulk_acts.services import Request, selected_ids, start_act, stop_or_undo
from app.bulk_acts.services.writing import template_for_many, templates_for_many
from app.core import web
from app.core.errors import Conflict, Invalid, NotFound
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.permissions import permit
from app.followups.queries.ways import known_sequences
from app.followups.services.setting_up import get_sequence
from app.followups.services.who_begins import who_begins as judge_beginning
from app.leads.models import PRIORITIES, SHELVES
from app.leads.queries.filtering import LeadFilter
from app.leads.queries.stages import known_stages
from app.leads.queries.tagging import all_tags
from app.leads.services import REASONS
from app.leads.words import PRIORITY_WORDS
from app.messaging.services.judging import who_gets_template
from app.messaging.words import left_out_words
from app.workspaces.layout import desk_or_fragment
from app.workspaces.queries import current_workspace, member_choices

bp = Blueprint("bulk_acts", __name__)
#: Tags that the menu shows at once; of more than these one types the name.
_MOST_SHOWN = 40


@bp.get("/w/<slug>/bulk/bar")
@permit("leads:write")
def bar(slug: str) -> Response:
    """The bar of acts, fetched when the first lead is selected."""
    shelf = request.args.get("shelf", "desk")
    values: dict[str, Any] = {"shelf": shelf, "viewer": g.viewer, "bin_days": current_workspace().bin_days}
    if shelf == "desk":
        values |= {
            "members": member_choices() if g.viewer.can("leads:assign") else [], "stages": known_stages(),
            **_tags(), "reasons": list(REASONS.values()),
            "sequences": [each for each in known_sequences() if each.is_active and each.steps],
            "templates": templates_for_many() if g.viewer.can("messages:write") else [],
            "priorities": [(key, PRIORITY_WORDS[key]) for key in PRIORITIES],
        }  # fmt: skip
    return desk_or_fragment("leads", "bulk_acts/bar.html", "bulk_acts/_acts.html", **values)


@bp.post("/w/<slug>/bulk/tags")
@permit("leads:write")
def find_tags(slug: str) -> Response:
    """The bar's tags whose names hold what was typed as `tag`."""
    return desk_or_fragment("leads", "bulk_acts/bar.html", "bulk_acts/_tags.html", **_tags(request.form.get("tag", "")))


@bp.post("/w/<slug>/bulk")
@permit("leads:write")
def start(slug: str) -> Response:
    """Do something to the selected leads, or to all that the list's filter lets through."""
    try:
        act = start_act(_asked(), g.viewer, web.actor())
    except Invalid as invalid:
        return _answer(fragment("bulk_acts/_refused.html", words=next(iter(invalid.errors.values()))), status=422)
    return _shown(view_of(act), {"HX-Trigger": "bulk:done" if act.state == "done" else "bulk:begun"})


@bp.post("/w/<slug>/bulk/empty-bin")
@permit("leads:delete")
def empty_bin(slug: str) -> Response:
    """Delete for good what lay in the bin when its page was made, and nothing that has come into it since."""
    try:
        until = datetime.fromisoformat(request.form.get("until", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        abort(400)
    try:
        act = start_act(Request("delete", binned_until=until), g.viewer, web.actor())
    except Invalid:
        return _answer(fragment("bulk_acts/_refused.html", words="Nothing of it lies in the bin any more."), status=422)
    return _shown(view_of(act), {"HX-Trigger": "bulk:done" if act.state == "done" else "bulk:begun"})


@bp.post("/w/<slug>/bulk/who-gets")
@permit("messages:write")
def who_gets(slug: str) -> Response:
    """Who of the selected leads would get a template, and why the others would not. Changes nothing."""
    asked = _asked()
    try:
        template = template_for_many(asked.value)
        judged = who_gets_template(selected_ids(asked), template)
    except Invalid as invalid:
        return _answer(fragment("bulk_acts/_refused.html", words=next(iter(invalid.errors.values()))), status=422)
    values = {"judged": judged, "template": template, "left_out_words": left_out_words}
    return desk_or_fragment("leads", "bulk_acts/who_gets.html", "bulk_acts/_who_gets.html", **values)


@bp.post("/w/<slug>/bulk/who-begins")
@permit("leads:write")
def who_begins(slug: str) -> Response:
    """Who of the selected leads would begin on a sequence, and whom its messages would reach. Changes nothing."""
    asked = _asked()
    sequence = get_sequence(parse_id(asked.value) or _no_id())
    try:
        found = judge_beginning(selected_ids(asked), sequence)
    except Invalid as invalid:
        return _answer(fragment("bulk_acts/_refused.html", words=next(iter(invalid.errors.values()))), status=422)
    values = {"found": found, "sequence": sequence, "left_out_words": left_out_words}
    return desk_or_fragment("leads", "bulk_acts/who_begins.html", "bulk_acts/_who_begins.html", **values)


@bp.get("/w/<slug>/bulk/<uuid:bulk_act_id>")
@permit("leads:write")
def show(slug: str, bulk_act_id: UUID) -> Response:
    """An act of one's own: how far it has got, or what became of it."""
    act = act_of(bulk_act_id, g.viewer.user_id)
    if wants_fragment():
        ended = {} if act.is_going_on else {"HX-Trigger": "bulk:done"}
        return _answer(fragment("bulk_acts/_progress.html", act=act), headers=ended)
    left = [] if act.is_going_on else left_leads(act.id)
    return desk_or_fragment("leads", "bulk_acts/show.html", "bulk_acts/_progress.html", act=act, left=left)


@bp.post("/w/<slug>/bulk/<uuid:bulk_act_id>/undo")
@permit("leads:write")
def undo(slug: str, bulk_act_id: UUID) -> Response:
    """Stop an act if it still runs, and put back what it has changed."""
    try:
        act = stop_or_undo(bulk_act_id, g.viewer, web.actor())
    except Conflict as conflict:
        return _answer(fragment("bulk_acts/_refused.html", words=conflict.message), status=409)
    if request.form.get("shown") and wants_fragment():
        return answer("")  # its progress stands on the page already and follows by itself
    return _shown(view_of(act), {"HX-Trigger": "bulk:done"})


def _tags(typed: str = "") -> dict[str, Any]:
    """As many tags as a menu holds, and how many `others` there are by that name."""
    words = typed.casefold().split()
    found = [tag for tag in all_tags() if all(word in tag.name.casefold() for word in words)]
    return {"tags": found[:_MOST_SHOWN], "others": max(0, len(found) - _MOST_SHOWN), "typed": typed}


def _asked() -> Request:
    """What the bar's form says. `act` is the pressed button: the kind, and after a colon what it is about."""
    form = request.form
    kind, _, value = form.get("act", "").partition(":")
    shelf = form.get("shelf", "desk")
    picked = (parse_id(each) for each in form.get("leads", "").split(","))
    narrowed = LeadFilter.from_pairs(parse_qsl(form.get("query", ""))) if form.get("all") else None
    return Request(
        kind, value[:40], form.get("tag", "")[:500], form.get("reason_key", ""), form.get("returns_on", ""),
        tuple(dict.fromkeys(each for each in picked if each)), narrowed, shelf if shelf in SHELVES else "desk",
    )  # fmt: skip


def _shown(act: ActView, headers: dict[str, str]) -> Response:
    if not wants_fragment():
        return redirect_to(url_for("bulk_acts.show", bulk_act_id=act.id))
    return _answer(fragment("bulk_acts/_toast.html", act=act), headers=headers)


def _no_id() -> UUID:
    raise NotFound


def _answer(body: str, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return answer(body, status=status, headers=headers)
