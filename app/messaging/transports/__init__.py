"""Which transport is in use: the settings decide, once for each process."""

from flask import current_app

from app.config import Config
from app.messaging.ports.email import EmailTransport
from app.messaging.ports.sms import SmsTransport


def email_transport() -> EmailTransport:
    """SMTP when SMTP_HOST is set, else the one that sends nothing."""
    chosen: EmailTransport | None = current_app.extensions.get("email_transport")
    if chosen is None:
        chosen = current_app.extensions["email_transport"] = _email(current_app.extensions["config"])
    return chosen


def sms_transport() -> SmsTransport:
    """Twilio when TWILIO_ACCOUNT_SID is set, else the one that sends nothing."""
    chosen: SmsTransport | None = current_app.extensions.get("sms_transport")
    if chosen is None:
        chosen = current_app.extensions["sms_transport"] = _sms(current_app.extensions["config"])
    return chosen


def _email(config: Config) -> EmailTransport:
    from app.messaging.transports.null import NoEmail
    from app.messaging.transports.smtp import SmtpTransport

    return SmtpTransport(config) if config.smtp_host else NoEmail()


def _sms(config: Config) -> SmsTransport:
    from app.messaging.transports.null import NoSms
    from app.messaging.transports.twilio import TwilioTransport

    return TwilioTransport(config) if config.twilio_account_sid else NoSms()
