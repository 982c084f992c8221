"""Judging a sheet: what is to be stored of it, or what to say beside each field that can't be taken."""

import re
from collections.abc import Collection
from uuid import UUID

from app.core.errors import Invalid
from app.core.ids import parse_id
from app.core.numbers import whole_number
from app.lead_forms.forms.arranging import MOST_OWN, MOST_STEPS
from app.lead_forms.forms.sheet import Sheet, SheetQuestion, stored_content
from app.lead_forms.forms.sites import read_address
from app.lead_forms.services.building import FormFacts
from app.lead_forms.services.content import PRICE_SHOWN
from app.lead_forms.services.standard import ALWAYS_ASKED, REACHED_BY, STANDARD_QUESTIONS

_ACCENT = re.compile(r"#[0-9a-fA-F]{6}")
_LIMITS = {"name": 80, "title": 80, "intro": 200, "thank_you": 500, "consent_wording": 500}
_LONGEST_LABEL, _LONGEST_HINT, _LONGEST_CHOICE, _MOST_CHOICES = 120, 200, 80, 20


def judge(sheet: Sheet, sources: Collection[str], *, secure: bool) -> FormFacts:
    """What is to be stored. `sources` are the ids that may be chosen; with `secure` a redirect must be on https.

    Raises Invalid with messages by field: `label_<key>`, `words_<key>`, `step_<number>`, `steps` and so on.
    """
    errors: dict[str, str] = {}
    _judge_texts(sheet, sources, errors)
    address = read_address(sheet.texts["redirect_url"], secure=secure)
    if address is None:
        errors["redirect_url"] = "Enter a whole address, like https://www.example.com/thank-you."
    _judge_steps(sheet, errors)
    for question in sheet.questions.values():
        _judge_question(question, errors)
    if errors:
        raise Invalid(errors)
    sheet.texts["redirect_url"] = address or ""
    return FormFacts(
        name=sheet.texts["name"],
        source_id=UUID(sheet.texts["source_id"]),
        consent_wording=sheet.texts["consent_wording"],
        thank_you=sheet.texts["thank_you"],
        content=stored_content(sheet),
    )


def _judge_texts(sheet: Sheet, sources: Collection[str], errors: dict[str, str]) -> None:
    texts = sheet.texts
    for name, most in _LIMITS.items():
        if len(texts[name]) > most:
            errors[name] = f"Use at most {most} characters."
    if not texts["name"]:
        errors["name"] = "Give the form a name, like Flyer or Shops and offices."
    if not texts["consent_wording"]:
        errors["consent_wording"] = "Write what people agree to when they tick the box."
    if parse_id(texts["source_id"]) is None or texts["source_id"] not in sources:
        errors["source_id"] = "Choose where these enquiries come from."
    if texts["price"] not in PRICE_SHOWN:
        errors["price"] = "Choose whether a price is shown."
    if texts["price"] == "range" and (whole_number(texts["range_percent"], 50) or 0) < 5:
        errors["range_percent"] = "Enter a whole number from 5 to 50."
    if texts["look"] not in ("business", "own"):
        errors["look"] = "Choose a colour."
    if texts["look"] == "own" and not _ACCENT.fullmatch(texts["accent"]):
        errors["accent"] = "Choose a colour, like #00686f."


def _judge_steps(sheet: Sheet, errors: dict[str, str]) -> None:
    asked = {key for step in sheet.steps for key in step.keys}
    for step in sheet.steps:
        if len(step.title) > _LONGEST_LABEL:
            errors[f"step_{step.number}"] = f"Use at most {_LONGEST_LABEL} characters."
        elif step.keys and not step.title:
            errors[f"step_{step.number}"] = "Give the step a heading."
    if missing := [STANDARD_QUESTIONS[key].label for key in ALWAYS_ASKED if key not in asked]:
        errors["steps"] = f"No form does without: {', '.join(missing)}. Ask it again."
    elif not asked & set(REACHED_BY):
        errors["steps"] = "Ask for a phone number or an email address, or you can’t answer."
    if len(sheet.steps) > MOST_STEPS:
        errors["steps"] = f"{MOST_STEPS} steps are the most."
    if sum(question.is_own for question in sheet.questions.values()) > MOST_OWN:
        errors["steps"] = f"{MOST_OWN} questions of your own are the most."


def _judge_question(question: SheetQuestion, errors: dict[str, str]) -> None:
    key = question.key
    if question.is_own and not question.label:
        errors[f"label_{key}"] = "Write the question."
    elif len(question.label) > _LONGEST_LABEL:
        errors[f"label_{key}"] = f"Use at most {_LONGEST_LABEL} characters."
    if len(question.hint) > _LONGEST_HINT:
        errors[f"hint_{key}"] = f"Use at most {_LONGEST_HINT} characters."
    if question.choices and not question.offers:
        errors[f"offer_{key}"] = "Offer at least one answer."
    if question.kind in ("choice", "choices"):
        listed = {line.strip() for line in question.words.split("\n") if line.strip()}
        if len(listed) < 2:
            errors[f"words_{key}"] = "Write at least two answers, one on each line."
        elif len(listed) > _MOST_CHOICES or any(len(line) > _LONGEST_CHOICE for line in listed):
            errors[f"words_{key}"] = f"At most {_MOST_CHOICES} answers of {_LONGEST_CHOICE} characters each."
