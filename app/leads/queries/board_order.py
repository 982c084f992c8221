"""The orders that a column can stand in, each walked by an index that begins with workspace and stage."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CompoundSelect,
    Lateral,
    Select,
    TableValuedAlias,
    Uuid,
    and_,
    bindparam,
    select,
    tuple_,
    union_all,
)

from app.accounts.models import User
from app.contacts.models import Contact
from app.core.cursors import make_cursor, read_cursor
from app.core.tenancy import current_workspace_id
from app.leads.models import Lead
from app.leads.queries.cards import CARD_COLUMNS, Card
from app.leads.queries.filtering import LeadFilter
from app.leads.queries.tagging import star_on


@dataclass(frozen=True, slots=True)
class Order:
    """One order. `by` is the card's attribute; equal ones follow their ids."""

    key: str
    words: str
    by: str
    falling: bool = False


ORDERS = {
    order.key: order
    for order in (
        Order("hand", "By hand", "rank"),
        Order("next", "Next act first", "next_act_at"),
        Order("value", "Most valuable first", "annual_minor", falling=True),
        Order("age", "Longest waiting first", "created_at"),
    )
}
BY_HAND = ORDERS["hand"]
#: Looked up card by card as well; built once, since that takes longer than the looking up.
_STAR = star_on(Lead.id, Lead.workspace_id, bindparam("person", type_=Uuid)).label("starred")
_CARDS = select(*CARD_COLUMNS, _STAR).join(
    Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id)
)
#: Looked up card by card; with a join the planner might begin with everybody there is.
_OWNER = select(User.name).where(User.id == Lead.owner_id).scalar_subquery().label("owner_name")
#: Sent beside the statement and not in it, so that the planner goes for the first rows.
_SIZE = bindparam("size")


@dataclass(frozen=True, slots=True)
class BoardView:
    """What the board is narrowed to and how its columns are ordered."""

    narrowed: LeadFilter
    order: Order = BY_HAND

    @classmethod
    def from_query(cls, args: Any) -> "BoardView":
        """Read an address's query. What can't be read is left out."""
        return cls(LeadFilter.from_query(args).without("stage"), ORDERS.get(args.get("sort", ""), BY_HAND))

    @property
    def is_by_hand(self) -> bool:
        """Whether cards stand where people put them."""
        return self.order is BY_HAND

    @property
    def shows_owners(self) -> bool:
        """Whether cards of several people may stand side by side."""
        return len(set(self.narrowed.values("owner")) - {"none"}) != 1

    def as_query(self) -> dict[str, Any]:
        """The query that gives this view."""
        return self.narrowed.as_query() | ({} if self.is_by_hand else {"sort": self.order.key})

    def listed(self, stage_id: UUID) -> str:
        """What a cursor into one of its columns is bound to."""
        return f"column:{stage_id}:{self.order.key}:{self.narrowed.key}"


def in_order(cards: Sequence[Card], order: Order) -> list[Card]:
    """The cards as the order wants them: in it, and those without what it goes by at the end, by hand."""
    known = [card for card in cards if getattr(card, order.by) is not None]
    rest = [card for card in cards if getattr(card, order.by) is None]
    known.sort(key=lambda card: (getattr(card, order.by), card.id), reverse=order.falling)
    return known + sorted(rest, key=lambda card: (card.rank, card.id))


def first_cards(stage_id: UUID, view: BoardView, after: str | None = None) -> Select[Any] | CompoundSelect[Any]:
    """The first `size` cards of a stage, or those after a cursor; bound parameters: `size`, and the `person` whose
    stars they are.
    """
    parts = read_cursor(after, view.listed(stage_id)) if after else None
    return _walked(stage_id, view, parts, None).limit(_SIZE)


def first_cards_of(wanted: TableValuedAlias, view: BoardView) -> Lateral:
    """The first `size` cards of each of the `wanted` stages, to join them with."""
    return _walked(wanted.c.id, view, None, wanted).limit(_SIZE).lateral("top")


def _walked(
    stage_id: Any, view: BoardView, parts: Sequence[Any] | None, beside: TableValuedAlias | None
) -> Select[Any] | CompoundSelect[Any]:
    """The cards of a stage in order, with no end.

    By the next act, leads without one come last: a second walk that only begins when the first has run dry.
    """
    mine = (Lead.workspace_id == current_workspace_id(), Lead.stage_id == stage_id, *view.narrowed.conditions())
    cards = _CARDS.where(*mine)
    if view.shows_owners:
        cards = cards.add_columns(_OWNER)
    cards = cards if beside is None else cards.correlate(beside)
    order = view.order
    if order.key != "next":
        return _from(cards, getattr(Lead, order.by), order.falling, parts)
    is_dry, rest = (bool(parts[0]), parts[1:]) if parts else (False, None)
    without = _from(cards.where(Lead.next_act_at.is_(None)), Lead.rank, False, rest if is_dry else None)
    if is_dry:
        return without
    known = _from(cards.where(Lead.next_act_at.isnot(None)), Lead.next_act_at, False, rest)
    return union_all(known.limit(_SIZE), without.limit(_SIZE))


def cursor_after(card: Card, view: BoardView) -> str:
    """Where the column goes on after a card."""
    value = getattr(card, view.order.by)
    parts = [value, card.id]
    if view.order.key == "next":
        parts = [1, card.rank, card.id] if value is None else [0, value, card.id]
    return make_cursor(parts, view.listed(card.stage_id))


def _from(cards: Select[Any], column: Any, falling: bool, after: Sequence[Any] | None) -> Select[Any]:
    if after:
        here = tuple_(column, Lead.id)
        cards = cards.where(here < tuple_(*after) if falling else here > tuple_(*after))
    return cards.order_by(column.desc(), Lead.id.desc()) if falling else cards.order_by(column, Lead.id)
