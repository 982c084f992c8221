"""What stands ready for an answer: a subject that goes on from the last one, and the workspace's own words."""

from dataclasses import dataclass

from app.messaging.queries.templates import OWN_KEYS, list_templates
from app.messaging.queries.thread import Bubbles, Head

#: Customers' subjects may be longer than one that we send.
_LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Words:
    """A template to put into an answer."""

    key: str
    name: str
    channel: str
    is_quick: bool


def templates_for(channel: str) -> list[Words]:
    """The templates that fit a channel, quick replies first. Short words for texts do for an email too.

    What Sill sends by itself, with a link or a price that nothing else fills in, is no answer.
    """
    listed = [each for each in list_templates() if each.key not in OWN_KEYS]
    found = [Words(each.key, each.name, each.channel, bool(each.is_quick_reply)) for each in listed]
    fitting = [each for each in found if each.channel == channel or (each.is_quick and channel == "email")]
    return sorted(fitting, key=lambda each: not each.is_quick)


def subject_for(head: Head, bubbles: Bubbles) -> str:
    """The last email's subject as an answer has it, or one that names the enquiry."""
    last = next((each.subject for each in reversed(bubbles.messages) if each.subject), None)
    if last is None:
        return f"Your enquiry {head.lead.number}"
    return (last if last[:3].casefold() == "re:" else f"Re: {last}")[:_LONGEST_SUBJECT].rstrip()
