"""The board, one column of it, and moving a card."""

from typing import Any
from uuid import UUID

from flask import Response, abort, g, request, url_for

from app.core import web
from app.core.errors import Conflict
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.permissions import permit
from app.leads.queries.board import PAGE, BoardFilter, Column, board_columns, more_cards, one_column
from app.leads.services import move_to_stage
from app.leads.views import bp
from app.leads.views.drawer import drawer
from app.workspaces.layout import desk

#: Columns that come with their cards; those further right fetch theirs when they come into sight.
EAGER = 5


@bp.get("/w/<slug>/leads/board")
@permit("leads:read")
def board(slug: str) -> Response:
    """The whole board."""
    return page("leads/board.html", **board_values(), drawer=None)


@bp.get("/w/<slug>/leads/board/<uuid:stage_id>")
@permit("leads:read")
def column(slug: str, stage_id: UUID) -> Response:
    """One column, or with `after` its next cards."""
    narrowed = narrowed_by()
    if "after" in request.args and wants_fragment():
        cards, cursor = more_cards(stage_id, narrowed, request.args["after"])
        return answer(fragment("leads/_cards.html", cards=cards, **_more(stage_id, cursor, narrowed)))
    found = one_column(stage_id, narrowed, shown=request.args.get("shown", 0, type=int))
    if found is None:
        abort(404)
    if wants_fragment():
        return answer(fragment("leads/_column.html", column=found, **_links(narrowed)))
    return page("leads/board.html", **board_values([found]), drawer=None)


@bp.get("/w/<slug>/leads/board/totals")
@permit("leads:read")
def totals(slug: str) -> Response:
    """The board's figures in one line."""
    narrowed = narrowed_by()
    figures = _totals(board_columns(narrowed, eager=0))
    return answer(fragment("leads/_totals.html", totals=figures, query=_links(narrowed)["query"], viewer=g.viewer))


@bp.post("/w/<slug>/leads/<uuid:lead_id>/stage")
@permit("leads:write")
def move(slug: str, lead_id: UUID) -> Response:
    """Move a lead. The board's script wants a bare yes or the reason for a no; the drawer's form its panel again."""
    form = request.form
    bare = request.accept_mimetypes.best == "text/plain"
    try:
        lead = move_to_stage(
            lead_id,
            parse_id(form.get("to", "")) or abort(404),
            web.actor(),
            from_stage_id=parse_id(form.get("from", "")),
            above_id=parse_id(form.get("above", "")),
            below_id=parse_id(form.get("below", "")),
            reason=form.get("reason", "")[:2000],
        )
    except Conflict as conflict:
        if bare:
            return Response(conflict.message, 409, mimetype="text/plain")
        raise
    if bare:
        return Response(status=204)
    if wants_fragment():
        return drawer(lead.id)
    return redirect_to(url_for("leads.show", lead_id=lead.id))


def narrowed_by() -> BoardFilter:
    """The board's filter as the address says."""
    return BoardFilter("mine" in request.args, "due" in request.args, g.viewer.user_id)


def board_values(only: list[Column] | None = None) -> dict[str, Any]:
    """What the board's page shows: all columns, or `only` these; the totals are the whole board's."""
    narrowed = narrowed_by()
    every = board_columns(narrowed, eager=0 if only else EAGER)
    return {
        "columns": only or every, "totals": _totals(every), "narrowed": narrowed, "chips": _chips(narrowed),
        **_links(narrowed), **desk("board"),
    }  # fmt: skip


def _totals(columns: list[Column]) -> dict[str, int]:
    shown = [column for column in columns if not column.is_final]
    return {name: sum(getattr(column, name) for column in shown) for name in ("leads", "annual_minor", "late")}


def _chips(narrowed: BoardFilter) -> list[tuple[str, str, bool]]:
    """(word, address, whether it is on) of each filter; the address switches that one and keeps the other."""
    due, mine = ({"due": 1} if narrowed.due else {}), ({"mine": 1} if narrowed.mine else {})
    return [
        ("Everyone's", url_for("leads.board", **due), not narrowed.mine),
        ("Mine and unassigned", url_for("leads.board", mine=1, **due), narrowed.mine),
        ("Late or due today", url_for("leads.board", **mine, **({} if narrowed.due else {"due": 1})), narrowed.due),
    ]


def _links(narrowed: BoardFilter) -> dict[str, Any]:
    """Address parts made once a page, not once a card."""
    query = {key: 1 for key, on in (("mine", narrowed.mine), ("due", narrowed.due)) if on}
    return {"lead_url": f"/w/{g.workspace.slug}/leads/", "query": query, "page_size": PAGE}


def _more(stage_id: UUID, cursor: str | None, narrowed: BoardFilter) -> dict[str, Any]:
    links = _links(narrowed)
    url = url_for("leads.column", stage_id=stage_id, after=cursor, **links["query"]) if cursor else None
    return {"lead_url": links["lead_url"], "more_url": url}
