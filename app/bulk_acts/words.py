"""What bulk acts are called, while they run, when they are done, and when they are undone."""

from collections.abc import Mapping
from typing import Any

from app.messaging.words import left_out_words

#: kind -> (what is going on, what was done); {name} is the member, stage, tag or priority that it is about.
_WORDS = {
    "assign": ("Giving leads to {name}", "{leads} now with {name}"),
    "move": ("Moving leads to {name}", "{leads} moved to {name}"),
    "tag": ("Tagging leads {name}", "{leads} tagged {name}"),
    "untag": ("Taking {name} off leads", "{leads} no longer tagged {name}"),
    "priority": ("Setting the priority to {name}", "{leads} now {name} priority"),
    "archive": ("Archiving leads", "{leads} archived"),
    "bin": ("Putting leads in the bin", "{leads} in the bin"),
    "enrol": ("Putting leads on {name}", "{leads} on {name} now"),
    "pause_chase": ("Pausing {name}", "{name} rests for {leads}"),
    "resume_chase": ("Going on with {name}", "{name} goes on for {leads}"),
    "stop_chase": ("Stopping {name}", "{name} is off for {leads}"),
    "message": ("Writing “{name}”", "“{name}” is on its way to {leads}"),
    "delete": ("Deleting leads for good", "{leads} deleted for good"),
    "merge_tags": ("Merging {merged} into {name}", "{merged} is {name} now on {leads}"),
    "restore": ("Putting leads back on the desk", "{leads} back on the desk"),
}
#: Acts that leave out whom they must not touch, which is no failure.
LEAVES_OUT = frozenset({"message", "enrol"})
#: What can't be undone but stopped, and what is said then.
STOPPED = {
    "delete": "Stopped: {leads} deleted for good, the others are still in the bin.",
    "stop_chase": "Stopped: it is off for {leads} and goes on for the others.",
}
#: Why a lead of an act was left as it was.
REASONS = {
    "same": "was so already",
    "gone": "is gone or no longer yours to see",
    "refused": "could not be changed",
    "changed": "was changed by someone since",
    "not_in_bin": "does not lie in the bin any more",
}


def counted(number: int) -> str:
    """Such as "1 lead" or "3,214 leads"."""
    return "1 lead" if number == 1 else f"{number:,} leads"


def going_on(kind: str, parameters: Mapping[str, Any]) -> str:
    """What is going on, for the progress bar."""
    return _WORDS[kind][0].format(**_names(parameters))


def outcome(kind: str, parameters: Mapping[str, Any], done: int, same: int, failed: int) -> str:
    """What was done, in a sentence; how many were so already and how many could not be changed stand behind it."""
    parts = [_WORDS[kind][1].format(**_names(parameters), leads=counted(done))]
    if not done and same and not failed:
        return f"Nothing to do: {'it was' if same == 1 else 'all were'} so already."
    if same:
        parts.append(f"{same:,} {'was' if same == 1 else 'were'} so already")
    if failed:
        parts.append(f"{failed:,} left out" if kind in LEAVES_OUT else f"{failed:,} could not be changed")
    return ". ".join(parts) + "."


def why_left(outcome: str) -> str:
    """Why a lead of an act was left as it was."""
    return REASONS.get(outcome) or left_out_words(outcome)


def undone(done: int, kept: int, kind: str = "") -> str:
    """What became of undoing: how many are as they were, how many were left since someone changed them again."""
    if kind in STOPPED:
        return STOPPED[kind].format(leads=counted(done + kept))
    if kind == "message":
        words = f"Taken back: {'1 message' if done == 1 else f'{done:,} messages'}."
        return f"{words} {kept:,} had left already." if kept else words
    words = f"Undone: {counted(done)} as before."
    if kept:
        words += f" {kept:,} changed by someone since and left {'as it is' if kept == 1 else 'as they are'}."
    return words


def _names(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": parameters.get("name", ""), "merged": parameters.get("merged", "")}
