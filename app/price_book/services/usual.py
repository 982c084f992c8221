"""What the trade usually charges, for a firm that has written no prices yet, and for the demo."""

from datetime import date

from app.contacts.models import BEDROOMS
from app.core.permissions import Actor
from app.price_book.queries import Book, Extra, Surcharge
from app.price_book.services.saving import store_version

#: Pounds of a 4-weekly visit by bedrooms. Houses with more bedrooms than are listed are looked at by a person.
_FOUR_WEEKLY = {
    "terraced": (12, 14, 17, 21), "semi": (14, 16, 19, 23), "detached": (17, 20, 24, 29), "bungalow": (13, 15, 18, 22),
    "townhouse": (16, 18, 22, 27), "flat": (10, 12),
}  # fmt: skip
#: Rarer visits find more dirt: of the 4-weekly price, in basis points.
_MULTIPLIERS = {"6_weekly": 11_200, "8_weekly": 12_500, "12_weekly": 14_500, "one_off": 30_000}
#: How an extra is charged, and pounds from the smallest house on; a single figure is for every house.
_EXTRAS = {
    "inside": ("visit", (10, 12, 15, 18, 22)), "conservatory": ("visit", (5,)),
    "conservatory_roof": ("once", (60,)), "extension": ("visit", (5,)), "gutters": ("once", (80, 80, 100, 120, 140)),
    "fascia": ("once", (60, 70, 85, 100, 120)), "solar": ("once", (45,)), "velux": ("visit", (3,)),
}  # fmt: skip


def usual_book(surcharges: tuple[Surcharge, ...] = ()) -> Book:
    """Usual prices in Britain in pounds: a start to be gone through, not advice. Rounded to whole pounds, no VAT."""
    return Book(
        cells={
            (home, bedrooms, "4_weekly"): pounds * 100
            for home, row in _FOUR_WEEKLY.items()
            for bedrooms, pounds in zip(BEDROOMS, row, strict=False)
        },
        multipliers=_MULTIPLIERS,
        first_clean=15_000,
        extras={
            key: Extra(charged, {each: pounds * 100 for each, pounds in zip(BEDROOMS, row, strict=False)})
            for key, (charged, row) in _EXTRAS.items()
        },
        surcharges=surcharges,
        minimum_minor=1_200,
        rounding="nearest_100",
    )


def import_usual(valid_from: date, actor: Actor) -> Book:
    """Keep the usual prices as a workspace's first version, in force from `valid_from` on, which may be past."""
    return store_version(usual_book(), valid_from, 1, actor)
