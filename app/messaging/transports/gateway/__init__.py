"""Texts by any service that takes one in an HTTP request, as the workspace described it."""

from urllib.parse import urlsplit

from app.core import http
from app.messaging.ports import Accepted, NotSent, Refused, Unclear
from app.messaging.ports.settings import GatewaySettings
from app.messaging.ports.sms import OutgoingSms
from app.messaging.transports.gateway.filling import CONTENT_TYPES, fill_body, fill_url, read_headers

SECONDS = 15.0
_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


class GatewayTransport:
    """A gateway. One on this machine is a simulator and reaches no real phone."""

    name = "gateway"

    def __init__(self, settings: GatewaySettings, *, allow_private: bool = False) -> None:
        self._settings, self._allow_private = settings, allow_private
        self.honours_our_id = settings.honours_id
        self.reaches_real_phones = (urlsplit(settings.url).hostname or "") not in _THIS_MACHINE

    def send(self, sms: OutgoingSms) -> Accepted:
        """Hand a text over. Raises Refused, NotSent or Unclear."""
        settings = self._settings
        values = {"to": sms.recipient, "digits": sms.recipient.lstrip("+"), "text": sms.text, "id": str(sms.message_id)}
        headers = read_headers(settings.headers)
        body = None
        if settings.method != "GET":
            headers = {"content-type": CONTENT_TYPES[settings.kind]} | headers
            body = fill_body(settings.body, settings.kind, values).encode()
        try:
            answer = http.request(
                settings.method, fill_url(settings.url, values), headers=headers, body=body, timeout=SECONDS,
                allow_private=self._allow_private,
            )  # fmt: skip
        except http.OutboundRefused:
            raise Refused("gateway_address") from None
        except http.OutboundNotSent:
            raise NotSent("gateway_connection") from None
        except http.OutboundUnclear:
            raise Unclear("gateway_no_answer") from None
        return self._understood(answer)

    def _understood(self, answer: http.Response) -> Accepted:
        """Read an answer. A 5xx may come from behind the point where the text was taken, so it is unclear."""
        if 200 <= answer.status < 300:
            if self._settings.success and self._settings.success not in answer.body.decode("utf-8", "replace"):
                raise Refused("gateway_answer")
            return Accepted()
        if answer.status == 429:
            raise NotSent("gateway_429")
        if answer.status in (401, 403):
            raise NotSent("gateway_sign_in")  # somebody mends the key, then the same text goes
        if 400 <= answer.status < 500:
            raise Refused(f"gateway_{answer.status}")
        raise Unclear(f"gateway_{answer.status}")
