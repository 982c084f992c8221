"""From the sheet to steps that can be stored: what was typed is judged field by field, and nothing is guessed.

What only the database knows (whether a template or stage exists) is asked by the service that stores the steps.
"""

import re
from dataclasses import dataclass, field

from app.core.numbers import whole_number
from app.followups.forms.sheet import WRITTEN, Sheet, SheetStep
from app.followups.queries.steps import CONDITIONS, UNITS, Condition, Delay, Step
from app.followups.services.conditions import check_condition
from app.followups.services.own_words import OwnWords
from app.followups.words import KIND_WORDS, MONTHS

#: The most that one step may wait, by unit: about two years.
MOST = {"minutes": 10_000, "hours": 2_000, "days": 730, "business_hours": 2_000, "business_days": 500}
MOST_TITLE, MOST_NAME = 80, 60
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_MONTH = re.compile(r"month:(\d{1,2})")
#: Field of a step as the service names it -> as the sheet does.
_FIELDS = {
    "delay": "amount", "window": "opens", "template_key": "template", "text_key": "text", "stage_key": "stage",
    "condition": "on",
}  # fmt: skip


@dataclass(slots=True)
class Judged:
    """The steps of a sheet, the words to be kept as templates first, and what is wrong, by field (`title_<key>`)."""

    steps: tuple[Step, ...] = ()
    written: list[OwnWords] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


def judge(sheet: Sheet) -> Judged:
    """Read a sheet. Steps whose time can't be read are left out of `steps`, which are only to be stored when there are
    no errors: until then they are good for looking at their dates.
    """
    judged = Judged()
    judged.steps = _steps(sheet.steps, judged)
    return judged


def field_errors(errors: dict[str, str]) -> dict[str, str]:
    """What a service found wrong (`steps.<key>.<field>`), by the fields of the sheet; other names stay."""
    found = {}
    for name, words in errors.items():
        what, _, rest = name.partition(".")
        key, _, about = rest.rpartition(".")
        found[f"{_FIELDS.get(about, about)}_{key}" if what == "steps" and key else name] = words
    return found


def _steps(steps: list[SheetStep], judged: Judged) -> tuple[Step, ...]:
    return tuple(found for step in steps if (found := _step(step, judged)) is not None)


def _step(step: SheetStep, judged: Judged) -> Step | None:
    errors: dict[str, str] = {}
    delay, window = _delay(step.texts, errors), _window(step.texts, errors)
    condition = _condition(step.texts, errors) if step.kind == "branch" else None
    title = step.texts["title"] or (KIND_WORDS[step.kind] if step.kind in ("branch", "wait", "stage") else "")
    if not title:
        errors["title"] = "Say in a few words what it is."
    elif len(title) > MOST_TITLE:
        errors["title"] = f"Use at most {MOST_TITLE} characters."
    if step.kind == "stage" and not step.texts["stage"]:
        errors["stage"] = "Choose the stage."
    template_key = _template(step, title, judged, errors) if step.is_message else None
    yes, no = _steps(step.yes, judged), _steps(step.no, judged)
    judged.errors |= {f"{name}_{step.key}": words for name, words in errors.items()}
    if delay is None:
        return None
    acts = step.kind in ("email", "sms", "call", "task")
    return Step(
        step.key, step.kind, title, delay, window if acts else None, step.is_message and step.ticks["any_hour"],
        acts and step.kind != "task" and step.ticks["counts"], template_key,
        (step.texts["text"] or None) if step.kind == "email" else None,
        step.texts["stage"] if step.kind == "stage" else None, condition, yes, no,
    )  # fmt: skip


def _delay(texts: dict[str, str], errors: dict[str, str]) -> Delay | None:
    if (month := _MONTH.fullmatch(texts["unit"])) and 1 <= int(month[1]) <= len(MONTHS):
        return Delay(int(month[1]), "until_month")
    unit, amount = texts["unit"], texts["amount"] or "0"
    if unit not in UNITS or unit not in MOST:
        errors["amount"] = "Choose what it is counted in."
    elif (number := whole_number(amount, MOST[unit])) is None:
        errors["amount"] = f"Enter a whole number from 0 to {MOST[unit]:,}."
    else:
        return Delay(number, unit)
    return None


def _window(texts: dict[str, str], errors: dict[str, str]) -> tuple[str, str] | None:
    opens, closes = texts["opens"], texts["closes"]
    if not opens and not closes:
        return None
    if not (_TIME.fullmatch(opens) and _TIME.fullmatch(closes)):
        errors["opens"] = "Give both times, like 09:30 and 12:00, or neither."
    elif opens >= closes:
        errors["opens"] = "The second time must be after the first."
    else:
        return opens, closes
    return None


def _condition(texts: dict[str, str], errors: dict[str, str]) -> Condition | None:
    on = texts["on"]
    if on not in CONDITIONS:
        errors["on"] = "Choose what decides."
    elif on == "stage" and not texts["on_stage"]:
        errors["on_stage"] = "Choose the stage."
    elif on == "field" and (fault := check_condition(texts["fact"], texts["operator"], texts["value"])):
        errors["value" if texts["fact"] else "fact"] = fault
    elif on == "stage":
        return Condition("stage", value=texts["on_stage"])
    elif on == "field":
        return Condition("field", texts["fact"], texts["operator"], texts["value"])
    else:
        return Condition(on)
    return None


def _template(step: SheetStep, title: str, judged: Judged, errors: dict[str, str]) -> str | None:
    chosen = step.texts["template"]
    if chosen != WRITTEN:
        if not chosen:
            errors["template"] = "Choose the words that it sends."
        return chosen or None
    if not step.texts["body"]:
        errors["body"] = "Write what it shall say."
    if step.kind == "email" and not step.texts["subject"]:
        errors["subject"] = "Give the email a subject."
    judged.written.append(OwnWords(step.key, step.kind, title, step.texts["subject"], step.texts["body"]))
    return WRITTEN
