"""Days as people type them where their browser has no calendar of its own."""

import re
from datetime import date

_BRITISH = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})", re.ASCII)
_IN_WORDS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})\.?,?\s+(\d{4})", re.ASCII | re.IGNORECASE)
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip


def full_year(written: str) -> int:
    """A year as it is written, in full: of two digits those from 69 on are of the century before (as POSIX has it)."""
    year = int(written)
    return year if len(written) != 2 else year + (1900 if year >= 69 else 2000)


def read_day(text: str) -> date | None:
    """A day as a browser sends it (2026-11-24) or as one writes it in Britain: 24/11/2026, 24/11/26, 24 November 2026,
    24 Nov 2026. None for anything else: a day without a year is none, and no month comes before its day.
    """
    text = text.strip()
    try:
        if found := _BRITISH.fullmatch(text):
            return date(full_year(found[3]), int(found[2]), int(found[1]))
        if found := _IN_WORDS.fullmatch(text):
            month = next((at for at, name in enumerate(_MONTHS, 1) if name.startswith(found[2].lower())), 0)
            return date(int(found[3]), month, int(found[1]))
        return date.fromisoformat(text)
    except ValueError:
        return None
