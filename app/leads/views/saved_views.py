"""Views that people keep of the list and the board, and the columns they like.

`place` in an address or a form says where one is, "list" or "board": what is shown there is read so, and one goes back.
"""

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from flask import Response, g, request, url_for
from werkzeug.datastructures import MultiDict

from app.core import web
from app.core.errors import Invalid
from app.core.fragments import redirect_to
from app.core.ids import parse_id
from app.core.permissions import permit
from app.leads.queries.board_order import BoardView
from app.leads.queries.choices import ViewRow, bar_choices
from app.leads.queries.columns import COLUMNS, MOST_COLUMNS, read_columns
from app.leads.queries.filtering import LeadFilter
from app.leads.queries.ordering import Ordering
from app.leads.queries.view_places import Pairs, of_board, on_board
from app.leads.services import saved_views
from app.leads.views import bp
from app.leads.views.board_bar import is_kept_so, opening
from app.leads.views.listing import kept_state as list_state
from app.leads.views.listing import link
from app.leads.views.listing import opening as list_opening
from app.workspaces.layout import desk_or_fragment

_PAGES = {"list": "leads.list_leads", "board": "leads.board"}
#: The ticks that make a page open with a view.
_OPENS = {"list": "default", "board": "default_board"}


@bp.get("/w/<slug>/leads/views", endpoint="views")
@permit("leads:read")
def views(slug: str) -> Response:
    """The views to choose from on the board, or on the list (?place=list): ?query=<its query>&view=<the open one>."""
    place = "list" if request.args.get("place") == "list" else "board"
    bar, of_list = bar_choices(), place == "list"
    shown = [
        (each, list_opening(each) if of_list else opening(each), _words(each, bar.names, place)) for each in bar.views
    ]
    state, open_id = request.args.get("query", ""), parse_id(request.args.get("view", ""))
    open_one = bar.view(open_id)
    is_kept = open_one is not None and (
        state == list_state(open_one) if of_list else is_kept_so(open_one, _shown(state))
    )
    return desk_or_fragment(
        "leads" if of_list else "board", "leads/views.html", "leads/_views.html", place=place, shown=shown, state=state,
        viewer=g.viewer, open_id=open_id, opens=bar.opens[place], is_kept=is_kept,
        all_url=url_for(_PAGES[place], view="all"),
    )  # fmt: skip


@bp.get("/w/<slug>/leads/views/new", endpoint="new_view")
@permit("activities:write")
def new_view(slug: str) -> Response:
    """The form that keeps what the list shows under a name: ?query=<its query>."""
    return _form(request.args)


@bp.post("/w/<slug>/leads/views", endpoint="save_view")
@permit("activities:write")
def save_view(slug: str) -> Response:
    """Keep it, and go to it."""
    form = request.form
    try:
        view = saved_views.save_view(
            form.get("name", ""), _query(form), web.actor(), columns=_own_columns(form), is_shared=_shares(form),
            page=_place(form),
        )  # fmt: skip
    except Invalid as invalid:
        return _form(form, errors=invalid.errors, status=422)
    for page, field in _OPENS.items():
        if form.get(field):
            saved_views.open_with(view.id, web.actor(), page=page)
    return _back(form, view.id)


@bp.get("/w/<slug>/leads/views/<uuid:view_id>", endpoint="edit_view")
@permit("activities:write")
def edit_view(slug: str, view_id: UUID) -> Response:
    """The form that changes a view of one's own."""
    view, bar = saved_views.get_view(view_id, web.actor()), bar_choices()
    opens = {field: bar.opens[page] == view.id for page, field in _OPENS.items()}
    given = {"name": view.name, "shared": view.is_shared, "columns": view.columns, "version": view.version,
             "place": _place(request.args), **opens}  # fmt: skip
    return _form(given, view_id=view.id, is_mine=saved_views.may_change(view, web.actor()))


@bp.post("/w/<slug>/leads/views/<uuid:view_id>", endpoint="change_view")
@permit("activities:write")
def change_view(slug: str, view_id: UUID) -> Response:
    """Change a view of one's own; of another's only whether one's list or board opens with it."""
    form, actor = request.form, web.actor()
    view = saved_views.get_view(view_id, actor)
    was = bar_choices().opens
    if saved_views.may_change(view, actor):
        try:
            saved_views.change_view(
                view_id, form.get("version", 0, type=int), form.get("name", ""), actor,
                is_shared=_shares(form), columns=(view.columns or _own_columns(form)) if form.get("columns") else None,
            )  # fmt: skip
        except Invalid as invalid:
            return _form(form, view_id=view_id, errors=invalid.errors, status=422)
    for page, field in _OPENS.items():
        if bool(form.get(field)) != (was[page] == view_id):
            saved_views.open_with(view_id if form.get(field) else None, actor, page=page)
    return _back(form, view_id)


