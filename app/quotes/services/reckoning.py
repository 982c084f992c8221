"""From the prices that are written to those that are paid: discount off each visit, then value added tax.

Whole minor units throughout. The discount is rounded to the nearest penny, halves up and so in the customer's
favour, the tax as price_book reckons it, so that every page, message and PDF shows the same penny.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.core.money import format_money
from app.price_book.queries import Working, share, taxed

HUNDRED_PERCENT = 10_000


@dataclass(frozen=True, slots=True)
class Discount:
    """What comes off every visit: minor units for "amount", hundredths of a percent for "percent"; `words` say why."""

    kind: str
    value: int
    words: str = ""

    def off(self, minor: int) -> int:
        """How much comes off a price, in minor units."""
        return self.value if self.kind == "amount" else share(minor, self.value)

    def shown(self, currency: str) -> str:
        """Such as "10 %" or "£2"."""
        return f"{self.value / 100:g}\u00a0%" if self.kind == "percent" else format_money(self.value, currency)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What lies between a written price and a paid one."""

    discount: Discount | None = None
    vat_mode: str = "none"
    vat_basis_points: int = 0

    def visit(self, written: int) -> int:
        """What is paid for a visit that is written at so much; may be nought or less when the discount eats it up."""
        return self.once(written - (self.discount.off(written) if self.discount else 0))

    def once(self, written: int) -> int:
        """What is paid for work charged once: no discount, but the tax."""
        return taxed(max(written, 0), self.vat_mode, self.vat_basis_points).gross_minor

    @property
    def change_nothing(self) -> bool:
        """Whether what is written is what is paid."""
        return self.discount is None and self.vat_mode != "added"

    def workings(self, lines: Iterable[Working], written: int, currency: str) -> list[dict[str, str | int]]:
        """The lines of a price with discount and tax at their end, so that they add up to what is paid."""
        found = [{"words": line.words, "minor": line.minor} for line in lines]
        net = written
        if self.discount:
            off = self.discount.off(written)
            words = f"Discount of {self.discount.shown(currency)}"
            found.append({"words": f"{words}: {self.discount.words}" if self.discount.words else words, "minor": -off})
            net -= off
        if self.vat_mode == "added":
            tax = taxed(max(net, 0), self.vat_mode, self.vat_basis_points).tax_minor
            found.append({"words": f"VAT at {self.vat_basis_points / 100:g}\u00a0%", "minor": tax})
        return found
