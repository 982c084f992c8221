"""What a customer typed, tidied but not yet judged: it is what the page shows again and what is kept as sent."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.core.names import initials
from app.lead_forms.services.asking import lengths, lists
from app.lead_forms.services.content import STANDARD, Content
from app.lead_forms.services.questions import LONG_TEXTS

_MOST_TICKS = 20
_LONGEST_TICK = 200


@dataclass(frozen=True, slots=True)
class Typed:
    """The answers as text, and those made of several ticks. What was not asked reads as blank."""

    texts: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")

    def ticked(self, name: str) -> tuple[str, ...]:
        """What was ticked of a question that takes several answers."""
        return self.lists.get(name, ())

    @property
    def extras(self) -> tuple[str, ...]:
        """The extras that were ticked."""
        return self.ticked("extras")


BLANK = Typed({"service": "window_cleaning", "preferred_method": "any", "preferred_time": "any"})


def read(form: "MultiDict[str, str]", content: Content = STANDARD) -> Typed:
    """Take the answers to what the form asks out of a request; anything else in it is left where it is."""
    long = {question.key for question in content.own if question.kind == "long"} | set(LONG_TEXTS)
    return Typed(
        {name: tidy(form.get(name, ""), keep_lines=name in long) for name in lengths(content)},
        {
            name: tuple(dict.fromkeys(tidy(value)[:_LONGEST_TICK] for value in form.getlist(name)[:_MOST_TICKS]))
            for name in lists(content)
        },
    )


def to_json(typed: Typed, came_from: Mapping[str, object]) -> str:
    """The answers as kept in FormSubmission.answers, with where the customer came from; blanks are left out."""
    answers: dict[str, object] = {name: text for name, text in typed.texts.items() if text}
    answers |= {name: list(ticks) for name, ticks in typed.lists.items() if ticks}
    return json.dumps(answers | {"came_from": came_from}, ensure_ascii=False)


def from_json(text: str) -> tuple[Typed, dict[str, Any]]:
    """The answers and where the customer came from, back from `to_json`."""
    answers = json.loads(text)
    came_from = answers.pop("came_from", {})
    texts = {name: answer for name, answer in answers.items() if isinstance(answer, str)}
    ticks = {name: tuple(answer) for name, answer in answers.items() if isinstance(answer, list)}
    return Typed(texts, ticks), came_from


def tidy(text: str, *, keep_lines: bool = False) -> str:
    """Text in one normal form, without control and formatting characters (NUL does not fit into PostgreSQL,
    direction marks can make a name read as another), edges trimmed.
    """
    normal = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = (
        character
        for character in normal
        if (keep_lines and character == "\n")
        or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")
        or character == "\u200d"  # joins emoji and letters of some scripts
    )
    joined = "".join(" " if character in "\u2028\u2029" else character for character in kept)
    return joined.strip() if keep_lines else " ".join(joined.split())


def usable_name(text: str) -> bool:
    """Whether a name holds anything a person could be greeted by."""
    return initials(text) != "?"
