"""Codes of messages in words of the trade: what happened, what it means, what to do."""

_STATES = {
    "queued": ("Leaving", "info"),
    "sending": ("Leaving", "info"),
    "sent": ("Sent", "good"),
    "delivered": ("Arrived", "good"),
    "failed": ("Failed", "bad"),
    "uncertain": ("Uncertain", "warn"),
    "refused": ("Not sent", "warn"),
    "cancelled": ("Taken back", ""),
    "received": ("Received", ""),
}
_WORK = {
    "alerts.look": "Look for what is late",
    "alerts.digest": "Send the digests of the day",
    "alerts.ready": "Tell what is ready for Squeegee",
    "message.send": "Send a message",
    "message.take_back": "Take a message back",
    "conversation.wake": "Bring a conversation back that was put off",
    "inbox.read": "Read the mailbox",
    "follow_up.due": "Carry out a follow-up",
    "quote.expire": "Let a quote expire",
    "quote.remind": "Remind a customer of a quote",
    "transfer.run": "Hand over to Squeegee",
}
_TROUBLES = {
    "bad_address": "The address or number can't be right. Correct it on the lead, then write again.",
    "no_mobile": "This is no mobile number, so it can't get texts. Call, or send an email.",
    "drama_number": "This is a number made for film and demonstration. It is never texted.",
    "opted_out": "This person asked not to be written to this way. Call instead.",
    "no_consent": "This is advertising, and this person has not agreed to it.",
    "not_set_up": "No mail server or SMS account is set up yet. Set one up, then send it again.",
    "bad_header": "The name or subject holds a line break. Correct it, then write again.",
    "bounced": "It came back: there is no such mailbox. Ask for another address; this one gets no more mails.",
    "bounced_full": "It came back: the mailbox is full. Call, or try again in a few days.",
    "bounced_late": "It came back: their mail server could not be reached for days. Call, or send it again.",
    "bounced_refused": "It came back: their mail server would not take it. Call, or write in other words.",
    "broken_off": "Sill was interrupted while sending. Ask whether it arrived before sending it again.",
    "did_not_arrive": "Someone said that it did not arrive; it is being sent again.",
    "undelivered": "The phone could not be reached. Call, or send an email.",
    "provider_silent": "The server set up for this has been silent for hours. Mend it, then send this again.",
    "smtp_connection": "The mail server could not be reached, or hung up.",
    "smtp_timeout": "The mail server did not answer in time.",
    "smtp_sign_in": "The mail server does not accept our name and password. Whoever runs Sill must look.",
    "smtp_550": "The customer's mail server says that there is no such mailbox. Ask for another address.",
    "gateway_connection": "The SMS service could not be reached.",
    "gateway_no_answer": "The SMS service gave no clear answer.",
    "gateway_sign_in": "The SMS service does not accept our key. Enter it again in the settings.",
    "gateway_address": "The address of the SMS service can't be used. Check it in the settings.",
    "gateway_answer": "The SMS service answered, but did not say that it took the text.",
    "imap_connection": "The mailbox's server could not be reached. Check its name, its port and how it is secured.",
    "imap_sign_in": "The mailbox's server does not accept this name and password.",
    "imap_folder": "The mailbox opens, but has no folder of that name.",
    "twilio_connection": "The SMS service could not be reached.",
    "twilio_no_answer": "The SMS service gave no clear answer.",
    "twilio_sign_in": "The SMS service does not accept our account. Whoever runs Sill must look.",
    "twilio_21211": "The SMS service says that there is no such number. Correct it on the lead.",
    "twilio_21610": "This person has opted out of texts. Call instead.",
    "twilio_21614": "The SMS service says that this is no mobile number. Call, or send an email.",
    "twilio_30003": "The phone was off or out of reach for too long. Call, or send it again.",
    "twilio_30005": "The SMS service says that there is no such number. Correct it on the lead.",
    "twilio_30006": "This is a landline, or its network takes no texts. Call instead.",
}


def state_words(state: str) -> tuple[str, str]:
    """The word for a message's state and its tone (good, warn, bad, info or none)."""
    return _STATES[state]


def work_words(kind: str) -> str:
    """What a piece of the outbox's work is called."""
    return _WORK.get(kind, kind.replace("_", " ").replace(".", ": "))


