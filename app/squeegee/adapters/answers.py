"""What an answer of Squeegee's means. An error is a status of 400 or more, or `success: false` with 200."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from app.core import http
from app.squeegee.adapters.wire import Wire, read
from app.squeegee.ports import Accepted, Found, Rejected, Request, Result, Unclear

_LONGEST_ID = 100
_LONGEST_WAIT = timedelta(hours=1)
#: A gateway speaks there, not Squeegee: what stands behind it may have taken the request. From 520 on are those that
#: networks in front of websites have made up for themselves: no answer they could read, or none in time.
_GATEWAYS = (502, 504, 520, 522, 524, 598, 599)
_KNOWN = read({})


def read_answer(response: http.Response, wire: Wire = _KNOWN) -> Result:
    """What the answer to a request means that makes something."""
    status, text = response.status, response.body.decode("utf-8", "replace")
    if status in _GATEWAYS:
        return Unclear("gateway_error", status, text)
    refusal = _refusal(response)
    if refusal:
        return refusal
    try:
        answer = response.json()
    except http.OutboundUnclear:
        return Unclear("unreadable_answer", status, text)
    taken = value_at(answer, wire.answer_success)
    if taken is False:
        return Rejected("refused", status, text)
    found = as_id(value_at(answer, wire.answer_id)) if taken is True else None
    return Accepted(found, status, text) if found else Unclear("answer_without_id", status, text)


def read_list(response: http.Response, wire: Wire, request: Request) -> Result:
    """What the answer to a question means.

    Whether something is *not* there decides that it is made again. So only an empty list says that: one that holds
    others may have overlooked what was asked for and end on its first page, and counts as unreadable.
    """
    status, text = response.status, response.body.decode("utf-8", "replace")
    if status in _GATEWAYS:
        return Rejected("gateway_error", status, text, may_pass=True)
    refusal = _refusal(response)
    if refusal:
        return refusal
    try:
        answer = response.json()
    except http.OutboundUnclear:
        answer = None
    if value_at(answer, wire.answer_success) is False:
        return Rejected("refused", status, text)
    items = answer if isinstance(answer, list) else value_at(answer, wire.found_list)
    place = wire.found_reference if request.step == "find_customer" else wire.found_date
    ids = _matching(items, wire.found_id, place, request.wanted)
    return Unclear("unreadable_list", status, text) if ids is None else Found(ids, status, text)


def value_at(answer: Any, place: str) -> Any:
    """What stands at a place like "data.id"; None where there is nothing."""
    for name in place.split("."):
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer


def as_id(found: Any) -> str | None:
    """An id as it can be kept, None for what can't be one."""
    if not isinstance(found, str) or not found.isprintable():
        return None
    return found.strip() if 0 < len(found.strip()) <= _LONGEST_ID else None


def _matching(items: Any, id_place: str, place: str, wanted: str) -> tuple[str, ...] | None:
    if not isinstance(items, list):
        return None
    found = []
    for item in items:
        known, value = as_id(value_at(item, id_place)), value_at(item, place)
        if known is None or not isinstance(value, str):
            return None
        if value == wanted or value.startswith(f"{wanted}T"):  # a date may come with a time
            found.append(known)
    return tuple(found) if found or not items else None


def _refusal(response: http.Response) -> Rejected | None:
    status, text = response.status, response.body.decode("utf-8", "replace")
    if status == 429:
        return Rejected("too_many_requests", status, text, may_pass=True, retry_after=_wait(response))
    if status >= 500:
        return Rejected("server_error", status, text, may_pass=True, retry_after=_wait(response))
    if status >= 300:
        return Rejected("token_refused" if status in (401, 403) else "refused", status, text)
    return None


def _wait(response: http.Response) -> timedelta | None:
    """How long Retry-After asks to wait: seconds or a date (RFC 9110, 10.2.3), at most an hour."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 8:
        return min(timedelta(seconds=max(1, int(text))), _LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max(until - datetime.now(UTC), timedelta(seconds=1)), _LONGEST_WAIT)
