"""What an import says of rows: the codes that are kept, in words for a person."""

from collections.abc import Mapping
from typing import Any

from app.imports.queries.fields import FIELDS_BY_KEY

#: code -> words; {row} is the number of another row of the file, {label} what the column holds.
PROBLEMS = {
    "name_missing": "There is no name. Fill it in, or choose the column that holds it.",
    "nothing_to_reach": "There is no phone, email or address in it that can be read.",
    "unreadable": "The row can’t be read. Look for cells in the wrong columns.",
    "failed": "The row could not be kept. Try it again in a file of its own.",
    "email_unreadable": "This is not an email address; it stands among the wishes as written.",
    "phone_unreadable": "A phone number can’t be read; it stands among the wishes as written.",
    "postcode_unreadable": "This is not a postcode; it stands among the wishes as written.",
    "price_unreadable": "The price can’t be read; it stands among the wishes as written.",
    "price_several": "There are several prices; they stand among the wishes, choose one on the lead.",
    "price_per_month": "The price is for a month or a year, not for a visit; it stands among the wishes.",
    "frequency_other": "We have no such rhythm; it stands among the wishes as written.",
    "frequency_several": "There are several rhythms; choose one on the lead.",
    "frequency_unreadable": "How often can’t be read; it stands among the wishes as written.",
    "frequency_blank": "How often is blank beside a price: taken as just once.",
    "services_unread": "The services name no work that we know: taken as window cleaning.",
    "date_unreadable": "A date can’t be read.",
    "date_future": "A date lies in the future and was left out.",
    "words_unknown": "“{label}” says something that we do not know; it stands among the wishes as written.",
    "stage_unknown": "The stage is none of yours: the stage chosen for all is taken.",
    "owner_unknown": "The owner is no member here.",
    "source_unknown": "The source is none of yours: the source chosen for all is taken.",
    "reference_taken": "Its reference belongs to another customer’s lead; this one becomes a lead of its own.",
    "cut": "A text is very long; its end was cut off.",
    "same_row": "The same as row {row}; brought in once.",
    "seen_before": "This row was brought in by an earlier import.",
    "seen_binned": "This row was brought in by an earlier import. Its lead lies in the bin: restore it from there.",
    "reference_there": "A lead with this reference is there already.",
    "reference_there_in_file": "The same reference and customer as row {row}.",
    "lead_there": "This customer has this lead already.",
    "lead_there_in_file": "The same customer and house as row {row}.",
    "joins_contact": "Joins a customer whom you know already.",
    "filled": "{label}: there was none before; it is taken from this row.",
}


def problem_words(problem: Mapping[str, Any]) -> str:
    """What a row's problem ({"field", "code", "row"}) says to a person."""
    words = PROBLEMS.get(str(problem.get("code")), str(problem.get("code", "")).replace("_", " ").capitalize())
    field = FIELDS_BY_KEY.get(str(problem.get("field")))
    return words.format(row=problem.get("row", ""), label=field.label if field else "")
