"""What a line of the bell says: one place for each kind."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.core.human_time import long_date
from app.core.money import format_money
from app.leads.queries.facts import FACTS
from app.leads.words import DECLINE_WORDS, often
from app.messaging.words import trouble_words
from app.notifications.words import bringing_in, handing_over, taking_out
from app.notifications.words.line import Line

#: What the member reads where the lead's name would stand, if there is none to show.
SOMEBODY = "a lead"

__all__ = ["SOMEBODY", "Line", "line_for"]


def line_for(kind: str, data: Mapping[str, Any], who: str | None) -> Line:
    """The line for a notification. `who` is the person who caused it, None for Sill itself or a customer."""
    writer = _WRITERS.get(kind)
    return writer(data, who) if writer else Line("bell", kind.replace("_", " ").capitalize(), names_lead=False)


def _mention(data: Mapping[str, Any], who: str | None) -> Line:
    return Line("message-square-text", f"{who or 'Somebody'} mentions you on ")


def _assigned(data: Mapping[str, Any], who: str | None) -> Line:
    if data.get("count"):
        count = int(data["count"])
        leads = "a lead" if count == 1 else f"{count:,} leads"
        return Line("user-check", f"{who or 'Sill'} gives you {leads}", names_lead=False)
    district = data.get("district")
    whys = {
        "area": f"It comes from {district}, your area" if district else "It comes from your area",
        "load": "You have the fewest open leads",
        "turn": "It is your turn",
    }
    detail = whys.get(str(data.get("why", "")), "")
    if who:
        return Line("user-check", f"{who} gives you ", detail=detail)
    return Line("user-check", "", " is yours", detail)


def _high_value(data: Mapping[str, Any], who: str | None) -> Line:
    worth = format_money(int(data.get("monthly_minor", 0)))
    detail = ""
    if data.get("threshold_minor"):
        detail = f"High value begins at {format_money(int(data['threshold_minor']))} a month"
    return Line("pound-sterling", "", f" is worth {worth} a month", detail)


#: What a bulk act did, by its kind.
_DONE = {
    "assign": "were assigned", "move": "were moved", "tag": "were tagged", "untag": "lost a tag",
    "priority": "have another priority", "archive": "were archived", "bin": "are in the bin",
    "restore": "are back on the desk", "message": "are written to",
    "delete": "were deleted for good",
}  # fmt: skip


def _bulk_done(data: Mapping[str, Any], who: str | None) -> Line:
    done, failed = int(data.get("done", 0)), int(data.get("failed", 0))
    verb = _DONE.get(str(data.get("kind", "")), "are done")
    leads = "1 lead" if done == 1 else f"{done:,} leads"
    if done == 1:
        verb = verb.replace("were ", "was ").replace("are ", "is ").replace("have ", "has ")
    detail = f"{failed:,} could not be changed" if failed else str(data.get("detail") or "")
    return Line("check-check", f"{leads} {verb}", detail=detail, names_lead=False)


def _file_added(data: Mapping[str, Any], who: str | None) -> Line:
    count, kind = int(data.get("count", 1)), data.get("kind")
    noun = "photo" if kind == "photo" else "document" if kind == "document" else "file"
    what = f"a {noun}" if count == 1 else f"{count} {noun}s"
    if data.get("by") == "customer":
        return Line("camera", "", f" sends {what}")
    return Line("paperclip", f"{who or 'Somebody'} adds {what} to ")


def _lead_returned(data: Mapping[str, Any], who: str | None) -> Line:
    if not data.get("was_lost", True):
        return Line("rotate-ccw", "", " is due again", "On the day that was set for it")
    return Line("rotate-ccw", "", " is due again", "It was lost then; now is the time to ask once more")


def _quote_answered(data: Mapping[str, Any], who: str | None) -> Line:
    if data.get("answer") == "accepted":
        price = format_money(int(data.get("price_minor") or 0))
        return Line("circle-check", "", " says yes", f"{price} {often(data.get('frequency'))}".strip())
    if data.get("stands"):
        return Line("x", "", " says no to a newer quote", f"What they accepted before stands: {data['stands']}")
    return Line("x", "", " says no", DECLINE_WORDS.get(str(data.get("reason")), ""))


def _quote_question(data: Mapping[str, Any], who: str | None) -> Line:
    return Line("message-square", "", " asks a question", f"About quote {data['number']}" if data.get("number") else "")


def _quote_expiring(data: Mapping[str, Any], who: str | None) -> Line:
    day = long_date(date.fromisoformat(str(data["valid_until"]))) if data.get("valid_until") else "soon"
    detail = "We have reminded them" if data.get("was_sent") else "They can't be reminded by message: call them"
    if data.get("has_written"):
        detail = "They have written since, so we did not remind them"
    return Line("calendar-clock", "The quote for ", f" ends {day}", detail)


def _quote_expired(data: Mapping[str, Any], who: str | None) -> Line:
    return Line("clock", "The quote for ", " has expired unanswered", f"Renew {data.get('number', 'it')} in one click")


def _slot_taken(data: Mapping[str, Any], who: str | None) -> Line:
    return Line("calendar-check", "", " has chosen a time", str(data.get("when") or ""))


def _details_changed(data: Mapping[str, Any], who: str | None) -> Line:
    if data.get("wishes"):
        return Line("mail-x", "", " has changed what we may write about")
    if data.get("form"):
        return Line("pencil", "", " has sent the form once more", "What is different now stands in a note")
    labels = [FACTS[name].label.lower() for name in data.get("facts") or [] if name in FACTS]
    return Line("pencil", "", " has put their details right", ", ".join(labels).capitalize())


def _overdue(data: Mapping[str, Any], who: str | None) -> Line:
    if data.get("count"):
        return Line("clock", f"{_more(data, 'follow-up is', 'follow-ups are')} late", names_lead=False)
    return Line("clock", "The follow-up with ", f" is {_days(data)} late", _whose(data))


def _untouched(data: Mapping[str, Any], who: str | None) -> Line:
    if data.get("count"):
        words = _more(data, "valuable lead lies", "valuable leads lie")
        return Line("triangle-alert", f"{words} untouched", names_lead=False)
    return Line("triangle-alert", "Nobody has touched ", f" for {_days(data)}", _whose(data) or "It is worth a lot")


def _ready_to_hand_over(data: Mapping[str, Any], who: str | None) -> Line:
    return Line("paint-roller", "", " is ready for Squeegee")


def _more(data: Mapping[str, Any], one: str, several: str) -> str:
    count = int(data["count"])
    return f"1 more {one}" if count == 1 else f"{count:,} more {several}"


def _days(data: Mapping[str, Any]) -> str:
    days = int(data.get("days", 1))
    return "1 day" if days == 1 else f"{days} days"


def _whose(data: Mapping[str, Any]) -> str:
    return f"{data['owner']} looks after it" if data.get("owner") else ""


_SAID = {
    "yes": " says yes", "yes_but": " says yes, with something to settle", "no": " says no",
    "question": " asks a question",
}  # fmt: skip
_BY = {"email": "By email", "sms": "By text"}


def _reply(data: Mapping[str, Any], who: str | None) -> Line:
    details = [_BY.get(str(data.get("channel")), "")]
    if data.get("price_minor"):
        details.append(f"{format_money(int(data['price_minor']))} {often(data.get('frequency'))}".strip())
    if data.get("triage") in ("yes", "yes_but"):
        details.append("Nothing is accepted until you or they say so")
    said = _SAID.get(str(data.get("triage")), " has written")
    return Line("message-square", "", said, " · ".join(filter(None, details)))


def _reply_unclear(data: Mapping[str, Any], who: str | None) -> Line:
    if data.get("wants_out"):
        return Line("shield-alert", "", " may want no more messages", "Look, and opt them out if so. The chase rests")
    return Line("message-square", "", " has written", "Sill can't tell what it means. The chase rests")


def _arrival_waiting(data: Mapping[str, Any], who: str | None) -> Line:
    what = {"email": "A mail", "sms": "A text", "call": "A missed call"}.get(str(data.get("channel")), "Something")
    return Line("inbox", f"{what} waits for you to say whose it is", names_lead=False)


def _bounced(data: Mapping[str, Any], who: str | None) -> Line:
    detail = "The address doesn’t work: ask for another" if data.get("is_final") else "The address may be right"
    return Line("mail-x", "A mail to ", " came back", detail)


def _missed_call(data: Mapping[str, Any], who: str | None) -> Line:
    return Line("phone", "", " rang and nobody answered")


def _provider_failed(data: Mapping[str, Any], who: str | None) -> Line:
    what = {"email": "Your emails don’t leave", "sms": "Your texts don’t leave"}
    subject = what.get(str(data.get("channel")), "Your mailbox can’t be read")
    return Line("triangle-alert", subject, "", trouble_words(str(data.get("error"))), names_lead=False)


_WRITERS: dict[str, Callable[[Mapping[str, Any], str | None], Line]] = {
    "quote_answered": _quote_answered,
    "quote_question": _quote_question,
    "quote_expiring": _quote_expiring,
    "quote_expired": _quote_expired,
    "slot_taken": _slot_taken,
    "details_changed": _details_changed,
    "mention": _mention,
    "assigned": _assigned,
    "high_value": _high_value,
    "bulk_done": _bulk_done,
    "file_added": _file_added,
    "import_done": bringing_in.import_done,
    "export_done": taking_out.export_done,
    "lead_returned": _lead_returned,
    "overdue": _overdue,
    "reply": _reply,
    "reply_unclear": _reply_unclear,
    "arrival_waiting": _arrival_waiting,
    "booking_differs": handing_over.booking_differs,
    "bounced": _bounced,
    "missed_call": _missed_call,
    "provider_failed": _provider_failed,
    "untouched": _untouched,
    "ready_to_hand_over": _ready_to_hand_over,
    "transfer_stopped": handing_over.transfer_stopped,
    "squeegee_silent": handing_over.squeegee_silent,
    "discrepancies": handing_over.discrepancies,
}
