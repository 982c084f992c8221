"""Twilio's Messages API (2010-04-01), with the faults that are switched on."""

import re
import time
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, jsonify, request

from simulators.mailbox import callbacks
from simulators.mailbox.segments import segments
from simulators.mailbox.store import Store
from simulators.serving import Cut
from simulators.switches import Switchboard

SWITCHES: dict[str, tuple[str, float | None]] = {
    "slow": ("Slow, seconds", 5),
    "status_500": ("Error 500", None),
    "status_429": ("Too many requests, 429", None),
    "cut_before": ("Cut before accepting", None),
    "cut_after": ("Accept, then cut", None),
    "landline": ("No mobile number, 21614", None),
    "opted_out": ("Opted out, 21610", None),
    "undelivered": ("Accepted, never delivered", None),
    "disordered": ("Callbacks repeat, out of order", None),
    "ignore_key": ("Send repeats too", None),
}
E164 = re.compile(r"\+[1-9]\d{6,14}")
DELIVERED = ("queued", "sent", "delivered")
DISORDERED = ("delivered", "queued", "sent", "delivered", "sent")


class ApiError(Exception):
    """An answer in Twilio's shape for errors; `code` as in twilio.com/docs/api/errors."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def twilio_api(store: Store, switches: Switchboard, auth_token: str | None) -> Blueprint:
    """The routes below /twilio. `auth_token` signs callbacks; without it the request's password does."""
    api = Blueprint("twilio_api", __name__, url_prefix="/twilio/2010-04-01/Accounts/<account>")

    @api.errorhandler(ApiError)
    def show_error(error: ApiError) -> tuple[Response, int]:
        more = f"https://www.twilio.com/docs/errors/{error.code}"
        shown = jsonify(code=error.code, message=error.message, more_info=more, status=error.status)
        return shown, error.status

    @api.post("/Messages.json")
    def create(account: str) -> tuple[Response, int]:
        password = _password(account)
        to = request.form.get("To", "")
        _hinder(switches, to)
        _check(request.form, to, switches)
        text, is_new = store.deliver_text(_text(account, switches))
        if is_new:
            signing_token = auth_token or password
            callbacks.report_later(
                store, text["sid"], _statuses(switches, to), _callback_url(), signing_token
            )
        if switches.take("cut_after", to=to):
            raise Cut
        return jsonify(_shown(text)), 201

    @api.get("/Messages.json")
    def find(account: str) -> Response:
        _password(account)
        found = store.texts(
            int(request.args.get("PageSize", 50)), request.args.get("To", ""), request.args.get("From", "")
        )
        return jsonify(messages=[_shown(text) for text in found], page=0, page_size=len(found))

    @api.get("/Messages/<sid>.json")
    def show(account: str, sid: str) -> Response:
        _password(account)
        text = store.text(sid)
        if text is None:
            raise ApiError(404, 20404, "The requested resource was not found")
        return jsonify(_shown(text))

    return api


def _password(account: str) -> str:
    given = request.authorization
    if given is None or given.type != "basic" or not given.password or given.username != account:
        raise ApiError(401, 20003, "Authenticate")
    return given.password


def _hinder(switches: Switchboard, to: str) -> None:
    if slow := switches.take("slow", to=to):
        time.sleep(slow.value or 0)
    if switches.take("cut_before", to=to):
        raise Cut
    if switches.take("status_500", to=to):
        raise ApiError(500, 20500, "An internal server error has occurred")
    if switches.take("status_429", to=to):
        raise ApiError(429, 20429, "Too Many Requests")


def _check(form: Any, to: str, switches: Switchboard) -> None:
    if not to:
        raise ApiError(400, 21604, "A 'To' phone number is required.")
    if not E164.fullmatch(to):
        raise ApiError(400, 21211, "Invalid 'To' Phone Number")
    if not form.get("From") and not form.get("MessagingServiceSid"):
        raise ApiError(400, 21603, "A 'From' phone number is required.")
    if not form.get("Body"):
        raise ApiError(400, 21602, "Message body is required.")
    if len(form["Body"]) > 1600:
        raise ApiError(400, 21617, "The concatenated message body exceeds the 1600 character limit")
    if switches.take("landline", to=to):
        raise ApiError(400, 21614, "'To' number is not a valid mobile number")
    if switches.take("opted_out", to=to):
        raise ApiError(400, 21610, "Attempt to send to unsubscribed recipient")


def _text(account: str, switches: Switchboard) -> dict[str, Any]:
    form, headers = request.form, request.headers
    key = headers.get("Idempotency-Key") or headers.get("I-Twilio-Idempotency-Token")
    return {
        "sid": f"SM{uuid4().hex}",
        "account": account,
        "sender": form.get("From") or form["MessagingServiceSid"],
        "recipient": form["To"],
        "body": form["Body"],
        "segments": segments(form["Body"]),
        "direction": "outbound-api",
        "status": "queued",
        "error_code": None,
        "key": None if key and switches.take("ignore_key", to=form["To"]) else key,
    }


def _statuses(switches: Switchboard, to: str) -> tuple[str, ...]:
    if switches.take("undelivered", to=to):
        return ("queued", "sent", "undelivered")
    return DISORDERED if switches.take("disordered", to=to) else DELIVERED


def _callback_url() -> str | None:
    return request.form.get("StatusCallback")


def _shown(text: dict[str, Any]) -> dict[str, Any]:
    created = format_datetime(datetime.fromisoformat(text["at"]))
    return {
        "sid": text["sid"],
        "account_sid": text["account"],
        "messaging_service_sid": text["sender"] if text["sender"].startswith("MG") else None,
        "from": text["sender"],
        "to": text["recipient"],
        "body": text["body"],
        "num_segments": str(text["segments"]),
        "num_media": "0",
        "direction": text["direction"],
        "status": text["status"],
        "error_code": text["error_code"],
        "error_message": "Unreachable destination handset" if text["error_code"] else None,
        "price": None,
        "price_unit": "GBP",
        "api_version": "2010-04-01",
        "date_created": created,
        "date_updated": created,
        "date_sent": created if text["status"] != "queued" else None,
        "uri": f"/2010-04-01/Accounts/{text['account']}/Messages/{text['sid']}.json",
        "subresource_uris": {},
    }
