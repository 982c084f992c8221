"""Reading the settings of providers: typed text in, checked settings out. Every fault is told beside its field.

The fields of a form are called <channel>_<field>, since all three stand on one page. A blank secret stays blank: the
service fills in the one that is kept.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from urllib.parse import urlsplit

from app.core import email_addresses, http, phones
from app.core.errors import Invalid
from app.core.numbers import whole_number
from app.messaging.ports.settings import KINDS, SECURITY, Settings
from app.messaging.transports.gateway.filling import CONTENT_TYPES, fill_body, fill_url, read_headers

_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
_SENDER_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{3,11}")  # an alphanumeric sender of texts, up to 11 characters
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
#: The ports on which mail is handed in and fetched; others are for servers of one's own network.
_PORTS = {"email": (25, 465, 587, 2525), "inbox": (143, 993)}
_METHODS = ("POST", "PUT", "GET")
_LONGEST, _LONGEST_URL, _LONGEST_BODY = 200, 500, 4_000
#: What a field of the settings is called in the form, where the two differ.
_FIELDS = {"kind": "format"}
_SAMPLE = {"to": "+447700900123", "digits": "447700900123", "text": 'Say "hello"\n', "id": "0"}


def read_provider(channel: str, typed: Mapping[str, str], *, private: bool) -> tuple[str, Settings]:
    """The kind of provider and its settings. `private` admits servers of one's own network. Raises Invalid."""
    reader = _Reader(channel, typed, private)
    kind = {"email": "smtp", "inbox": "imap"}.get(channel) or reader.choice(
        "kind", ("twilio", "gateway"), "Choose one."
    )
    read = {"smtp": _smtp, "imap": _imap, "twilio": _twilio, "gateway": _gateway}.get(kind)
    values = read(reader) if read else {}
    if reader.errors:
        raise Invalid(reader.errors)
    return kind, KINDS[channel, kind](**values)


def shown_fields(channel: str, kind: str, settings: Settings) -> dict[str, Any]:
    """What is kept, as the fields of the form show it. Secrets are left out."""
    shown = {
        f"{channel}_{_FIELDS.get(each.name, each.name)}": getattr(settings, each.name)
        for each in fields(settings)
        if each.name not in settings.SECRETS
    }
    return shown | ({"sms_kind": kind} if channel == "sms" else {})


class _Reader:
    """Takes the fields of a channel out of a sent form and gathers what is wrong with them."""

    def __init__(self, channel: str, typed: Mapping[str, str], private: bool) -> None:
        self.channel, self.typed, self.private = channel, typed, private
        self.errors: dict[str, str] = {}

    def text(self, name: str, required: str = "", most: int = _LONGEST) -> str:
        value = self.typed.get(f"{self.channel}_{name}", "").strip()
        if required and not value:
            self.wrong(name, required)
        elif len(value) > most or not value.isprintable():
            self.wrong(name, f"Use at most {most} plain characters.")
        return value

    def lines(self, name: str, most: int = _LONGEST_BODY) -> str:
        value = self.typed.get(f"{self.channel}_{name}", "").replace("\r\n", "\n").strip()
        if len(value) > most:
            self.wrong(name, f"Use at most {most:,} characters.")
        return value

    def choice(self, name: str, choices: tuple[str, ...], wrong: str) -> str:
        value = self.typed.get(f"{self.channel}_{name}", "")
        if value not in choices:
            self.wrong(name, wrong)
        return value

    def tick(self, name: str) -> bool:
        return f"{self.channel}_{name}" in self.typed

    def host(self) -> str:
        value = self.text("host", "Enter the name of the server, like mail.example.com.").lower()
        if value and not _HOST.fullmatch(value):
            self.wrong("host", "Enter the name alone, like mail.example.com, without https:// or a port.")
        return value

    def port(self) -> int:
        text, allowed = self.text("port"), _PORTS[self.channel]
        number = whole_number(text, 65_535)
        if not number or (number not in allowed and not self.private):
            listed = ", ".join(str(each) for each in allowed[:-1])
            self.wrong("port", f"Enter one of the usual ports: {listed} or {allowed[-1]}.")
        return number

    def security(self) -> str:
        allowed = SECURITY if self.private else SECURITY[:2]
        return self.choice("security", allowed, "Choose how the connection is secured.")

    def address(self, name: str, wrong: str, required: bool) -> str:
        text = self.text(name, wrong if required else "")
        found = email_addresses.parse(text) if text else ""
        if found is None:
            self.wrong(name, wrong)
        return found or ""

    def wrong(self, name: str, words: str) -> None:
        self.errors.setdefault(f"{self.channel}_{name}", words)


