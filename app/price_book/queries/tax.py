"""Value added tax on a price, reckoned in one place so that every page, message and PDF shows the same penny."""

from dataclasses import dataclass

from app.price_book.queries.book import WHOLE, share


@dataclass(frozen=True, slots=True)
class Taxed:
    """An amount with its tax, in minor units: `net_minor` + `tax_minor` = `gross_minor`, what is paid."""

    net_minor: int
    tax_minor: int
    gross_minor: int


def taxed(minor: int, vat_mode: str, vat_basis_points: int) -> Taxed:
    """What an amount that the book or a quote writes comes to. `vat_mode` is "none", "included" or "added".

    The tax is rounded to the nearest minor unit, halves up (HMRC notice 700, 17.5 allows it for each line).
    """
    if vat_mode == "added":
        tax = share(minor, vat_basis_points)
        return Taxed(minor, tax, minor + tax)
    if vat_mode == "included":
        parts = WHOLE + vat_basis_points
        tax = (minor * vat_basis_points * 2 + parts) // (2 * parts)
        return Taxed(minor - tax, tax, minor)
    return Taxed(minor, 0, minor)
