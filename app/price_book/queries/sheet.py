"""A book as the fields of its page: the names of its cells, and what stands in them."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.contacts.models import BEDROOMS
from app.core.money import plain_amount
from app.leads.models import EXTRAS, FREQUENCIES
from app.price_book.queries.book import HOMES, WHOLE, Book, Surcharge

#: Rows for surcharges that stand ready to be written in.
SPARE_ROWS = 2


@dataclass(frozen=True, slots=True)
class SurchargeRow:
    """One surcharge as typed."""

    districts: str = ""
    words: str = ""
    amount: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands in the fields, by their names, and the rows of surcharges."""

    values: Mapping[str, str]
    rows: tuple[SurchargeRow, ...]


def cell_name(home: str, bedrooms: str, frequency: str) -> str:
    """The field of a price in the grid."""
    return f"p-{home}-{bedrooms}-{frequency}"


def extra_name(extra: str, bedrooms: str) -> str:
    """The field of an extra's price."""
    return f"x-{extra}-{bedrooms}"


def sheet_of(book: Book, currency: str) -> Sheet:
    """A book's fields, amounts without their symbol."""
    values = {cell_name(*cell): plain_amount(minor, currency) for cell, minor in book.cells.items()}
    for key in EXTRAS:
        extra = book.extras.get(key)
        values[f"c-{key}"] = extra.charged if extra else "ask"
        for bedrooms, minor in (extra.minors if extra else {}).items():
            values[extra_name(key, bedrooms)] = plain_amount(minor, currency)
    values |= {f"m-{key}": share_text(value) for key, value in book.multipliers.items()}
    values |= {
        "first_clean": share_text(book.first_clean),
        "minimum": plain_amount(book.minimum_minor or None, currency),
        "rounding": book.rounding,
        "vat_mode": book.vat_mode,
        "vat_rate": percent_text(book.vat_basis_points) if book.vat_basis_points else "",
    }
    return Sheet(values, tuple(_row(each, currency) for each in book.surcharges) + (SurchargeRow(),) * SPARE_ROWS)


def derived_prices(book: Book, currency: str) -> dict[str, str]:
    """What the cells that are left empty come to, by their names."""
    found = {}
    for home in HOMES:
        for bedrooms in BEDROOMS:
            for frequency in FREQUENCIES:
                base = book.base(home, bedrooms, frequency)
                if base is not None and (home, bedrooms, frequency) not in book.cells:
                    found[cell_name(home, bedrooms, frequency)] = plain_amount(base[0], currency)
    return found


def share_text(basis_points: int) -> str:
    """A multiplier as it is typed: 12,500 basis points are "1.25"."""
    return f"{basis_points / WHOLE:.4f}".rstrip("0").rstrip(".")


def percent_text(basis_points: int) -> str:
    """Basis points as a percentage without its sign: 1,750 are "17.5"."""
    return f"{basis_points / 100:.2f}".rstrip("0").rstrip(".")


def surcharge_text(surcharge: Surcharge, currency: str) -> str:
    """How much is charged on top, as it is typed: "2" or "10%"."""
    if surcharge.kind == "percent":
        return f"{percent_text(surcharge.value)}%"
    return plain_amount(surcharge.value, currency)


def _row(surcharge: Surcharge, currency: str) -> SurchargeRow:
    return SurchargeRow(", ".join(surcharge.districts), surcharge.words, surcharge_text(surcharge, currency))
