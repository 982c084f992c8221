"""A line of the bell."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """An icon and a sentence that the lead's name stands in: `before` it and `after` it; `detail` stands beneath.

    `names_lead` is False for what is about no one lead: then the sentence is `before` alone.
    """

    icon: str
    before: str
    after: str = ""
    detail: str = ""
    names_lead: bool = True
