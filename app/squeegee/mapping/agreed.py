"""What a customer agreed to, as far as Squeegee's job says it: price, first price and rhythm."""

import json
from dataclasses import asdict, dataclass
from typing import Protocol

from app.core.money import format_money
from app.leads.words import often


class _Priced(Protocol):
    """A lead, or its facts."""

    @property
    def price_minor(self) -> int | None:
        """What a visit costs."""
        ...

    @property
    def first_price_minor(self) -> int | None:
        """What the first visit costs where that differs."""
        ...

    @property
    def frequency(self) -> str | None:
        """How often."""
        ...


@dataclass(frozen=True, slots=True)
class Agreed:
    """The three of them; `first_minor` is None where the first visit costs what every visit does."""

    price_minor: int | None
    first_minor: int | None
    frequency: str | None

    @classmethod
    def of(cls, lead: _Priced) -> "Agreed":
        """As they stand on a lead now."""
        first = lead.first_price_minor
        return cls(lead.price_minor, None if first == lead.price_minor else first, lead.frequency)

    @classmethod
    def read(cls, kept: str | None) -> "Agreed | None":
        """What `kept` wrote; None where nothing was kept."""
        return cls(**json.loads(kept)) if kept else None

    @property
    def kept(self) -> str:
        """As it is kept, sealed, with the transfer that told Squeegee."""
        return json.dumps(asdict(self))

    @property
    def mark(self) -> str:
        """What a page sends back to say which of them it showed."""
        return f"{self.price_minor}.{self.first_minor}.{self.frequency}"

    @property
    def words(self) -> str:
        """Such as "£27 every 6 weeks, first clean £40"."""
        price = format_money(self.price_minor) if self.price_minor is not None else "no price"
        first = f", first clean {format_money(self.first_minor)}" if self.first_minor is not None else ""
        return f"{price} {often(self.frequency)}".strip() + first