@bp.post("/w/<slug>/leads/views/<uuid:view_id>/refill", endpoint="refill_view")
@permit("activities:write")
def refill_view(slug: str, view_id: UUID) -> Response:
    """Keep what the page shows now in a view of one's own."""
    before = saved_views.get_view(view_id, web.actor()).query
    saved_views.refill_view(view_id, _query(request.form, before), web.actor())
    return _back(request.form, view_id)


@bp.post("/w/<slug>/leads/views/<uuid:view_id>/delete", endpoint="delete_view")
@permit("activities:write")
def delete_view(slug: str, view_id: UUID) -> Response:
    """Forget a view of one's own."""
    saved_views.delete_view(view_id, web.actor())
    return _back(request.form, "all")


@bp.get("/w/<slug>/leads/columns", endpoint="columns")
@permit("activities:write")
def columns(slug: str) -> Response:
    """The form that chooses and orders the list's columns."""
    bar = bar_choices()
    view = bar.view(parse_id(request.args.get("view", "")))
    chosen = read_columns((view and view.columns) or bar.columns)
    rest = [column for column in COLUMNS.values() if column not in chosen]
    return desk_or_fragment(
        "leads", "leads/columns.html", "leads/_columns_form.html", chosen=chosen, rest=rest, most=MOST_COLUMNS,
        view=view if view and view.columns else None, query=request.args.get("query", ""), viewer=g.viewer,
    )  # fmt: skip


@bp.post("/w/<slug>/leads/columns", endpoint="keep_columns")
@permit("activities:write")
def keep_columns(slug: str) -> Response:
    """Keep the ticked columns in the order they were sent: in the open view when it is one's own, else for oneself."""
    form, actor = request.form, web.actor()
    wanted = [] if form.get("usual") else form.getlist("column")
    view_id = parse_id(form.get("view", ""))
    view = saved_views.get_view(view_id, actor) if view_id else None
    if view and view.columns and view.user_id == g.viewer.user_id:
        saved_views.change_view(
            view.id, view.version, view.name, actor, is_shared=view.is_shared, columns=wanted or None
        )
    else:
        saved_views.keep_columns(wanted, actor)
    pairs = parse_qsl(form.get("query", ""))
    return redirect_to(link(LeadFilter.from_pairs(pairs).as_query(), Ordering.from_query(dict(pairs)), view_id))


def _form(
    given: Any, *, view_id: UUID | None = None, is_mine: bool = True, errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    return desk_or_fragment(
        "leads", "leads/view.html", "leads/_view_form.html", status,
        view_name=given.get("name", ""), is_shared=bool(given.get("shared")), place=_place(given),
        opens={page: bool(given.get(field)) for page, field in _OPENS.items()},
        has_columns=bool(given.get("columns")), query=given.get("query", ""), version=given.get("version", ""),
        view_id=view_id, is_mine=is_mine, errors=errors or {}, viewer=g.viewer,
    )  # fmt: skip


def _shares(form: Any) -> bool:
    return bool(form.get("shared")) and g.viewer.can("leads:write")


def _own_columns(form: Any) -> list[str] | None:
    """The columns the list has now, when the view is to bring them along."""
    if not form.get("columns"):
        return None
    return [column.key for column in read_columns(bar_choices().columns)]


def _place(given: Any) -> str:
    return "board" if given.get("place") == "board" else "list"


def _back(form: Any, view: UUID | str) -> Response:
    return redirect_to(url_for(_PAGES[_place(form)], view=view))


def _query(form: Any, before: Pairs = ()) -> list[list[str]]:
    """What a page's query says of filter and order, in its one spelling. The board changes of what was kept `before`
    only what it shows.
    """
    given = form.get("query", "")
    if _place(form) == "board":
        return of_board(_shown(given), before)
    pairs = parse_qsl(given)
    sorts = [["sort", value[:40]] for key, value in pairs if key == "sort"]
    return [*LeadFilter.from_pairs(pairs).as_pairs(), *sorts[:1]]


def _shown(state: str) -> BoardView:
    """What the board shows whose query that is."""
    return BoardView.from_query(MultiDict(parse_qsl(state)))


def _words(view: ViewRow, names: Any, place: str) -> str:
    """What the list or the board shows of a view, in words."""
    if place == "list":
        narrowed, order = LeadFilter.from_pairs(view.query), Ordering.from_query(dict(view.query))
        ordered = order.words if order.as_query() else ""
    else:
        shown = on_board(view.query)
        narrowed, ordered = shown.narrowed, "" if shown.is_by_hand else shown.order.words
    return " \u00b7 ".join([*(chip.text for chip in narrowed.chips(names)), *filter(None, [ordered])])
