"""The headers of a mail (RFC 5322, RFC 2047), read as far as they go. What stands in them was written by strangers."""

import re
from contextlib import suppress
from email._policybase import Compat32
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from itertools import accumulate

#: The library takes quadratic time for long headers.
_LONGEST_HEADER, _MOST_HEADERS, _MOST_COMMENTS, _LONGEST_ADDRESSES = 20_000, 20, 50, 40_000
#: Of a header about a part, such as its type or its name: each mail may have many of those.
_LONGEST_OF_PART = 1_000
_ADDRESS = re.compile(r"[^\s<>,;:\"()@]{1,64}@[^\s<>,;:\"()@]{1,253}")
_IN_BRACKETS = re.compile(rf"<\s*({_ADDRESS.pattern})\s*>")
_SEVERAL_BYTES = re.compile("[^\x00-\x7f\ufffd]")


class ShortHeaders(Compat32):
    """Headers as they come, none longer than any that is meant, in the letters that they are most likely written in."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """A header's name and value."""
        name, value = super().header_source_parse(sourcelines)
        most = _LONGEST_OF_PART if name.lower().startswith("content-") else _LONGEST_HEADER
        return name, _shallow(value[:most])

    def header_fetch_parse(self, name: str, value: str) -> str:
        """The value as text: many programs write other letters than ASCII into a header as they are."""
        return value if value.isascii() else guessed(value.encode("utf-8", "surrogateescape"))


def header(mail: Message, name: str) -> str:
    """A header's words, "" without it."""
    return decoded_words(str(mail.get(name) or ""))


def named(mail: Message, name: str) -> tuple[str, str]:
    """The name and the address of who stands in a header.

    Encoded words are read after it was taken apart: a name may hold a comma. Where it is in no form of the standard,
    which many programs write, its first address counts.
    """
    value = " ".join(storable(str(mail.get(name) or "")).split())
    for text in (value, decoded_words(value)):
        who, address = parseaddr(text)
        if "@" in address and not address.startswith("=?"):
            return decoded_words(who), address.strip()
        found = _IN_BRACKETS.search(text) or _ADDRESS.search(text)
        if found and "=?" not in found[0]:
            return decoded_words(text[: found.start()].strip(' ":,;')), found[found.re.groups]
    return decoded_words(who), address.strip()


def addresses(mail: Message, names: tuple[str, ...]) -> list[str]:
    """The addresses in these headers, those that come last left out where together they are too long."""
    every = [str(value) for name in names for value in mail.get_all(name, [])[:_MOST_HEADERS]]
    short = [
        value for value, size in zip(every, accumulate(map(len, every)), strict=True) if size <= _LONGEST_ADDRESSES
    ]  # fmt: skip
    return [found for value in short for found in _ADDRESS.findall(storable(value))]


def decoded_words(value: str) -> str:
    """A header with its encoded words (RFC 2047) read, in one line."""
    with suppress(ValueError, LookupError, MessageError):
        value = str(make_header(decode_header(value)))
    return _shallow(" ".join(storable(value).split()))


def storable(text: str) -> str:
    """Text without what no database keeps: NUL, and halves of characters, which some character sets give."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def guessed(content: bytes) -> str:
    """Text of which nobody says, or nobody says rightly, how it was written: UTF-8 where that fits, else as Windows in
    these parts writes it.
    """
    text = content.decode("utf-8", "replace")
    return text if "\ufffd" not in text or _SEVERAL_BYTES.search(text) else content.decode("cp1252", "replace")


def _shallow(value: str) -> str:
    """Comments of a header may hold comments, each of which the library takes a step deeper for."""
    return value if value.count("(") <= _MOST_COMMENTS else value.replace("(", " ")
