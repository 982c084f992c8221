"""Texts by Twilio's Messages API (twilio.com/docs/messaging/api/message-resource)."""

from base64 import b64encode
from urllib.parse import quote, urlencode, urlsplit

from app.core import http
from app.messaging.ports import Accepted, NotSent, Refused, Unclear
from app.messaging.ports.settings import TwilioSettings
from app.messaging.ports.sms import OutgoingSms

API_BASE = "https://api.twilio.com"
PROVIDER_HOST = "twilio.com"
SECONDS = 15.0


class TwilioTransport:
    """An account at Twilio. Another API base (the simulator, a gateway of one's own) reaches no real phone."""

    name = "twilio"

    def __init__(
        self, settings: TwilioSettings, *, api_base: str = API_BASE, honours_our_id: bool = False,
        allow_private: bool = False,
    ) -> None:  # fmt: skip
        host = urlsplit(api_base).hostname or ""
        self.reaches_real_phones = host == PROVIDER_HOST or host.endswith(f".{PROVIDER_HOST}")
        self.honours_our_id = honours_our_id
        self._allow_private = allow_private
        account = quote(settings.account_sid, safe="")
        self._url = f"{api_base}/2010-04-01/Accounts/{account}/Messages.json"
        self._from = settings.sender
        credentials = f"{settings.account_sid}:{settings.auth_token}".encode()
        self._authorization = f"Basic {b64encode(credentials).decode()}"

    def send(self, sms: OutgoingSms) -> Accepted:
        """Hand a text over. Raises Refused, NotSent or Unclear."""
        sender = "MessagingServiceSid" if self._from.startswith("MG") else "From"
        form = {"To": sms.recipient, sender: self._from, "Body": sms.text}
        if sms.status_url:
            form["StatusCallback"] = sms.status_url
        try:
            response = http.request(
                "POST", self._url, body=urlencode(form).encode(), timeout=SECONDS, allow_private=self._allow_private,
                headers={
                    "Authorization": self._authorization,
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Idempotency-Key": sms.key,
                },
            )  # fmt: skip
            return _understood(response)
        except http.OutboundRefused:
            raise Refused("twilio_address") from None
        except http.OutboundNotSent:
            raise NotSent("twilio_connection") from None
        except http.OutboundUnclear:
            raise Unclear("twilio_no_answer") from None


def _understood(response: http.Response) -> Accepted:
    """Read an answer. A 5xx may come from behind the point where the message was taken, so it is unclear."""
    if response.status == 429:
        raise NotSent("twilio_429")
    if response.status >= 500:
        raise Unclear(f"twilio_{response.status}")
    answer = response.json()
    if not isinstance(answer, dict):
        raise Unclear("twilio_answer")
    if response.status in (200, 201) and isinstance(answer.get("sid"), str):
        return Accepted(answer["sid"])
    if response.status in (401, 403):
        raise NotSent("twilio_sign_in")  # the operator mends it, then the same message goes
    if 400 <= response.status < 500:
        code = answer.get("code")
        raise Refused(f"twilio_{code if isinstance(code, int) else response.status}")
    raise Unclear(f"twilio_{response.status}")
