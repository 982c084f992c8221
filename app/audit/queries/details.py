"""One entry opened: what was before and after, as facts in words. These may be customer data."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.audit.models import AuditEntry
from app.audit.queries.listing import Row
from app.audit.queries.naming import Person, everybody
from app.audit.words import act_words
from app.core.catalogue import known
from app.core.crypto import CipherError
from app.core.errors import NotFound
from app.core.human_time import short_date
from app.core.ids import parse_id
from app.core.money import format_money
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Sequence as FollowUpSequence
from app.leads.models import LeadSource, Stage
from app.leads.queries.facts import FACTS, read_out
from app.workspaces.queries import current_workspace

BLANK = "–"
#: Stands for an id that leads nowhere, beside one that leads somewhere.
GONE = "No longer there"
_LABELS = {
    "of_many": "Done at once with", "why": "Reason", "error": "What went wrong", "version_no": "Version",
    "template_key": "Template", "triage": "It says", "rung": "Chosen number", "told": "Price that was shown",
    "vat_number": "VAT number", "action": "Which entry", "sms_part_price": "Price of a text",
    "base_url": "Address",
}  # fmt: skip
#: What `was` and `now` stand for, where no fact is named beside them.
_PAIRS = {"conversation.assigned": "Given to"}
_CODES = {"sms": "text", "email": "email", "api": "over the wire", "csv": "file"}
_ENDINGS = re.compile(r"_(id|ids|minor|at|on|no|pct)$")
_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
#: Keys that only programs read.
_SILENT = {"activity_id", "fact", "facts", "was_name", "now_name", "topics"}


@dataclass(frozen=True, slots=True)
class Change:
    """One fact: what it is called, and how it read before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """An entry with its facts. `had_before`: whether anything is known of what was there before. `is_forged`: what it
    holds is not what Sill sealed for it, so that none of it can be read.
    """

    row: Row
    people: Mapping[UUID, Person]
    changes: list[Change]
    had_before: bool
    is_forged: bool = False


def open_entry(entry_id: UUID) -> OpenEntry:
    """An entry of the workspace in scope, opened with its key. Raises NotFound."""
    query = select(AuditEntry).where(AuditEntry.workspace_id == current_workspace_id(), AuditEntry.id == entry_id)
    entry = db.session.scalars(query).one_or_none()
    if entry is None:
        raise NotFound
    try:
        before, after = (json.loads(text) if text else {} for text in (entry.before, entry.after))
        is_forged = False
    except CipherError:
        before, after, is_forged = {}, {}, True
    people = everybody()
    names = {**{each.user_id: each.name for each in people.values()}, **_kept_names()}
    told = (entry.id, entry.at, entry.action, entry.subject_type, entry.subject_id, entry.actor_kind, entry.actor_id)
    row = Row(*told, entry.address, entry.device, has_details=bool(before or after))
    before, after = _paired(entry.action, before, after)
    return OpenEntry(row, people, _changes(before, after, names), bool(before), is_forged)


def _kept_names() -> dict[UUID, str]:
    rows: Sequence[Any] = (*known(Stage), *known(LeadSource), *known(FollowUpSequence))
    return {row.id: row.name for row in rows}


def _paired(action: str, before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both sides, where one fact stands as `was` and `now` in what is noted of it: by its name on either side."""
    if "was" not in after or "now" not in after:
        return before, after
    was, now = (after.get(f"{each}_name") or after[each] for each in ("was", "now"))
    name = str(after.get("fact") or action)
    rest = {key: value for key, value in after.items() if key not in ("was", "now")}
    return {**before, name: was}, {**rest, name: now}


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[UUID, str]) -> list[Change]:
    shown = []
    for key in [*before, *(key for key in after if key not in before)]:
        texts = [_words(key, side.get(key), names) for side in (before, after)]
        if key not in _SILENT and any(text not in (None, BLANK) for text in texts):
            shown.append(Change(_label(key), *(GONE if text is None else text for text in texts)))
    return shown


def _label(key: str) -> str:
    if key in FACTS:
        return FACTS[key].label
    words = _LABELS.get(key) or _PAIRS.get(key) or _ENDINGS.sub("", key).replace("_", " ").replace(".", " ").strip()
    return words[:1].upper() + words[1:]


def _words(key: str, value: Any, names: Mapping[UUID, str]) -> str | None:
    """A value as people read it; None for an id that leads nowhere."""
    if value is None or value == "" or value == [] or value == {}:
        return BLANK
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float):
        if key == "of_many":
            return f"{value - 1} other{'' if value == 2 else 's'}" if value > 1 else BLANK
        return format_money(int(value)) if key.endswith("_minor") else f"{value:,}" if value >= 10_000 else str(value)
    if isinstance(value, list):
        return _several(key, value, names)
    if isinstance(value, dict):
        parts = ((_label(name), _words(name, each, names)) for name, each in value.items())
        return "; ".join(f"{label}: {text}" for label, text in parts if text not in (None, BLANK)) or BLANK
    return _text(key, str(value), names)


def _several(key: str, values: list[Any], names: Mapping[UUID, str]) -> str | None:
    texts = [_words("", each, names) for each in values]
    if None in texts:
        noun = _label(key).lower() if key.endswith("_ids") else "thing"
        return f"{len(values)} {noun}{'' if len(values) == 1 else 's'}"
    return ", ".join(map(str, texts))


def _text(key: str, value: str, names: Mapping[UUID, str]) -> str | None:
    named = parse_id(value)
    if named is not None:
        return names.get(named)
    if key == "action":
        return act_words(value)
    if key in FACTS and FACTS[key].kind not in ("member", "source"):
        return read_out(FACTS[key], value) or BLANK
    if _MOMENT.fullmatch(value):
        return _local(datetime.fromisoformat(value))
    if _DAY.fullmatch(value):
        return _day(value)
    words = _CODES.get(value) or (value.replace("_", " ") if _CODE.fullmatch(value) else value)
    return words[:1].upper() + words[1:] if _CODE.fullmatch(value) else words


def _local(at: datetime) -> str:
    return f"{at.astimezone(current_workspace().clock().zone):%a %-d %b %Y, %H:%M}"


def _day(value: str) -> str:
    try:
        return short_date(date.fromisoformat(value))
    except ValueError:
        return value
