"""What stands above the board: ready-made filters, what else it is narrowed to, and the views that were kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import g, request

from app.core.ids import parse_id
from app.leads.queries.board_order import BoardView
from app.leads.queries.choices import ViewRow, bar_choices, filter_choices
from app.leads.queries.filter_fields import FROM_TABLES
from app.leads.queries.filtering import LeadFilter
from app.leads.queries.view_places import on_board
from app.leads.views.cards import card_items

_MINE = ("me", "none")
#: One click each: words, and the term that it switches.
_SWITCHES = (("Late or due today", "due", "now"), ("Starred", "starred", "yes"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What the board's address asks for: `kept` is the id of the open view, "all" for none at all, or blank."""

    view: BoardView
    kept: str = ""

    @classmethod
    def here(cls) -> "Asked":
        """As this request's address says."""
        return cls(BoardView.from_query(request.args), kept_in(request.args))

    @property
    def view_id(self) -> UUID | None:
        """The open view's."""
        return parse_id(self.kept)

    def query(self, view: BoardView | None = None) -> dict[str, Any]:
        """The query of this board, or of another within the same kept view."""
        view = view or self.view
        if self.view_id is None:
            return view.as_query() | ({"view": self.kept} if self.kept and view.narrowed.is_blank else {})
        # It names its order always: a view alone opens as it was kept.
        return {**view.narrowed.as_query(), "view": self.kept, "sort": view.order.key}

    def link(self, narrowed: LeadFilter) -> str:
        """The board narrowed so. It always says something, since a bare address opens the person's own view."""
        return _board(self.query(BoardView(narrowed, self.view.order)) or {"view": "all"})


def kept_in(given: Mapping[str, str]) -> str:
    """The kept view that an address or a form names."""
    view = given.get("view", "")
    return view if view == "all" or parse_id(view) else ""


def opening(kept: ViewRow) -> str:
    """The board as a view keeps it."""
    return _board(Asked(on_board(kept.query), str(kept.id)).query())


def is_kept_so(kept: ViewRow, view: BoardView) -> bool:
    """Whether the board shows what the view keeps, as far as it can."""
    mine = on_board(kept.query)
    return (mine.narrowed.key, mine.order) == (view.narrowed.key, view.order)


def bar_values(asked: Asked) -> dict[str, Any]:
    """`switches`: (word, address, whether on) of the ready-made filters; `chips`: what else it is narrowed to; `kept`:
    the open view, and whether it `is_changed`; `state`: filter and order the way forms carry them.
    """
    view, narrowed = asked.view, asked.view.narrowed
    bar = bar_choices() if asked.view_id else None
    kept = bar.view(asked.view_id) if bar else None
    is_mine = set(narrowed.values("owner")) == set(_MINE)
    switches = [
        ("Everyone\u2019s", asked.link(narrowed.without("owner")), not narrowed.values("owner")),
        ("Mine and unassigned", asked.link(narrowed.replaced("owner", _MINE)), is_mine),
    ]
    switched = {"owner"} if is_mine else set()
    for words, key, value in _SWITCHES:
        is_on = narrowed.values(key) == (value,)
        switches.append((words, asked.link(narrowed.replaced(key, [] if is_on else [value])), is_on))
        switched |= {key} if is_on else set()
    named = any(term.field.key in FROM_TABLES and set(term.values) - {*_MINE} for term in narrowed.terms)
    chips = [
        (chip.text, asked.link(LeadFilter.from_pairs(_pairs(chip.without))))
        for chip in narrowed.chips(bar.names if bar else filter_choices() if named else {})
        if chip.name not in switched
    ]
    return {
        "switches": switches, "chips": chips, "kept": kept, "state": urlencode(view.as_query(), doseq=True),
        "is_changed": kept is not None and not is_kept_so(kept, view),
    }  # fmt: skip


def links(asked: Asked) -> dict[str, Any]:
    """Address parts made once a page: to build one by its name takes as long as to write a card."""
    query, root = asked.query(), f"/w/{g.workspace.slug}/leads/"
    tail = f"?{urlencode(query, doseq=True)}" if query else ""
    return {
        "lead_url": root, "board_url": f"{root}board", "query": query, "tail": tail, "card_items": card_items,
        "may_star": g.viewer.can("activities:write"),
        "is_narrowed": not asked.view.narrowed.is_blank, "asked": asked,
    }  # fmt: skip


def _board(query: dict[str, Any]) -> str:
    return f"/w/{g.workspace.slug}/leads/board?{urlencode(query, doseq=True)}"


def _pairs(query: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, values in query.items() for value in values]