def _server(reader: _Reader) -> dict[str, Any]:
    return {
        "host": reader.host(), "port": reader.port(), "security": reader.security(),
        "username": reader.text("username"), "password": reader.text("password"),
    }  # fmt: skip


def _smtp(reader: _Reader) -> dict[str, Any]:
    wrong = "Enter the address that your mail comes from, like office@example.com."
    return _server(reader) | {
        "sender": reader.address("sender", wrong, required=True),
        "honours_message_id": reader.tick("honours_message_id"),
    }


def _imap(reader: _Reader) -> dict[str, Any]:
    values = _server(reader) | {
        "folder": reader.text("folder") or "INBOX",
        "takes_plus": reader.tick("takes_plus"),
    }
    if not values["username"]:
        reader.wrong("username", "Enter the name that you sign in with there.")
    wrong = "Enter the mailbox's own address, like office@example.com."
    return values | {"address": reader.address("address", wrong, required=values["takes_plus"])}


def _twilio(reader: _Reader) -> dict[str, Any]:
    account = reader.text("account_sid", "Enter the account SID; it begins with AC.")
    if account and not _ACCOUNT.fullmatch(account):
        reader.wrong("account_sid", "An account SID is AC and 32 letters and digits.")
    return {"account_sid": account, "auth_token": reader.text("auth_token"), "sender": _sender(reader)}


def _sender(reader: _Reader) -> str:
    text = reader.text("sender", "Enter the number, the name or the messaging service that texts come from.")
    phone = phones.parse(text) if not (_SERVICE.fullmatch(text) or _SENDER_NAME.fullmatch(text)) else None
    if text and phone is None and not (_SERVICE.fullmatch(text) or _SENDER_NAME.fullmatch(text)):
        reader.wrong("sender", "Enter a number like 07700 900123, a name of up to 11 letters, or an id that begins MG.")
    return phone.e164 if phone else text


def _gateway(reader: _Reader) -> dict[str, Any]:
    values = {
        "url": _url(reader), "method": reader.choice("method", _METHODS, "Choose how the request is made."),
        "kind": reader.choice("format", tuple(CONTENT_TYPES), "Choose what the body is written in."),
        "headers": reader.lines("headers"), "body": reader.lines("body"), "success": reader.text("success"),
        "honours_id": reader.tick("honours_id"),
    }  # fmt: skip
    if not reader.errors:
        _check_filling(reader, values)
    return values


def _url(reader: _Reader) -> str:
    text = reader.text("url", "Enter the address that texts are posted to.", _LONGEST_URL)
    try:
        parts = urlsplit(fill_url(text, _SAMPLE))
        good = parts.scheme in (("https", "http") if reader.private else ("https",)) and bool(parts.hostname)
        good = good and "{" not in parts.netloc and "{" not in text.split("/")[2] and text.isascii()
    except (ValueError, IndexError):
        good = False
    if text and not good:
        reader.wrong("url", "Enter an address like https://api.example.com/sms.")
    return text


def _check_filling(reader: _Reader, values: dict[str, Any]) -> None:
    """That the request says what is to be sent and to whom, and can be read on the other side."""
    body = "" if values["method"] == "GET" else values["body"]
    place = "url" if values["method"] == "GET" else "body"
    said = values["url"] + body
    if "{text}" not in said or not ("{to}" in said or "{digits}" in said):
        reader.wrong(place, "Put {to} (or {digits}) and {text} where the number and the words belong.")
    if body and values["kind"] == "json":
        try:
            json.loads(fill_body(body, "json", _SAMPLE))
        except ValueError:
            reader.wrong("body", 'This is no JSON. Put the places in quotes, like {"to": "{to}", "text": "{text}"}.')
    try:
        taken = {name.lower() for name in read_headers(values["headers"])} & http.OWN_HEADERS
    except ValueError:
        reader.wrong("headers", "Write one header a line, like Authorization: Bearer abc123.")
    else:
        if taken:
            reader.wrong("headers", f"Leave out {', '.join(sorted(taken))}: Sill sets it itself.")
