"""The demo's price book: last year's prices, this year's, and the rise that is planned."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from app.core.permissions import Actor
from app.price_book.queries import Book, Surcharge
from app.price_book.services import usual_book
from app.price_book.services.saving import store_version

_TRAVEL = (
    Surcharge(("BA11", "BA3"), "Travel", "amount", 200),
    Surcharge(("BS48", "BS21"), "Travel", "amount", 300),
)


def write_prices(now: datetime, today: date, owner: Actor) -> Book:
    """Three versions: last year's, the one in force, and a pound more a visit from April on.

    Returns the one in force.
    """
    this_year = usual_book(_TRAVEL)
    store_version(usual_book(), today - timedelta(days=420), 1, owner, now - timedelta(days=424))
    in_force = store_version(this_year, today - timedelta(days=140), 2, owner, now - timedelta(days=153))
    dearer = {cell: minor + 100 for cell, minor in this_year.cells.items()}
    store_version(replace(this_year, cells=dearer), date(today.year + 1, 4, 1), 3, owner, now - timedelta(days=9))
    return in_force
