"""The list of leads: a page of it, its rows alone, and how many there are."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zlib import crc32
from zoneinfo import ZoneInfo

from flask import Response, current_app, g, request, url_for
from markupsafe import Markup

from app.core import web
from app.core.clock import utcnow
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.permissions import permit
from app.lead_forms.services import waiting_count
from app.leads.queries.choices import BarChoices, ViewRow, bar_choices
from app.leads.queries.columns import Column, Html, Paper, read_columns
from app.leads.queries.filtering import LeadFilter
from app.leads.queries.listing import MOST_COUNTED, ListPage, count_leads, list_leads
from app.leads.queries.ordering import Ordering, every_order
from app.leads.views import bp
from app.leads.views.cards import star_button
from app.workspaces.layout import desk

#: One click each: words, and the term that it switches.
QUICK = (
    ("Mine", "owner", "me"), ("Nobody’s", "owner", "none"), ("Late or due today", "due", "now"),
    ("Starred", "starred", "yes"),
)  # fmt: skip
#: A row's star by whether it is given.
_STARS = {is_on: Markup(star_button(is_on)) for is_on in (True, False)}  # noqa: S704 - nobody's words


@bp.get("/w/<slug>/leads", endpoint="list_leads")
@permit("leads:read")
def list_leads_page(slug: str) -> Response:
    """Fifty leads as the address says. With nothing in it the view opens that the person chose, or everything."""
    bar = bar_choices()
    view = bar.view(parse_id(request.args.get("view", "")) if request.args else bar.opens["list"])
    if view and not set(request.args) - {"view"}:
        return redirect_to(opening(view))  # the address says what is shown, to be shared and to come back to
    narrowed, order = LeadFilter.from_query(request.args), Ordering.from_query(request.args)
    columns = read_columns((view and view.columns) or bar.columns)
    found = list_leads(
        narrowed, order, columns, _paper(bar), after=request.args.get("after"), before=request.args.get("before")
    )
    values = {"view": view, "viewer": g.viewer, **_rows(found, narrowed, order, columns, view)}
    if request.headers.get("HX-Target") == "div#list-rows":
        return answer(fragment("leads/_list_rows.html", **values))
    values |= _bar(narrowed, order, bar, view)
    if wants_fragment():
        return answer(fragment("leads/_list.html", **values))
    return page("leads/list.html", **{**desk("leads"), **values})


@bp.get("/w/<slug>/leads/count")
@permit("leads:read")
def count(slug: str) -> Response:
    """How many leads pass the filter, in words, and how many enquiries are held back."""
    narrowed = LeadFilter.from_query(request.args)
    total = count_leads(narrowed)
    held_back = waiting_count(web.actor()) if g.viewer.can("leads:write") else 0
    return answer(fragment("leads/_list_count.html", total=total, most=MOST_COUNTED, held_back=held_back,
                           count_url=url_for("leads.count", **narrowed.as_query())))  # fmt: skip


def _rows(
    found: ListPage, narrowed: LeadFilter, order: Ordering, columns: list[Column], view: ViewRow | None
) -> dict[str, Any]:
    """What the rows are shown with. Addresses are made once a page, not once a row."""
    query, view_id = narrowed.as_query(), view and view.id
    here = link(query, order, view_id)
    return {
        "stars": _STARS if g.viewer.can("activities:write") else None,
        "found": found, "columns": columns, "order": order, "narrowed": narrowed,
        "lead_url": f"/w/{g.workspace.slug}/leads/",
        "self_url": request.full_path.rstrip("?"),
        "next_url": f"{here}&after={found.next_cursor}" if found.next_cursor else None,
        "previous_url": f"{here}&before={found.previous_cursor}" if found.previous_cursor else None,
        "sort_urls": {
            column.sort: link(query, order.turned(column.sort), view_id) for column in columns if column.sort
        },
        "topics": " ".join(f"lead-{row.id}" for row in found.rows),
        "bulk_query": urlencode(query, doseq=True),
        "clear_url": link({}, order),
    }  # fmt: skip


def _bar(narrowed: LeadFilter, order: Ordering, bar: BarChoices, view: ViewRow | None) -> dict[str, Any]:
    """What stands above the rows: one-click filters, the rest of the filter in words, orders and views."""
    quick, switched = [], set()
    query, view_id = narrowed.as_query(), view and view.id
    for words, key, value in QUICK:
        is_on = narrowed.values(key) == (value,)
        quick.append((words, link(narrowed.replaced(key, [] if is_on else [value]).as_query(), order, view_id), is_on))
        if is_on:
            switched.add(key)
    state = state_of(narrowed, order)
    return {
        "quick": quick,
        "chips": [
            (chip.text, link(chip.without, order, view_id), chip.name)
            for chip in narrowed.chips(bar.names)
            if chip.name not in switched
        ],
        "orders": [(each.words, link(query, each, view_id), each.name == order.name) for each in every_order()],
        "views": [(each, opening(each)) for each in bar.views],
        "board_url": url_for("leads.board", **(narrowed.without("stage").as_query() or {"view": "all"})),
        "all_url": url_for("leads.list_leads", view="all"),
        "state": state,
        "is_changed": view is not None and state != kept_state(view),
        "count_url": url_for("leads.count", **narrowed.as_query()),
        "count_key": f"{crc32(narrowed.key.encode()):x}",  # leafing through the same leads leaves their number standing
        "most": MOST_COUNTED,
    }  # fmt: skip


def link(query: Mapping[str, list[str]], order: Ordering, view_id: UUID | None = None) -> str:
    """The list narrowed by a filter's query and ordered so. It always says something, since a bare address opens the
    person's own view, and a view alone what is kept in it.
    """
    named = {"view": view_id, "sort": order.name} if view_id else order.as_query()
    asked = urlencode({**query, **(named or ({} if query else {"view": "all"}))}, doseq=True)
    return f"/w/{g.workspace.slug}/leads?{asked}"  # a page has thirty of them, and url_for takes its time


def opening(view: ViewRow) -> str:
    """The list as a view keeps it."""
    return link(LeadFilter.from_pairs(view.query).as_query(), Ordering.from_query(dict(view.query)), view.id)


def state_of(narrowed: LeadFilter, order: Ordering) -> str:
    """Filter and order as one text, the way forms carry them."""
    return urlencode({**narrowed.as_query(), **order.as_query()}, doseq=True)


def kept_state(view: ViewRow) -> str:
    """The same of what a view keeps."""
    return state_of(LeadFilter.from_pairs(view.query), Ordering.from_query(dict(view.query)))


def _paper(bar: BarChoices) -> Paper:
    return Paper(
        now=utcnow(), zone=ZoneInfo(g.workspace.time_zone), tags={},
        sources={UUID(key): name for key, name in bar.names["source"]},
        stages={UUID(key): _badge(name, bar.hues[key]) for key, name in bar.names["stage"]},
    )  # fmt: skip


@lru_cache(maxsize=512)
def _badge(name: str, colour: str) -> Html:
    macros: Any = current_app.jinja_env.get_template("shared/_stage.html").module
    return Html(macros.stage_badge({"name": name, "colour": colour}))
