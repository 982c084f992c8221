"""The trade's words for how a transfer stands: one place for pages and panels."""

from typing import Protocol
from uuid import UUID

from app.leads.words import often

__all__ = ["METHODS", "OUTCOMES", "SENTENCES", "STATES", "STEPS", "often", "reason_words", "state_of"]

STATES: dict[str, tuple[str, str]] = {
    # state: words, tone of the badge
    "pending": ("Waiting", "info"),
    "running": ("Handing over", "info"),
    "success": ("In Squeegee", "good"),
    "failed": ("Failed", "bad"),
    "partial": ("Half done", "bad"),
    "uncertain": ("Needs a look", "warn"),
    "cancelled": ("Called off", ""),
}
#: A file's rows wait for a person, not for Sill.
_IN_A_FILE = ("In a file", "info")
#: What a transfer under way means for the lead.
SENTENCES = {
    "pending": "It is about to be handed over.",
    "running": "It is being handed over now.",
    "partial": "A part of it is in Squeegee. The transfer says what is missing.",
    "uncertain": "Squeegee may have it already: look there, then say so in the transfer.",
}
METHODS = {"api": "Automatic", "copy_sheet": "Copy sheet", "csv": "File"}
STEPS = {"customer": "Customer", "job": "Job", "quote": "Quote"}
OUTCOMES: dict[str, tuple[str, str]] = {
    "begun": ("No answer yet", "warn"),
    "accepted": ("Accepted", "good"),
    "refused": ("Refused", "bad"),
    "not_sent": ("Did not get there", ""),
    "unclear": ("Unclear", "warn"),
}
_REASONS = {
    "address_refused": "The address in the Squeegee settings may not be used. Correct it there, then try again.",
    "not_reached": "Squeegee could not be reached.",
    "name_unknown": "The address in the Squeegee settings leads nowhere: there is no such name.",
    "certificate_refused": "The certificate at the address in the Squeegee settings can’t be trusted.",
    "squeegee_silent": "Squeegee does not answer. It waits until Squeegee does, and then goes on by itself.",
    "asking": "Nobody knows yet whether Squeegee took it. Squeegee is asked in a minute.",
    "found_several": "Squeegee has more than one that this could be.",
    "unreadable_list": "What Squeegee has could not be read with certainty.",
    "no_answer": "The connection broke before Squeegee answered. It may have taken the request or not.",
    "gateway_error": "Something between here and Squeegee failed. Squeegee may have taken the request or not.",
    "unreadable_answer": "Squeegee's answer could not be read. It has probably taken the request.",
    "answer_without_id": "Squeegee answered without an id. It has probably taken the request.",
    "broken_off": "Sill was stopped while it was sending. Squeegee may have taken the request or not.",
    "too_many_requests": "Squeegee asked us to wait.",
    "server_error": "Squeegee had an error of its own.",
    "token_refused": "Squeegee refuses the token. It goes on once a new one stands in the Squeegee settings.",
    "refused": "Squeegee refused it. Its answer stands below; put right what it names, then try again.",
    "incomplete": "Something that Squeegee needs is missing from the lead now. Fill it in, then try again.",
    "not_connected": "Squeegee is not connected. Enter address and token in the settings, then try again.",
}


class _Standing(Protocol):
    """A transfer, or a line about one."""

    state: str
    batch_id: UUID | None


def state_of(transfer: _Standing) -> tuple[str, str]:
    """How a transfer stands, in words, and the tone of its badge."""
    return _IN_A_FILE if transfer.state == "pending" and transfer.batch_id else STATES[transfer.state]


def reason_words(code: str | None) -> str:
    """What a reason means and what to do; the code itself when it is not known, nothing for none."""
    return _REASONS.get(code, code.replace("_", " ")) if code else ""
