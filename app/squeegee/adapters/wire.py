"""Paths and field names of Squeegee's partner API as data: it has no public documentation, and may be corrected.

What is kept in `SqueegeeAccount.wire` are only the entries that differ from the known ones, flat and as typed:
{"job_path": "/api/v4/customers/{customer_id}/jobs", "customer.phone": "mobile"}. `read` judges them when they are
saved and whenever they are used.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.errors import Invalid

Places = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be set: its key, what people call it, and how Sill knows it. `may_be_blank`: left out then."""

    key: str
    label: str
    default: str
    may_be_blank: bool = False


#: Everything that can be set, in the order of the form.
ENTRIES = (
    Entry("customer_path", "Path that makes a customer", "/api/v3/partner/customers"),
    Entry("job_path", "Path that makes a job", "/api/v3/partner/customers/{customer_id}/jobs"),
    Entry("quote_path", "Path that makes a quote", "/api/v3/partner/customers/{customer_id}/quote"),
    Entry("customer.name", "Customer: name", "name"),
    Entry("customer.email", "Customer: email", "email", may_be_blank=True),
    Entry("customer.phone", "Customer: phone", "phone", may_be_blank=True),
    Entry("customer.address", "Customer: address", "address.text"),
    Entry("customer.reference", "Customer: our reference", "reference"),
    Entry("work.first_date", "Job: first date", "date"),
    Entry("work.service_ids", "Job: services", "services"),
    Entry("work.price", "Job: price", "price"),
    Entry("work.notes", "Job: notes", "notes", may_be_blank=True),
    Entry("work.tags", "Job: tags", "tags, firstAppointment.tags", may_be_blank=True),
    Entry("work.kind", "Job: kind of frequency", "frequencyType"),
    Entry("work.weeks", "Job: weeks between visits", "frequencyInterval"),
    Entry("work.initial_date", "Job: first appointment", "firstAppointment.initialDate", may_be_blank=True),
    Entry("word_weeks", "Word for work that repeats", "weeks"),
    Entry("word_once", "Word for a single visit", "adhoc"),
    Entry("answer_id", "Answer: the new id", "data"),
    Entry("answer_success", "Answer: whether it was taken", "success"),
    Entry("find_customer_path", "Path that finds customers by our reference", "", may_be_blank=True),
    Entry("find_job_path", "Path that lists a customer’s jobs", "", may_be_blank=True),
    Entry("found_list", "Found: the list", "data"),
    Entry("found_id", "Found: the id of each", "id"),
    Entry("found_reference", "Found: our reference of each customer", "reference"),
    Entry("found_date", "Found: the date of each job", "date"),
)  # fmt: skip
DEFAULTS: Mapping[str, str] = {entry.key: entry.default for entry in ENTRIES}
#: What each path must hold, and nothing else in braces.
_HOLDS = {
    "job_path": "{customer_id}", "quote_path": "{customer_id}", "find_customer_path": "{reference}",
    "find_job_path": "{customer_id}",
}  # fmt: skip
_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?{}-]{0,199}")
_PLACE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}(\.[A-Za-z_][A-Za-z0-9_-]{0,39}){0,3}")
_WORD = re.compile(r"[A-Za-z0-9_-]{1,40}")
#: What a quote doesn't take.
_NOT_OF_QUOTES = "work.first_date"


@dataclass(frozen=True, slots=True)
class Wire:
    """How an account's API is spoken to. Fields are pairs of a place in the body, dots going down, and a fact."""

    customer_path: str
    job_path: str
    quote_path: str
    customer_fields: Places
    job_fields: Places
    quote_fields: Places
    word_weeks: str
    word_once: str
    answer_id: str
    answer_success: str
    find_customer_path: str
    find_job_path: str
    found_list: str
    found_id: str
    found_reference: str
    found_date: str

    def can_find(self, step: str) -> bool:
        """Whether Squeegee can be asked what became of a request of this step."""
        return bool({"customer": self.find_customer_path, "job": self.find_job_path}.get(step))


