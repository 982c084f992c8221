"""One event as a calendar file (RFC 5545)."""

from datetime import UTC, datetime, timedelta

from app.core.clock import utcnow

_LONGEST_LINE = 75  # octets, without the line break


def calendar_file(uid: str, starts_at: datetime, ends_at: datetime, title: str, place: str, words: str = "") -> bytes:
    """A VCALENDAR of one event. `uid` stays the same for the same event, so that a second download replaces the first.

    Texts may hold anything; they are escaped and folded. An event without length is given one hour.
    """
    if ends_at <= starts_at:
        ends_at = starts_at + timedelta(hours=1)
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Sill//Sill//EN", "METHOD:PUBLISH", "BEGIN:VEVENT",
        f"UID:{uid}", f"DTSTAMP:{_moment(utcnow())}", f"DTSTART:{_moment(starts_at)}", f"DTEND:{_moment(ends_at)}",
        f"SUMMARY:{_text(title)}", *([f"LOCATION:{_text(place)}"] if place else []),
        *([f"DESCRIPTION:{_text(words)}"] if words else []), "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return b"".join(_folded(line) for line in lines)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    """RFC 5545, section 3.3.11; a line break stands as \\n, other control characters have no place."""
    words = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    words = words.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(letter for letter in words if letter >= " " and letter != "\x7f")


def _folded(line: str) -> bytes:
    """The line in pieces of 75 octets, none of which cuts a letter in two (section 3.1)."""
    pieces, piece = [], b""
    for letter in line:
        octets = letter.encode()
        if len(piece) + len(octets) > _LONGEST_LINE:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
