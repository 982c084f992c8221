"""The board: columns with counts that nobody counted, and the first cards of each by one statement."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, TableValuedAlias, Uuid, bindparam, column, func, literal, select, true

from app.core.clock import utcnow
from app.core.ids import parse_id
from app.core.tenancy import current_scope, current_workspace_id
from app.extensions import db
from app.leads.models import NOBODY, Lead, ListPreference, Stage, StageCounter
from app.leads.queries.board_order import BoardView, cursor_after, first_cards, first_cards_of, in_order
from app.leads.queries.cards import Card, card_of
from app.leads.queries.filtering import LeadFilter
from app.leads.queries.stages import known_stages
from app.leads.words import EMPTY_STAGE_WORDS

PAGE = 20
MOST_SHOWN = 200
#: More late cards than this in a column are shown as "99+ late".
LATE_SHOWN = 99
#: Columns that come with their cards; those further right fetch theirs when they come near.
EAGER = 4
#: Leads and yearly value (in pence) by stage.
Figures = dict[UUID, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Column:
    """A stage with its figures and its first cards; `cards` is None when they are fetched on sight."""

    id: UUID
    key: str
    name: str
    colour: str
    is_final: bool
    leads: int
    annual_minor: int
    late: int
    cards: list[Card] | None
    next_cursor: str | None
    noun: str = "stage"

    @property
    def when_empty(self) -> str:
        """What stands in it while it has no cards."""
        return EMPTY_STAGE_WORDS.get(self.key, "Nobody here.")


def opening_figures() -> tuple[Figures, UUID | None]:
    """The figures of the whole board, and read along with them the view that the person's board opens with."""
    scope = current_scope()
    opens = select(ListPreference.board_view_id).where(
        ListPreference.workspace_id == scope.workspace_id, ListPreference.user_id == scope.user_id
    )
    rows = db.session.execute(_counted(LeadFilter()).add_columns(opens.scalar_subquery().label("opens"))).all()
    return _by_stage(rows), rows[0].opens if rows else None


def board_columns(
    view: BoardView, *, opened: Collection[UUID] = (), eager: int = EAGER, figures: Figures | None = None
) -> list[Column]:
    """All stages in order; `eager` of them with cards: those that were `opened`, then the first ones. `figures` are
    the view's, where they are known already.
    """
    every = known_stages()
    shown = [stage.id for stage in every if not stage.is_final or stage.id in opened]
    cards = _first_cards(sorted(shown, key=lambda stage_id: stage_id not in opened)[:eager], view)
    if figures is None:
        figures = _figures(view.narrowed)
    late = _late(shown, view.narrowed)
    return [_column(stage, figures, late, cards, view) for stage in every]


def one_column(stage_id: UUID, view: BoardView, *, shown: int = PAGE) -> Column | None:
    """One column with its first `shown` cards (200 at most), or None when there is no such stage."""
    size = min(max(shown, PAGE), MOST_SHOWN)
    stage = next((stage for stage in known_stages() if stage.id == stage_id), None)
    if stage is None:
        return None
    cards = _first_cards([stage.id], view, size)
    return _column(stage, _figures(view.narrowed), _late([stage.id], view.narrowed), cards, view, size)


def more_cards(stage_id: UUID, view: BoardView, cursor: str) -> tuple[list[Card], str | None]:
    """The cards after a cursor and the cursor after them. An unreadable cursor starts from the top."""
    rows = db.session.execute(first_cards(stage_id, view, cursor), _given(PAGE))
    cards = [card_of(row, is_starred=row.starred is not None) for row in rows]
    return _page(in_order(cards, view.order), view, PAGE)


def totals_of(columns: list[Column]) -> dict[str, int]:
    """Leads, their yearly value and how many are late, over the stages that are not final."""
    shown = [column for column in columns if not column.is_final]
    return {name: sum(getattr(column, name) for column in shown) for name in ("leads", "annual_minor", "late")}


