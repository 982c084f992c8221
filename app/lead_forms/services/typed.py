"""What a customer typed, tidied but not yet judged: it is what the page shows again and what is kept as sent."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.core.names import initials
from app.lead_forms.services.questions import LENGTHS, LONG_TEXTS

_MOST_EXTRAS = 20


@dataclass(frozen=True, slots=True)
class Typed:
    """Every answer as text, blanks included, and the ticked extras."""

    texts: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(LENGTHS, ""))
    extras: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> str:
        return self.texts[name]


BLANK = Typed({**dict.fromkeys(LENGTHS, ""), "service": "window_cleaning", "preferred_method": "any"})


def read(form: "MultiDict[str, str]") -> Typed:
    """Take the known answers out of a request's form; anything else in it is left where it is."""
    texts = {name: tidy(form.get(name, ""), keep_lines=name in LONG_TEXTS) for name in LENGTHS}
    extras = tuple(dict.fromkeys(tidy(value)[:30] for value in form.getlist("extras")[:_MOST_EXTRAS]))
    return Typed(texts, extras)


def to_json(typed: Typed, came_from: Mapping[str, object]) -> str:
    """The answers as kept in FormSubmission.answers, with where the customer came from; blanks are left out."""
    answers: dict[str, object] = {name: text for name, text in typed.texts.items() if text}
    if typed.extras:
        answers["extras"] = list(typed.extras)
    return json.dumps(answers | {"came_from": came_from}, ensure_ascii=False)


def from_json(text: str) -> tuple[Typed, dict[str, Any]]:
    """The answers and where the customer came from, back from `to_json`."""
    answers = json.loads(text)
    typed = Typed({name: answers.get(name, "") for name in LENGTHS}, tuple(answers.get("extras", ())))
    return typed, answers.get("came_from", {})


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
