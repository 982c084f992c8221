"""The Squeegee simulator as a real process."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest

from app.core import http
from simulators.squeegee.confirmation import sign
from tests.simulators.far_end import FarEnd
from tests.simulators.processes import Simulator

TOKEN = "PARTNER-0b9c2f5e-0000-4000-8000-00000000abcd"
SECRET = "whsec_c2lsbC1kZW1vLXNlY3JldC0wMTIzNDU2Nzg5"
CUSTOMER = {
    "name": "Hannah Cole",
    "email": "hannah.cole@example.com",
    "phone": "+447700900318",
    "address": {"text": "4 Mill Lane, Wedmore, BS28 4EG"},
    "reference": "SWC-2026-0417",
}


class Squeegee:
    def __init__(self, simulator: Simulator) -> None:
        self.url = simulator.url
        services = http.request("GET", f"{self.url}/_services", allow_private=True).json()
        self.services = {each["name"]: each["id"] for each in services}
        self.job = {
            "date": "2026-12-08",
            "services": [self.services["Window cleaning"]],
            "price": 24,
            "notes": "Side gate",
            "tags": ["Wells"],
            "frequencyType": "weeks",
            "frequencyInterval": 8,
            "firstAppointment": {"tags": [], "initialDate": "2026-12-08"},
        }
        self.quote = {key: value for key, value in self.job.items() if key != "date"}

    def post(self, path: str, payload: object, token: str = TOKEN) -> http.Response:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.url}/api/v3/partner{path}"
        return http.request("POST", url, headers=headers, json=payload, allow_private=True)

    def door(self, path: str, payload: object) -> http.Response:
        return http.request("POST", self.url + path, json=payload, allow_private=True)

    def state(self) -> dict:
        return http.request("GET", f"{self.url}/_state", allow_private=True, max_bytes=10**7).json()

    def new_customer(self) -> str:
        return self.post("/customers", CUSTOMER).json()["data"]


@pytest.fixture(scope="module")
def simulator(tmp_path_factory) -> Iterator[Simulator]:
    folder = tmp_path_factory.mktemp("squeegee")
    started = Simulator(
        "simulators.squeegee", "--port", "0", "--data", str(folder), "--token", TOKEN, "--read-back"
    )
    yield started
    assert started.stop() == 0


@pytest.fixture
def squeegee(simulator: Simulator) -> Iterator[Squeegee]:
    squeegee = Squeegee(simulator)
    yield squeegee
    squeegee.door("/_reset", {})


def test_a_customer_a_job_and_a_quote_are_kept(squeegee) -> None:
    answer = squeegee.post("/customers", CUSTOMER)
    assert (answer.status, answer.json()["success"]) == (200, True)
    customer = answer.json()["data"]
    job = squeegee.post(f"/customers/{customer}/jobs", squeegee.job).json()["data"]
    quote = squeegee.post(f"/customers/{customer}/quote", squeegee.quote).json()["data"]
    state = squeegee.state()
    assert state["by_reference"]["SWC-2026-0417"] == {
        "customers": [customer],
        "jobs": [job],
        "quotes": [quote],
    }
    assert state["counts"] == {"customers": 1, "jobs": 1, "quotes": 1, "requests": 3, "accepted": 3}
    assert state["jobs"][0]["payload"] == squeegee.job


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"notes": "Dog"}, "notes is not accepted"),
        ({"name": None}, "name must be text"),
        ({"name": " "}, "blank"),
        ({"address": "4 Mill Lane"}, "address must be"),
        ({"address": {"text": "x", "town": "y"}}, "address must be"),
        ({"email": "nobody"}, "email"),
    ],
)
def test_a_customer_with_a_wrong_field_is_refused(squeegee, change, word) -> None:
    answer = squeegee.post("/customers", CUSTOMER | change)
    assert (answer.status, answer.json()["success"]) == (400, False)
    assert word in answer.json()["message"]
    assert squeegee.state()["requests"][0]["accepted"] == 0


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"date": "08/12/2026"}, "date must be"),
        ({"date": "20261208"}, "date must be"),
        ({"services": []}, "services must be"),
        ({"services": [str(uuid4())]}, "not a service"),
        ({"services": [{"id": 1}]}, "not a service"),
        ({"price": "24"}, "price"),
        ({"frequencyType": "adhoc"}, "left out"),
        ({"frequencyType": "months"}, "weeks or adhoc"),
        ({"frequencyInterval": 5}, "4, 6, 8 or 12"),
        ({"firstAppointment": {"initialDate": "soon"}}, "initialDate"),
        ({"colour": "blue"}, "colour is not accepted"),
    ],
)
def test_a_job_with_a_wrong_field_is_refused(squeegee, change, word) -> None:
    answer = squeegee.post(f"/customers/{squeegee.new_customer()}/jobs", squeegee.job | change)
    assert answer.status == 400
    assert word in answer.json()["message"]


def test_an_ad_hoc_job_leaves_the_interval_out(squeegee) -> None:
    job = squeegee.job | {"frequencyType": "adhoc"}
    del job["frequencyInterval"]
    assert squeegee.post(f"/customers/{squeegee.new_customer()}/jobs", job).status == 200


def test_a_quote_takes_no_date_and_wants_its_notes(squeegee) -> None:
    path = f"/customers/{squeegee.new_customer()}/quote"
    assert "date is not accepted" in squeegee.post(path, squeegee.job).json()["message"]
    without = {key: value for key, value in squeegee.quote.items() if key != "notes"}
    assert "notes is required" in squeegee.post(path, without).json()["message"]


def test_a_wrong_token_and_an_unknown_customer_are_refused(squeegee) -> None:
    assert squeegee.post("/customers", CUSTOMER, token="PARTNER-wrong").status == 401
    assert squeegee.post(f"/customers/{uuid4()}/jobs", squeegee.job).status == 404


def test_faults_apply_to_the_next_requests_of_their_step(squeegee) -> None:
    customer = squeegee.new_customer()
    squeegee.door("/_switches", {"status_500": {"times": 2, "step": "job"}})
    assert squeegee.post(f"/customers/{customer}/quote", squeegee.quote).status == 200
    path = f"/customers/{customer}/jobs"
    assert [squeegee.post(path, squeegee.job).status for _ in range(3)] == [500, 500, 200]


def test_faults_answer_as_the_real_one_may(squeegee) -> None:
    squeegee.door("/_switches", {"success_false": 1})
    answer = squeegee.post("/customers", CUSTOMER)
    assert (answer.status, answer.json()["success"]) == (200, False)
    squeegee.door("/_switches", {"status_429": {"value": 7, "times": 1}})
    answer = squeegee.post("/customers", CUSTOMER)
    assert (answer.status, answer.headers["retry-after"]) == (429, "7")
    squeegee.door("/_switches", {"wrong_token": 1})
    assert squeegee.post("/customers", CUSTOMER).status == 401
    squeegee.door("/_switches", {"slow": {"value": 0.3, "times": 1}})
    started = time.monotonic()
    assert squeegee.post("/customers", CUSTOMER).status == 200
    assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize(("switch", "kept"), [("cut_before", 0), ("cut_after", 1)])
def test_a_cut_leaves_the_sender_in_doubt(squeegee, switch, kept) -> None:
    squeegee.door("/_switches", {switch: 1})
    with pytest.raises(http.OutboundUnclear):
        squeegee.post("/customers", CUSTOMER)
    state = squeegee.state()
    assert (state["counts"]["customers"], state["counts"]["accepted"]) == (kept, kept)
    assert state["requests"][0]["status"] is None


def test_garbage_is_accepted_and_cannot_be_read(squeegee) -> None:
    squeegee.door("/_switches", {"garbage_json": 1})
    with pytest.raises(http.OutboundUnclear):
        squeegee.post("/customers", CUSTOMER).json()
    assert squeegee.state()["counts"]["customers"] == 1


def test_a_switch_that_does_not_exist_is_named(squeegee) -> None:
    answer = squeegee.door("/_switches", {"slow": 1, "explode": True})
    assert answer.status == 400
    assert "explode" in answer.json()["message"]
    assert squeegee.state()["switches"] == {}


def test_customers_can_be_looked_up_by_reference_when_allowed(squeegee) -> None:
    customer = squeegee.new_customer()
    url = f"{squeegee.url}/api/v3/partner/customers?reference=SWC-2026-0417"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    found = http.request("GET", url, headers=headers, allow_private=True).json()["data"]
    assert [each["id"] for each in found] == [customer]
    assert http.request("GET", url, allow_private=True).status == 401


def test_a_confirmation_is_signed_by_standard_webhooks(squeegee) -> None:
    customer = squeegee.new_customer()
    job = squeegee.post(f"/customers/{customer}/jobs", squeegee.job).json()["data"]
    sill = FarEnd()
    wanted = {
        "reference": "SWC-2026-0417",
        "first_service_date": "2026-12-10",
        "url": sill.url,
        "secret": SECRET,
    }
    answer = squeegee.door("/_confirm", wanted).json()
    path, headers, body = sill.wait_for(1)[0]
    sill.stop()
    assert (answer["success"], answer["webhook_id"], path) == (True, headers["webhook-id"], "/hook?of=sill")
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert json.loads(body) == {
        "type": "booking.confirmed",
        "data": {
            "reference": "SWC-2026-0417",
            "customer_id": customer,
            "job_id": job,
            "first_service_date": "2026-12-10",
        },
    }


def test_the_signature_is_that_of_the_published_example() -> None:
    """The example of the Standard Webhooks specification 1.0.0."""
    body = b'{"event_type":"ping","data":{"success":true}}'
    signed = sign("whsec_plJ3nmyCDGBKInavdOK15jsl", "msg_loFOjxBNrRLzqYUf", 1731705121, body)
    assert signed == "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="


def test_a_customer_without_a_job_cannot_be_confirmed(squeegee) -> None:
    customer = squeegee.new_customer()
    assert squeegee.door("/_confirm", {"customer_id": customer, "url": "http://127.0.0.1:1/"}).status == 409


def test_the_page_shows_what_is_held_and_works_its_buttons_without_scripts(squeegee) -> None:
    customer = squeegee.new_customer()
    squeegee.post(f"/customers/{customer}/jobs", squeegee.job)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    pressed = http.request(
        "POST",
        f"{squeegee.url}/_switches",
        headers=form,
        body=b"name=slow&value=2&times=3&step=job",
        allow_private=True,
    )
    page = http.request("GET", squeegee.url, allow_private=True)
    assert (pressed.status, squeegee.state()["switches"]) == (
        303,
        {"slow": {"value": 2.0, "times": 3, "step": "job"}},
    )
    assert "Hannah Cole" in page.body.decode()
    assert "every 8 weeks from 2026-12-08" in " ".join(page.body.decode().split())
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_what_was_accepted_survives_a_kill(tmp_path) -> None:
    arguments = ("--port", "0", "--data", str(tmp_path), "--token", TOKEN)
    first = Simulator("simulators.squeegee", *arguments)
    customer = Squeegee(first).new_customer()
    first.process.kill()
    first.process.communicate(timeout=10)
    second = Simulator("simulators.squeegee", *arguments)
    assert Squeegee(second).state()["by_reference"]["SWC-2026-0417"]["customers"] == [customer]
    second.stop()
