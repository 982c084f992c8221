"""What Twilio sends back to Sill: status callbacks and customers' replies, signed as Twilio signs them."""

import base64
import hashlib
import hmac
import threading
import time
from urllib.parse import urlencode

from simulators import posting
from simulators.mailbox.store import Store

BETWEEN = 0.2  # seconds from one status to the next
Row = dict[str, object]


def signature(auth_token: str, url: str, fields: dict[str, str]) -> str:
    """X-Twilio-Signature: HMAC-SHA1 of the address and the sorted fields (twilio.com/docs/usage/security)."""
    signed = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def post(url: str, auth_token: str, fields: dict[str, str]) -> str:
    """Post signed form fields once; returns the status as text, or "no answer"."""
    headers = {
        "X-Twilio-Signature": signature(auth_token, url, fields),
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "User-Agent": "TwilioProxy/1.1",
    }
    return posting.post(url, urlencode(fields).encode(), headers)


def report_later(store: Store, sid: str, statuses: tuple[str, ...], url: str | None, auth_token: str) -> None:
    """Walk an SMS through its statuses in the background and tell `url` each of them."""
    threading.Thread(target=_report, args=(store, sid, statuses, url, auth_token), daemon=True).start()


def _report(store: Store, sid: str, statuses: tuple[str, ...], url: str | None, auth_token: str) -> None:
    for status in statuses:
        time.sleep(BETWEEN)
        # 30003: unreachable destination (twilio.com/docs/api/errors/30003)
        error_code = 30003 if status == "undelivered" else None
        store.set_text_status(sid, status, error_code)
        if url and (text := store.text(sid)):
            fields = _fields(text) | {"MessageStatus": status, "SmsStatus": status}
            if error_code:
                fields["ErrorCode"] = str(error_code)
            store.add_callback(sid, status, post(url, auth_token, fields))


def reply(text: Row, url: str, auth_token: str) -> str:
    """Tell Sill of an SMS that the customer wrote; returns the outcome in words."""
    fields = _fields(text) | {
        "Body": str(text["body"]),
        "NumMedia": "0",
        "NumSegments": str(text["segments"]),
    }
    return post(url, auth_token, fields)


def _fields(text: Row) -> dict[str, str]:
    return {
        "MessageSid": str(text["sid"]),
        "SmsSid": str(text["sid"]),
        "AccountSid": str(text["account"]),
        "From": str(text["sender"]),
        "To": str(text["recipient"]),
        "ApiVersion": "2010-04-01",
    }
