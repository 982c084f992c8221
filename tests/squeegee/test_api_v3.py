"""Both requests as they go out, and what each kind of answer means."""

import json
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.core.http import Response
from app.squeegee.adapters.api_v3 import ApiV3, read_answer
from app.squeegee.mapping import Draft, LeadFacts, customer_card, job_card
from app.squeegee.ports import Accepted, Rejected, Unclear
from simulators.squeegee.payloads import problems

GOLDEN = Path(__file__).parent / "golden"
SERVICES = {
    "window_cleaning": "9a1de0a6-0000-4000-8000-000000000001",
    "conservatory_roof": "9a1de0a6-0000-4000-8000-000000000002",
}
ACCOUNT = Draft(SERVICES)


def facts(**other: Any) -> LeadFacts:
    given = {
        "id": UUID(int=1), "number": "WWC-2026-017", "name": "Hannah Cole", "email": "hannah.cole@example.com",
        "phone": "+447700900318", "line1": "4 Mill Lane", "address": "4 Mill Lane, Wedmore, BS28 4EG",
        "town": "Wedmore", "postcode": "BS28 4EG", "district": "BS28", "service": "window_cleaning",
        "extras": ("conservatory_roof", "velux"), "frequency": "8_weekly", "price_minor": 2450,
        "first_price_minor": 4000, "wishes": "Please text the night before.", "access_notes": "Side gate, code 1234",
        "source_id": UUID(int=2), "created_at": datetime(2026, 11, 16, 9, 30, tzinfo=UTC),
    }  # fmt: skip
    return LeadFacts(**{**given, **other})


def requests() -> dict[str, Any]:
    port = ApiV3("https://wells.example.com", "PARTNER-1")
    day = date(2026, 12, 8)
    return {
        "customer": port.create_customer(customer_card(facts())),
        "job": port.create_job("c/1", job_card(facts(), ACCOUNT, day)),
        "job_once": port.create_job("c1", job_card(facts(frequency="one_off", price_minor=2400), ACCOUNT, day)),
    }


@pytest.mark.parametrize("name", ["customer", "job", "job_once"])
def test_a_request_is_the_golden_one(name: str) -> None:
    assert requests()[name].as_text() + "\n" == (GOLDEN / f"{name}.txt").read_text()


@pytest.mark.parametrize("name", ["customer", "job", "job_once"])
def test_squeegee_takes_the_fields_of_a_request(name: str) -> None:
    request = requests()[name]
    found = problems(request.step, json.loads(json.dumps(request.body)))
    assert [each for each in found if "not a service" not in each] == []


def test_a_customer_without_email_or_phone_sends_neither() -> None:
    body = ApiV3("https://x.example.com", "t").create_customer(customer_card(facts(email=None, phone=None))).body
    assert set(body) == {"name", "address", "reference"}


def test_extras_that_are_the_same_work_as_a_service_use_its_id() -> None:
    ids = {"window_cleaning": "a", "gutter_clearing": "b"}
    assert job_card(facts(extras=("gutters",)), Draft(ids), date(2026, 12, 8)).service_ids == ("a", "b")


def answer(status: int, body: Any = b"", **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_answer(Response(status, {k.replace("_", "-"): v for k, v in headers.items()}, content, "h"))


def test_success_gives_the_id() -> None:
    assert answer(200, {"success": True, "data": "abc"}) == Accepted("abc", 200, '{"success": true, "data": "abc"}')


@pytest.mark.parametrize(
    ("status", "body", "reason", "may_pass"),
    [
        (200, {"success": False}, "refused", False),
        (400, b"no", "refused", False),
        (401, b"", "token_refused", False),
        (302, b"", "refused", False),
        (500, b"<html>", "server_error", True),
        (503, b"", "server_error", True),
        (429, b"", "too_many_requests", True),
    ],
)
def test_an_error_was_certainly_not_taken(status: int, body: Any, reason: str, may_pass: bool) -> None:
    result = answer(status, body)
    assert isinstance(result, Rejected)
    assert (result.reason, result.may_pass) == (reason, may_pass)


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (502, b"", "gateway_error"),
        (504, b"", "gateway_error"),
        (200, b'{"success": true, "da', "unreadable_answer"),
        (200, {"success": True}, "answer_without_id"),
        (200, {"success": True, "data": ""}, "answer_without_id"),
        (200, {"success": True, "data": 7}, "answer_without_id"),
        (200, {"success": True, "data": "x" * 101}, "answer_without_id"),
        (200, {"data": "abc"}, "answer_without_id"),
        (200, ["abc"], "answer_without_id"),
        (201, b"", "unreadable_answer"),
    ],
)
def test_an_answer_that_says_neither_is_unclear(status: int, body: Any, reason: str) -> None:
    result = answer(status, body)
    assert isinstance(result, Unclear)
    assert result.reason == reason


@pytest.mark.parametrize(
    ("text", "seconds"), [("5", 5), ("0", 1), ("99999999", None), ("9999999", 3600), ("soon", None), ("", None)]
)
def test_retry_after_is_believed_within_reason(text: str, seconds: int | None) -> None:
    wait = answer(429, b"", retry_after=text).retry_after
    assert wait == (timedelta(seconds=seconds) if seconds else None)


def test_retry_after_may_be_a_date() -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    wait = answer(503, b"", retry_after=until).retry_after
    assert timedelta(minutes=4) < wait <= timedelta(minutes=5)
