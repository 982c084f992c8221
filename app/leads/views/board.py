"""The board, one column of it, and its rail of final stages."""

from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, g, request, url_for

from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.permissions import permit
from app.lead_forms.queries import all_forms
from app.leads.queries.board import (
    PAGE,
    Column,
    Figures,
    board_columns,
    more_cards,
    one_column,
    opening_figures,
    totals_of,
)
from app.leads.queries.board_order import ORDERS
from app.leads.queries.choices import bar_choices
from app.leads.views import bp
from app.leads.views.board_bar import Asked, bar_values, links, opening
from app.workspaces.layout import desk


@bp.get("/w/<slug>/leads/board")
@permit("leads:read")
def board(slug: str) -> Response:
    """The whole board. With nothing in its address the view opens that the person chose, or everything."""
    figures, view_id = None, None
    if not request.args:
        figures, view_id = opening_figures()
    elif set(request.args) == {"view"}:
        view_id = parse_id(request.args["view"])
    kept = bar_choices().view(view_id) if view_id else None
    if kept:
        return redirect_to(opening(kept))  # the address says what is shown, to be shared and to come back to
    return board_page(figures=figures)


@bp.get("/w/<slug>/leads/board/<uuid:stage_id>")
@permit("leads:read")
def column(slug: str, stage_id: UUID) -> Response:
    """One column, or with `after` its next cards; for a browser the board with that column open."""
    asked = Asked.here()
    if "after" in request.args and wants_fragment():
        cards, cursor = more_cards(stage_id, asked.view, request.args["after"])
        return answer(fragment("leads/_cards.html", cards=cards, **_more(stage_id, cursor, asked)))
    found = one_column(stage_id, asked.view, shown=request.args.get("shown", 0, type=int))
    if found is None:
        abort(404)
    if wants_fragment():
        return answer(fragment("leads/_column.html", column=found, **_links(asked)))
    return board_page([found.id])


@bp.get("/w/<slug>/leads/board/totals")
@permit("leads:read")
def totals(slug: str) -> Response:
    """The board's figures in one line."""
    asked = Asked.here()
    figures = totals_of(board_columns(asked.view, eager=0))
    return answer(fragment("leads/_totals.html", totals=figures, viewer=g.viewer, **_links(asked)))


@bp.get("/w/<slug>/leads/board/rail")
@permit("leads:read")
def rail(slug: str) -> Response:
    """The final stages with their counts."""
    asked = Asked.here()
    columns = board_columns(asked.view, eager=0)
    return answer(fragment("leads/_rail.html", columns=columns, **_links(asked)))


def board_page(opened: list[UUID] | None = None, figures: Figures | None = None) -> Response:
    """The board as the address says; `opened` are final stages that stand open besides those of the address."""
    asked = Asked.here()
    wanted = {*(opened or ()), *filter(None, map(parse_id, request.args.getlist("open")))}
    columns = board_columns(asked.view, opened=wanted, figures=figures)
    values = {
        "columns": columns, "opened": wanted, "totals": totals_of(columns), "view": asked.view,
        "orders": list(ORDERS.values()), **bar_values(asked), **_links(asked), **_beginning(asked, columns),
        **desk("board"),
    }  # fmt: skip
    return page("leads/board.html", **values, drawer=None)


def _beginning(asked: Asked, columns: list[Column]) -> dict[str, Any]:
    """What a board says on which nothing stands, not even with all filters off: above all where its form is."""
    if not asked.view.narrowed.is_blank or any(column.leads for column in columns):
        return {"is_beginning": False}
    form = next((form for form in all_forms() if form.is_active), None)
    form_url = f"{current_app.config['PUBLIC_URL'].rstrip('/')}/q/{form.key}" if form else ""
    return {"is_beginning": True, "form": form, "form_url": form_url}


def _links(asked: Asked) -> dict[str, Any]:
    return {**links(asked), "page_size": PAGE}


def _more(stage_id: UUID, cursor: str | None, asked: Asked) -> dict[str, Any]:
    shown = links(asked)
    url = url_for("leads.column", stage_id=stage_id, after=cursor, **shown["query"]) if cursor else None
    return {**{name: shown[name] for name in ("lead_url", "card_items", "may_star")}, "more_url": url}
