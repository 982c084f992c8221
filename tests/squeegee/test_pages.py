"""The pages: what they show and do, for whom."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.leads.services import stage_by_key
from app.squeegee.models import Transfer
from tests.squeegee.desk import Desk, fresh, stage_of

FIRST = "/w/wells/squeegee"


def test_the_queue_says_what_each_lead_lacks(desk: Desk, ready_lead: Any, alice: Any) -> None:
    ready_lead(name="Olive Penrose")
    ready_lead(name="Ned Nobody", price_minor=None, postcode="BA5")
    page = alice.get(FIRST).text
    assert "Olive Penrose" in page
    assert "Add the whole postcode" in page and "Add the price a visit" in page
    assert page.count(">Hand over<") == 1


def test_handing_over_from_the_queue_runs_to_the_end(
    desk: Desk, ready_lead: Any, alice: Any, run_outbox: Any
) -> None:
    lead = ready_lead()
    answer = alice.post(f"/w/wells/leads/{lead.id}/hand-over", data={"first_service_date": desk.day.isoformat()})
    assert answer.status_code == 303
    assert "Waiting" in alice.get(answer.location).text
    run_outbox()
    page = alice.get(answer.location).text
    assert "In Squeegee" in page
    assert "WWC-" in page and fresh(lead).squeegee_customer_id in page
    assert desk.far_end.token not in page


def test_under_htmx_the_card_comes_back_as_a_part(desk: Desk, ready_lead: Any, alice: Any) -> None:
    lead = ready_lead()
    answer = alice.post(
        f"/w/wells/leads/{lead.id}/hand-over", data={"first_service_date": desk.day.isoformat()}, hx=True
    )
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith("<li") and f'id="ready-{lead.id}"' in answer.text
    again = alice.post(
        f"/w/wells/leads/{lead.id}/hand-over", data={"first_service_date": desk.day.isoformat()}, hx=True
    )
    assert again.status_code == 409 and "on its way to Squeegee already" in again.text


@pytest.mark.parametrize("typed", ["", "soon", "2020-01-01"])
def test_a_date_that_can_not_be_is_explained_where_it_was_typed(
    desk: Desk, ready_lead: Any, alice: Any, typed: str
) -> None:
    lead = ready_lead()
    for place, shown in (("queue", f"ready-{lead.id}"), ("panel", f"lead-{lead.id}-squeegee")):
        data = {"first_service_date": typed, "place": place}
        answer = alice.post(f"/w/wells/leads/{lead.id}/hand-over", data=data, hx=True)
        assert answer.status_code == 422
        assert f'id="{shown}"' in answer.text and 'role="alert"' in answer.text
    assert db.session.query(Transfer).count() == 0


def test_the_copy_sheet_follows_the_form_and_is_confirmed(desk: Desk, ready_lead: Any, alice: Any) -> None:
    lead = ready_lead(name="Olive Penrose", access_notes="Side gate")
    url = f"/w/wells/leads/{lead.id}/copy-sheet"
    labels = re.findall(r"<dt>(\w.*?)</dt>", alice.get(url).text)
    assert labels == [
        "First name", "Last name", "Mobile", "Email", "Address", "Reference",
        "Job address", "Services", "Price", "Initial price", "Frequency", "First date", "Tags", "Notes",
    ]  # fmt: skip
    assert alice.post(url, data={"squeegee_id": " "}).status_code == 422
    answer = alice.post(url, data={"squeegee_id": "C-77", "first_service_date": desk.day.isoformat()})
    assert answer.status_code == 303
    lead = fresh(lead)
    assert (lead.squeegee_customer_id, lead.first_service_date) == ("C-77", desk.day)
    assert stage_of(lead) == "booking_confirmed"
    assert alice.post(url, data={"squeegee_id": "C-78"}).status_code == 409


def test_an_uncertain_transfer_says_what_to_look_for_and_takes_the_answer(
    desk: Desk, ready_lead: Any, alice: Any, run_outbox: Any
) -> None:
    desk.far_end.switch(cut_after={"step": "customer", "times": 1})
    lead = ready_lead()
    transfer = desk.start(lead)
    run_outbox()
    url = f"/w/wells/transfers/{transfer.id}"
    assert f"for the reference <b>{lead.number}</b>" in alice.get(url).text
    assert alice.post(f"{url}/settle", data={"found": "yes", "squeegee_id": ""}).status_code == 422
    mistyped = "CUST-" + "9" * 120
    refused = alice.post(f"{url}/settle", data={"found": "yes", "squeegee_id": mistyped})
    assert refused.status_code == 422 and mistyped in refused.text, "it stays to be put right"
    found = desk.far_end.state()["by_reference"][lead.number]["customers"][0]
    assert alice.post(f"{url}/settle", data={"found": "yes", "squeegee_id": found}).status_code == 303
    assert alice.post(f"{url}/settle", data={"found": "no"}).status_code == 409
    run_outbox()
    assert desk.counts() == (1, 1)


def test_the_panel_takes_the_booking(desk: Desk, ready_lead: Any, alice: Any, run_outbox: Any) -> None:
    lead = ready_lead()
    url = f"/w/wells/leads/{lead.id}/squeegee"
    assert "Hand over" in alice.get(url, hx=True).text
    desk.start(lead)
    assert "about to be handed over" in alice.get(url, hx=True).text
    run_outbox()
    assert "not confirmed yet" in alice.get(url, hx=True).text
    booking = f"/w/wells/leads/{lead.id}/booking"
    assert alice.post(booking, data={"first_service_date": ""}, hx=True).status_code == 422
    answer = alice.post(booking, data={"first_service_date": desk.day.isoformat()}, hx=True)
    assert f"{desk.day:%a %-d %b %Y}" in answer.text
    assert stage_of(lead) == "booking_confirmed"


@pytest.mark.parametrize("stage_key", ["contacted", "ready_for_squeegee"])
def test_the_drawer_tells_of_what_is_on_its_way_wherever_the_lead_stands(
    desk: Desk, ready_lead: Any, alice: Any, stage_key: str
) -> None:
    lead = ready_lead()
    drawer = f"/w/wells/leads/{lead.id}"
    desk.start(lead)
    alice.post(f"{drawer}/stage", data={"to": stage_by_key(stage_key).id})
    assert "about to be handed over" in alice.get(drawer, hx=True).text


def test_an_onlooker_reads_and_does_nothing(desk: Desk, ready_lead: Any, dave: Any, run_outbox: Any) -> None:
    lead = ready_lead(name="Olive Penrose")
    transfer = desk.start(lead)
    run_outbox()
    assert dave.get(FIRST).status_code == 200
    page = dave.get(f"/w/wells/transfers/{transfer.id}").text
    assert "Accepted" in page and " Request</summary>" not in page
    for url in (f"{FIRST}/batches", f"{FIRST}/settings", f"/w/wells/leads/{lead.id}/copy-sheet"):
        assert dave.get(url).status_code == 403
    for url in (
        f"/w/wells/leads/{lead.id}/hand-over", f"/w/wells/leads/{lead.id}/copy-sheet", f"{FIRST}/batches",
        f"/w/wells/leads/{lead.id}/booking", f"{FIRST}/settings", f"{FIRST}/settings/secret",
        *(f"/w/wells/transfers/{transfer.id}/{act}" for act in ("retry", "settle", "cancel")),
    ):  # fmt: skip
        assert dave.post(url).status_code == 403, url


def test_another_workspace_finds_nothing_of_it(
    desk: Desk, ready_lead: Any, mallory: Any, run_outbox: Any, world: Any
) -> None:
    lead = ready_lead(name="Olive Penrose")
    transfer = desk.start(lead)
    run_outbox()
    assert "Olive Penrose" not in mallory.get("/w/rival/squeegee").text
    for url in (f"transfers/{transfer.id}", f"leads/{lead.id}/copy-sheet", f"leads/{lead.id}/squeegee"):
        assert mallory.get(f"/w/rival/{url}").status_code == 404
        assert mallory.get(f"/w/wells/{url}").status_code == 404
    for url in (
        f"leads/{lead.id}/hand-over", f"leads/{lead.id}/booking", f"leads/{lead.id}/copy-sheet",
        *(f"transfers/{transfer.id}/{act}" for act in ("retry", "settle", "cancel")),
    ):  # fmt: skip
        data = {"first_service_date": desk.day.isoformat(), "squeegee_id": "x"}
        assert mallory.post(f"/w/rival/{url}", data=data).status_code == 404, url
    data = {"lead": [str(lead.id)]}
    assert mallory.post("/w/rival/squeegee/batches", data=data).status_code == 422
    with world.mallory.acting():
        assert db.session.scalars(select(Transfer)).all() == []
