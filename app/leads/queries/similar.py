"""What houses like one were won at and lost at (the price that was agreed or asked), from the district's own leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, select

from app.core.models import fixed
from app.core.money import format_money
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, Stage

#: The newest leads of the district that are looked at: prices of years ago say little about today's.
LOOKED_AT = 300
#: Fewer than this on a side is an anecdote, not a price.
FEWEST = 2
WON = ("ready_for_squeegee", "transferred_to_squeegee", "booking_confirmed")
LOST = ("declined", "lost_contact")

_DISTRICT = (
    select(
        Lead.id, Lead.price_minor, Lead.property_type, Lead.bedrooms, Lead.frequency, Lead.service, Lead.stage_id,
        Lead.workspace_id,
    )
    .where(
        Lead.workspace_id == bindparam("here"), Lead.district == bindparam("district"), Lead.shelf == fixed("desk"),
    )
    .order_by(Lead.created_at.desc(), Lead.id.desc())
    .limit(bindparam("most"))
    .subquery()
)  # fmt: skip
_NEWEST = select(_DISTRICT, Stage.key).join(
    Stage, and_(Stage.workspace_id == _DISTRICT.c.workspace_id, Stage.id == _DISTRICT.c.stage_id)
)


@dataclass(frozen=True, slots=True)
class Similar:
    """What houses like this one went for. `like` says how like; the spans are (lowest, highest, how many) or None."""

    district: str
    like: str
    currency: str
    won: tuple[int, int, int] | None
    lost: tuple[int, int, int] | None

    @property
    def words(self) -> str:
        """Such as "won at £22–26, lost at £30–36"; blank when nothing is known."""
        sides = (("won at", self.won), ("lost at", self.lost))
        return ", ".join(f"{word} {_span(span, self.currency)}" for word, span in sides if span)

    @property
    def basis(self) -> str:
        """What that rests on: "12 houses in BA5 of this kind and size"."""
        count = sum(span[2] for span in (self.won, self.lost) if span)
        return f"{count} houses in {self.district} {self.like}" if count else ""


def similar_houses(lead: Lead) -> Similar:
    """The prices of houses like a lead's in its district, by one statement.

    Alike is the same kind of house with as many bedrooms, at the same rhythm; where too few are, the bedrooms count no
    more. A span leaves out the dearest and cheapest tenth, so that one slip of the pen does not stretch it.
    """
    if not lead.district or not lead.frequency:
        return Similar(lead.district or "", "", lead.currency, None, None)
    values = {"here": current_workspace_id(), "district": lead.district, "most": LOOKED_AT}
    rows = [
        row
        for row in db.session.execute(_NEWEST, values)
        if row.id != lead.id and row.price_minor and row.frequency == lead.frequency and row.service == lead.service
    ]
    alike = [row for row in rows if lead.property_type and row.property_type == lead.property_type]
    closest = [row for row in alike if row.bedrooms == lead.bedrooms]
    for found, like in ((closest, "of this kind and size"), (alike, "of this kind"), (rows, "of any kind")):
        won, lost = _prices(found, WON), _prices(found, LOST)
        if won or lost:
            return Similar(lead.district, like, lead.currency, won, lost)
    return Similar(lead.district, "", lead.currency, None, None)


def _prices(rows: Sequence[Any], stages: tuple[str, ...]) -> tuple[int, int, int] | None:
    prices = sorted(row.price_minor for row in rows if row.key in stages)
    if len(prices) < FEWEST:
        return None
    edge = len(prices) // 10
    inner = prices[edge : len(prices) - edge]
    return inner[0], inner[-1], len(prices)


def _span(span: tuple[int, int, int], currency: str) -> str:
    low, high = format_money(span[0], currency), format_money(span[1], currency)
    return low if low == high else f"{low}–{high.removeprefix('£')}"
