"""What was typed into the settings of the mapping, judged: one function a page, from form fields to what is kept.

Each raises Invalid with a sentence for each field that can't be taken. Fields of rows have their number in the error's
name: `title_0` is the first row's title.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol
from uuid import UUID

from app.core.errors import Invalid
from app.core.numbers import whole_number
from app.leads.models import FREQUENCIES
from app.squeegee.mapping.areas import read_places
from app.squeegee.mapping.columns import DEFAULT_COLUMNS, FILE_FACTS
from app.squeegee.mapping.facts import SERVICE_CODES
from app.squeegee.mapping.patterns import DEFAULT_NOTES, DEFAULT_TAGS, LONGEST_TAG, unknown_in
from app.squeegee.mapping.rhythms import KINDS, MOST_WEEKS, Rhythm, usual_rhythm

MOST_TAGS = 12
MOST_ROUNDS = 60
MOST_COLUMNS = 40
LONGEST_NAME = 60
LONGEST_NOTES = 2_000
_MOST_NOTE_LINES = 40
_NAME = "Keep it to one line of at most 60 characters."

Kept = dict[str, Any]


class Typed(Protocol):
    """A form as it was sent."""

    def get(self, name: str, default: str = "", /) -> Any:
        """One field."""
        ...

    def getlist(self, name: str, /) -> list[str]:
        """A field that may stand there several times."""
        ...


def judge_services(typed: Typed) -> Kept:
    """The ids that are set. They are UUIDs of Squeegee's."""
    found, errors = {}, {}
    for code in SERVICE_CODES:
        text = typed.get(f"service_{code}", "").strip()
        try:
            found |= {code: str(UUID(text))} if text else {}
        except ValueError:
            errors[f"service_{code}"] = "Copy the id from Squeegee: 32 letters and digits with hyphens."
    return _kept(errors, service_ids=found)


def judge_frequencies(typed: Typed) -> Kept:
    """What each frequency is in Squeegee, as far as it differs from the usual, and whether quotes are made."""
    found, errors = {}, {}
    for frequency in FREQUENCIES:
        kind, text = typed.get(f"kind_{frequency}", ""), typed.get(f"weeks_{frequency}", "").strip()
        if kind not in KINDS:
            errors[f"kind_{frequency}"] = "Choose what it is in Squeegee."
            continue
        interval = _number(text) if kind == "weeks" else None
        if kind == "weeks" and not (interval and interval <= MOST_WEEKS):
            errors[f"weeks_{frequency}"] = f"Enter a number of weeks from 1 to {MOST_WEEKS}."
            continue
        rhythm = Rhythm(kind, interval)
        if rhythm != usual_rhythm(frequency):
            found[frequency] = rhythm.as_data()
    return _kept(errors, frequencies=found, sends_quotes=typed.get("sends_quotes", "") == "1")


def judge_wording(typed: Typed) -> Kept:
    """Tags, a pattern a line, and the notes' template. What is the usual is kept as nothing, and follows it."""
    errors = {}
    tags = list(dict.fromkeys(" ".join(line.split()) for line in typed.get("tags", "").splitlines()))
    tags = [tag for tag in tags if tag]
    notes = _tidy(typed.get("notes", ""))
    if wrong := _wrong_tags(tags):
        errors["tags"] = wrong
    if wrong := _wrong_notes(notes):
        errors["notes"] = wrong
    return _kept(
        errors,
        tags=None if tuple(tags) == DEFAULT_TAGS else tags,
        notes_template="" if notes == DEFAULT_NOTES else notes,
    )


def judge_rounds(typed: Typed) -> Kept:
    """Which round works where. Rows without anything in them are left out."""
    found, errors, seen = [], {}, set[str]()
    for at, (name, places) in enumerate(_rows(typed, "round", "districts")):
        name = " ".join(name.split())
        if not name and not places.strip():
            continue
        read, wrong = read_places(places)
        errors |= _wrong_name(f"round_{at}", name, "Enter the round’s name as Squeegee has it.", seen)
        if wrong:
            errors[f"districts_{at}"] = f"No postcode district: {', '.join(wrong[:5])}. Write them like BA5 or BA5 2."
        elif not read:
            errors[f"districts_{at}"] = "List the districts that this round works in, like BA5, BA6."
        found.append({"round": name, "districts": read})
    if len(found) > MOST_ROUNDS:
        errors["rounds"] = f"There is room for {MOST_ROUNDS} rounds."
    return _kept(errors, rounds=found)


def judge_columns(typed: Typed) -> Kept:
    """The columns of the batch file, in order."""
    found, errors, seen = [], {}, set[str]()
    for at, (title, fact) in enumerate(_rows(typed, "title", "fact")):
        title = " ".join(title.split())
        if not title and not fact:
            continue
        errors |= _wrong_name(f"title_{at}", title, "Enter the column’s title.", seen)
        if title and not title[0].isalnum():
            errors[f"title_{at}"] = "Begin the title with a letter or a digit."
        if fact not in FILE_FACTS:
            errors[f"fact_{at}"] = "Choose what the column holds."
        found.append({"title": title, "fact": fact})
    if not found:
        errors["columns"] = "A file needs at least one column."
    if len(found) > MOST_COLUMNS:
        errors["columns"] = f"There is room for {MOST_COLUMNS} columns."
    usual = [{"title": each.title, "fact": each.fact} for each in DEFAULT_COLUMNS]
    return _kept(errors, file_columns=[] if found == usual else found)


#: Who judges which page. (That of the API itself is judged where the API is known: adapters/wire.py.)
JUDGES: Mapping[str, Callable[[Typed], Kept]] = {
    "services": judge_services, "frequencies": judge_frequencies, "wording": judge_wording, "rounds": judge_rounds,
    "file": judge_columns,
}  # fmt: skip


def _kept(errors: Mapping[str, str], **values: Any) -> Kept:
    if errors:
        raise Invalid(dict(errors))
    return values


def _rows(typed: Typed, one: str, other: str) -> list[tuple[str, str]]:
    """The rows of a page, by the names of their two fields. More than fit on any page are cut off."""
    return list(zip(typed.getlist(one)[:200], typed.getlist(other)[:200], strict=False))


def _wrong_name(field: str, name: str, missing: str, seen: set[str]) -> dict[str, str]:
    """What is wrong with a name or title among those before it, which `seen` remembers."""
    if not name:
        return {field: missing}
    if len(name) > LONGEST_NAME or not name.isprintable():
        return {field: _NAME}
    if name.casefold() in seen:
        return {field: f"{name} is there twice."}
    seen.add(name.casefold())
    return {}


def _wrong_tags(tags: list[str]) -> str:
    if len(tags) > MOST_TAGS:
        return f"There is room for {MOST_TAGS} tags."
    for tag in tags:
        if wrong := unknown_in(tag, short_only=True):
            return f"{tag[:30]}: {wrong}"
        if len(tag) > LONGEST_TAG or not tag.isprintable() or "," in tag:
            return f"{tag[:30]}: keep a tag under {LONGEST_TAG} characters, without commas."
    return ""


def _wrong_notes(notes: str) -> str:
    if len(notes) > LONGEST_NOTES or notes.count("\n") >= _MOST_NOTE_LINES:
        return f"Keep the notes under {LONGEST_NOTES:,} characters and {_MOST_NOTE_LINES} lines."
    if not notes.replace("\n", "").isprintable():
        return "Take out the characters that can’t be printed."
    return unknown_in(notes) or ""


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\t", " ").splitlines()).strip()


def _number(text: str) -> int:
    return whole_number(text, 999) or 0
