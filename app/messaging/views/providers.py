"""The page of settings on which a workspace says through whom it sends and where its answers come in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, current_app, flash, g, request, url_for

from app.config import Config
from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import page, redirect_to
from app.core.network import SENDING, person_or_block
from app.core.numbers import read_version
from app.core.permissions import permit
from app.core.transactions import keep
from app.extensions import limiter
from app.messaging import transports
from app.messaging.forms.providers import read_provider, shown_fields
from app.messaging.models import PROVIDERS, MessageProvider
from app.messaging.services.hook_keys import hook_url
from app.messaging.services.inbox_reading import go_on_reading, stands_still
from app.messaging.services.provider_trials import prepare_trial
from app.messaging.services.providers import (
    get_provider,
    note_result,
    providers,
    remove_provider,
    save_provider,
    settings_of,
)
from app.messaging.transports.gateway.filling import read_headers
from app.messaging.views import bp
from app.messaging.words import trouble_words
from app.workspaces.layout import desk
from app.workspaces.queries import current_workspace

_BLANK: dict[str, dict[str, Any]] = {
    "email": {
        "email_host": "", "email_port": 587, "email_security": "starttls", "email_username": "", "email_sender": "",
        "email_honours_message_id": False,
    },
    "sms": {
        "sms_kind": "twilio", "sms_account_sid": "", "sms_sender": "", "sms_url": "", "sms_method": "POST",
        "sms_format": "json", "sms_body": '{"to": "{to}", "text": "{text}", "reference": "{id}"}', "sms_success": "",
        "sms_honours_id": False,
    },
    "inbox": {
        "inbox_host": "", "inbox_port": 993, "inbox_security": "tls", "inbox_username": "", "inbox_folder": "INBOX",
        "inbox_address": "", "inbox_takes_plus": False,
    },
}  # fmt: skip
_WENT = {
    "email": "The test email is on its way to {to}.",
    "sms": "The test text is on its way to {to}.",
    "inbox": "The mailbox opens. Nothing in it was changed.",
}


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the three forms: what stands in it, what is wrong with it, and what is known of the provider."""

    channel: str
    values: Mapping[str, Any]
    errors: Mapping[str, str]
    conflict: str
    own: MessageProvider | None
    kept: str
    installed: str | None
    #: Of a mailbox: whether Sill has given up reading it.
    stands_still: bool = False

    @property
    def trouble(self) -> str | None:
        """What the last test ended with, in words."""
        return trouble_words(self.own.error) if self.own and self.own.error else None


@bp.get("/w/<slug>/settings/sending")
@permit("settings:write")
def sending(slug: str) -> Response:
    """All three on one page."""
    return _page()


@bp.post("/w/<slug>/settings/sending/<channel>")
@permit("settings:write")
def save_sending(slug: str, channel: str) -> Response:
    """Keep one of them. A blank password or token keeps the one there is."""
    _check(channel)
    seen = request.form.get("seen", "")
    try:
        kind, settings = read_provider(channel, request.form, private=_private())
        number = read_version(seen)
        save_provider(channel, kind, settings, number, web.actor())
    except Invalid as error:
        return _page(channel, error.errors, status=422)
    except Conflict as error:
        return _page(channel, conflict=error.message, status=409)
    return _done(channel, "Saved. Try it out before a customer waits for it.")


@bp.post("/w/<slug>/settings/sending/<channel>/try")
@permit("settings:write")
@limiter.limit(SENDING, key_func=person_or_block)
def try_sending(slug: str, channel: str) -> Response:
    """Send one message to whoever asks, or look into the mailbox; nothing else."""
    _check(channel)
    to = g.viewer.email if channel == "email" else request.form.get("sms_to", "").strip()[:60]
    try:
        attempt = prepare_trial(channel, to)
    except Invalid as error:
        return _page(channel, error.errors, status=422)
    has_own = channel in providers()
    keep()  # no connection to the database is held while a provider takes its time
    trouble = attempt()
    if has_own:
        note_result(channel, trouble)
    if has_own and channel == "inbox" and not trouble:
        go_on_reading(get_provider(channel).id)
    if trouble:
        flash(trouble_words(trouble), "bad")
        return redirect_to(url_for("messaging.sending", _anchor=channel))
    return _done(channel, _WENT[channel].format(to=to))


@bp.post("/w/<slug>/settings/sending/<channel>/remove")
@permit("settings:write")
def remove_sending(slug: str, channel: str) -> Response:
    """Forget a provider and its password."""
    _check(channel)
    remove_provider(channel, web.actor())
    return _done(channel, "Removed, and its password forgotten.")


def _check(channel: str) -> None:
    if channel not in PROVIDERS:
        abort(404)


def _done(channel: str, words: str) -> Response:
    flash(words, "good")
    return redirect_to(url_for("messaging.sending", _anchor=channel))


def _page(
    channel: str = "", errors: Mapping[str, str] | None = None, conflict: str = "", status: int = 200
) -> Response:
    """The page; what was typed into the form of `channel` stands in place of what is kept."""
    own = providers()
    parts = {}
    for name, blank in _BLANK.items():
        provider, kept = own.get(name), ""
        values = dict(blank)
        if provider:
            settings = settings_of(provider)
            values |= shown_fields(name, provider.kind, settings)
            kept = _kept_words(settings)
        if name == channel and "seen" in request.form:
            values |= request.form.to_dict()
            values |= {tick: tick in request.form for tick, value in blank.items() if isinstance(value, bool)}
        mine = (errors or {}, conflict) if name == channel else ({}, "")
        still = bool(name == "inbox" and provider and provider.is_active and stands_still(provider.id))
        parts[name] = _Part(name, values, *mine, provider, kept, _installed(name), still)
    return page(
        "messaging/sending/page.html", status, parts=parts, settings_page="sending", private=_private(),
        sms_to=request.form.get("sms_to", ""), reply_email=current_workspace().reply_email,
        hooks={"mails": hook_url("inbound"), "texts": hook_url("webhook")}, **desk("settings"),
    )  # fmt: skip


def _kept_words(settings: Any) -> str:
    """What is said of a secret that is kept: that there is one, and of a token its end."""
    secret = getattr(settings, settings.SECRETS[0])
    if not secret:
        return ""
    if settings.SECRETS[0] == "headers":
        return f"Kept: {', '.join(read_headers(secret))}. Leave this empty to keep them."
    if settings.SECRETS[0] == "auth_token":
        return f"One that ends in {secret[-4:]} is kept. Leave this empty to keep it."
    return "One is kept. Leave this empty to keep it."


def _installed(channel: str) -> str | None:
    """What Sill sends through when the workspace has nothing of its own; None when there is nothing."""
    config: Config = current_app.extensions["config"]
    if channel == "email":
        return transports.installed_smtp(config).sender or None
    return (config.twilio_from if config.twilio_account_sid else None) if channel == "sms" else None


def _private() -> bool:
    return bool(current_app.config["ALLOW_PRIVATE_OUTBOUND"])
