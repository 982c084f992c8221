"""What a lead's customer agreed to, as far as it concerns what comes next: the beginning, and what stands beside the
price.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, SQLColumnExpression, Text, and_, case, cast, func, not_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from app.activities.models import Activity
from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.words import EXTRA_WORDS
from app.quotes.models import Quote, QuoteLine
from app.quotes.queries.agreed import was_called_off
from app.quotes.queries.slots import chosen_span


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed: when the customer accepted, unless they asked for work inside their days to cancel; from when
    to when the first clean is that they chose, if it is still to come; what the price covers, and (words, minor) of
    what is charged once beside it. Where no quote was accepted that is what the form told with the lead's price.
    """

    accepted_at: datetime | None = None
    chosen_at: datetime | None = None
    chosen_until: datetime | None = None
    included: tuple[str, ...] = ()
    once: tuple[tuple[str, int], ...] = ()

    @classmethod
    def read(cls, parts: Sequence[Any]) -> "Agreement":
        """From what the columns of `agreement_of` gave."""
        *beginning, lines = parts
        if isinstance(lines, dict):
            return cls(*beginning, once=_once_told(**lines))
        included = tuple(words for words, _, minor in lines or () if minor is None)
        once = tuple((counted(words, number), minor) for words, number, minor in lines or () if minor is not None)
        return cls(*beginning, included, once)


def agreement_of(
    workspace_id: SQLColumnExpression[UUID], lead_id: SQLColumnExpression[UUID]
) -> tuple[ColumnElement[Any], ...]:
    """For a statement about leads: the parts of an Agreement. A yes that was called off is none."""
    accepted = (
        select(Quote)
        .where(
            Quote.workspace_id == workspace_id, Quote.lead_id == lead_id, Quote.state == fixed("accepted"),
            not_(was_called_off()),
        )
        .order_by(Quote.version_no.desc())
        .limit(1)
        .correlate_except(Quote)
    )
    accepted_at = accepted.with_only_columns(Quote.answered_at).where(Quote.starts_before_cancellation_ends.is_(False))
    line = func.jsonb_build_array(QuoteLine.description, QuoteLine.quantity, QuoteLine.amount_minor)
    lines = select(func.jsonb_agg(aggregate_order_by(line, QuoteLine.position))).where(
        QuoteLine.workspace_id == workspace_id,
        QuoteLine.quote_id == accepted.with_only_columns(Quote.id).scalar_subquery(),
    )
    is_accepted = accepted.with_only_columns(Quote.id).exists()
    beside = case((is_accepted, lines.scalar_subquery()), else_=_told(workspace_id, lead_id))
    return accepted_at.scalar_subquery(), *chosen_span(workspace_id, lead_id), beside


def _told(workspace_id: SQLColumnExpression[UUID], lead_id: SQLColumnExpression[UUID]) -> ScalarSelect[Any]:
    """What a lead's form told together with the price that still stands on the lead, and the extras it has now."""
    lead, told = aliased(Lead), Activity.data["told"]
    found = func.jsonb_build_object("workings", told["workings"], "extras", func.to_jsonb(lead.extras))
    return (
        select(found)
        .join(lead, and_(lead.workspace_id == Activity.workspace_id, lead.id == Activity.lead_id))
        .where(
            Activity.workspace_id == workspace_id, Activity.lead_id == lead_id,
            Activity.kind == fixed("lead_created"), told["frequency"].astext == lead.frequency,
            told["price_minor"].astext == cast(lead.price_minor, Text),
        )
        .limit(1)
        .correlate_except(Activity, lead)
        .scalar_subquery()
    )  # fmt: skip


def _once_told(workings: Sequence[tuple[str, int]], extras: Collection[str]) -> tuple[tuple[str, int], ...]:
    told = dict(workings)
    once = ((EXTRA_WORDS[key], told.get(f"{EXTRA_WORDS[key]} once")) for key in EXTRA_WORDS if key in extras)
    return tuple((words, minor) for words, minor in once if minor is not None)


def agreements(lead_ids: Collection[UUID]) -> dict[UUID, Agreement]:
    """The same for some leads. One statement."""
    query = select(Lead.id, *agreement_of(Lead.workspace_id, Lead.id))
    rows = db.session.execute(query.where(Lead.workspace_id == current_workspace_id(), Lead.id.in_(lead_ids)))
    return {lead_id: Agreement.read(parts) for lead_id, *parts in rows}


def counted(words: str, quantity: int) -> str:
    """A line's words with how many of it: "3 × Velux windows"."""
    return f"{quantity} × {words}" if quantity > 1 else words
