"""What the sheet of a sequence offers to choose from, and how its steps read while they are closed."""

from dataclasses import dataclass
from typing import Any

from app.core.numbers import whole_number
from app.followups.forms.sheet import MOST_DEPTH, WRITTEN, SheetStep
from app.followups.services.conditions import FACTS, OPERATORS, choices_of
from app.followups.words import (
    CONDITION_WORDS,
    EVENT_WORDS,
    KIND_ICONS,
    KIND_WORDS,
    MONTHS,
    UNIT_WORDS,
    delay_words,
)
from app.leads.queries.stages import known_stages
from app.messaging.queries.templates import list_templates
from app.messaging.words import TEMPLATE_USES
from app.workspaces.queries import current_workspace

_UNITS = ("minutes", "hours", "business_hours", "days", "business_days")


@dataclass(frozen=True, slots=True)
class Said:
    """A step in words: what it is called, what it does and when, and the names of a branch's ways."""

    title: str
    words: str
    yes: str = ""
    no: str = ""


@dataclass(frozen=True, slots=True)
class SheetChoices:
    """Everything that fields of the sheet offer, and the words of its steps."""

    templates: dict[str, list[tuple[str, str]]]
    stages: list[tuple[str, str]]
    stage_ids: list[tuple[str, str]]
    max_attempts: int

    kinds = tuple(KIND_WORDS.items())
    icons = KIND_ICONS
    units = tuple((unit, UNIT_WORDS[unit][0]) for unit in _UNITS)
    months = MONTHS
    conditions = tuple((key, words[0]) for key, words in CONDITION_WORDS.items())
    facts = tuple((key, fact.label) for key, fact in FACTS.items())
    events = tuple(EVENT_WORDS.items())
    most_depth = MOST_DEPTH
    #: Words that only make sense when Sill sends them by itself, with a link of their own.
    sent_elsewhere = frozenset(TEMPLATE_USES)

    @staticmethod
    def compares(fact: str) -> list[tuple[str, str]]:
        """How a fact compares, as (operator, words)."""
        return list(OPERATORS[FACTS[fact].kind].items()) if fact in FACTS else []

    @staticmethod
    def values(fact: str) -> list[tuple[str, str]]:
        """What a fact may be, as (value, words); none where something is typed."""
        return list(choices_of(FACTS[fact]).items()) if fact in FACTS else []

    @staticmethod
    def unit(fact: str) -> str:
        """What stands before a number that is typed: £, or nothing."""
        return "£" if fact in FACTS and FACTS[fact].unit == "pounds" else ""

    def texts(self, chosen: str) -> list[tuple[str, str]]:
        """The words of texts that a step may send, as (key, words); `chosen` is among them whatever it is for."""
        return [
            (key, f"Text them “{name}”")
            for key, name in self.templates["sms"]
            if key == chosen or key not in self.sent_elsewhere
        ]

    def _field_words(self, texts: dict[str, str]) -> dict[str, str]:
        fact = texts["fact"]
        value = dict(self.values(fact)).get(texts["value"], texts["value"])
        operator = dict(self.compares(fact)).get(texts["operator"], "…")
        return {"fact": dict(self.facts).get(fact, "…"), "operator": operator, "value": f"{self.unit(fact)}{value}"}

    @staticmethod
    def faults(errors: dict[str, str], key: str) -> list[str]:
        """What is wrong with the step of that key."""
        return [words for name, words in errors.items() if name.endswith(f"_{key}")]

    def say(self, step: SheetStep) -> Said:
        """How a step reads while it is closed."""
        texts = step.texts
        when = _when(texts)
        if step.kind == "branch":
            asked, yes, no = CONDITION_WORDS.get(texts["on"], ("Decide", "Yes", "No"))
            stage = dict(self.stages).get(texts["on_stage"], "…")
            yes = yes.format(stage=stage, **self._field_words(texts))
            return Said(_own_title(texts, asked), f"Decided {when}", yes, no)
        title = _own_title(texts, KIND_WORDS[step.kind])
        if step.is_message:
            words = dict(self.templates[step.kind]).get(texts["template"], "")
            words = "new words" if texts["template"] == WRITTEN else f"“{words}”" if words else "no words yet"
            words += " or a text" if step.kind == "email" and texts["text"] else ""
            return Said(title, f"{KIND_WORDS[step.kind]}, {words} · {when}{_between(texts)}")
        if step.kind == "stage":
            return Said(title, f"To {dict(self.stages).get(texts['stage'], '…')} · {when}")
        return Said(title, f"{KIND_WORDS[step.kind]} · {when}{_between(texts)}")


def sheet_choices() -> SheetChoices:
    """The choices of the workspace in scope."""
    stages = known_stages()
    return SheetChoices(
        _templates(), [(stage.key, stage.name) for stage in stages],
        [(str(stage.id), stage.name) for stage in stages], current_workspace().max_follow_ups,
    )  # fmt: skip


def _templates() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {"email": [], "sms": []}
    for each in list_templates():
        name = f"{each.name} (marketing)" if each.purpose == "marketing" else each.name
        found[each.channel].append((each.key, name))
    return found


def _own_title(texts: dict[str, Any], otherwise: str) -> str:
    return texts["title"] or otherwise


def _when(texts: dict[str, str]) -> str:
    if texts["unit"].startswith("month:"):
        number = whole_number(texts["unit"][6:], len(MONTHS))
        return delay_words(number, "until_month") if number else "…"
    amount = whole_number(texts["amount"] or "0")
    return "…" if amount is None or texts["unit"] not in UNIT_WORDS else delay_words(amount, texts["unit"])


def _between(texts: dict[str, str]) -> str:
    return f", {texts['opens']} to {texts['closes']}" if texts["opens"] and texts["closes"] else ""
