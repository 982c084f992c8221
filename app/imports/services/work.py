"""What a row says is wanted, how often and at which price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.imports.queries.cells.frequencies import find_frequency, read_frequency
from app.imports.queries.cells.prices import Price, find_price, parted_first, read_price
from app.imports.queries.cells.wanted import read_our_words, read_wanted
from app.imports.services.setting import Setting

if TYPE_CHECKING:
    from app.imports.services.rows import Cells, RowFacts

#: Words about services that say no more than their keys do need not be kept beside them.
_PLAIN_WORDS = 30


def read_work(setting: Setting, cells: Cells, facts: RowFacts) -> None:
    """Services, extras, rhythm and prices, from columns of their own and from free words about services."""
    text = cells.get("services", ", ")
    ours = read_our_words(text)
    wanted = ours or read_wanted(text)
    facts.service, facts.extras = wanted.service, wanted.extras
    if wanted.code:
        facts.tell("services", wanted.code)
    if not ours and (wanted.code or len(text) > _PLAIN_WORDS or any(letter.isdigit() for letter in text)):
        facts.remarks.append(f"Services: {text}")
    _read_prices(cells, facts, text)
    _read_rhythm(setting, cells, facts, text)


def _read_prices(cells: Cells, facts: RowFacts, services: str) -> None:
    written = cells.get("price", ", ")
    rest, facts.first_price_minor = parted_first(written or services)
    facts.first_price_minor = facts.first_price_minor or parted_first(services)[1]
    price = read_price(rest) if written else find_price(rest) or Price(None)
    if price.minor is None and price.code is None and written:  # "see services"
        price = find_price(parted_first(services)[0]) or price
    facts.price_minor = price.minor
    if price.code:
        facts.tell("price", price.code)
        if written:
            facts.remarks.append(f"Price: {written}")
    first = cells.get("first_price", ", ")
    if first:
        found = read_price(first)
        facts.first_price_minor = found.minor
        if found.code:
            facts.tell("first_price", found.code)
            facts.remarks.append(f"First clean: {first}")


def _read_rhythm(setting: Setting, cells: Cells, facts: RowFacts, services: str) -> None:
    """Blank means a single visit where there is a price and a column for the rhythm; elsewhere it is not known."""
    written = cells.get("frequency", ", ")
    free = f"{services}\n{cells.get('price', ', ')}"
    found = read_frequency(written) if written else find_frequency(free)
    if found is not None:
        facts.frequency = found.key
        if found.code:
            facts.tell("frequency", found.code)
            if written:
                facts.remarks.append(f"How often: {written}")
    elif setting.has("frequency") and facts.price_minor is not None:
        facts.frequency = "one_off"
        facts.tell("frequency", "frequency_blank")
