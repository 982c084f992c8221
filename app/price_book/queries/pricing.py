"""What somebody's house costs by a version of the price book: pure reckoning in whole minor units.

A visit costs the cell of the grid (or the rhythm's multiplier times the 4-weekly cell), the extras that are done every
visit, and the district's surcharge; then the minimum charge; then it is rounded, never to under the minimum. Since
extras and surcharges are nought or more, and a book whose cells fall with more bedrooms is refused when it is saved,
no price ever falls when bedrooms or extras are added.
"""

from dataclasses import dataclass
from uuid import UUID

from app.contacts.models import BEDROOMS
from app.leads.models import FREQUENCIES
from app.leads.words import EXTRA_WORDS, PROPERTY_WORDS, SERVICE_WORDS, often
from app.price_book.queries.book import HOMES, ROUNDING_STEPS, WHOLE, Book, share
from app.price_book.words import SERVICE_WORK


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be priced, in the trade's keys; None where it is not known, and what is no key counts as that.

    `district` is the outward code.
    """

    property_type: str | None
    bedrooms: str | None
    service: str
    extras: tuple[str, ...]
    district: str | None


@dataclass(frozen=True, slots=True)
class Working:
    """One line of how a price came about, in minor units; rounding may be negative."""

    words: str
    minor: int


@dataclass(frozen=True, slots=True)
class Rung:
    """The price of a visit at one rhythm, and of the first visit: so many times a usual one, rounded alike.

    The workings add up to `price_minor`. A single visit is its own first one.
    """

    frequency: str
    price_minor: int
    first_minor: int
    workings: tuple[Working, ...]
    is_minimum: bool


@dataclass(frozen=True, slots=True)
class Once:
    """Work charged once beside the visits; never part of a rung's price. `key` is the extra's."""

    key: str
    words: str
    minor: int


@dataclass(frozen=True, slots=True)
class Priced:
    """All that the book says. `unpriced` names what a person must look at; `rungs` may then be empty or lack it.

    Prices are as the book writes them: with VAT when `vat_mode` is "included", without when it is "added".
    """

    book_id: UUID
    version_no: int
    rungs: tuple[Rung, ...]
    once: tuple[Once, ...]
    unpriced: tuple[str, ...]
    vat_mode: str
    vat_basis_points: int


def price(book: Book, wanted: Wanted) -> Priced:
    """Price what is wanted by this version, rungs in the order of FREQUENCIES; the same answer each time."""
    unpriced: list[str] = []
    rungs: tuple[Rung, ...] = ()
    once: tuple[Once, ...] = ()
    house = _house(wanted, unpriced)
    if house is not None:
        bedrooms = house[1]
        own_work = SERVICE_WORK.get(wanted.service)
        visits, once = _extras(book, wanted, bedrooms, own_work, unpriced)
        if wanted.service == "window_cleaning":
            rungs = _rhythms(book, wanted, house, visits, unpriced)
        else:
            rungs = _single(book, wanted, bedrooms, own_work, visits, unpriced)
    return Priced(
        book.id, book.version_no, rungs, once, tuple(unpriced), book.vat_mode, book.vat_basis_points
    )  # fmt: skip


def minimum_minor(book: Book) -> int:
    """The least that a visit costs, in minor units; 0 when there is no such rule."""
    return book.minimum_minor


def _house(wanted: Wanted, unpriced: list[str]) -> tuple[str, str] | None:
    if wanted.property_type == "commercial":
        unpriced.append("Business premises")
    elif wanted.property_type not in HOMES:
        unpriced.append("What kind of house it is")
    elif wanted.bedrooms not in BEDROOMS:
        unpriced.append("How many bedrooms there are")
    else:
        return wanted.property_type, wanted.bedrooms
    return None


def _extras(
    book: Book, wanted: Wanted, bedrooms: str, own_work: str | None, unpriced: list[str]
) -> tuple[list[Working], tuple[Once, ...]]:
    """What is done every visit and what once. An extra that is the service itself is not charged again."""
    visits, once = [], []
    for key in EXTRA_WORDS:
        if key not in wanted.extras or key == own_work:
            continue
        extra = book.extras.get(key)
        minor = extra.minor(bedrooms) if extra and extra.charged != "ask" else None
        if extra is None or minor is None:
            unpriced.append(EXTRA_WORDS[key])
        elif extra.charged == "once":
            once.append(Once(key, EXTRA_WORDS[key], minor))
        else:
            visits.append(Working(EXTRA_WORDS[key], minor))
    return visits, tuple(once)


def _rhythms(
    book: Book, wanted: Wanted, house: tuple[str, str], visits: list[Working], unpriced: list[str]
) -> tuple[Rung, ...]:
    made = []
    home = home_words(*house)
    for frequency in FREQUENCIES:
        found = book.base(*house, frequency)
        if found is None:
            continue
        minor, multiplier = found
        times = f" ({multiplier / WHOLE:g} times the 4-weekly price)" if multiplier != WHOLE else ""
        made.append(_rung(book, wanted, frequency, [Working(f"{home}, {often(frequency)}{times}", minor), *visits]))
    if not made:
        unpriced.insert(0, home)
    return tuple(made)


def _single(
    book: Book, wanted: Wanted, bedrooms: str, own_work: str | None, visits: list[Working], unpriced: list[str]
) -> tuple[Rung, ...]:
    """The one visit of a service that is asked for by itself and that the book charges once."""
    extra = book.extras.get(own_work) if own_work else None
    minor = extra.minor(bedrooms) if extra and extra.charged == "once" else None
    words = SERVICE_WORDS.get(wanted.service, SERVICE_WORDS["other"])
    if minor is None:
        unpriced.insert(0, words)
        return ()
    return (_rung(book, wanted, "one_off", [Working(words, minor), *visits]),)


def _rung(book: Book, wanted: Wanted, frequency: str, workings: list[Working]) -> Rung:
    """Add the surcharge, the minimum and the rounding, each as a line of its own, so that the lines add up."""
    total = sum(line.minor for line in workings)
    surcharge = book.surcharge(wanted.district)
    if surcharge is not None:
        minor = surcharge.value if surcharge.kind == "amount" else share(total, surcharge.value)
        workings.append(Working(f"{surcharge.words}, {wanted.district}", minor))
        total += minor
    is_minimum = total < book.minimum_minor
    if is_minimum:
        workings.append(Working("Up to the minimum charge", book.minimum_minor - total))
        total = book.minimum_minor
    rounded = rounded_price(book, total)
    if rounded != total:
        workings.append(Working("Rounding", rounded - total))
    first = rounded_price(book, share(rounded, book.first_clean)) if FREQUENCIES[frequency] else rounded
    return Rung(frequency, rounded, first, tuple(workings), is_minimum)


def rounded_price(book: Book, minor: int) -> int:
    """An amount by the book's rounding, and up rather than to under the minimum."""
    rounded = book.stepped(minor)
    if rounded >= book.minimum_minor:
        return rounded
    step, _ = ROUNDING_STEPS[book.rounding]
    return -(-book.minimum_minor // step) * step


def home_words(property_type: str, bedrooms: str) -> str:
    """A kind of house in words: "Semi, 3 bedrooms"."""
    rooms = {"1-2": "1 or 2 bedrooms", "6+": "6 or more bedrooms"}.get(bedrooms, f"{bedrooms} bedrooms")
    return f"{PROPERTY_WORDS[property_type].capitalize()}, {rooms}"
