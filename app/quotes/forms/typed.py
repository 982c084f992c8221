"""Typed text as it is kept."""

import re

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def plain(text: str | None) -> str:
    """Typed text with one kind of line break and without control characters (PostgreSQL refuses NUL)."""
    return _CONTROLS.sub("", (text or "").replace("\r\n", "\n").replace("\r", "\n")).strip()


def one_line(text: str | None) -> str:
    """The same with every run of white space as one space."""
    return " ".join(plain(text).split())
