"""What a form asks, in which steps and words, and how it looks: LeadForm.content (jsonb) as frozen values.

Everybody reads a form through `content_of`: the public page, the judging of answers, the builder. What is stored holds
only what differs from the form as it comes, so {} is that form, and standard questions gain new words with the program.
Reading never fails: what a stored content does not say, or says wrongly, is as in the form as it comes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from json import dumps, loads
from types import MappingProxyType
from typing import Any

from app.lead_forms.models import LeadForm, LeadFormVersion
from app.lead_forms.services.standard import ALWAYS_ASKED, REACHED_BY, STANDARD_QUESTIONS, STANDARD_STEPS

PRICE_SHOWN = ("off", "exact", "range")
#: Kinds of a workspace's own questions. Those that come with Sill have the kind "standard" and are known by their key.
OWN_KINDS = ("short", "long", "choice", "choices", "yes_no")
YES_NO = (("yes", "Yes"), ("no", "No"))
TITLE = "Ask for a quote"
INTRO = "A few short questions. No obligation, no account."


@dataclass(frozen=True, slots=True)
class Question:
    """One question as a customer meets it. `choices` are the (value, words) offered, () for what is typed.

    `is_required` of phone and email is false while both are asked: then one of the two is enough.
    """

    key: str
    kind: str
    label: str
    hint: str = ""
    is_required: bool = False
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def is_own(self) -> bool:
        """Whether the workspace wrote this question itself."""
        return self.kind != "standard"


@dataclass(frozen=True, slots=True)
class Step:
    """One screen of the form: its heading and the keys of its questions. A label equal to the heading is shown once."""

    title: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """A form's content. `questions` holds every question of the steps by its key, and no other."""

    steps: tuple[Step, ...]
    questions: Mapping[str, Question]
    price: str = "off"
    range_percent: int = 15
    shows_next_date: bool = True
    asks_photos: bool = False
    accent: str = ""
    redirect_url: str = ""
    uses_logo: bool = False
    title: str = TITLE
    intro: str = INTRO
    #: Questions that are not asked, so that the builder can offer them again in their own words.
    unasked: Mapping[str, Question] = field(default_factory=lambda: MappingProxyType({}))

    def asks(self, key: str) -> bool:
        """Whether a question is on the form."""
        return key in self.questions

    @property
    def own(self) -> tuple[Question, ...]:
        """The workspace's own questions, in the order in which they are asked."""
        return tuple(question for question in self.questions.values() if question.is_own)


def content_of(form: LeadForm | LeadFormVersion) -> Content:
    """Return what a form (or a version of it) asks. The same stored content gives the very same object again."""
    return _parsed(dumps(form.content or {}, sort_keys=True))


def read_content(stored: Mapping[str, Any]) -> Content:
    """Return the content that a stored object means, in whatever state that is."""
    changes = _mapping(stored.get("questions"))
    known = {key: _standard(key, _mapping(changes.get(key))) for key in STANDARD_QUESTIONS}
    known |= {key: _own(key, change) for key, change in changes.items() if key.startswith("own_") and _mapping(change)}
    steps = _steps(stored.get("steps"), known)
    asked = [key for step in steps for key in step.questions]
    return Content(
        steps=steps,
        questions=MappingProxyType(_with_reach({key: known[key] for key in asked})),
        price=stored["price"] if stored.get("price") in PRICE_SHOWN else "off",
        range_percent=_number(stored.get("range_percent"), 15),
        shows_next_date=stored.get("shows_next_date") is not False,
        asks_photos="photos" in asked,
        accent=_text(stored.get("accent")),
        redirect_url=_text(stored.get("redirect_url")),
        uses_logo=stored.get("uses_logo") is True,
        title=_text(stored.get("title")) or TITLE,
        intro=_text(stored.get("intro")) if isinstance(stored.get("intro"), str) else INTRO,
        unasked=MappingProxyType({key: question for key, question in known.items() if key not in asked}),
    )


@lru_cache(maxsize=512)
def _parsed(stored: str) -> Content:
    return read_content(loads(stored))


def _standard(key: str, change: Mapping[str, Any]) -> Question:
    """A question that comes with Sill, in the workspace's words where it has some. It may offer fewer choices."""
    standard = STANDARD_QUESTIONS[key]
    offered = change.get("offers")
    kept = tuple(choice for choice in standard.choices if isinstance(offered, list) and choice[0] in offered)
    required = change.get("required")
    return Question(
        key, "standard", _text(change.get("label")) or standard.label,
        _text(change["hint"]) if isinstance(change.get("hint"), str) else standard.hint,
        key in ALWAYS_ASKED or (required if isinstance(required, bool) else standard.is_required),
        kept or standard.choices,
    )  # fmt: skip


def _own(key: str, change: Mapping[str, Any]) -> Question:
    """A question of the workspace's own. The values of its choices are their words."""
    kind = change["kind"] if change.get("kind") in OWN_KINDS else "short"
    listed = change.get("choices")
    words = [word for word in listed if isinstance(word, str) and word] if isinstance(listed, list) else []
    choices = YES_NO if kind == "yes_no" else tuple((word, word) for word in words)
    return Question(
        key, kind, _text(change.get("label")) or "Question", _text(change.get("hint")), change.get("required") is True,
        choices if kind in ("choice", "choices", "yes_no") else (),
    )  # fmt: skip


def _steps(stored: Any, known: Mapping[str, Question]) -> tuple[Step, ...]:
    """The steps with known questions, each once, empty ones left out; what must be asked is put where it belongs."""
    if not isinstance(stored, list):
        stored = [{"title": title, "questions": list(keys)} for title, keys in STANDARD_STEPS]
    seen: set[str] = set()
    steps = []
    for each in map(_mapping, stored):
        listed = each.get("questions")
        keys = [key for key in dict.fromkeys(_strings(listed)) if key in known and key not in seen]
        seen.update(keys)
        if keys:
            steps.append(Step(_text(each.get("title")) or known[keys[0]].label, tuple(keys)))
    missing = [key for key in ALWAYS_ASKED if key not in seen]
    if not seen & set(REACHED_BY):
        missing.append("phone")
    if missing:
        steps.append(Step("How do we reach you?", tuple(missing)))
    return tuple(steps)


def _with_reach(questions: dict[str, Question]) -> dict[str, Question]:
    """Either phone or email must be answered: the only one asked is required, of two neither is by itself."""
    asked = [key for key in REACHED_BY if key in questions]
    for key in asked:
        before = questions[key]
        if len(asked) == 1:
            hint = "" if before.hint == STANDARD_QUESTIONS[key].hint else before.hint
            questions[key] = Question(key, before.kind, before.label, hint, True, before.choices)
    return questions


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _strings(value: Any) -> Iterable[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _number(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 50 else otherwise


#: The form as it comes.
STANDARD = read_content({})
