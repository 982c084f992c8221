"""What is wrong with a book as a whole, though each of its fields is right by itself."""

from app.contacts.models import BEDROOMS
from app.core.money import format_money
from app.leads.models import FREQUENCIES
from app.leads.words import BEDROOM_WORDS, EXTRA_WORDS, PROPERTY_WORDS, often
from app.price_book.queries.book import HOMES, Book
from app.price_book.queries.sheet import cell_name, extra_name


def faults(book: Book, currency: str) -> dict[str, str]:
    """Faults by the name of the field they stand beside; empty for a book that can be saved.

    A bigger house never costs less than a smaller one of its kind, by hand or by multiplier, nor does an extra; and
    a district has one surcharge.
    """
    found: dict[str, str] = {}
    if not book.cells:
        found[cell_name("semi", "3", "4_weekly")] = "Write at least one price."
    for home in HOMES:
        for frequency in FREQUENCIES:
            row = [
                (cell_name(home, bedrooms, frequency), bedrooms, _base(book, home, bedrooms, frequency))
                for bedrooms in BEDROOMS
                if not _follows_fault(found, book, home, bedrooms, frequency)
            ]
            _check_falling(found, currency, f"{PROPERTY_WORDS[home].capitalize()}, {often(frequency)}", row)
    for key, extra in book.extras.items():
        row = [(extra_name(key, bedrooms), bedrooms, extra.minors.get(bedrooms)) for bedrooms in BEDROOMS]
        _check_falling(found, currency, EXTRA_WORDS[key], row)
    _check_districts(found, book)
    return found


def _base(book: Book, home: str, bedrooms: str, frequency: str) -> int | None:
    base = book.base(home, bedrooms, frequency)
    return base[0] if base else None


def _follows_fault(found: dict[str, str], book: Book, home: str, bedrooms: str, frequency: str) -> bool:
    """Whether an empty cell is wrong only because the 4-weekly price that it comes from is."""
    return (home, bedrooms, frequency) not in book.cells and cell_name(home, bedrooms, "4_weekly") in found


def _check_falling(found: dict[str, str], currency: str, what: str, row: list[tuple[str, str, int | None]]) -> None:
    highest, of = 0, ""
    for name, bedrooms, minor in row:
        if minor is None:
            continue
        if minor < highest:
            less, more = format_money(minor, currency), format_money(highest, currency)
            rooms, other = BEDROOM_WORDS[bedrooms], BEDROOM_WORDS[of]
            found[name] = f"{what}: {rooms} bedrooms would cost {less}, less than {other} at {more}."
        else:
            highest, of = minor, bedrooms


def _check_districts(found: dict[str, str], book: Book) -> None:
    seen: set[str] = set()
    for index, each in enumerate(book.surcharges):
        twice = sorted(seen.intersection(each.districts))
        if twice:
            found[f"s-districts-{index}"] = f"{', '.join(twice[:5])} has a surcharge above already."
        seen.update(each.districts)
