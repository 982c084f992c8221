"""Trying a provider out: one message to whoever asks, nothing else, so that a fault shows before a customer waits."""

from collections.abc import Callable

from flask import current_app

from app.core import phones
from app.core.errors import Invalid
from app.core.ids import new_id
from app.messaging import transports
from app.messaging.ports import TransportError
from app.messaging.ports.email import OutgoingEmail
from app.messaging.ports.sms import OutgoingSms
from app.messaging.services.letters import letter_html
from app.messaging.services.providers import known_provider, settings_of
from app.messaging.transports.mailbox import try_mailbox
from app.workspaces.queries import current_workspace

_SUBJECT = "Sill can send"
_WORDS = "This is the test that you asked for. Your emails leave through this server."
_TEXT = "This is the test from Sill that you asked for. Your texts leave this way."
#: Does the trying, without the database; returns a code of trouble, None when it went well.
Attempt = Callable[[], str | None]


def prepare_trial(channel: str, to: str) -> Attempt:
    """What tries the provider of a channel out, everything read beforehand. `to` is the asker's own address or number.

    Raises Invalid naming `<channel>_to` when it can't be written to.
    """
    if channel == "email":
        return _mail(to)
    return _text(to) if channel == "sms" else _inbox()


def _mail(to: str) -> Attempt:
    workspace, transport = current_workspace(), transports.email_transport()
    mail = OutgoingEmail(
        message_id=new_id(), sender_name=workspace.name, reply_to=workspace.reply_email, recipient=to,
        subject=_SUBJECT, text=_WORDS, html=letter_html(_WORDS, workspace), automatic=True,
    )  # fmt: skip
    return lambda: _code_of(lambda: transport.send(mail))


def _text(to: str) -> Attempt:
    transport, phone = transports.sms_transport(), phones.parse(to)
    if phone is None or phone.kind != "mobile":
        raise Invalid({"sms_to": "Enter your own mobile number, like 07700 900123."})
    if phone.is_drama and transport.reaches_real_phones:
        raise Invalid({"sms_to": "This is a number made for film and demonstration. Enter your own."})
    trial_id = new_id()
    sms = OutgoingSms(trial_id, str(trial_id), phone.e164, _TEXT, None)
    return lambda: _code_of(lambda: transport.send(sms))


def _inbox() -> Attempt:
    provider = known_provider("inbox")
    if provider is None:
        return lambda: "not_set_up"
    settings, private = settings_of(provider), bool(current_app.config["ALLOW_PRIVATE_OUTBOUND"])
    return lambda: try_mailbox(settings, allow_private=private)  # type: ignore[arg-type]


def _code_of(send: Callable[[], object]) -> str | None:
    try:
        send()
    except TransportError as error:
        return error.code
    return None
