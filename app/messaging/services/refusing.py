"""What is looked at in the moment before a message leaves: may it, and can it arrive at all?"""

from collections.abc import Mapping

from app.core import email_addresses, phones
from app.messaging.models import Message
from app.messaging.ports.email import EmailTransport
from app.messaging.ports.sms import SmsTransport
from app.messaging.services.marketing import has_marketing_basis
from app.messaging.services.outcomes import lead_of
from app.messaging.services.suppressing import suppressed_among
from app.messaging.transports import sends_texts

_HERE = "+44"


def refusal(
    message: Message, transport: EmailTransport | SmsTransport, suppressed: Mapping[str, str] | None = None
) -> str | None:
    """Why the message must not be handed over, as a code, or None.

    `suppressed`: those among the recipients of many that must not be written to, with the reason, where that was asked
    for all at once.
    """
    recipient = message.recipient
    reason = _bad_email(recipient) if message.channel == "email" else _bad_number(recipient, transport)
    if reason:
        return reason
    if suppressed is None:
        suppressed = suppressed_among(message.channel, [recipient])
    if recipient in suppressed:
        return "bounced" if suppressed[recipient] == "bounced" else "opted_out"
    if message.purpose == "marketing" and not has_marketing_basis(lead_of(message), message.channel):
        return "no_consent"
    return None


def takes_texts(number: str) -> bool:
    """Whether a text may go to the number by itself: it is a British mobile's, and a way to send texts is set up.

    Anybody may type any number into a form, also one that earns by every text sent to it; those lie abroad.
    """
    phone = phones.parse(number)
    return phone is not None and phone.kind == "mobile" and phone.e164.startswith(_HERE) and sends_texts()


def _bad_email(recipient: str) -> str | None:
    return None if email_addresses.parse(recipient) else "bad_address"


def _bad_number(recipient: str, transport: EmailTransport | SmsTransport) -> str | None:
    phone = phones.parse(recipient)
    if phone is None:
        return "bad_address"
    if phone.kind != "mobile":
        return "no_mobile"  # Twilio would take a landline, charge for it and lose the text
    if phone.is_drama and getattr(transport, "reaches_real_phones", True):
        return "drama_number"
    return None
