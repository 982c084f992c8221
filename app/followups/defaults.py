"""The sequences that every workspace starts with, as data: what follows in each stage, and three besides.

The rhythm of the chase (day 3 email, day 7 call, day 14 last email, day 21 given up) is that of the first customer.
"""

from dataclasses import dataclass, field
from typing import Any

from app.followups.queries.steps import Condition, Delay, Step

_CONSENTED = [{"fact": "may_email", "operator": "is", "value": "yes"}]


@dataclass(frozen=True, slots=True)
class SequenceDefault:
    """One sequence: by the key of the stage that starts it, or by what happens (`rule`); `is_on` from the first day."""

    key: str
    name: str
    steps: tuple[Step, ...]
    stage: str | None = None
    description: str = ""
    rule: dict[str, Any] = field(default_factory=dict)
    is_on: bool = True


def _step(key: str, kind: str, title: str, amount: int, unit: str = "days", **given: Any) -> Step:
    return Step(key, kind, title, Delay(amount, unit), **given)


SEQUENCES = (
    SequenceDefault(
        "new_enquiry", "New enquiry", stage="new",
        description="Says at once that we have it; a person calls the day after.",
        steps=(
            _step(
                "acknowledge", "email", "Acknowledge", 0, any_hour=True, counts=False, template_key="acknowledgement",
                text_key="acknowledgement_sms",
            ),
            _step("first_call", "call", "First call", 1, counts=False),
        ),
    ),
    SequenceDefault(
        "contacted", "Contacted", stage="contacted", description="Nobody we have spoken to is forgotten.",
        steps=(
            _step("call_again", "call", "Call again", 2),
            _step("decide", "task", "Decide how to go on", 3, counts=False),
        ),
    ),
    SequenceDefault(
        "quote_requested", "Quote requested", stage="quote_requested", description="The quote is written within a day.",
        steps=(_step("write_quote", "task", "Write the quote", 1, counts=False),),
    ),
    SequenceDefault(
        "quote_chase", "Quote chase", stage="quote_sent",
        description="Day 3 an email, day 7 a call, day 14 the last email, day 21 we let it rest.",
        steps=(
            _step("day_3", "email", "Chase, day 3", 3, template_key="chase_day_3"),
            _step("day_7", "call", "Chase, day 7", 4),
            _step("last", "email", "Chase, last", 7, template_key="chase_last"),
            _step("close", "task", "No response: close it", 7, counts=False),
        ),
    ),
    SequenceDefault(
        "negotiating", "Negotiating", stage="negotiating", steps=(_step("price", "call", "Call about the price", 3),)
    ),
    SequenceDefault(
        "follow_up_1", "First follow-up", stage="follow_up_1", steps=(_step("second", "call", "Second chase", 7),)
    ),
    SequenceDefault(
        "follow_up_2", "Second follow-up", stage="follow_up_2", steps=(_step("last_call", "call", "Last call", 14),)
    ),
    SequenceDefault("hot_lead", "Hot lead", stage="hot_lead", steps=(_step("book", "call", "Call to book", 1),)),
    SequenceDefault(
        "ready_for_squeegee", "Hand over", stage="ready_for_squeegee",
        steps=(_step("hand_over", "task", "Hand over to Squeegee", 1, counts=False),),
    ),
    SequenceDefault(
        "not_in_area", "Outside our area", stage="not_in_area",
        steps=(_step("tell", "email", "Tell them kindly", 0, any_hour=True, counts=False, template_key="not_in_area"),),
    ),
    SequenceDefault(
        "no_show", "Nobody was there", rule={"event": "appointment.no_show", "conditions": []},
        description="A text soon after, an email the day after when they stay silent, then a call.",
        steps=(
            _step("text", "sms", "Sorry we missed you", 30, "minutes", counts=False, template_key="no_show_sms"),
            _step(
                "silent", "branch", "Are they silent?", 1, "business_days", condition=Condition("no_reply"),
                yes=(
                    _step("email", "email", "Find a new time", 0, counts=False, template_key="no_show_email"),
                    _step("call", "call", "Call for a new time", 1, "business_days", counts=False),
                ),
            ),
        ),
    ),
    SequenceDefault(
        "nurture", "Through the year", rule={"event": "lead.lost", "conditions": _CONSENTED}, is_on=False,
        description="Four mails a year to people who agreed to hear from us, at the turn of each season.",
        steps=(
            _step("spring", "email", "Spring", 3, "until_month", counts=False, template_key="nurture_spring"),
            _step("summer", "email", "Summer", 6, "until_month", counts=False, template_key="nurture_summer"),
            _step("autumn", "email", "Autumn", 9, "until_month", counts=False, template_key="nurture_autumn"),
            _step("winter", "email", "Winter", 12, "until_month", counts=False, template_key="nurture_winter"),
        ),
    ),
    SequenceDefault(
        "win_back", "Win back", rule={"event": "lead.return_due", "conditions": _CONSENTED}, is_on=False,
        description="When the day has come on which a lost lead is worth another try.",
        steps=(
            _step("ask", "email", "Ask again", 0, counts=False, template_key="win_back"),
            _step("call", "call", "Ask by phone", 5, "business_days", counts=False),
        ),
    ),
)  # fmt: skip
