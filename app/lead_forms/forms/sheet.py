"""The builder's sheet: a form as its page shows it, with everything that was typed, right or wrong, in its place."""

from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.core.numbers import whole_number
from app.core.packed import pack, unpacked
from app.lead_forms.models import LeadForm
from app.lead_forms.services.content import OWN_KINDS, STANDARD, YES_NO, Content, Question, content_of
from app.lead_forms.services.standard import ALWAYS_ASKED, STANDARD_QUESTIONS
from app.lead_forms.services.typed import tidy

#: Fields of one line, with the most characters that are read, and those whose line breaks are kept.
LINES = {
    "name": 200, "source_id": 40, "title": 200, "intro": 400, "redirect_url": 600, "price": 10, "range_percent": 5,
    "look": 10, "accent": 10,
}  # fmt: skip
AREAS = {"thank_you": 2000, "consent_wording": 2000}
TICKS = ("shows_next_date", "uses_logo")
_MOST_ROWS = 120


@dataclass(slots=True)
class SheetQuestion:
    """One question on the sheet. `offers` are the values to choose from; `words` an own question's, one a line."""

    key: str
    kind: str
    label: str
    hint: str = ""
    is_required: bool = False
    offers: tuple[str, ...] = ()
    words: str = ""

    @property
    def is_own(self) -> bool:
        """Whether the workspace wrote it itself."""
        return self.key not in STANDARD_QUESTIONS

    @property
    def is_fixed(self) -> bool:
        """Whether no form does without it."""
        return self.key in ALWAYS_ASKED

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """All that a standard question may offer."""
        return () if self.is_own else STANDARD_QUESTIONS[self.key].choices

    @property
    def packed(self) -> str:
        """What its fields hold, while its row is closed."""
        own = [("kind", self.kind), ("words", self.words)] if self.is_own else []
        offers = [("offers", "1"), *(("offer", value) for value in self.offers)] if self.choices else []
        required = [("required", "1")] if self.is_required else []
        return pack([*own, ("label", self.label), ("hint", self.hint), *required, *offers])


@dataclass(slots=True)
class SheetStep:
    """One step: the number that its fields have on this sheet, its heading and the keys of its questions."""

    number: int
    title: str
    keys: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """A whole form on its sheet. `left_out` are the keys of questions that are not asked."""

    texts: dict[str, str]
    ticks: dict[str, bool]
    steps: list[SheetStep]
    left_out: list[str]
    questions: dict[str, SheetQuestion]


def sheet_of(form: LeadForm) -> Sheet:
    """The sheet of a form as it is stored."""
    content = content_of(form)
    texts = {
        "name": form.name, "source_id": str(form.source_id), "title": content.title, "intro": content.intro,
        "redirect_url": content.redirect_url, "price": content.price, "range_percent": str(content.range_percent),
        "look": "own" if content.accent else "business", "accent": content.accent, "thank_you": form.thank_you,
        "consent_wording": form.consent_wording,
    }  # fmt: skip
    known = {**content.questions, **content.unasked}
    return Sheet(
        texts=texts,
        ticks={"shows_next_date": content.shows_next_date, "uses_logo": content.uses_logo},
        steps=[SheetStep(number, step.title, list(step.questions)) for number, step in enumerate(content.steps, 1)],
        left_out=list(content.unasked),
        questions={key: _written(question, content) for key, question in known.items()},
    )


def sheet_from(form: "MultiDict[str, str]") -> Sheet:
    """The sheet as it was sent, closed rows included. The hidden `row` fields say in which order all of it stands."""
    form = unpacked(form)
    texts = {name: tidy(form.get(name, ""))[:most] for name, most in LINES.items()}
    texts |= {name: tidy(form.get(name, ""), keep_lines=True)[:most] for name, most in AREAS.items()}
    sheet = Sheet(texts, {name: name in form for name in TICKS}, [], [], {})
    is_left_out = False
    for row in form.getlist("row")[:_MOST_ROWS]:
        what, _, name = row.partition(":")
        if what == "step" and name.isascii() and name.isdecimal() and len(name) < 4:
            sheet.steps.append(SheetStep(int(name), tidy(form.get(f"step_{name}", ""))[:200]))
        elif what == "out":
            is_left_out = True
        elif what == "q" and name not in sheet.questions:
            question = _sent(name, form)
            if question is None or not (sheet.steps or is_left_out):
                continue
            sheet.questions[name] = question
            (sheet.left_out if is_left_out else sheet.steps[-1].keys).append(name)
    _add_missing(sheet)
    return sheet


