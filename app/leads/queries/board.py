"""The board: columns with counts that nobody counted, and the first cards of each by one statement."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    TableValuedAlias,
    Uuid,
    and_,
    bindparam,
    column,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)

from app.contacts.models import Contact
from app.core.clock import utcnow
from app.core.cursors import make_cursor, read_cursor
from app.core.tenancy import current_scope, current_workspace_id
from app.extensions import db
from app.leads.models import NOBODY, Lead, Stage, StageCounter
from app.leads.queries.cards import CARD_COLUMNS, Card, card_of
from app.leads.queries.stages import stages
from app.leads.words import EMPTY_STAGE_WORDS

PAGE = 20
MOST_SHOWN = 200
#: More late cards than this in a column are shown as "99+ late".
LATE_SHOWN = 99


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What the board is narrowed to."""

    mine: bool = False
    due: bool = False
    user_id: UUID | None = None

    @property
    def is_blank(self) -> bool:
        """Whether everything is shown, so that the kept counts hold."""
        return not (self.mine or self.due)


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


def board_columns(narrowed: BoardFilter, *, eager: int) -> list[Column]:
    """All columns in order; the first `eager` open ones with cards, the others empty until they come into sight."""
    every = stages()
    shown = [stage for stage in every if not stage.is_final][:eager]
    figures = _figures(narrowed)
    late = _late([stage.id for stage in every if not stage.is_final])
    cards = _first_cards([stage.id for stage in shown], narrowed)
    return [_column(stage, figures, late, cards, narrowed) for stage in every]


def one_column(stage_id: UUID, narrowed: BoardFilter, *, shown: int = PAGE) -> Column | None:
    """One column with its first `shown` cards (200 at most), or None when there is no such stage."""
    size = min(max(shown, PAGE), MOST_SHOWN)
    stage = next((stage for stage in stages() if stage.id == stage_id), None)
    if stage is None:
        return None
    cards = _first_cards([stage.id], narrowed, size)
    return _column(stage, _figures(narrowed), _late([stage.id]), cards, narrowed, size)


def more_cards(stage_id: UUID, narrowed: BoardFilter, cursor: str) -> tuple[list[Card], str | None]:
    """The cards after a cursor and the cursor after them. An unreadable cursor starts from the top."""
    after = read_cursor(cursor, _listed(stage_id, narrowed))
    query = _cards(narrowed).where(Lead.stage_id == stage_id)
    if after:
        query = query.where(tuple_(Lead.rank, Lead.id) > tuple_(*after))
    rows = db.session.execute(query.order_by(Lead.rank, Lead.id).limit(PAGE + 1)).all()
    return _page([card_of(row) for row in rows], stage_id, narrowed)


def _column(
    stage: Stage,
    figures: dict[UUID, tuple[int, int]],
    late: dict[UUID, int],
    cards: dict[UUID, list[Card]],
    narrowed: BoardFilter,
    size: int = PAGE,
) -> Column:
    number, value = figures.get(stage.id, (0, 0))
    page, cursor = _page(cards[stage.id], stage.id, narrowed, size) if stage.id in cards else (None, None)
    return Column(
        stage.id, stage.key, stage.name, stage.colour, stage.is_final, number, value, late.get(stage.id, 0), page,
        cursor,
    )  # fmt: skip


def _page(
    cards: list[Card], stage_id: UUID, narrowed: BoardFilter, size: int = PAGE
) -> tuple[list[Card], str | None]:
    if len(cards) <= size:
        return cards, None
    last = cards[size - 1]
    return cards[:size], make_cursor([last.rank, last.id], _listed(stage_id, narrowed))


def _figures(narrowed: BoardFilter) -> dict[UUID, tuple[int, int]]:
    """Leads and yearly value per stage: kept figures where they hold, else counted over what the filter leaves."""
    scope = current_scope()
    if narrowed.due or scope.sees == "visits":
        counted = select(Lead.stage_id, func.count(), func.coalesce(func.sum(Lead.annual_minor), 0))
        query = counted.where(Lead.workspace_id == scope.workspace_id, *_narrowing(narrowed)).group_by(Lead.stage_id)
    else:
        query = (
            select(StageCounter.stage_id, func.sum(StageCounter.leads), func.sum(StageCounter.annual_minor))
            .where(StageCounter.workspace_id == scope.workspace_id)
            .group_by(StageCounter.stage_id)
        )
        if narrowed.mine or scope.sees == "own":
            query = query.where(StageCounter.owner_key.in_([scope.user_id, NOBODY]))
    return {stage_id: (int(number), int(value)) for stage_id, number, value in db.session.execute(query)}


def _late(stage_ids: list[UUID]) -> dict[UUID, int]:
    """Late cards per stage, counted no further than is shown. As in words (core/human_time), what is due within this
    minute is not late: an acknowledgement that leaves at once would raise an alarm.
    """
    wanted = _these(stage_ids)
    late = (
        select(literal(1).label("one"))
        .where(
            Lead.workspace_id == current_workspace_id(), Lead.stage_id == wanted.c.id,
            Lead.next_act_at <= utcnow() - timedelta(minutes=1),
        )
        .limit(LATE_SHOWN + 1)
        .lateral()
    )  # fmt: skip
    query = select(wanted.c.id, func.count().label("late")).select_from(wanted).join(late, true()).group_by(wanted.c.id)
    return {row.id: row.late for row in db.session.execute(query)}


def _first_cards(stage_ids: list[UUID], narrowed: BoardFilter, size: int = PAGE) -> dict[UUID, list[Card]]:
    found: dict[UUID, list[Card]] = defaultdict(list)
    if stage_ids:
        wanted = _these(stage_ids)
        first = _cards(narrowed).where(Lead.stage_id == wanted.c.id).order_by(Lead.rank, Lead.id)
        top = first.limit(size + 1).lateral("top")
        rows = db.session.execute(select(top).select_from(wanted).join(top, true()).order_by(top.c.rank, top.c.id))
        for row in rows:
            found[row.stage_id].append(card_of(row))
    return {stage_id: found[stage_id] for stage_id in stage_ids}


def _these(stage_ids: list[UUID]) -> TableValuedAlias:
    """The stages as rows to join with, one statement for however many."""
    listed = func.unnest(bindparam("stages", stage_ids, ARRAY(Uuid)))
    return listed.table_valued(column("id", Uuid)).render_derived(name="wanted")


def _cards(narrowed: BoardFilter):
    return (
        select(*CARD_COLUMNS)
        .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
        .where(Lead.workspace_id == current_workspace_id(), *_narrowing(narrowed))
    )


def _narrowing(narrowed: BoardFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if narrowed.mine:
        conditions.append(or_(Lead.owner_id == narrowed.user_id, Lead.owner_id.is_(None)))
    if narrowed.due:
        end_of_day = utcnow().replace(hour=23, minute=59, second=59)
        conditions.append(Lead.next_act_at <= end_of_day)
    return conditions


def _listed(stage_id: UUID, narrowed: BoardFilter) -> str:
    return f"column:{stage_id}:{narrowed.mine}:{narrowed.due}"
