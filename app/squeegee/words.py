"""The trade's words for how a transfer stands: one place for pages and panels."""

from typing import Protocol
from uuid import UUID

from app.leads.words import often

__all__ = ["METHODS", "OUTCOMES", "SENTENCES", "STATES", "STEPS", "often", "reason_words", "sentence_of", "state_of"]

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
_IN_A_FILE = {"pending": ("In a file", "info"), "failed": ("Not taken", "bad")}
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
#: The pages of the mapping, in order.
SECTION_WORDS = {
    "services": "Services", "frequencies": "Frequencies", "wording": "Tags and notes", "rounds": "Rounds",
    "file": "File", "advanced": "Advanced",
}  # fmt: skip
#: What a frequency of ours can be in Squeegee.
RHYTHMS = (("weeks", "Every so many weeks"), ("adhoc", "Ad hoc"), ("none", "Not taken"))
#: How a test of the connection went: title, tone of the notice, what it means or what to do.
TESTS: dict[str, tuple[str, str, str]] = {
    "token_taken": ("It works", "good", "Squeegee answers, and takes the token: without one it refuses."),
    "answers": (
        "The address answers", "info",
        "It doesn’t say whether the token is good: that shows with the first transfer.",
    ),
    "answers_with_page": (
        "The address answers with a web page", "info",
        "So Squeegee may well be there. Whether address and token are right shows with the first transfer.",
    ),
    "token_refused": ("Squeegee refuses the token", "bad", "Enter the token again, as Squeegee gave it."),
    "sends_elsewhere": ("The address sends us elsewhere", "warn", "Enter the one at which its pages really are."),
    "too_many_requests": ("Squeegee asks us to wait", "warn", "Test again in a few minutes."),
    "server_error": ("Squeegee has an error of its own", "warn", "Test again later; transfers wait until it answers."),
    "address_refused": (
        "The address may not be used", "bad", "It must lead to the public internet by https, on the usual port."
    ),
    "name_unknown": ("There is no such address", "bad", "Check how it is written."),
    "certificate_refused": (
        "The certificate there can’t be trusted", "bad", "Check the address; nothing is sent to it as it is."
    ),
    "not_reached": ("Nobody answers there", "bad", "Check the address, or test again later."),
    "no_answer": ("No answer came", "warn", "Something is there, but it said nothing we could read. Test again later."),
}  # fmt: skip
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
    "not_taken": "Squeegee did not take this row of the file. The reason stands below.",
    "incomplete": "Something that Squeegee needs is missing from the lead now. Fill it in, then try again.",
    "day_passed": (
        "The day of its first clean passed while it waited. Hand the lead over anew, with another day; "
        "call this off first where it is half done."
    ),
    "moved_on": "The lead is not ready for Squeegee any more. Move it back to that stage, then try again.",
    "not_connected": "Squeegee is not connected. Enter address and token in the settings, then try again.",
}


class _Standing(Protocol):
    """A transfer, or a line about one."""

    state: str
    batch_id: UUID | None


def state_of(transfer: _Standing) -> tuple[str, str]:
    """How a transfer stands, in words, and the tone of its badge."""
    return _IN_A_FILE.get(transfer.state, STATES[transfer.state]) if transfer.batch_id else STATES[transfer.state]


#: Why nothing is sent for now: what the last answers were like.
_SILENCE = {
    "not_reached": "It could not be reached several times in a row.",
    "name_unknown": "The name in its address leads nowhere.",
    "certificate_refused": "The certificate at its address can’t be trusted.",
    "server_error": "It has had errors of its own several times in a row.",
    "too_many_requests": "It asks us to wait, and does not say how long.",
    "gateway_error": "Something between here and Squeegee fails.",
}


def silence_words(code: str | None) -> str:
    """Why nothing is sent while Squeegee is silent."""
    return _SILENCE.get(code or "", "Several answers in a row broke off or could not be read.")


def sentence_of(transfer: _Standing) -> str:
    """What a transfer under way means for its lead; blank when it is over."""
    if transfer.state == "pending" and transfer.batch_id:
        return "It is in a file for Squeegee. Say there what became of it."
    return SENTENCES.get(transfer.state, "")


def reason_words(code: str | None) -> str:
    """What a reason means and what to do; the code itself when it is not known, nothing for none."""
    return _REASONS.get(code, code.replace("_", " ")) if code else ""
