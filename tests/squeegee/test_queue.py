"""The queue: what each lead lacks, mending it in place, several at once, and who may be there already."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.core.clock import utcnow
from app.core.ids import new_id
from app.extensions import db
from app.reconciliation.models import Discrepancy, SqueegeeExport
from app.reconciliation.services.columns import Line
from app.reconciliation.services.keeping import keep_lines
from app.rounds.models import Round
from app.squeegee import queries
from app.squeegee.models import Transfer
from app.workspaces.queries import today_here
from tests.squeegee.desk import Desk, fresh, stage_of

QUEUE = "/w/wells/squeegee"


def card_of(page: str, lead: Any) -> str:
    """The card of a lead on a page."""
    cards = page.split('<li class="ready-card')[1:]
    return next(card for card in cards if f'id="ready-{lead.id}"' in card)


def known_there(lead: Any, **other: Any) -> UUID:
    """A customer of Squeegee's last export with the lead's number."""
    export = SqueegeeExport(state="done", total=1, done=1, finished_at=utcnow())
    db.session.add(export)
    db.session.flush()
    line = {
        "ref": "1042", "name": "A. Pike", "address": "12 Mill Lane, Wells BA5 2QJ", "phone": "", "source": "",
        "mobile": lead.contact.phone, "added_on": None,
    }  # fmt: skip
    keep_lines([Line(**(line | other))], export.id)
    db.session.commit()
    return export.id


@pytest.mark.parametrize(
    ("draft", "lacks"),
    [
        ({"price_minor": None}, ["the price a visit"]),
        ({"frequency": None}, ["how often"]),
        ({"postcode": "BA5"}, ["the whole postcode"]),
        ({"address_line1": ""}, ["the house and street"]),
        ({"address_line1": "", "postcode": "BA5"}, ["the house and street and the whole postcode"]),
    ],
)
def test_what_is_missing_is_named_and_opens_its_form(
    desk: Desk, ready_lead: Any, alice: Any, draft: dict[str, Any], lacks: list[str]
) -> None:
    lead = ready_lead(**draft)
    card = card_of(alice.get(QUEUE).text, lead)
    for words in lacks:
        assert f">Add {words}</button>" in card
    assert 'formaction="' not in card, "it can't be handed over by itself"


def test_work_without_an_id_leads_to_where_ids_are_set(desk: Desk, ready_lead: Any, alice: Any) -> None:
    lead = ready_lead(service="other")
    card = card_of(alice.get(QUEUE).text, lead)
    assert '<a href="/w/wells/squeegee/settings/services">Set its Squeegee id</a>' in card


def test_a_missing_price_is_filled_in_on_the_card(desk: Desk, ready_lead: Any, alice: Any) -> None:
    lead = ready_lead(price_minor=None)
    url = f"{QUEUE}/ready/{lead.id}"
    form = alice.get(f"{url}?mend=offer", hx=True).text
    assert 'name="price"' in form and 'name="was_price" value=""' in form
    sent = {"price": "2x", "was_price": "", "frequency": "8_weekly", "was_frequency": "8_weekly"}
    wrong = alice.post(f"{url}/mend/offer", data=sent, hx=True)
    assert wrong.status_code == 422 and 'value="2x"' in wrong.text and "Enter an amount in pounds" in wrong.text
    right = alice.post(f"{url}/mend/offer", data=sent | {"price": "26"}, hx=True)
    assert right.status_code == 200 and "£26" in right.text and "/hand-over" in right.text
    assert fresh(lead).price_minor == 2600
    late = alice.post(f"{url}/mend/offer", data=sent | {"price": "28"}, hx=True)
    assert late.status_code == 409 and "Keep mine" in late.text
    assert fresh(lead).price_minor == 2600


def test_only_what_squeegee_needs_is_mended_there(desk: Desk, ready_lead: Any, alice: Any, dave: Any) -> None:
    lead = ready_lead()
    assert alice.get(f"{QUEUE}/ready/{lead.id}?mend=owner").status_code == 404
    assert alice.post(f"{QUEUE}/ready/{lead.id}/mend/owner").status_code == 404
    assert alice.get(f"{QUEUE}/ready/{uuid4()}").status_code == 404
    assert "<button name" not in dave.get(f"{QUEUE}/ready/{lead.id}", hx=True).text
    assert dave.post(f"{QUEUE}/ready/{lead.id}/mend/offer").status_code == 403


def test_the_first_date_is_when_the_round_comes_and_has_room(desk: Desk, ready_lead: Any, alice: Any) -> None:
    lead, elsewhere = ready_lead(postcode="BA5 2QJ"), ready_lead(postcode="TA1 1AA")
    day = desk.day
    db.session.add(Round(name="Wells", areas=["BA5"], first_day=day, every_weeks=4, capacity=6))
    db.session.commit()
    days = {each.id: each.first for each in queries.queue().candidates}
    if days[lead.id].day == day:  # unless that is a bank holiday, on which no round goes
        assert f'value="{day.isoformat()}"' in card_of(alice.get(QUEUE).text, lead)
    assert "Wells, room for 6 more" in days[lead.id].why
    assert days[elsewhere.id].day == queries.suggested_first_date() and "next working day" in days[elsewhere.id].why


def test_several_are_handed_over_each_on_its_day(desk: Desk, ready_lead: Any, alice: Any, run_outbox: Any) -> None:
    one, two, late = ready_lead(), ready_lead(), ready_lead()
    data = {
        "lead": [str(one.id), str(two.id), str(late.id)], f"first_{one.id}": desk.day.isoformat(),
        f"first_{two.id}": today_here().isoformat(), f"first_{late.id}": "2020-01-01",
    }  # fmt: skip
    answer = alice.post(f"{QUEUE}/hand-over", data=data, hx=True)
    assert answer.status_code == 200 and "2 leads are on the way" in answer.text
    card = card_of(answer.text, late)
    assert "Choose a date from today on." in card and 'value="2020-01-01"' in card and "data-dirty" in card
    run_outbox()
    assert {stage_of(one), stage_of(two), stage_of(late)} == {"transferred_to_squeegee", "ready_for_squeegee"}
    days = {each.lead_id: each.first_service_date for each in db.session.query(Transfer)}
    assert days == {one.id: desk.day, two.id: today_here()}


def test_nothing_ticked_is_said(desk: Desk, ready_lead: Any, alice: Any) -> None:
    ready_lead()
    answer = alice.post(f"{QUEUE}/hand-over", data={})
    assert answer.status_code == 422 and "Tick the leads first." in answer.text
    assert alice.post(f"{QUEUE}/hand-over", data={"lead": str(new_id())}).status_code == 404


def test_a_card_says_when_its_lead_has_moved_on(desk: Desk, ready_lead: Any, alice: Any) -> None:
    lead = ready_lead()
    assert alice.post(f"/w/wells/leads/{lead.id}/copy-sheet", data={"squeegee_id": "C-1"}).status_code == 303
    answer = alice.get(f"{QUEUE}/ready/{lead.id}", hx=True)
    assert answer.status_code == 200 and "has moved on" in answer.text
    assert alice.get(f"{QUEUE}/ready/{lead.id}").status_code == 303


def test_who_may_be_there_already_is_shown_and_noted(desk: Desk, ready_lead: Any, alice: Any) -> None:
    lead = ready_lead()
    known_there(lead)
    card = card_of(alice.get(QUEUE).text, lead)
    assert "Same number" in card and "A. Pike, 12 Mill Lane, Wells BA5 2QJ, ref 1042" in card
    assert 'data-ready-pick="doubt"' in card
    customer = re.search(r'name="customer" value="([^"]+)"', card)
    assert customer
    data = {"place": "card", "customer": customer[1], "same": "yes"}
    answer = alice.post(f"{QUEUE}/ready/{lead.id}/pair", data=data, hx=True)
    assert answer.status_code == 200 and "has moved on" in answer.text
    transfer = db.session.query(Transfer).one()
    assert (transfer.state, transfer.customer_id, stage_of(lead)) == ("success", "1042", "transferred_to_squeegee")


def test_who_is_not_the_same_is_not_shown_again(desk: Desk, ready_lead: Any, alice: Any) -> None:
    lead, other = (ready_lead(phone="07700 900123") for _ in range(2))
    known_there(lead)
    customer = next(each for each in queries.queue().candidates if each.id == lead.id).twins[0].customer_id
    data = {"place": "card", "customer": str(customer), "same": "no"}
    answer = alice.post(f"{QUEUE}/ready/{lead.id}/pair", data=data, hx=True)
    assert answer.status_code == 200 and "A. Pike" not in answer.text and "Complete" in answer.text
    assert "A. Pike" in card_of(alice.get(QUEUE).text, other), "of the other nobody has said so"
    said = db.session.query(Discrepancy).filter_by(lead_id=lead.id, customer_id=customer).one()
    assert (said.state, said.resolution) == ("dismissed", "not_same")
    assert alice.post(f"{QUEUE}/ready/{lead.id}/pair", data=data | {"customer": str(new_id())}).status_code == 404


def test_a_long_queue_comes_in_pages(desk: Desk, ready_lead: Any, alice: Any, count_sql: Any) -> None:
    leads = [ready_lead(name=f"Lead {number:02}") for number in range(queries.ready.PAGE + 2)]
    known_there(leads[0])
    db.session.add(Round(name="Wells", areas=["BA5", "BS28"], first_day=desk.day, every_weeks=4, capacity=60))
    db.session.commit()
    alice.get(QUEUE)
    with count_sql() as statements:
        page = alice.get(QUEUE).text
    assert len(statements) <= 8, statements
    assert len(page.encode()) < 60_000
    after = re.search(r'href="([^"]*after=[^"]*)"', page)
    assert after
    rest = alice.get(after[1].replace("&amp;", "&")).text
    shown = [len(re.findall(r'<li class="ready-card', text)) for text in (page, rest)]
    assert shown == [queries.ready.PAGE, 2]
    names = re.findall(r'<h3><a [^>]*>(Lead \d\d)', page + rest)
    assert len(set(names)) == len(leads)


def test_the_panel_says_the_same_as_the_queue(
    desk: Desk, ready_lead: Any, alice: Any, count_sql: Any, run_outbox: Any
) -> None:
    lead = ready_lead()
    known_there(lead)
    url = f"/w/wells/leads/{lead.id}/squeegee"
    panel = alice.get(url, hx=True).text
    assert "Same number" in panel and "next working day" in panel and "Hand over" in panel
    with count_sql() as statements:
        assert 'hx-trigger="load, refresh"' in alice.get(f"/w/wells/leads/{lead.id}", hx=True).text
    assert len(statements) <= 8, statements
    assert 'hx-trigger="refresh"' in panel
    desk.far_end.switch(success_false={"step": "customer", "times": 1})
    transfer = desk.start(lead)
    run_outbox()
    assert fresh(transfer).state == "failed"
    assert "Squeegee refused it" in alice.get(url, hx=True).text
    data = {"place": "panel", "customer": re.findall(r'name="customer" value="([^"]+)"', panel)[0], "same": "no"}
    assert "Same number" not in alice.post(f"{QUEUE}/ready/{lead.id}/pair", data=data, hx=True).text


def test_without_a_connection_the_copy_sheet_is_the_act_of_a_card(ready_lead: Any, alice: Any) -> None:
    lead = ready_lead()
    card = card_of(alice.get(QUEUE).text, lead)
    sheet = re.search(r'<a class="([^"]+)" href="[^"]+/copy-sheet">', card)
    assert sheet and sheet[1] == "button"
