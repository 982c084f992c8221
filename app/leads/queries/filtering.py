"""Which leads: the one filter of the list, the board and bulk acts, kept in the address.

    narrowed = LeadFilter.from_query(request.args)         # what can't be read is left out
    select(...).where(Lead.workspace_id == here, *narrowed.conditions())      # on the desk, or shelf="bin"
    url_for("leads.list_leads", **narrowed.as_query())     # {"stage": ["<id>", "<id>"], "owner.not": ["me"]}
    narrowed.chips(filter_choices())                       # [Chip("Stage: New or Contacted", query without it), ...]
    narrowed.is_blank, narrowed.key                        # nothing narrowed; what a cursor is bound to
    narrowed.values("stage"), narrowed.single("owner")     # to fill a control
    narrowed.replaced("owner", ["me"]), narrowed.without("owner")      # filters for other links
    LeadFilter.from_pairs(view.query), narrowed.as_pairs() # [["stage", "<id>"], ...] for jsonb

In an address: `field=value`, repeated for "one of", `field.not=value` for "is not", `none` for empty (`field.not=none`:
not empty), `from..to` for between. Fields: queries/filter_fields.py; spans: queries/filter_spans.py. Such as
`?stage=<id>&owner=me&value=100..300&due=late&area=BA5&tag.not=<id>`. Other names in the address (sort, after) are left
alone by `from_query`.

Customers' names and numbers have no place in addresses: `words` holds what was typed sealed under the workspace's key
(`seal_words`), so that an address, a saved view or a log gives nothing away, and means nothing in another workspace.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement

from app.core.clock import utcnow
from app.core.crypto import CryptoError
from app.core.ids import parse_id
from app.core.keyring import cipher
from app.core.models import fixed
from app.core.tenancy import current_scope, current_workspace_id
from app.leads.models import Lead
from app.leads.queries.filter_conditions import condition
from app.leads.queries.filter_fields import ALIASES, FIELDS, FROM_TABLES, Field
from app.leads.queries.filter_spans import Now, read_span, span_words
from app.workspaces.queries import current_workspace

Choices = Mapping[str, list[tuple[str, str]]]
_MOST_VALUES = 40
_LASTING = frozenset({"pick", "flag", "area", "amount", "count"})
_LONGEST_WORDS = 100
_AREA = re.compile(r"[A-Z]{1,2}(?:\d[A-Z0-9]?(?: \d)?)?")


@dataclass(frozen=True, slots=True)
class Term:
    """One field's part: it is one of the values, or none of them."""

    field: Field
    values: tuple[str, ...]
    is_not: bool = False

    @property
    def name(self) -> str:
        """Its name in an address."""
        return f"{self.field.key}.not" if self.is_not else self.field.key

    def words(self, choices: Choices) -> str:
        """It in words. `choices`: the names of stages, owners, sources and tags (queries/choices.py)."""
        return _sentence(self, choices, Now(utcnow(), current_workspace().clock().zone).today)


@dataclass(frozen=True, slots=True)
class Chip:
    """A term in words, with the query of the filter without it."""

    text: str
    without: dict[str, list[str]]
    name: str


