"""What alerts and digests say."""

from collections.abc import Mapping, Sequence
from typing import Any

HEADINGS = {
    "enquiry": "A customer asks",
    "overdue": "Late",
    "untouched": "Worth a lot, and nobody has touched it",
    "ready": "Ready for Squeegee",
    "waiting": "Waiting for us",
    "acts": "To do today",
    "expiring": "Unanswered, and about to end",
    "agree": "Squeegee and Sill do not agree",
}
#: What a customer did, for the digest.
WHAT = {
    "wrote": "wrote", "asked": "asked for a quote",
    "not_there": "said yes and is not in Squeegee, found", "still_chased": "is in Squeegee and still open here, found",
    "perhaps": "may be in Squeegee, found", "gone": "is gone from Squeegee, found",
}  # fmt: skip
ALERT_FOOT = (
    "You get this when something of yours, or of those you look after, lies too long. All of it is in the bell:"
)
DIGEST_FOOT = "You get this on working days, when something has changed. Turn it off under Notifications:"


#: What the workspace's own address gets.
ENQUIRY_FOOT = "Each enquiry that comes in by itself is mailed to this address. Change that under Settings:"
EXPIRING_SUBJECT = "A quote is about to end"


def ends_on(day: str, *, was_sent: bool, has_written: bool) -> str:
    """When a quote ends, and whether its customer was told."""
    told = "we have reminded them" if was_sent else "call them, no message reaches them"
    return f"the quote ends {day}; {'they have written since, so answer them' if has_written else told}"


def more(count: int) -> str:
    """How many a list leaves out: "12 more", blank for none."""
    return f"{count} more" if count > 0 else ""


def waited(rule: str, days: int) -> str:
    """How long something has lain."""
    length = "1 day" if days == 1 else f"{days} days"
    return f"{length} late" if rule == "overdue" else f"untouched for {length}"


def alert_subject(counts: Mapping[str, int]) -> str:
    """Such as "3 follow-ups are late, 1 valuable lead lies untouched"."""
    parts = []
    if late := counts.get("overdue"):
        parts.append("1 follow-up is late" if late == 1 else f"{late} follow-ups are late")
    if lying := counts.get("untouched"):
        parts.append("1 valuable lead lies untouched" if lying == 1 else f"{lying} valuable leads lie untouched")
    return ", ".join(parts)


def ready_subject(count: int) -> str:
    """Such as "2 leads are ready for Squeegee"."""
    return "1 lead is ready for Squeegee" if count == 1 else f"{count} leads are ready for Squeegee"


def enquiry_subject(place: str) -> str:
    """Such as "New enquiry from Wells"; no name, since it shows on locked phones."""
    return f"New enquiry from {place}" if place else "New enquiry"


def digest_subject(sections: Sequence[tuple[str, list[Any]]]) -> str:
    """Such as "2 people wait for us, 5 things to do"."""
    counts = {name: len(found) for name, found in sections}
    parts = []
    if waiting := counts.get("waiting"):
        parts.append("1 person waits for us" if waiting == 1 else f"{_many(waiting)} people wait for us")
    if acts := counts.get("acts"):
        parts.append("1 thing to do" if acts == 1 else f"{_many(acts)} things to do")
    if ready := counts.get("ready"):
        parts.append(f"{_many(ready)} ready for Squeegee")
    if agree := counts.get("agree"):
        parts.append(f"{_many(agree)} to settle with Squeegee")
    return ", ".join(parts)


def _many(count: int) -> str:
    return "more than 10" if count > 10 else str(count)
