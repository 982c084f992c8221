"""The trade's words for what Squeegee and the leads do not agree on."""

from collections.abc import Mapping, Sequence
from typing import Any

#: Kind -> (tab, what it means, what an empty list says).
KINDS: dict[str, tuple[str, str, str]] = {
    "not_there": (
        "Not in Squeegee", "They said yes, and the last export does not hold them.",
        "Everybody who said yes is in Squeegee.",
    ),
    "still_chased": (
        "Still open here", "They are in Squeegee, and still chased or waiting here.",
        "Nobody who is in Squeegee is chased.",
    ),
    "perhaps": (
        "Perhaps", "They may be in Squeegee: something agrees, something does not. Only you can tell.",
        "Nothing is in doubt.",
    ),
    "duplicate": (
        "Twice there", "Two customers in Squeegee that look like one. Put it right there.",
        "Nobody stands in Squeegee twice.",
    ),
    "gone": (
        "Gone", "They were in Squeegee, and the last export does not hold them any more.",
        "Nobody has gone from Squeegee.",
    ),
}  # fmt: skip
#: What agrees, and what speaks against it: code -> (words, whether it agrees).
REASONS: dict[str, tuple[str, bool]] = {
    "person": ("one of you said so", True),
    "reference": ("same reference", True),
    "phone": ("same number", True),
    "house": ("same house", True),
    "name": ("same name", True),
    "initial": ("same surname, first name not told", True),
    "misspelt": ("nearly the same name", True),
    "family": ("same surname", True),
    "near": ("nearly the same address", True),
    "older": ("a customer since before this enquiry", False),
    "other_name": ("another name", False),
    "other_house": ("another house", False),
    "other_phone": ("another number", False),
}
#: What was done about it.
RESOLUTIONS = {
    "entered": "Noted as entered", "stopped": "Chase stopped, noted as entered", "same": "Noted as the same",
    "not_same": "Noted as not the same", "keep": "Noted as the same, still open here", "dismissed": "Put aside",
    "left": "Noted as left", "put_right": "Noted as put right",
}  # fmt: skip
STATES = {
    "waiting": "Waits for you to say what its columns are", "reading": "Reading", "comparing": "Comparing",
    "done": "Compared", "failed": "Could not be read",
}  # fmt: skip
#: For the digest: why a lead is among them.
IN_DIGEST = {
    "not_there": "not in Squeegee since", "still_chased": "in Squeegee and still open here since",
    "perhaps": "may be in Squeegee, found", "gone": "gone from Squeegee since",
}  # fmt: skip


def said(reasons: Sequence[str], *, agreeing: bool) -> str:
    """What agrees (or does not) in words: "same number, same house"; blank for nothing."""
    return ", ".join(REASONS[code][0] for code in reasons if code in REASONS and REASONS[code][1] is agreeing)


def counted(counts: Mapping[str, int]) -> str:
    """All that is open in a sentence: "7 accepted, not in Squeegee · 3 in Squeegee, still open here"."""
    ways = {
        "not_there": "accepted, not in Squeegee", "still_chased": "in Squeegee, still open here",
        "perhaps": "to look at", "duplicate": "twice in Squeegee", "gone": "gone from Squeegee",
    }  # fmt: skip
    return " · ".join(f"{counts[kind]:,} {words}" for kind, words in ways.items() if counts.get(kind))


def came_of(figures: Mapping[str, Any]) -> str:
    """What an export brought: "5,012 lines, 14 new, 3 gone"."""
    parts = [_many(figures.get("lines", 0), "line")]
    for name, words in (("new", "new"), ("changed", "changed"), ("gone", "gone"), ("unreadable", "without an address")):
        if figures.get(name):
            parts.append(f"{figures[name]:,} {words}")
    if figures.get("repeated"):
        parts.append(f"{_many(figures['repeated'], 'line')} twice")
    return ", ".join(parts)


def _many(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"
