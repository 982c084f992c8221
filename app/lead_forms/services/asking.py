"""A form's content as its page and its script need it: option cards, what must be answered, what is said when not."""

from typing import Any

from app.lead_forms.services import questions
from app.lead_forms.services.content import Content, Question

#: Cards side by side hold no more than this.
_SHORT_WORDS = 28
#: Cards of these have a layout of their own.
_IN_A_ROW = ("frequency", "bedrooms")
#: Ways to get in touch, and the question without which they can't be offered.
_NEEDS = {"phone": "phone", "sms": "phone", "email": "email"}
#: Ticked or not, an answer to these is never demanded: nothing may apply, and agreeing is free.
_NEVER_DEMANDED = ("extras", "access_facts", "marketing")


def cards(question: Question, content: Content) -> list[dict[str, str]]:
    """The choices of a question as option cards, with room for a price where the form shows prices."""
    found = []
    for value, words in offered(question, content):
        card = {"value": value, "title": words}
        if question.key == "frequency":
            card["text"] = questions.FREQUENCY_CHOICES[value][1]
            if content.price != "off" and value != "unsure":
                card["price"] = "\u00a0"
        found.append(card)
    return found


def offered(question: Question, content: Content) -> tuple[tuple[str, str], ...]:
    """The (value, words) to choose from: nobody is offered a call who is asked for no number. Where that leaves nothing
    to be chosen, whatever is easiest: the question may have to be answered.
    """
    if question.key != "preferred_method":
        return question.choices
    found = tuple(choice for choice in question.choices if content.asks(_NEEDS.get(choice[0], "name")))
    return found or (("any", questions.METHOD_CHOICES["any"]),)


def side_by_side(question: Question) -> bool:
    """Whether the option cards are short enough for two in a row."""
    return question.key not in _IN_A_ROW and all(len(words) <= _SHORT_WORDS for _, words in question.choices)


def is_demanded(question: Question) -> bool:
    """Whether an answer is needed, as far as it does not hang on other answers."""
    return question.is_required and question.key not in _NEVER_DEMANDED


def message(question: Question, fault: str) -> str:
    """What is said beside a question about an answer that is `missing`, `wrong` or `asked` for by another answer."""
    if question.is_own:
        return questions.OWN_MESSAGES[question.kind]
    said: dict[str, str] = questions.MESSAGES[question.key]
    return said.get(fault, said["missing"])


def for_script(content: Content) -> dict[str, Any]:
    """What the page's script checks by itself and says in the server's words."""
    asked = [question for question in content.questions.values() if question.key != "marketing"]
    return {
        "required": [question.key for question in asked if is_demanded(question)],
        "regular": list(questions.REGULAR_SERVICES),
        "own": {question.key: question.label for question in asked if question.is_own},
        "messages": {question.key: _said(question) for question in asked},
        "photos": {"most": questions.MOST_PHOTOS, "bytes": questions.PHOTO_BYTES},
    }


def _said(question: Question) -> dict[str, str]:
    if question.is_own:
        return {"missing": message(question, "missing")}
    said: dict[str, str] = questions.MESSAGES[question.key]
    if question.key == "phone" and question.is_required:
        said = said | {"missing": said["only"]}
    return {fault: words for fault, words in said.items() if fault != "only"}


def lengths(content: Content) -> dict[str, int]:
    """The single answers that the form asks for, with the most characters each may have."""
    found = {}
    for question in content.questions.values():
        if question.key == "marketing":
            found |= {f"marketing_{channel}": 1 for channel in questions.CHANNEL_CHOICES}
        elif question.is_own and question.kind != "choices":
            found[question.key] = questions.OWN_LENGTHS[question.kind]
        elif question.key in questions.LENGTHS:
            found[question.key] = questions.LENGTHS[question.key]
    return found


def lists(content: Content) -> tuple[str, ...]:
    """The questions of the form that are answered by several ticks."""
    return tuple(q.key for q in content.questions.values() if q.key in questions.SEVERAL or q.kind == "choices")
