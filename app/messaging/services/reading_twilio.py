"""A text or the end of a call as Twilio tells it (twilio.com/docs/messaging/guides/webhook-request)."""

from collections.abc import Mapping

from app.core.clock import utcnow
from app.core.numbers import whole_number
from app.messaging.ports.inbound import Inbound

#: How a call ends that nobody took: of the call itself, or of the leg that was put through to us (DialCallStatus).
_MISSED = frozenset({"no-answer", "busy", "failed", "canceled"})
#: What Twilio gives for numbers that were withheld, restricted, unknown or unavailable: letters on a keypad.
_HIDDEN = frozenset({"266696687", "7378742833", "2562533", "8566696687", "86282452253", "464"})
_LONGEST_SID = 100


def read_text(form: Mapping[str, str]) -> Inbound | None:
    """A text that a customer sent; None for what is none."""
    sid = form.get("MessageSid", "")[:_LONGEST_SID]
    if not sid or "Body" not in form:
        return None
    pictures = whole_number(form.get("NumMedia"), 999) or 0
    return Inbound(
        channel="sms", key=sid, sender=form.get("From", ""), body=form["Body"].replace("\r\n", "\n").strip(),
        received_at=utcnow(), attached=("picture",) * min(pictures, 10),
    )  # fmt: skip


def read_call(form: Mapping[str, str]) -> Inbound | None:
    """A call to us that nobody took; None for any other. A hidden number is no number ("anonymous", "+266696687")."""
    sid = form.get("CallSid", "")[:_LONGEST_SID]
    ended = form.get("DialCallStatus") or form.get("CallStatus", "")
    if not sid or ended not in _MISSED or form.get("Direction", "inbound") != "inbound":
        return None
    caller = form.get("From", "")
    number = caller.lstrip("+")
    hidden = not number.isdecimal() or number in _HIDDEN
    return Inbound(channel="call", key=sid, sender="" if hidden else caller, body="", received_at=utcnow())
