"""What the sheet of prices needs to be shown, whether it is edited, refused or looked back at."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import g

from app.contacts.models import BEDROOMS
from app.core.money import annual_minor
from app.leads.models import EXTRAS, FREQUENCIES
from app.leads.words import BEDROOM_WORDS, EXTRA_WORDS, FREQUENCY_WORDS, PROPERTY_WORDS, SERVICE_WORDS
from app.price_book.queries import Book, Priced, Wanted, price
from app.price_book.queries.book import HOMES
from app.price_book.queries.sheet import Sheet, cell_name, derived_prices, extra_name
from app.price_book.words import CHARGED_WORDS, ROUNDING_WORDS, VAT_WORDS

#: What is tried out when the page opens: the most common house.
USUAL_WANTED = Wanted("semi", "3", "window_cleaning", (), None)


@dataclass(frozen=True, slots=True)
class Trial:
    """One try: what was asked, what the book says, and what is amiss."""

    wanted: Wanted
    priced: Priced
    postcode: str = ""
    postcode_fault: str = ""
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Filling:
    """What stands in the sheet and what is said beside it."""

    sheet: Sheet
    book: Book
    valid_from: date
    errors: dict[str, str] = field(default_factory=dict)


def sheet_values(filling: Filling) -> dict[str, Any]:
    """Values for price_book/_sheet.html."""
    return {
        "values": filling.sheet.values, "rows": filling.sheet.rows, "errors": filling.errors,
        "derived": derived_prices(filling.book, g.workspace.currency), "valid_from": filling.valid_from.isoformat(),
        "homes": [(key, PROPERTY_WORDS[key].capitalize()) for key in HOMES],
        "bedrooms": [(key, BEDROOM_WORDS[key]) for key in BEDROOMS],
        "frequencies": [(key, FREQUENCY_WORDS[key]) for key in FREQUENCIES],
        "extras": [(key, EXTRA_WORDS[key]) for key in EXTRAS],
        "services": [(key, SERVICE_WORDS[key]) for key in SERVICE_WORDS if key != "other"],
        "charged_words": CHARGED_WORDS, "rounding_words": ROUNDING_WORDS, "vat_words": VAT_WORDS,
        "cell_name": cell_name, "extra_name": extra_name,
    }  # fmt: skip


def trial_values(trial: Trial) -> dict[str, Any]:
    """Values for price_book/_tried.html."""
    return {
        "trial": trial,
        "tried": [(rung, FREQUENCY_WORDS[rung.frequency], _yearly(rung)) for rung in trial.priced.rungs],
    }


def usual_trial(book: Book) -> Trial:
    """The most common house, priced by a book."""
    return Trial(USUAL_WANTED, price(book, USUAL_WANTED))


def _yearly(rung: Any) -> int | None:
    weeks = FREQUENCIES[rung.frequency]
    return annual_minor(rung.price_minor, weeks) if weeks else None
