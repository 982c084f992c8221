"""Which leads an export is about: those that the list shows, in its order, all pages of it."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from app.core.models import one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.queries.filter_fields import FIELDS
from app.leads.queries.filtering import LeadFilter
from app.leads.queries.ordering import Ordering

#: Fields whose values are words that somebody typed: customers may be meant by them.
_TYPED = frozenset({"words", "text"})
#: Stands for such words.
SAID = "…"


def first_ids(narrowed: LeadFilter, order: Ordering, most: int, ticked: Collection[UUID] = ()) -> list[UUID]:
    """The first `most` leads of the list, by id; with `ticked` only of those."""
    found: list[UUID] = []
    for query in _stretches(narrowed, order, most):
        if ticked:
            query = query.where(Lead.id == one_among(ticked))
        found += db.session.scalars(query.limit(most - len(found)))
        if len(found) >= most:
            break
    return found


def ids_in_order(narrowed: LeadFilter, order: Ordering, most: int) -> ColumnElement[Any]:
    """The same as an expression that gives an array, for statements: of a hundred thousand ids none comes by here.

    Where the list has two stretches it may give up to twice as many.
    """
    first, *rest = (func.array(query.scalar_subquery()) for query in _stretches(narrowed, order, most))
    for stretch in rest:
        first = first.op("||")(stretch)
    return first


def codes_of(narrowed: LeadFilter) -> list[list[str]]:
    """A filter as [name, value] lists without what may be about a customer: what was searched for, and free words."""
    return [[name, value if _is_code(name, value) else SAID] for name, value in narrowed.as_pairs()]


def _is_code(name: str, value: str) -> bool:
    field = FIELDS[name.partition(".")[0]]
    return value == "none" or not (field.kind in _TYPED or (field.takes_others and value not in field.choices))


def _stretches(narrowed: LeadFilter, order: Ordering, most: int) -> Iterator[Select[tuple[UUID]]]:
    asked = narrowed.conditions(walked=order.key)
    for stretch in order.stretches():
        ways = (stretch.column, Lead.id)
        held = [stretch.holds] if stretch.holds is not None else []
        yield (
            select(Lead.id)
            .where(Lead.workspace_id == current_workspace_id(), *asked, *held)
            .order_by(*(way.desc() if stretch.is_falling else way for way in ways))
            .limit(most)
        )
