"""Squeegee's partner API, version 3.

It has no public documentation. Paths and field names below are what working code of others sends, kept as data in this
one place: a correction is a change of one line.
"""

from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from app.core import http
from app.squeegee.ports import Accepted, CustomerCard, JobCard, NotSent, Rejected, Request, Result, Unclear

CUSTOMERS = "/api/v3/partner/customers"
JOBS = "/api/v3/partner/customers/{customer_id}/jobs"
#: Where each fact goes in the body; a dot goes one level down. What is unknown is left out.
CUSTOMER_FIELDS = (
    ("name", "name"), ("email", "email"), ("phone", "phone"), ("address.text", "address"), ("reference", "reference"),
)  # fmt: skip
JOB_FIELDS = (
    ("date", "first_date"), ("services", "service_ids"), ("price", "price"), ("notes", "notes"), ("tags", "tags"),
    ("frequencyType", "kind"), ("frequencyInterval", "weeks"), ("firstAppointment.tags", "tags"),
    ("firstAppointment.initialDate", "first_date"),
)  # fmt: skip
ID_FIELD = "data"
SUCCESS_FIELD = "success"
REPEATED, ONCE = "weeks", "adhoc"

TIMEOUT_SECONDS = 15.0
_LONGEST_ID = 100
_LONGEST_WAIT = timedelta(hours=1)
#: A gateway speaks there, not Squeegee: what stands behind it may have taken the request.
_GATEWAYS = (502, 504)


class ApiV3:
    """The port to one account. `allow_private` is for the operator's own simulator on loopback."""

    def __init__(self, base_url: str, token: str, *, allow_private: bool = False) -> None:
        self._base_url, self._token, self._allow_private = base_url, token, allow_private

    def create_customer(self, card: CustomerCard) -> Request:
        """The request that makes a customer."""
        return Request("customer", CUSTOMERS, _body(CUSTOMER_FIELDS, card))

    def create_job(self, customer_id: str, card: JobCard) -> Request:
        """The request that makes a job of a customer."""
        path = JOBS.format(customer_id=quote(customer_id, safe=""))
        return Request("job", path, _body(JOB_FIELDS, card, kind=REPEATED if card.weeks else ONCE))

    def send(self, request: Request) -> Result:
        """Send it, once, within TIMEOUT_SECONDS."""
        try:
            response = http.request(
                "POST", self._base_url + request.path, headers={"Authorization": f"Bearer {self._token}"},
                json=request.body, timeout=TIMEOUT_SECONDS, allow_private=self._allow_private,
            )  # fmt: skip
        except http.OutboundRefused:
            return NotSent("address_refused", may_pass=False)
        except http.OutboundNotSent:
            return NotSent("not_reached")
        except http.OutboundUnclear:
            return Unclear("no_answer")
        return read_answer(response)


def read_answer(response: http.Response) -> Result:
    """What an answer means. An error is a status of 400 or more, or `success: false` with 200."""
    status, text = response.status, response.body.decode("utf-8", "replace")
    if status in _GATEWAYS:
        return Unclear("gateway_error", status, text)
    if status == 429:
        return Rejected("too_many_requests", status, text, may_pass=True, retry_after=_wait(response))
    if status >= 500:
        return Rejected("server_error", status, text, may_pass=True, retry_after=_wait(response))
    if status >= 300:
        return Rejected("token_refused" if status in (401, 403) else "refused", status, text)
    try:
        answer = response.json()
    except http.OutboundUnclear:
        return Unclear("unreadable_answer", status, text)
    if isinstance(answer, dict) and answer.get(SUCCESS_FIELD) is False:
        return Rejected("refused", status, text)
    found = answer.get(ID_FIELD) if isinstance(answer, dict) and answer.get(SUCCESS_FIELD) is True else None
    if not isinstance(found, str) or not 0 < len(found.strip()) <= _LONGEST_ID or not found.isprintable():
        return Unclear("answer_without_id", status, text)
    return Accepted(found.strip(), status, text)


def _body(fields: tuple[tuple[str, str], ...], card: CustomerCard | JobCard, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for place, fact in fields:
        value = more[fact] if fact in more else getattr(card, fact)
        if value is None:
            continue
        *above, last = place.split(".")
        level = body
        for name in above:
            level = level.setdefault(name, {})
        level[last] = _plain(value)
    return body


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _wait(response: http.Response) -> timedelta | None:
    """How long Retry-After asks to wait: seconds or a date (RFC 9110, 10.2.3), at most an hour."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 8:
        return min(timedelta(seconds=max(1, int(text))), _LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max(until - datetime.now(UTC), timedelta(seconds=1)), _LONGEST_WAIT)
