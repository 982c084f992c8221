"""The filter's form, of the list and of the board: every field, each with is, is not, empty and not empty.

What is chosen comes as a form and goes on as a clean address, so that it can be shared. What is typed to search for is
sealed on the way (queries/filtering.py).
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from flask import Response, g, request, url_for

from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.permissions import permit
from app.leads.queries.board_order import BY_HAND, ORDERS, BoardView
from app.leads.queries.choices import filter_choices
from app.leads.queries.filter_fields import FIELDS
from app.leads.queries.filtering import LeadFilter
from app.leads.queries.ordering import Ordering
from app.leads.views import bp
from app.leads.views.board_bar import Asked, kept_in
from app.leads.views.filter_reading import FieldView, fields_of, read_form
from app.leads.views.listing import link
from app.workspaces.layout import desk_or_fragment


@bp.get("/w/<slug>/leads/filter", endpoint="filter_form")
@permit("leads:read")
def filter_form(slug: str) -> Response:
    """The form, filled with what the page is narrowed to: ?query=<its query>&field=<where to begin>, and for the board
    &place=board.
    """
    narrowed = LeadFilter.from_pairs(parse_qsl(request.args.get("query", "")))
    return _form(fields_of(narrowed, filter_choices()), request.args, begin=request.args.get("field", ""))


@bp.post("/w/<slug>/leads/filter", endpoint="filter")
@permit("leads:read")
def filter_leads(slug: str) -> Response:
    """Go to the list or the board narrowed as chosen; the form again, with a line beside each field that can't be read.
    With `find`, the key of a field, that field's choices by what was typed to find them. A post, since what is searched
    for stays out of addresses.
    """
    form = request.form
    narrowed, problems = read_form(form)
    if form.get("find") in FIELDS:
        return _found(form["find"], fields_of(narrowed, filter_choices(), form, problems))
    if problems:
        return _form(fields_of(narrowed, filter_choices(), form, problems), form, status=422)
    return redirect_to(_place(narrowed, form))


def _found(key: str, groups: dict[str, list[FieldView]]) -> Response:
    if not wants_fragment():
        return _form(groups, request.form, begin=key)
    view = next(view for fields in groups.values() for view in fields if view.field.key == key)
    return answer(fragment("leads/_filter_choices.html", view=view))


def _form(groups: dict[str, list[FieldView]], given: Any, *, begin: str = "", status: int = 200) -> Response:
    place = "board" if given.get("place") == "board" else ""
    if place:  # its columns are the stages
        groups = {name: [each for each in fields if each.field.key != "stage"] for name, fields in groups.items()}
    return desk_or_fragment(
        place or "leads", "leads/filter.html", "leads/_filter_form.html", status, groups=groups, place=place,
        query=given.get("query", ""), view_id=given.get("view", ""), opened=given.getlist("open"), begin=begin,
        clear_url=_place(LeadFilter(), given), viewer=g.viewer,
    )  # fmt: skip


def _place(narrowed: LeadFilter, given: Any) -> str:
    """The address of the list or the board, narrowed so, with the order, the view and the columns it has now."""
    now: Mapping[str, str] = dict(parse_qsl(given.get("query", "")))
    if given.get("place") != "board":
        return link(narrowed.as_query(), Ordering.from_query(now), parse_id(given.get("view", "")))
    shown = Asked(BoardView(narrowed, ORDERS.get(now.get("sort", ""), BY_HAND)), kept_in(given))
    opened = {"open": given.getlist("open")} if given.getlist("open") else {}
    return url_for("leads.board", **(shown.query() | opened or {"view": "all"}))