def trouble_words(code: str) -> str:
    """What an error code means for the person who reads it."""
    known = _TROUBLES.get(code)
    if known:
        return known
    service = "The mail server" if code.startswith("smtp_") else "The SMS service"
    if code.startswith(("smtp_", "twilio_", "gateway_")):
        return f"{service} did not take it (code {code.partition('_')[2]}). Send it again, or call."
    return f"It could not be sent ({code.replace('_', ' ')})."


#: Why an address is not written to any more, and through what that is known.
_OPTED_OUT = {
    "stop": "texted STOP", "opted_out": "texted STOP to the carrier", "asked": "asked for no more",
    "unsubscribed": "used the link in an email", "bounced": "mail came back: there is no such mailbox",
}  # fmt: skip
_THROUGH = {
    "reply": "in a reply", "customer_page": "on their own page", "one_click": "", "link": "", "bounce": "",
    "provider": "told by the SMS service",
}  # fmt: skip


def opt_out_words(reason: str, source: str, author: str | None = None) -> str:
    """Why an address is not written to: reason, source, and who of us noted it."""
    words = _OPTED_OUT.get(reason, reason.replace("_", " "))
    through = f"noted by {author or 'one of us'}" if source == "person" else _THROUGH.get(source, "")
    return f"{words[:1].upper()}{words[1:]}{f', {through}' if through else ''}"


#: Why somebody does not get a message that goes to many: (of one person, of several).
_LEFT_OUT = {
    "opted_out": ("asked not to be written to this way", "asked not to be written to this way"),
    "bounced": ("has an address that sends mail back", "have an address that sends mail back"),
    "no_consent": ("has not agreed to advertising", "have not agreed to advertising"),
    "enough_attempts": ("has been written to often enough", "have been written to often enough"),
    "no_email": ("has no email address", "have no email address"),
    "no_number": ("has no phone number", "have no phone number"),
    "no_mobile": ("has a landline, which gets no texts", "have landlines, which get no texts"),
    "drama_number": ("has a number made for film and demonstration", "have numbers made for film and demonstration"),
    "bad_address": ("has an address or number that can’t be right", "have an address or number that can’t be right"),
    "missing_value": ("lacks something that the text asks for", "lack something that the text asks for"),
    "no_price": ("has no price yet", "have no price yet"),
    "no_frequency": ("has not said how often", "have not said how often"),
    "no_address": ("has no address", "have no address"),
    "no_town": ("has no town", "have no town"),
    "no_postcode": ("has no postcode", "have no postcode"),
    "no_quote": ("holds no quote at present", "hold no quote at present"),
    "same_person": ("is a second enquiry of the same person", "are further enquiries of the same people"),
    "not_on_desk": ("is archived or in the bin", "are archived or in the bin"),
    "just_sent": ("got these words within the last day", "got these words within the last day"),
    "gone": ("is gone or not yours to see", "are gone or not yours to see"),
    "under_way": ("is on it already", "are on it already"),
}


def left_out_words(reason: str, count: int = 1) -> str:
    """Why somebody gets no message that goes to many, as the end of a sentence that begins with their number."""
    one, many = _LEFT_OUT.get(reason, (reason.replace("_", " "),) * 2)
    return one if count == 1 else many


def pence(hundredths: int) -> str:
    """A small price, given in hundredths of a penny: 4p, 3.95p, £1.20."""
    if hundredths >= 10_000:
        return f"£{hundredths / 10_000:.2f}"
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".") + "p"


#: When Sill sends the words that it knows by their key.
TEMPLATE_USES = {
    "quote_email": "Sent with a quote",
    "quote_sms": "Sent with a quote",
    "quote_reminder_email": "Sent a few days before a quote ends",
    "quote_reminder_sms": "Sent a few days before a quote ends",
    "quote_accepted": "Sent when a quote is accepted",
    "times_email": "Sent when a customer is offered times",
    "times_sms": "Sent when a customer is offered times",
    "photos_email": "Sent when photos are asked for",
    "photos_sms": "Sent when photos are asked for",
    "missed_call_sms": "Sent to mobiles whose call nobody took",
}
#: What may be filled in, in the words of the trade.
VARIABLE_WORDS = {
    "first_name": "First name",
    "name": "Whole name",
    "service": "Service",
    "price": "Price",
    "frequency": "How often",
    "next_visit": "Next round day",
    "address": "Street",
    "town": "Town",
    "postcode": "Postcode",
    "lead_number": "Lead number",
    "link": "Link to the quote",
    "valid_until": "Quote ends on",
    "owner": "Who looks after it",
    "workspace": "Our name",
    "workspace_phone": "Our phone",
    "workspace_email": "Our email",
}
