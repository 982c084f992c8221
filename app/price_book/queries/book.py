"""One version of the prices as the program reckons with it, and how it is kept in `PriceBook.content`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.contacts.models import BEDROOMS, PROPERTY_TYPES
from app.leads.models import EXTRAS, FREQUENCIES

#: Basis points are hundredths of a percent: 12,500 is one and a quarter times.
WHOLE = 10_000
#: Homes have a row in the grid; business premises are looked at by a person.
HOMES = tuple(key for key in PROPERTY_TYPES if key != "commercial")
ROUNDING_STEPS = {"none": (1, False), "nearest_50": (50, False), "nearest_100": (100, False),
                  "up_50": (50, True), "up_100": (100, True)}  # fmt: skip
#: No version of a book: what is being tried out before it is saved.
UNSAVED = UUID(int=0)

Cell = tuple[str, str, str]  # property type, bedrooms, frequency


@dataclass(frozen=True, slots=True)
class Extra:
    """What an extra costs by bedrooms, in minor units. `charged`: "visit", "once", or "ask" for by hand."""

    charged: str
    minors: Mapping[str, int]

    def minor(self, bedrooms: str) -> int | None:
        """The price for this many bedrooms: its own, else that of the next smaller house; None when there is none."""
        found = None
        for key in BEDROOMS[: BEDROOMS.index(bedrooms) + 1]:
            found = self.minors.get(key, found)
        return found


@dataclass(frozen=True, slots=True)
class Surcharge:
    """What a visit in some districts costs on top: minor units for "amount", basis points for "percent"."""

    districts: tuple[str, ...]
    words: str
    kind: str
    value: int


@dataclass(frozen=True, slots=True)
class Book:
    """A version of the price book. Amounts in minor units, multipliers in basis points (12,500 = 1.25 times).

    `cells` holds what is written in the grid; a rhythm without a cell is its multiplier times the 4-weekly price,
    rounded, or not offered when it has none. `first_clean` is of the price of a usual visit.
    """

    id: UUID = UNSAVED
    version_no: int = 0
    valid_from: date = date.min
    written_at: datetime | None = field(default=None, compare=False)
    cells: Mapping[Cell, int] = field(default_factory=dict)
    multipliers: Mapping[str, int] = field(default_factory=dict)
    first_clean: int = WHOLE
    extras: Mapping[str, Extra] = field(default_factory=dict)
    surcharges: tuple[Surcharge, ...] = ()
    minimum_minor: int = 0
    rounding: str = "none"
    vat_mode: str = "none"
    vat_basis_points: int = 0

    def base(self, property_type: str, bedrooms: str, frequency: str) -> tuple[int, int] | None:
        """The price before extras, and the multiplier of the 4-weekly price it came by (WHOLE for a cell's own)."""
        written = self.cells.get((property_type, bedrooms, frequency))
        if written is not None:
            return written, WHOLE
        usual = self.cells.get((property_type, bedrooms, "4_weekly"))
        multiplier = self.multipliers.get(frequency)
        if usual is None or multiplier is None:
            return None
        return self.stepped(share(usual, multiplier)), multiplier

    def stepped(self, minor: int) -> int:
        """An amount by the rounding rule, halves up, never to nothing."""
        step, upwards = ROUNDING_STEPS[self.rounding]
        highest = -(-minor // step) * step
        return highest if upwards else (minor + step // 2) // step * step or highest

    def surcharge(self, district: str | None) -> Surcharge | None:
        """What is charged on top in a district, if anything."""
        return next((each for each in self.surcharges if district in each.districts), None)


def share(minor: int, basis_points: int) -> int:
    """So many hundredths of a percent of an amount, in whole minor units, halves up. Both are nought or more."""
    return (minor * basis_points + WHOLE // 2) // WHOLE


def to_content(book: Book) -> dict[str, Any]:
    """A book as it is kept: only what JSON knows, in the order of the trade's lists."""
    grid: dict[str, dict[str, dict[str, int]]] = {}
    for home in HOMES:
        for bedrooms in BEDROOMS:
            row = {key: book.cells[home, bedrooms, key] for key in FREQUENCIES if (home, bedrooms, key) in book.cells}
            if row:
                grid.setdefault(home, {})[bedrooms] = row
    return {
        "grid": grid,
        "multipliers": dict(book.multipliers),
        "first_clean": book.first_clean,
        "extras": {
            key: {"charged": extra.charged, "minors": dict(extra.minors)} for key, extra in book.extras.items()
        },
        "surcharges": [
            {"districts": list(each.districts), "words": each.words, "kind": each.kind, "value": each.value}
            for each in book.surcharges
        ],
        "minimum_minor": book.minimum_minor,
        "rounding": book.rounding,
        "vat_mode": book.vat_mode,
        "vat_basis_points": book.vat_basis_points,
    }  # fmt: skip


def from_content(
    content: Mapping[str, Any], *, id: UUID = UNSAVED, version_no: int = 0, valid_from: date,
    written_at: datetime | None = None,
) -> Book:  # fmt: skip
    """Read what `to_content` wrote. Keys that the trade's lists no longer have are passed over."""
    return Book(
        id=id, version_no=version_no, valid_from=valid_from, written_at=written_at,
        cells={
            (home, bedrooms, frequency): minor
            for home, rows in content["grid"].items() if home in HOMES
            for bedrooms, row in rows.items() if bedrooms in BEDROOMS
            for frequency, minor in row.items() if frequency in FREQUENCIES
        },
        multipliers={key: value for key, value in content["multipliers"].items() if key in FREQUENCIES},
        first_clean=content["first_clean"],
        extras={
            key: Extra(each["charged"], each["minors"]) for key, each in content["extras"].items() if key in EXTRAS
        },
        surcharges=tuple(
            Surcharge(tuple(each["districts"]), each["words"], each["kind"], each["value"])
            for each in content["surcharges"]
        ),
        minimum_minor=content["minimum_minor"], rounding=content["rounding"], vat_mode=content["vat_mode"],
        vat_basis_points=content["vat_basis_points"],
    )  # fmt: skip
