"""What the sheet of prices needs to be shown, whether it is edited, refused or looked back at."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import g

from app.contacts.models import BEDROOMS
from app.core.money import annual_minor
from app.leads.models import EXTRAS, FREQUENCIES
from app.leads.words import BEDROOM_WORDS, EXTRA_WORDS, FREQUENCY_WORDS, PROPERTY_WORDS, SERVICE_WORDS
from app.price_book.forms import MOST_ROWS
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
        "cell_name": cell_name, "extra_name": extra_name, "placed_errors": _placed(filling.errors),
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


def _placed(errors: dict[str, str]) -> dict[str, str]:
    """What is wrong, for the list above the sheet: each with the row and the column in which it stands."""
    places = _places()
    return {name: f"{places[name]}: {message}" if name in places else message for name, message in errors.items()}


def _places() -> dict[str, str]:
    """Row and column of each cell, by its field; and the fields whose fault does not name them."""
    rooms = {key: f"{BEDROOM_WORDS[key]} bedrooms" for key in BEDROOMS}
    often = {key: FREQUENCY_WORDS[key].lower() for key in FREQUENCIES}
    cells = {
        cell_name(home, key, frequency): f"{PROPERTY_WORDS[home].capitalize()}, {words}, {often[frequency]}"
        for home in HOMES
        for key, words in rooms.items()
        for frequency in FREQUENCIES
    }
    extras = {extra_name(key, each): f"{EXTRA_WORDS[key]}, {rooms[each]}" for key in EXTRAS for each in BEDROOMS}
    times = {f"m-{key}": f"If empty, {often[key]}" for key in FREQUENCIES}
    surcharges = {f"s-amount-{at}": f"Surcharge {at + 1}, on top" for at in range(MOST_ROWS)}
    named = {"minimum": "Minimum charge", "first_clean": "First clean", "rounding": "Rounding", "vat_mode": "VAT"}
    return {**cells, **extras, **times, **surcharges, **named}


def _yearly(rung: Any) -> int | None:
    weeks = FREQUENCIES[rung.frequency]
    return annual_minor(rung.price_minor, weeks) if weeks else None
