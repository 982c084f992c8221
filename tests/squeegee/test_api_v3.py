"""Each request as it goes out, and what each kind of answer means."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.core.errors import Invalid
from app.core.http import Response
from app.squeegee.adapters.answers import read_answer, read_list
from app.squeegee.adapters.api_v3 import ApiV3
from app.squeegee.adapters.wire import read
from app.squeegee.mapping import Draft, LeadFacts, customer_card, job_card, quote_card
from app.squeegee.ports import Accepted, Found, Rejected, Request, Unclear
from simulators.squeegee.payloads import problems

GOLDEN = Path(__file__).parent / "golden"
SERVICES = {
    "window_cleaning": "9a1de0a6-0000-4000-8000-000000000001",
    "conservatory_roof": "9a1de0a6-0000-4000-8000-000000000002",
}
ACCOUNT = Draft(SERVICES)
READING = {
    "find_customer_path": "/api/v3/partner/customers?reference={reference}",
    "find_job_path": "/api/v3/partner/customers/{customer_id}/jobs",
}  # fmt: skip


@dataclass(frozen=True)
class Rung:
    """Another rung of the offer."""

    frequency: str = "4_weekly"
    price_minor: int = 1900
    first_minor: int | None = 3000


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
    port = ApiV3("https://wells.example.com", "PARTNER-1", read(READING))
    day = date(2026, 12, 8)
    return {
        "customer": port.create_customer(customer_card(facts())),
        "job": port.create_job("c/1", job_card(facts(), ACCOUNT, day)),
        "quote": port.create_quote("c1", quote_card(facts(), ACCOUNT, Rung(), day), "4_weekly"),
        "find_customer": port.find_customer("WWC-2026-017&x=1"),
        "find_job": port.find_job("c/1", day),
        "job_once": port.create_job("c1", job_card(facts(frequency="one_off", price_minor=2400), ACCOUNT, day)),
    }


@pytest.mark.parametrize("name", ["customer", "job", "job_once", "quote", "find_customer", "find_job"])
def test_a_request_is_the_golden_one(name: str) -> None:
    assert requests()[name].as_text() + "\n" == (GOLDEN / f"{name}.txt").read_text()


@pytest.mark.parametrize("name", ["customer", "job", "job_once", "quote"])
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
        (520, b"error code: 520", "gateway_error"),
        (524, b"error code: 524", "gateway_error"),
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


ASKED = Request("find_customer", "/customers", wanted="WWC-2026-017")
JOBS = Request("find_job", "/jobs", wanted="2026-12-08")
OURS, OTHER = {"id": "c1", "reference": "WWC-2026-017"}, {"id": "c2", "reference": "WWC-2026-170"}


@pytest.mark.parametrize(
    ("asked", "body", "ids"),
    [
        (ASKED, {"success": True, "data": []}, ()),
        (ASKED, {"success": True, "data": [OURS]}, ("c1",)),
        (ASKED, [OTHER, OURS], ("c1",)),
        (ASKED, {"success": True, "data": [OURS, {**OURS, "id": "c9"}]}, ("c1", "c9")),
        (JOBS, {"data": [{"id": "j1", "date": "2026-12-08T08:00:00Z"}]}, ("j1",)),
    ],
)
def test_a_list_says_what_is_there(asked: Request, body: Any, ids: tuple[str, ...]) -> None:
    found = read_list(Response(200, {}, json.dumps(body).encode(), "h"), read(READING), asked)
    assert isinstance(found, Found)
    assert found.ids == ids


@pytest.mark.parametrize(
    "body",
    [
        {"success": True, "data": [OTHER]},  # the filter may have been overlooked, and ours stand on the next page
        {"success": True, "data": [OURS, {"id": "c3"}]},
        {"success": True, "data": [{"reference": "WWC-2026-017"}]},
        {"success": True, "data": {"c1": OURS}},
        {"success": True},
        "<html>",
    ],
)
def test_a_list_that_leaves_a_doubt_is_unreadable(body: Any) -> None:
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    found = read_list(Response(200, {}, content, "h"), read(READING), ASKED)
    assert isinstance(found, Unclear)


@pytest.mark.parametrize(("status", "may_pass"), [(502, True), (500, True), (429, True), (404, False), (401, False)])
def test_a_question_that_is_not_answered_leaves_nothing_unclear(status: int, may_pass: bool) -> None:
    found = read_list(Response(status, {}, b"", "h"), read(READING), ASKED)
    assert isinstance(found, Rejected)
    assert found.may_pass is may_pass


def test_paths_and_names_are_data() -> None:
    other = read(
        {
            "job_path": "/api/v4/clients/{customer_id}/work", "work.price": "money.amount", "work.tags": "",
            "word_once": "single", "answer_id": "data.id", "answer_success": "ok",
        }
    )  # fmt: skip
    port = ApiV3("https://wells.example.com", "PARTNER-1", other)
    request = port.create_job("c1", job_card(facts(frequency="one_off"), ACCOUNT, date(2026, 12, 8)))
    assert request.path == "/api/v4/clients/c1/work"
    assert request.body is not None
    assert (request.body["money"], request.body["frequencyType"]) == ({"amount": 24.5}, "single")
    assert "tags" not in request.body
    taken = read_answer(Response(200, {}, b'{"ok": true, "data": {"id": "j1"}}', "h"), other)
    assert isinstance(taken, Accepted)
    assert taken.id == "j1"


@pytest.mark.parametrize(
    "raw",
    [
        {"job_path": "/jobs"}, {"job_path": "/{customer_id}/{customer_id}"}, {"job_path": "/{customer_id.__class__}"},
        {"customer_path": "//evil.example.com"}, {"customer_path": "https://evil.example.com/"},
        {"customer_path": "/a/../../b"}, {"customer_path": "/x y"}, {"customer_path": "/{reference}"},
        {"find_customer_path": "/customers"}, {"customer.name": "a b"}, {"customer.email": "name"},
        {"customer.phone": "address"}, {"word_once": "two words"}, {"answer_id": "a..b"}, {"unheard_of": "x"},
    ],
)  # fmt: skip
def test_a_wire_that_can_not_be_meant_is_refused(raw: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        read(raw)
    assert set(refused.value.errors) == set(raw)


@pytest.mark.parametrize("until", ["Mon, 01 Jan 2026 00:00:00 +99999999999999999999", "Mon, 01 Jan 99999 00:00:00 GMT"])
def test_a_wait_that_nobody_can_reckon_is_none(until: str) -> None:
    result = read_answer(Response(429, {"retry-after": until}, b"", "example.com"))
    assert isinstance(result, Rejected) and result.retry_after is None
