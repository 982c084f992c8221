"""The Squeegee simulator's partner API, as a real process."""

import time
from uuid import uuid4

import pytest

from app.core import http
from tests.simulators.processes import Simulator
from tests.simulators.squeegee_desk import CUSTOMER, TOKEN, Squeegee


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
    first.process.communicate(timeout=60)
    second = Simulator("simulators.squeegee", *arguments)
    assert Squeegee(second).state()["by_reference"]["SWC-2026-0417"]["customers"] == [customer]
    second.stop()
