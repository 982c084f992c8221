"""Typed text as it is kept."""

import re

#: Marks of direction are among them: they make a name, or a file's, read as another.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(text: str | None) -> str:
    """Typed text with one kind of line break and without control characters (PostgreSQL refuses NUL)."""
    return _CONTROLS.sub("", (text or "").replace("\r\n", "\n").replace("\r", "\n")).strip()


def one_line(text: str | None) -> str:
    """The same with every run of white space as one space."""
    return " ".join(plain(text).split())