@dataclass(frozen=True, slots=True)
class LeadFilter:
    """Terms that a lead must all meet. Immutable."""

    terms: tuple[Term, ...] = ()

    @classmethod
    def from_query(cls, args: Any) -> "LeadFilter":
        """Read an address's query (a MultiDict). Unknown names and values that can't be read are left out."""
        return cls.from_pairs(args.items(multi=True)) if args else cls()

    @classmethod
    def from_pairs(cls, pairs: Iterable[Iterable[str]]) -> "LeadFilter":
        """Read (name, value) pairs, as a saved view keeps them."""
        found: dict[tuple[str, bool], list[str]] = {}
        for name, value in pairs:
            key, _, rest = name.partition(".")
            field = FIELDS.get(ALIASES.get(key, key))
            given = read_value(field, value) if field and rest in ("", "not") else None
            if field and given is not None:
                values = found.setdefault((field.key, rest == "not"), [])
                if given not in values and len(values) < _MOST_VALUES:
                    values.append(given)
        return cls(tuple(Term(FIELDS[key], tuple(values), is_not) for (key, is_not), values in found.items()))

    @property
    def is_blank(self) -> bool:
        """Whether it lets every lead through."""
        return not self.terms

    @property
    def is_lasting(self) -> bool:
        """Whether it asks the same of a lead whenever the same person asks: "late" means something else each day, and
        what is searched for is nothing to keep in memory.
        """
        return all(term.field.kind in _LASTING for term in self.terms)

    @property
    def key(self) -> str:
        """The filter as one text, for cursors and caches."""
        return repr(sorted(map(tuple, self.as_pairs())))

    def conditions(
        self, shelf: str = "desk", now: datetime | None = None, walked: str | None = None
    ) -> list[ColumnElement[bool]]:
        """What it asks of leads that lie on `shelf`, in the person's eyes whom the scope names; the workspace is the
        caller's to ask. `now`: the moment that "late" and "today" go by, for work that runs in several pieces.
        `walked`: the field in whose order a page is read; spans of others then don't tempt the planner to sort all.
        """
        asked: list[ColumnElement[bool]] = [Lead.shelf == fixed(shelf)]
        if self.terms:
            moment = Now(now or utcnow(), current_workspace().clock().zone)
            user_id = current_scope().user_id
            for term in self.terms:
                values = tuple(map(open_words, term.values)) if term.field.kind == "words" else term.values
                asked.append(condition(term.field, values, term.is_not, user_id, moment, walked))
        return asked

    def as_query(self) -> dict[str, list[str]]:
        """The query that gives this filter, for url_for(..., **query)."""
        return {term.name: list(term.values) for term in self.terms}

    def as_pairs(self) -> list[list[str]]:
        """The query as [name, value] lists, for JSON."""
        return [[term.name, value] for term in self.terms for value in term.values]

    def values(self, key: str, *, is_not: bool = False) -> tuple[str, ...]:
        """What a field is (or with `is_not` is not) to be; () when it does not matter."""
        return next((term.values for term in self.terms if (term.field.key, term.is_not) == (key, is_not)), ())

    def single(self, key: str) -> str:
        """The one value of a field, for a control that shows one; "" for none or several."""
        values = self.values(key)
        return values[0] if len(values) == 1 else ""

    @property
    def words(self) -> str:
        """What is searched for, opened; "" when nothing is."""
        return open_words(self.single("words")) if self.single("words") else ""

    def without(self, key: str) -> "LeadFilter":
        """The same without a field."""
        return LeadFilter(tuple(term for term in self.terms if term.field.key != key))

    def replaced(self, key: str, values: Iterable[str]) -> "LeadFilter":
        """The same with a field being one of other values; with none of them it no longer matters."""
        return LeadFilter.from_pairs([*self.without(key).as_pairs(), *([key, value] for value in values)])

    def chips(self, choices: Choices) -> list[Chip]:
        """Its terms in words. `choices`: the names of stages, owners, sources and tags (queries/choices.py)."""
        today = Now(utcnow(), current_workspace().clock().zone).today if self.terms else None
        made = []
        for term in self.terms:
            rest = LeadFilter(tuple(each for each in self.terms if each is not term))
            made.append(Chip(_sentence(term, choices, today), rest.as_query(), term.name))
        return made


def read_value(field: Field, given: str) -> str | None:
    """A field's value in its one spelling, or None when it can't be read."""
    if not isinstance(given, str) or "\0" in given:
        return None
    given = given.strip()
    if given == "none" and field.kind not in ("flag", "words"):
        return given if field.none else None
    if field.takes_others:
        return field.key_of(given)[:_LONGEST_WORDS] or None
    if field.kind == "pick":
        return given if given in field.choices or (field.key in FROM_TABLES and parse_id(given)) else None
    if field.kind == "flag":
        return given if given in ("yes", "no") else None
    if field.kind == "area":
        typed = " ".join(given.upper().split())
        return typed if _AREA.fullmatch(typed) else None
    if field.kind == "words":
        return given if open_words(given) else None
    if field.kind == "text":
        return (given.upper() if field.key == "number" else given)[:_LONGEST_WORDS] or None
    return read_span(field.kind, given)


def seal_words(typed: str) -> str:
    """What was typed to search for, sealed for an address; "" for nothing. At most 100 characters are kept."""
    kept = " ".join(typed.replace("\0", "").split())[:_LONGEST_WORDS]
    blob = cipher().seal(kept, "leads", "words", current_workspace_id()) if kept else None
    return base64.urlsafe_b64encode(blob).rstrip(b"=").decode() if blob else ""


def sealed_anew(name: str, value: str) -> str:
    """A value of a kept filter under the workspace's newest key; as it is if it is no words or is under it already."""
    field = FIELDS.get(name.partition(".")[0])
    words = open_words(value) if field and field.kind == "words" else ""
    return seal_words(words) if words and cipher().key_no(_unpacked(value)) != cipher().active else value


def _unpacked(sealed: str) -> bytes:
    return base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)


def open_words(sealed: str) -> str:
    """What `seal_words` sealed in this workspace; "" for anything else."""
    try:
        blob = _unpacked(sealed)
        return cipher().open(blob, "leads", "words", current_workspace_id()) or ""
    except (binascii.Error, ValueError, CryptoError):
        return ""


def _sentence(term: Term, choices: Choices, today: Any) -> str:
    field = term.field
    if field.kind == "flag":
        return field.label if ("yes" in term.values) is not term.is_not else f"Not {field.label.lower()}"
    if term.values == ("none",):
        return f"{field.label}: {'not empty' if term.is_not else field.none.lower()}"
    names = {**field.choices, **dict(choices.get(field.key, ()))}
    words = [_value_words(field, value, names, today) for value in term.values]
    return f"{field.label}: {'not ' if term.is_not else ''}{' or '.join(words)}"


def _value_words(field: Field, value: str, names: Mapping[str, str], today: Any) -> str:
    if value == "none":
        return field.none.lower()
    if field.kind == "words":
        return f"“{open_words(value)}”"
    if field.takes_others:
        return names.get(value, f"“{value}”")
    if field.kind == "pick":
        return names.get(value, "someone else" if field.key == "owner" else "gone")
    return value if field.kind in ("text", "area") else span_words(field.kind, value, today)