def read(raw: Mapping[str, Any] | None) -> Wire:
    """The wire with these entries over the known ones; a blank entry that must not be blank is the known one.

    Raises Invalid with a sentence for each key that can't be taken; keys that nobody knows are an error too.
    """
    given = dict(raw or {})
    errors = {key: "There is no such setting." for key in given if key not in DEFAULTS}
    values = {entry.key: _value(entry, given) for entry in ENTRIES}
    errors |= {key: words for key, value in values.items() if (words := _wrong(key, value))}
    if not errors:
        errors = _doubled(values, "customer.") | _doubled(values, "work.")
    if errors:
        raise Invalid(errors)
    plain = {key: value for key, value in values.items() if "." not in key}
    work = _places(values, "work.")
    no_quote = set(_split(values[_NOT_OF_QUOTES]))
    return Wire(
        **plain, customer_fields=_places(values, "customer."), job_fields=work,
        quote_fields=tuple(pair for pair in work if pair[0] not in no_quote),
    )  # fmt: skip


def changes(raw: Mapping[str, str]) -> dict[str, str]:
    """Of a whole form's entries those that differ from the known ones, as they are kept. Raises Invalid like `read`."""
    read(raw)
    found = {entry.key: _value(entry, raw) for entry in ENTRIES}
    return {key: value for key, value in found.items() if value != DEFAULTS[key]}


def shown(raw: Mapping[str, str] | None) -> dict[str, str]:
    """Every entry as the form shows it: what is kept over what is known."""
    return {entry.key: _value(entry, raw or {}) for entry in ENTRIES}


def _value(entry: Entry, given: Mapping[str, Any]) -> str:
    if entry.key not in given:
        return entry.default
    text = str(given[entry.key]).strip()
    return text if text or entry.may_be_blank else entry.default


def _wrong(key: str, value: str) -> str:
    if key.endswith("_path"):
        return _wrong_path(key, value) if value else ""
    if key.startswith("word_"):
        return "" if _WORD.fullmatch(value) else "Use letters, digits and hyphens."
    parts = _split(value) if "." in key else [value]
    if value and not (len(parts) <= 3 and all(_PLACE.fullmatch(part) for part in parts)):
        return "Write a field’s name like price, or address.text for one inside another."
    return ""


def _wrong_path(key: str, value: str) -> str:
    """A path stays below the account's own address, whatever is put into it."""
    held = re.findall(r"\{[^{}]*\}", value)
    wanted = _HOLDS.get(key)
    if not _PATH.fullmatch(value) or value.startswith("//") or ".." in value:
        return "Write a path like /api/v3/partner/customers."
    if held != ([wanted] if wanted else []) or "{" in value.replace(wanted or " ", "") or "}" in value.replace(
        wanted or " ", ""
    ):
        return f"The path must hold {wanted}, once." if wanted else "Nothing in braces can stand in this path."
    return ""


def _doubled(values: Mapping[str, str], group: str) -> dict[str, str]:
    """Two facts can't stand in one place, nor one inside the other's; what was changed is to blame."""
    taken: dict[str, str] = {}
    errors = {}
    for key, value in values.items():
        for place in _split(value) if key.startswith(group) else ():
            for other, its_key in taken.items():
                if place == other or place.startswith(f"{other}.") or other.startswith(f"{place}."):
                    errors[its_key if value == DEFAULTS[key] else key] = "Another fact stands in this place already."
            taken[place] = key
    return errors


def _places(values: Mapping[str, str], group: str) -> Places:
    """(place, fact) of a group: the first place of each fact, then further ones."""
    pairs = [
        (number, place, key.removeprefix(group))
        for key, value in values.items()
        if key.startswith(group)
        for number, place in enumerate(_split(value))
    ]
    return tuple((place, fact) for _, place, fact in sorted(pairs, key=lambda pair: pair[0]))


def _split(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]
