"""What typed words may mean: blind tokens that narrow down, numbers of leads, and the check of what was opened."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.core import email_addresses
from app.core.search_index import (
    LONGEST_PREFIX,
    SHORTEST_ADDRESS_PREFIX,
    SearchIndex,
    name_matches,
    phone_matches,
    postcode_matches,
)

LONGEST = 100
#: Typed words that narrow down; further ones only check.
MOST_WORDS = 4
#: The prefix is as the settings take it; as little as can be, so that "SWC26-1" has its year.
_NUMBER = re.compile(r"(?:([A-Za-z][A-Za-z0-9]{0,7}?)[\s-]*)?(20\d\d|\d\d)[\s-]+(\d{1,7})")
_SERIAL = re.compile(r"\d{1,5}")


class Opened(Protocol):
    """What is checked of a candidate: its clear number and what was sealed, opened when it is asked for."""

    @property
    def number(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def postcode(self) -> str: ...
    @property
    def address(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Typed:
    """One reading of what was typed. `words`: tokens of names and of addresses, the longest word first."""

    text: str
    words: tuple[tuple[bytes, bytes | None], ...] = ()
    token: bytes | None = None
    numbers: tuple[str, ...] = ()
    is_cut: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to look up yet."""
        return not (self.words or self.token or self.numbers)

    def why(self, it: Opened) -> str | None:
        """By what a candidate fits: name, number, email, phone, postcode or address; None when it does not."""
        if it.number in self.numbers:
            return "number"
        if "@" in self.text:
            return "email" if it.email.startswith(self.text.lower()) else None
        if self.token and not any(letter.isalpha() for letter in self.text):
            return "phone" if phone_matches(it.phone, self.text) else None
        if self.token:
            return "postcode" if postcode_matches(it.postcode, self.text) else None
        if not self.words:
            return None
        if name_matches(it.name, self.text):
            return "name"
        return "address" if name_matches(f"{it.name} {it.address}", self.text) else None


def read(text: str, index: SearchIndex, prefix: str, years: tuple[str, ...]) -> Typed:
    """Read what was typed. `prefix` and `years` (as they are written) are those of the workspace's lead numbers."""
    text = " ".join(text.replace("\x00", " ").split())[:LONGEST]
    if not text:
        return Typed(text)
    if "@" in text:
        return _email(text, index)
    numbers = numbers_meant(text, prefix, years)
    has_digit = any(letter.isdigit() for letter in text)
    if not any(letter.isalpha() for letter in text):
        return Typed(text, token=index.phone_query_token(text), numbers=numbers)
    if has_digit and text[0].isalpha():
        token = index.postcode_query_token(text)
        if token or numbers:
            return Typed(text, token=token, numbers=numbers)
    return Typed(text, _words(text, index), is_cut=_is_cut(text))


def years_written(today: date, year_format: str) -> tuple[str, ...]:
    """This year and the last, as lead numbers write them ("YYYY" or "YY"): whose short numbers are meant."""
    return tuple(str(year) if year_format == "YYYY" else f"{year % 100:02d}" for year in (today.year, today.year - 1))


def _email(text: str, index: SearchIndex) -> Typed:
    """A whole address has a token of its own; one that is still being typed is looked for among names."""
    whole = email_addresses.parse(text)
    if whole:
        return Typed(whole, token=index.exact("email", whole))
    local = text.partition("@")[0]
    return Typed(text, _words(local, index), is_cut=True)


def _words(text: str, index: SearchIndex) -> tuple[tuple[bytes, bytes | None], ...]:
    return tuple(index.typed_tokens(text)[:MOST_WORDS])


def _is_cut(text: str) -> bool:
    """Whether the tokens say less than what was typed, so that candidates may turn out to be somebody else."""
    words = text.split()
    return len(words) > MOST_WORDS or any(
        len(word) > LONGEST_PREFIX or not word.isalnum() or len(word) < SHORTEST_ADDRESS_PREFIX < len(text)
        for word in words
    )


def numbers_meant(text: str, prefix: str, years: tuple[str, ...]) -> tuple[str, ...]:
    """The numbers of leads that may be meant: "SWC-2026-417", "2026-417", or "417" of this year or the last."""
    whole = _NUMBER.fullmatch(text)
    if whole:
        return (f"{(whole[1] or prefix).upper()}-{whole[2]}-{int(whole[3]):03d}",)
    if _SERIAL.fullmatch(text):
        return tuple(f"{prefix}-{year}-{int(text):03d}" for year in years)
    return ()
