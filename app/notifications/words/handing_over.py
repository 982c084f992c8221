"""What a line of the bell says about handing leads over to Squeegee."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.core.human_time import long_date
from app.notifications.words.line import Line
from app.squeegee.words import reason_words

_STOPPED = {
    "failed": " could not be handed over",
    "partial": " is only partly in Squeegee",
    "uncertain": " may be in Squeegee or not",
}


def transfer_stopped(data: Mapping[str, Any], who: str | None) -> Line:
    """A transfer that waits for a person."""
    state = str(data.get("state"))
    detail = reason_words(str(data.get("reason") or "")).partition(". ")[0].removesuffix(".")
    if state == "uncertain":
        number = data.get("number")
        detail = f"Look in Squeegee for {number}, then say so" if number else "Look in Squeegee, then say so"
    return Line("triangle-alert", "", _STOPPED.get(state, " is stuck on its way to Squeegee"), detail)


def squeegee_silent(data: Mapping[str, Any], who: str | None) -> Line:
    """Squeegee answers no more, or not to this token."""
    if data.get("reason") == "token_refused":
        detail = "Enter a new token in the settings: what waits then goes on by itself"
        return Line("triangle-alert", "Squeegee refuses the token", detail=detail, names_lead=False)
    detail = "Nothing is lost: hand-overs wait and go on by themselves"
    return Line("triangle-alert", "Squeegee does not answer", detail=detail, names_lead=False)


def booking_differs(data: Mapping[str, Any], who: str | None) -> Line:
    """Squeegee says another first date."""
    there, here = (long_date(date.fromisoformat(data[name])) if data.get(name) else "" for name in ("theirs", "ours"))
    return Line("calendar-clock", "Squeegee says another first clean for ", "", f"{there} there, {here or 'none'} here")


#: What does not agree, by kind, as the bell tells it.
_DISAGREES = {
    "not_there": "accepted, not in Squeegee", "still_chased": "in Squeegee, still open here",
    "perhaps": "to look at", "duplicate": "twice there", "gone": "gone from there",
}  # fmt: skip


def discrepancies(data: Mapping[str, Any], who: str | None) -> Line:
    """Squeegee's last export and the leads do not agree."""
    count = int(data.get("count", 0))
    detail = ", ".join(f"{data[kind]:,} {words}" for kind, words in _DISAGREES.items() if data.get(kind))
    things = "1 thing" if count == 1 else f"{count:,} things"
    return Line("arrow-up-down", f"{things} to settle with Squeegee", detail=detail, names_lead=False)
