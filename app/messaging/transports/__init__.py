"""Which transport is in use: the workspace's own provider, else the installation's, each made once for each process.

An own one is kept while the workspace's row says that none of its settings has changed, and made anew when they have.
"""

from collections import OrderedDict
from threading import Lock
from uuid import UUID

from flask import current_app

from app.config import Config
from app.messaging.ports.email import EmailTransport
from app.messaging.ports.settings import GatewaySettings, Settings, SmtpSettings, TwilioSettings
from app.messaging.ports.sms import SmsTransport
from app.messaging.services.providers import known_provider, settings_of
from app.workspaces.queries import current_workspace

Transport = EmailTransport | SmsTransport
#: (count of the workspace's changes, the sealed settings that it was made of, the transport); None, None without one.
Kept = tuple[int, bytes | None, Transport | None]

_MOST_KEPT = 500
_lock = Lock()


def email_transport() -> EmailTransport:
    """The workspace's mail server, else the one of SMTP_HOST, else the one that sends nothing."""
    return _own("email") or _installed("email")  # type: ignore[return-value]


def installed_email_transport() -> EmailTransport:
    """The installation's own, for what no workspace sends: mail about an account, which may be in several or none."""
    return _installed("email")  # type: ignore[return-value]


def sms_transport() -> SmsTransport:
    """The workspace's way to send texts, else the account of TWILIO_ACCOUNT_SID, else the one that sends nothing."""
    return _own("sms") or _installed("sms")  # type: ignore[return-value]


def sends_texts() -> bool:
    """Whether a way to send texts is set up. Nothing is made: who asks may be a customer's enquiry."""
    return known_provider("sms") is not None or bool(current_app.extensions["config"].twilio_account_sid)


def installed_smtp(config: Config) -> SmtpSettings:
    """The installation's mail server."""
    security = "tls" if config.smtp_port == 465 else "starttls" if config.smtp_starttls else "none"  # RFC 8314
    return SmtpSettings(
        host=config.smtp_host, port=config.smtp_port, security=security, username=config.smtp_username,
        password=config.smtp_password, sender=config.smtp_from, honours_message_id=config.smtp_honours_message_id,
    )  # fmt: skip


def make_transport(settings: Settings, config: Config) -> Transport:
    """The transport for settings that a workspace keeps. Imported here, so that nobody pays for what is not used."""
    private = config.allow_private_outbound
    if isinstance(settings, SmtpSettings):
        from app.messaging.transports.smtp import SmtpTransport

        return SmtpTransport(settings, allow_private=private)
    if isinstance(settings, TwilioSettings):
        return _twilio(settings, config)
    if isinstance(settings, GatewaySettings):
        from app.messaging.transports.gateway import GatewayTransport

        return GatewayTransport(settings, allow_private=private)
    raise TypeError(type(settings).__name__)


def _own(channel: str) -> Transport | None:
    """The workspace's own. Costs no statement while nothing has changed: the workspace's row is read anyway."""
    workspace = current_workspace()
    kept_by: OrderedDict[tuple[UUID, str], Kept] = current_app.extensions.setdefault("own_transports", OrderedDict())
    place = (workspace.id, channel)
    with _lock:
        kept = kept_by.get(place)
    if kept is not None and kept[0] == workspace.catalogue_version:
        return kept[2]
    provider = known_provider(channel)
    sealed = provider.settings_sealed if provider else None
    if kept is not None and kept[1] == sealed:
        made = kept[2]  # something else changed: its open connection is worth keeping
    else:
        made = make_transport(settings_of(provider), current_app.extensions["config"]) if provider else None
    with _lock:
        kept_by[place] = (workspace.catalogue_version, sealed, made)
        kept_by.move_to_end(place)
        if len(kept_by) > _MOST_KEPT:
            kept_by.popitem(last=False)
    return made


def _installed(channel: str) -> Transport:
    name = f"{channel}_transport"
    chosen: Transport | None = current_app.extensions.get(name)
    if chosen is None:
        config: Config = current_app.extensions["config"]
        chosen = current_app.extensions[name] = _email(config) if channel == "email" else _sms(config)
    return chosen


def _email(config: Config) -> EmailTransport:
    from app.messaging.transports.null import NoEmail
    from app.messaging.transports.smtp import SmtpTransport

    return SmtpTransport(installed_smtp(config), allow_private=True) if config.smtp_host else NoEmail()


def _sms(config: Config) -> SmsTransport:
    from app.messaging.transports.null import NoSms

    if not config.twilio_account_sid:
        return NoSms()
    account = TwilioSettings(
        account_sid=config.twilio_account_sid, auth_token=config.twilio_auth_token, sender=config.twilio_from
    )
    return _twilio(account, config)


def _twilio(settings: TwilioSettings, config: Config) -> SmsTransport:
    from app.messaging.transports.twilio import TwilioTransport

    return TwilioTransport(
        settings, api_base=config.twilio_api_base, honours_our_id=config.twilio_honours_idempotency,
        allow_private=config.allow_private_outbound,
    )  # fmt: skip
