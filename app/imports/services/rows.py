"""A row of the file as the facts of a lead. What can't be read is kept as it was written, and said."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core.phones import Phone
from app.core.postcodes import Postcode
from app.core.search_index import fold
from app.imports.queries.cells.choices import is_in_squeegee, read_bedrooms, read_choice
from app.imports.queries.cells.moments import read_moment
from app.imports.services.reaching import read_house, read_name, read_reach
from app.imports.services.setting import Setting
from app.imports.services.work import read_work

#: Whose rows can't be brought in at all; everything else is a remark.
INVALID = frozenset({"name_missing", "nothing_to_reach", "unreadable"})
LONGEST = {"wishes": 4_000, "notes": 10_000, "access": 2_000, "reference": 60}
#: Where being in Squeegee changes nothing: that is known, or "processed" only meant that somebody dealt with it.
_STAYS = frozenset({"booking_confirmed", "declined", "lost_contact", "not_in_area"})
_MOST_TAGS, _LONGEST_TAG = 10, 40
_PARTS = re.compile(r"[,;|\n]+")
#: Blanks in long rows say nothing, and patterns with room for blanks try each of them with each other.
_BLANKS = re.compile(r"\s{20,}")


@dataclass(slots=True)
class RowFacts:
    """What a row says of one lead."""

    name: str = ""
    email: str | None = None
    phone: Phone | None = None
    phone_as_given: str | None = None
    line1: str = ""
    line2: str = ""
    town: str = ""
    postcode: Postcode | None = None
    property_type: str | None = None
    bedrooms: str | None = None
    access: str = ""
    service: str = "window_cleaning"
    extras: tuple[str, ...] = ()
    frequency: str | None = None
    price_minor: int | None = None
    first_price_minor: int | None = None
    wishes: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()
    method: str = "any"
    time: str | None = None
    priority: str = "normal"
    stage_id: UUID | None = None
    owner_id: UUID | None = None
    source_id: UUID | None = None
    reference: str = ""
    squeegee_ref: str = ""
    created_at: datetime | None = None
    changed_at: datetime | None = None
    #: What could not be read, as it was written, for the lead's wishes.
    remarks: list[str] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, name: str, code: str, **more: Any) -> None:
        """Note that something about a field is wrong or notable."""
        self.problems.append({"field": name, "code": code, **more})

    @property
    def is_invalid(self) -> bool:
        """Whether no lead can be made of the row."""
        return any(problem["code"] in INVALID for problem in self.problems)


class Cells:
    """The cells of a row by the fact they hold."""

    def __init__(self, setting: Setting, cells: list[str]) -> None:
        self._columns, self._cells = setting.columns, cells

    def get(self, key: str, joint: str = "\n") -> str:
        """The cells of a fact, joined; "" when there is none."""
        found = [self._cells[column].strip() for column in self._columns.get(key, ()) if column < len(self._cells)]
        return joint.join(_BLANKS.sub(" ", cell) for cell in found if cell)


def read_row(setting: Setting, row: list[str]) -> RowFacts:
    """The facts in a row's cells. Never raises: what is wrong stands in `problems`."""
    cells, facts = Cells(setting, row), RowFacts()
    try:
        read_name(cells, facts)
        read_reach(cells, facts)
        read_house(cells, facts)
        read_work(setting, cells, facts)
        _read_moments(setting, cells, facts)
        _read_place(setting, cells, facts)
        _read_origin(setting, cells, facts)
        _read_rest(cells, facts)
    except (
        ValueError,
        LookupError,
        OverflowError,
    ):  # cells that nobody thought of; the row is shown, not the file lost
        facts.tell("row", "unreadable")
        return facts
    if not (facts.email or facts.phone or facts.line1 or facts.postcode):
        facts.tell("row", "nothing_to_reach")
    return facts