def _written(question: Question, content: Content) -> SheetQuestion:
    values = tuple(value for value, _ in question.choices)
    is_chosen_from = question.kind in ("choice", "choices")
    return SheetQuestion(
        question.key, question.kind, question.label, question.hint, question.is_required, values,
        "\n".join(values) if is_chosen_from else "",
    )  # fmt: skip


def _sent(key: str, form: "MultiDict[str, str]") -> SheetQuestion | None:
    kind = "standard" if key in STANDARD_QUESTIONS else form.get(f"kind_{key}", "")
    if kind != "standard" and (kind not in OWN_KINDS or not _is_own_key(key)):
        return None
    values = [value for value, _ in STANDARD_QUESTIONS[key].choices] if kind == "standard" else []
    offered = form.getlist(f"offer_{key}") if f"offers_{key}" in form else values
    return SheetQuestion(
        key, kind,
        tidy(form.get(f"label_{key}", ""))[:300],
        tidy(form.get(f"hint_{key}", ""))[:600],
        f"required_{key}" in form or key in ALWAYS_ASKED,
        tuple(value for value in values if value in offered) if kind != "yes_no" else tuple(v for v, _ in YES_NO),
        tidy(form.get(f"words_{key}", ""), keep_lines=True)[:5000],
    )  # fmt: skip


def _is_own_key(key: str) -> bool:
    mark = key.removeprefix("own_")
    return key.startswith("own_") and len(mark) == 8 and all(each in "0123456789abcdef" for each in mark)


def _add_missing(sheet: Sheet) -> None:
    """Questions that the sent sheet does not speak of are left out; a sheet without a step gets one."""
    for key, standard in STANDARD_QUESTIONS.items():
        if key not in sheet.questions:
            values = tuple(value for value, _ in standard.choices)
            sheet.questions[key] = SheetQuestion(
                key, "standard", standard.label, standard.hint, standard.is_required, values
            )
            sheet.left_out.append(key)
    if not sheet.steps:
        sheet.steps.append(SheetStep(1, STANDARD.steps[0].title))


def stored_content(sheet: Sheet) -> dict[str, Any]:
    """What to keep of a sheet in LeadForm.content: only what differs from the form as it comes."""
    content: dict[str, Any] = {}
    steps = [{"title": step.title, "questions": step.keys} for step in sheet.steps if step.keys]
    as_it_comes = [{"title": step.title, "questions": list(step.questions)} for step in STANDARD.steps]
    if steps != as_it_comes:
        content["steps"] = steps
    questions = {key: change for key, question in sheet.questions.items() if (change := _change(question))}
    if questions:
        content["questions"] = questions
    wanted = {
        "price": sheet.texts["price"], "title": sheet.texts["title"], "redirect_url": sheet.texts["redirect_url"],
        "intro": sheet.texts["intro"], "accent": sheet.texts["accent"].lower() if sheet.texts["look"] == "own" else "",
        "range_percent": _number(sheet.texts["range_percent"]), **sheet.ticks,
    }  # fmt: skip
    content |= {name: value for name, value in wanted.items() if value != getattr(STANDARD, name)}
    return content


def _change(question: SheetQuestion) -> dict[str, Any]:
    """What is different about a question; everything about an own one."""
    if question.is_own:
        listed = list(dict.fromkeys(line for each in question.words.split("\n") if (line := tidy(each))))
        choices = {"choices": listed} if question.kind in ("choice", "choices") else {}
        return {
            "kind": question.kind, "label": question.label, "hint": question.hint, "required": question.is_required,
            **choices,
        }  # fmt: skip
    standard = STANDARD_QUESTIONS[question.key]
    change: dict[str, Any] = {}
    if question.label and question.label != standard.label:
        change["label"] = question.label
    if question.hint != standard.hint:
        change["hint"] = question.hint
    if question.is_required != standard.is_required:
        change["required"] = question.is_required
    if len(question.offers) < len(standard.choices):
        change["offers"] = list(question.offers)
    return change


def _number(text: str) -> int:
    number = whole_number(text, 999)
    return STANDARD.range_percent if number is None else number
