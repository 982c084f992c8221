"""The board, one column of it, its rail of final stages, and what it is narrowed to."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, abort, g, request, url_for

from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.permissions import permit
from app.leads.queries.board import PAGE, board_columns, more_cards, one_column, totals_of
from app.leads.queries.board_order import ORDERS, BoardView
from app.leads.queries.choices import filter_choices
from app.leads.queries.filter_fields import FIELDS, FROM_TABLES
from app.leads.queries.filtering import LeadFilter, seal_words
from app.leads.views import bp
from app.leads.views.cards import card_items
from app.workspaces.layout import desk

_MINE = ("me", "none")
#: What the filter's panel asks for; an address may hold any field of the list's filter besides.
_PANEL = ("owner", "priority", "due", "tag", "source", "area")
_DUE = (
    ("late", "Late"), ("now", "Late or due today"), ("today", "Today"), ("week", "This week"),
    ("next-14", "Next 14 days"), ("none", "Nothing planned"),
)  # fmt: skip


@bp.get("/w/<slug>/leads/board")
@permit("leads:read")
def board(slug: str) -> Response:
    """The whole board."""
    return page("leads/board.html", **board_values(), drawer=None)


@bp.get("/w/<slug>/leads/board/<uuid:stage_id>")
@permit("leads:read")
def column(slug: str, stage_id: UUID) -> Response:
    """One column, or with `after` its next cards; for a browser the board with that column open."""
    view = shown_view()
    if "after" in request.args and wants_fragment():
        cards, cursor = more_cards(stage_id, view, request.args["after"])
        return answer(fragment("leads/_cards.html", cards=cards, **_more(stage_id, cursor, view)))
    found = one_column(stage_id, view, shown=request.args.get("shown", 0, type=int))
    if found is None:
        abort(404)
    if wants_fragment():
        return answer(fragment("leads/_column.html", column=found, **_links(view)))
    return page("leads/board.html", **board_values([found.id]), drawer=None)


@bp.get("/w/<slug>/leads/board/totals")
@permit("leads:read")
def totals(slug: str) -> Response:
    """The board's figures in one line."""
    view = shown_view()
    figures = totals_of(board_columns(view, eager=0))
    return answer(fragment("leads/_totals.html", totals=figures, viewer=g.viewer, **_links(view)))


@bp.get("/w/<slug>/leads/board/rail")
@permit("leads:read")
def rail(slug: str) -> Response:
    """The final stages with their counts."""
    view = shown_view()
    columns = board_columns(view, eager=0)
    return answer(fragment("leads/_rail.html", columns=columns, **_links(view)))


@bp.get("/w/<slug>/leads/board/filter")
@permit("leads:read")
def board_filter(slug: str) -> Response:
    """The panel that narrows the board, filled with what it is narrowed to; for a browser within the board."""
    view = shown_view()
    if not wants_fragment():
        return page("leads/board.html", **board_values(), drawer=None)
    low, _, high = view.narrowed.single("value").partition("..")
    return answer(
        fragment(
            "leads/_board_filter.html", narrowed=view.narrowed, order=view.order, choices=filter_choices(), due=_DUE,
            priorities=FIELDS["priority"].choices, value_from=low, value_to=high, opened=request.args.getlist("open"),
        )
    )  # fmt: skip


@bp.post("/w/<slug>/leads/board/filter")
@permit("leads:read")
def narrow_board(slug: str) -> Response:
    """Go to the board narrowed to what the panel says. A post, since what is searched for stays out of addresses."""
    form = request.form
    pairs = [(name, value) for name in _PANEL for value in form.getlist(name)]
    for name in _PANEL:
        if form.get(name) == "keep":
            pairs += [(key, value) for key in (name, f"{name}.not") for value in form.getlist(f"was-{key}")]
    low, high = form.get("value_from", "").strip(), form.get("value_to", "").strip()
    if low or high:
        pairs.append(("value", f"{low}..{high}"))
    if form.get("words", "").strip():
        pairs.append(("words", seal_words(form["words"])))
    # What the panel does not show stays as the address has it.
    asked = (*_PANEL, "value", "words")
    kept = [(name, value) for name, value in form.items(multi=True) if name.partition(".")[0] not in asked]
    wanted = LeadFilter.from_pairs([*pairs, *kept])
    order = {"sort": form["sort"]} if form.get("sort") in ORDERS and form.get("sort") != "hand" else {}
    opened = {"open": form.getlist("open")} if form.getlist("open") else {}
    return redirect_to(url_for("leads.board", **wanted.as_query(), **order, **opened))


def shown_view() -> BoardView:
    """The board's filter and order as the address says."""
    return BoardView.from_query(request.args)


def board_values(opened: list[UUID] | None = None) -> dict[str, Any]:
    """What the board's page shows; `opened` are final stages that stand open besides those of the address."""
    view = shown_view()
    wanted = {*(opened or ()), *filter(None, map(parse_id, request.args.getlist("open")))}
    columns = board_columns(view, opened=wanted)
    return {
        "columns": columns, "opened": wanted, "totals": totals_of(columns), "view": view,
        "orders": list(ORDERS.values()), **_chips(view), **_links(view), **desk("board"),
    }  # fmt: skip


def _chips(view: BoardView) -> dict[str, Any]:
    """`switches`: (word, address, whether on) of the ready-made filters; `chips`: what else it is narrowed to."""
    narrowed = view.narrowed
    sort = {} if view.is_by_hand else {"sort": view.order.key}
    is_mine = set(narrowed.values("owner")) == set(_MINE)
    is_due = narrowed.values("due") == ("now",)

    def to(wanted: LeadFilter) -> str:
        return url_for("leads.board", **wanted.as_query(), **sort)

    switches = [
        ("Everyone\u2019s", to(narrowed.without("owner")), not narrowed.values("owner")),
        ("Mine and unassigned", to(narrowed.replaced("owner", _MINE)), is_mine),
        ("Late or due today", to(narrowed.without("due") if is_due else narrowed.replaced("due", ["now"])), is_due),
    ]
    named = any(term.field.key in FROM_TABLES and set(term.values) - {*_MINE} for term in narrowed.terms)
    chips = [
        (chip.text, url_for("leads.board", **chip.without, **sort))
        for chip in narrowed.chips(filter_choices() if named else {})
        if not (chip.name == "owner" and is_mine) and not (chip.name == "due" and is_due)
    ]
    return {"switches": switches, "chips": chips}


def _links(view: BoardView) -> dict[str, Any]:
    """Address parts made once a page: to build one by its name takes as long as to write a card."""
    query, root = view.as_query(), f"/w/{g.workspace.slug}/leads/"
    tail = f"?{urlencode(query, doseq=True)}" if query else ""
    return {
        "lead_url": root, "board_url": f"{root}board", "query": query, "tail": tail, "page_size": PAGE,
        "card_items": card_items, "is_narrowed": not view.narrowed.is_blank,
    }  # fmt: skip


def _more(stage_id: UUID, cursor: str | None, view: BoardView) -> dict[str, Any]:
    links = _links(view)
    url = url_for("leads.column", stage_id=stage_id, after=cursor, **links["query"]) if cursor else None
    return {"lead_url": links["lead_url"], "card_items": card_items, "more_url": url}