def _read_moments(setting: Setting, cells: Cells, facts: RowFacts) -> None:
    for key in ("created_at", "updated_at"):
        text = cells.get(key)
        found = read_moment(text, setting.zone) if text else None
        if found is not None and found > setting.now and _is_today(found, setting):
            found = setting.now  # a day without a time stands for its noon, which may be still to come
        if found is not None and found > setting.now:
            facts.tell(key, "date_future")
            found = None
        elif text and found is None:
            facts.tell(key, "date_unreadable")
            facts.remarks.append(f"{'Came in on' if key == 'created_at' else 'Last changed'}: {text}")
        if key == "created_at":
            facts.created_at = found or setting.now
        else:
            facts.changed_at = max(found or facts.created_at, facts.created_at)  # type: ignore[type-var]


def _is_today(at: datetime, setting: Setting) -> bool:
    return at.astimezone(setting.zone).date() == setting.now.astimezone(setting.zone).date()


def _read_place(setting: Setting, cells: Cells, facts: RowFacts) -> None:
    """The stage by the file's own words, first as a person mapped them, then by what they seem to say."""
    word, keys = cells.get("stage", " "), setting.stages_by_key
    stage_id = setting.stage_words.get(fold(word)) if word else setting.stage_id
    if stage_id is None:
        stage_id = None if fold(word) in setting.stage_words else setting.stage_meant(word)
        if stage_id is None:
            stage_id = setting.stage_id
            facts.tell("stage", "stage_unknown")
            facts.remarks.append(f"Stage: {word}")
    facts.squeegee_ref = cells.get("squeegee_ref", " ")[: LONGEST["reference"]]
    is_there = is_in_squeegee(cells.get("squeegee_status", " "))
    key = setting.stages.get(stage_id)
    if (is_there or (is_there is None and facts.squeegee_ref)) and key not in _STAYS:
        stage_id = keys.get("transferred_to_squeegee", stage_id)
    elif is_there is False and key == "transferred_to_squeegee":
        stage_id = keys.get("ready_for_squeegee", stage_id)
    facts.stage_id = stage_id


def _read_origin(setting: Setting, cells: Cells, facts: RowFacts) -> None:
    facts.reference = cells.get("reference", " ")[: LONGEST["reference"]]
    for key, known, otherwise in (
        ("source", setting.sources, setting.source_id), ("owner", setting.owners, setting.owner_id),
    ):  # fmt: skip
        word = cells.get(key, ", ")
        found = known.get(fold(word)) if word else None
        if word and found is None:
            facts.tell(key, f"{key}_unknown")
            facts.remarks.append(f"{key.capitalize()}: {word}")
        setattr(facts, f"{key}_id", found or otherwise)


def _read_rest(cells: Cells, facts: RowFacts) -> None:
    facts.property_type = _chosen(cells, facts, "property_type", "House")
    bedrooms = cells.get("bedrooms", " ")
    facts.bedrooms = None if facts.property_type == "commercial" else read_bedrooms(bedrooms)
    if bedrooms and facts.bedrooms is None:
        facts.remarks.append(f"Bedrooms: {bedrooms}")
        if facts.property_type != "commercial":  # a business has none, whatever the cell says
            facts.tell("bedrooms", "words_unknown")
    facts.method = _chosen(cells, facts, "preferred_method", "To be reached") or "any"
    facts.time = _chosen(cells, facts, "preferred_time", "When")
    facts.priority = _chosen(cells, facts, "priority", "Priority") or "normal"
    tags = (" ".join(tag.split()) for tag in _PARTS.split(cells.get("tags", ",")))
    facts.tags = tuple(dict.fromkeys(tag[:_LONGEST_TAG] for tag in tags if tag))[:_MOST_TAGS]
    facts.access = _cut(facts, "access", cells.get("access"))
    facts.notes = _cut(facts, "notes", cells.get("notes"))
    facts.wishes = _cut(facts, "wishes", "\n".join(filter(None, (cells.get("wishes"), *facts.remarks))))


def _chosen(cells: Cells, facts: RowFacts, key: str, words: str) -> str | None:
    text = cells.get(key, " ")
    found = read_choice(key, text) if text else None
    if text and found is None:
        facts.remarks.append(f"{words}: {text}")
        facts.tell(key, "words_unknown")
    return found


def _cut(facts: RowFacts, key: str, text: str) -> str:
    if len(text) > LONGEST[key]:
        facts.tell(key, "cut")
    return text[: LONGEST[key]]
