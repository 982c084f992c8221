"""What a customer agreed to, as far as Squeegee's job says it: price, first price, rhythm and what is charged once."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Protocol

from app.core.money import format_money
from app.leads.words import often
from app.squeegee.mapping.once import Once, once_words


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
    """All of it; `first_minor` is None where the first visit costs what every visit does. `once` is what is charged
    once, (words, minor) of each.
    """

    price_minor: int | None
    first_minor: int | None
    frequency: str | None
    once: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, lead: _Priced, once: Once) -> "Agreed":
        """As it stands on a lead and in the quote that was accepted now."""
        first = lead.first_price_minor
        return cls(lead.price_minor, None if first == lead.price_minor else first, lead.frequency, tuple(once))

    @classmethod
    def read(cls, kept: str | None) -> "Agreed | None":
        """What `kept` wrote; None where nothing was kept. What was handed over before Sill told of work charged once
        says nothing of it, nor does Squeegee.
        """
        if not kept:
            return None
        found = json.loads(kept)
        return cls(**found | {"once": tuple((words, minor) for words, minor in found.get("once", ()))})

    @property
    def kept(self) -> str:
        """As it is kept, sealed, with the transfer that told Squeegee."""
        return json.dumps(asdict(self))

    @property
    def mark(self) -> str:
        """What a page sends back to say what of it it showed."""
        mark = f"{self.price_minor}.{self.first_minor}.{self.frequency}"
        return f"{mark}.{hashlib.blake2s(repr(self.once).encode(), digest_size=6).hexdigest()}" if self.once else mark

    @property
    def words(self) -> str:
        """Such as "£27 every 6 weeks, first clean £40, charged once: Clear all gutters £80"."""
        price = format_money(self.price_minor) if self.price_minor is not None else "no price"
        first = f", first clean {format_money(self.first_minor)}" if self.first_minor is not None else ""
        once = f", charged once: {once_words(self.once)}" if self.once else ""
        return f"{price} {often(self.frequency)}".strip() + first + once