def _column(
    stage: Stage,
    figures: Figures,
    late: dict[UUID, int],
    cards: dict[UUID, list[Card]],
    view: BoardView,
    size: int = PAGE,
) -> Column:
    number, value = figures.get(stage.id, (0, 0))
    page, cursor = _page(cards[stage.id], view, size) if stage.id in cards else (None, None)
    return Column(
        stage.id, stage.key, stage.name, stage.colour, stage.is_final, number, value, late.get(stage.id, 0), page,
        cursor,
    )  # fmt: skip


def _page(cards: list[Card], view: BoardView, size: int) -> tuple[list[Card], str | None]:
    if len(cards) <= size:
        return cards, None
    return cards[:size], cursor_after(cards[size - 1], view)


def _figures(narrowed: LeadFilter) -> Figures:
    return _by_stage(db.session.execute(_counted(narrowed)))


def _by_stage(rows: Iterable[Any]) -> Figures:
    return {stage_id: (int(number), int(value)) for stage_id, number, value, *_ in rows}


def _counted(narrowed: LeadFilter) -> Select[Any]:
    """Leads and yearly value per stage: kept figures where they hold, else counted over what the filter leaves."""
    scope = current_scope()
    owners = _owners_only(narrowed)
    if owners is None or scope.sees == "visits":
        counted = select(Lead.stage_id, func.count(), func.coalesce(func.sum(Lead.annual_minor), 0))
        return counted.where(Lead.workspace_id == scope.workspace_id, *narrowed.conditions()).group_by(Lead.stage_id)
    query = (
        select(StageCounter.stage_id, func.sum(StageCounter.leads), func.sum(StageCounter.annual_minor))
        .where(StageCounter.workspace_id == scope.workspace_id)
        .group_by(StageCounter.stage_id)
    )
    if owners:
        query = query.where(StageCounter.owner_key.in_(owners))
    if scope.sees == "own":
        query = query.where(StageCounter.owner_key.in_([scope.user_id, NOBODY]))
    return query


def _owners_only(narrowed: LeadFilter) -> list[UUID] | None:
    """The counters' owners when the filter asks for nothing but owners ([]: everyone), None when it asks for more."""
    if narrowed.is_blank:
        return []
    values = narrowed.values("owner")
    if len(narrowed.terms) > 1 or not values:
        return None
    known = {"me": current_scope().user_id, "none": NOBODY}
    found = [known[value] if value in known else parse_id(value) for value in values]
    return [each for each in found if each]


def _late(stage_ids: list[UUID], narrowed: LeadFilter) -> dict[UUID, int]:
    """Late cards per stage, counted no further than is shown. As in words (core/human_time), what is due within this
    minute is not late: an acknowledgement that leaves at once would raise an alarm.
    """
    wanted = _these(stage_ids)
    late = (
        select(literal(1).label("one"))
        .where(
            Lead.workspace_id == current_workspace_id(), Lead.stage_id == wanted.c.id,
            Lead.next_act_at <= utcnow() - timedelta(minutes=1), *narrowed.conditions(),
        )
        .limit(LATE_SHOWN + 1)
        .lateral()
    )  # fmt: skip
    query = select(wanted.c.id, func.count().label("late")).select_from(wanted).join(late, true()).group_by(wanted.c.id)
    return {row.id: row.late for row in db.session.execute(query)}


def _first_cards(stage_ids: list[UUID], view: BoardView, size: int = PAGE) -> dict[UUID, list[Card]]:
    found: dict[UUID, list[Card]] = defaultdict(list)
    if stage_ids:
        wanted = _these(stage_ids)
        top = first_cards_of(wanted, view)
        for row in db.session.execute(select(top).select_from(wanted).join(top, true()), _given(size)):
            found[row.stage_id].append(card_of(row, is_starred=row.starred is not None))
    return {stage_id: in_order(found[stage_id], view.order) for stage_id in stage_ids}


def _given(size: int) -> dict[str, Any]:
    """What goes with a statement for cards: one more than are shown, to see whether there are more."""
    return {"size": size + 1, "person": current_scope().user_id}


def _these(stage_ids: list[UUID]) -> TableValuedAlias:
    """The stages as rows to join with, one statement for however many."""
    listed = func.unnest(bindparam("stages", stage_ids, ARRAY(Uuid)))
    return listed.table_valued(column("id", Uuid)).render_derived(name="wanted")
