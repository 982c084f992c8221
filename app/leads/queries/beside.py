"""The leads before and after one, in the order of a list or of its column on the board: two short walks by an index."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import literal, select, tuple_, union_all

from app.core.errors import NotFound
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.queries.board_order import BY_HAND, ORDERS
from app.leads.queries.filtering import LeadFilter
from app.leads.queries.ordering import SORTS, Ordering


@dataclass(frozen=True, slots=True)
class Way:
    """An order of leads: by which column, whether falling, and whether within the lead's own stage."""

    by: str
    falling: bool
    in_stage: bool = False


def way_of(page: str, sort: str) -> Way:
    """The order of a page ("board" or "list") under a sort of its own; an unknown one is the page's usual."""
    if page == "board":
        order = ORDERS.get(sort, BY_HAND)
        return Way(order.by, order.falling, in_stage=True)
    listed = Ordering.from_query({"sort": sort})
    return Way(SORTS[listed.key][0].key, falling=listed.is_falling)


def neighbours(lead_id: UUID, narrowed: LeadFilter, way: Way) -> tuple[UUID | None, UUID | None]:
    """The lead before and the lead after, None at either end. Raises NotFound for a lead out of sight.

    By the next act, leads without one have no neighbours: there is no place between others where they stand.
    """
    column = getattr(Lead, way.by)
    here = current_workspace_id()
    stands = db.session.execute(
        select(column, Lead.stage_id, Lead.shelf).where(Lead.workspace_id == here, Lead.id == lead_id)
    ).one_or_none()
    if stands is None:
        raise NotFound
    if stands[0] is None:
        return None, None
    where = [Lead.workspace_id == here, *narrowed.conditions()]
    if way.in_stage:
        where.append(Lead.stage_id == stands.stage_id)
    key, place = tuple_(column, Lead.id), tuple_(literal(stands[0], column.type), literal(lead_id))

    def walk(rising: bool) -> Any:
        order = (column, Lead.id) if rising else (column.desc(), Lead.id.desc())
        step = key > place if rising else key < place
        found = select(Lead.id, literal(rising).label("rising")).where(*where, step).order_by(*order).limit(1)
        return select(found.subquery())

    found = {row.rising: row.id for row in db.session.execute(union_all(walk(True), walk(False)))}
    return found.get(way.falling), found.get(not way.falling)
