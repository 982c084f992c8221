"""Reading what a customer sends about a quote."""

from dataclasses import dataclass, field
from uuid import UUID

from werkzeug.datastructures import MultiDict

from app.core.ids import parse_id
from app.quotes.forms.typed import one_line, plain
from app.quotes.queries.details import PLACE


@dataclass(slots=True)
class AnswerForm:
    """What a customer sends with an answer or a question, as typed."""

    option: str = ""
    name: str = ""
    early_start: bool = False
    reason: str = ""
    words: str = ""
    slot: str = ""
    place: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_request(cls, typed: MultiDict[str, str]) -> "AnswerForm":
        """The fields as a browser sent them."""
        return cls(
            option=plain(typed.get("option")),
            name=one_line(typed.get("name")),
            early_start=typed.get("early_start") == "1",
            reason=plain(typed.get("reason")),
            words=plain(typed.get("words")),
            slot=plain(typed.get("slot")),
            place={name: one_line(typed.get(name)) for name in PLACE},
        )

    @property
    def option_id(self) -> UUID | None:
        """The rung chosen, None when none was or it is no id."""
        return parse_id(self.option)

    @property
    def slot_id(self) -> UUID | None:
        """The time chosen, None when none was or it is no id."""
        return parse_id(self.slot)
