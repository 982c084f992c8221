"""One kept view in two places. A view is a filter and one of the list's orders; the board, whose columns are the
stages, opens it without what it asks of stages, and in the order of its own that comes closest.
"""

from collections.abc import Iterable, Sequence

from app.leads.queries.board_order import BY_HAND, ORDERS, BoardView
from app.leads.queries.filtering import LeadFilter

Pairs = Sequence[Sequence[str]]
#: The board's orders -> the list's that say the same. By hand is the board's alone.
_SAME = {"next": "due", "value": "-value", "age": "created"}


def on_board(kept: Pairs) -> BoardView:
    """What the board shows of a view's (name, value) pairs."""
    sort = dict(_sorts(kept)).get("sort")
    key = next((own for own, of_list in _SAME.items() if of_list == sort), "")
    return BoardView(LeadFilter.from_pairs(kept).without("stage"), ORDERS.get(key, BY_HAND))


def of_board(shown: BoardView, kept: Pairs = ()) -> list[list[str]]:
    """The pairs that keep what the board shows; what it can't show stays as it was `kept`."""
    stages = [[name, value] for name, value in kept if name.partition(".")[0] == "stage"]
    if shown.order is on_board(kept).order:
        order = _sorts(kept)
    else:
        order = [] if shown.is_by_hand else [["sort", _SAME[shown.order.key]]]
    return [*stages, *shown.narrowed.as_pairs(), *order]


def _sorts(pairs: Iterable[Sequence[str]]) -> list[list[str]]:
    return [[name, value] for name, value in pairs if name == "sort"][:1]
