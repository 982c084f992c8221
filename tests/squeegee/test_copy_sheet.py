"""The copy sheet: what it says in which order, what it lacks, and what is kept of it."""

import json
import re
from typing import Any

import pytest

from app.core.keyring import cipher
from app.extensions import db
from app.leads.services.facts import change_fact
from app.squeegee import queries
from app.squeegee.models import Transfer
from tests.squeegee.desk import Desk, fresh, stage_of
from tests.squeegee.test_queue import known_there


def sheet_url(lead: Any) -> str:
    """The address of a lead's sheet."""
    return f"/w/wells/leads/{lead.id}/copy-sheet"


def entered(page: str, **typed: str) -> dict[str, str]:
    """What the form at the end of a sheet sends."""
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen
    return {"seen": seen[1], "squeegee_id": "C-77", "first_service_date": "", "then": "queue"} | typed


def test_what_is_missing_stands_in_its_place_with_a_way_to_add_it(desk: Desk, ready_lead: Any, alice: Any) -> None:
    lead = ready_lead(price_minor=None, postcode="BA5")
    page = alice.get(sheet_url(lead)).text
    assert "Missing: the price a visit" in page
    assert "Missing on the lead: the whole postcode, the price a visit." in page
    assert f"/w/wells/squeegee/ready/{lead.id}?mend=offer" in page


def test_what_was_typed_in_is_kept_sealed_and_shown_with_its_transfer(
    desk: Desk, ready_lead: Any, alice: Any, dave: Any
) -> None:
    lead = ready_lead(name="Mrs Olive Penrose", wishes="Mind the roses")
    answer = alice.post(sheet_url(lead), data=entered(alice.get(sheet_url(lead)).text))
    assert answer.status_code == 303 and answer.location.endswith("/squeegee")
    transfer = db.session.query(Transfer).one()
    handed = dict(json.loads(transfer.handed))
    assert (handed["Title"], handed["First name"], handed["Last name"]) == ("Mrs", "Olive", "Penrose")
    assert handed["Reference"] == lead.number and "Mind the roses" in handed["Notes"]
    assert b"Penrose" not in transfer.handed_sealed
    assert cipher().open(transfer.handed_sealed, "transfers", "handed_sealed", transfer.id) == transfer.handed
    url = f"/w/wells/transfers/{transfer.id}"
    assert "Mind the roses" in alice.get(url).text and "Mind the roses" not in dave.get(url).text


def test_a_lead_that_changed_meanwhile_is_confirmed_knowingly(desk: Desk, ready_lead: Any, alice: Any) -> None:
    lead = ready_lead()
    stale = entered(alice.get(sheet_url(lead)).text, squeegee_id="C-78")
    change_fact(lead.id, "price", "31", "24", desk.actor)
    db.session.commit()
    answer = alice.post(sheet_url(lead), data=stale)
    assert answer.status_code == 409
    assert "Changed since you opened this sheet: price, initial price." in answer.text
    assert 'value="C-78"' in answer.text and stage_of(lead) == "ready_for_squeegee"
    assert alice.post(sheet_url(lead), data=entered(answer.text)).status_code == 303
    assert dict(json.loads(db.session.query(Transfer).one().handed))["Price"] == "31.00"


def test_the_next_sheet_follows_and_the_last_leads_back(desk: Desk, ready_lead: Any, alice: Any) -> None:
    one, two = ready_lead(name="One Waits"), ready_lead(name="Two Waits")
    first = alice.get(sheet_url(one)).text
    assert "Next: Two Waits" in first
    answer = alice.post(sheet_url(one), data=entered(first, then=str(two.id)))
    assert answer.location.endswith(sheet_url(two))
    last = alice.get(answer.location).text
    assert "One Waits is in Squeegee." in last and "next sheet" not in last
    assert fresh(one).squeegee_customer_id == "C-77"


def test_a_sheet_takes_few_statements_and_names_who_it_may_be(
    desk: Desk, ready_lead: Any, alice: Any, count_sql: Any
) -> None:
    lead = ready_lead()
    ready_lead()
    known_there(lead)
    alice.get(sheet_url(lead))
    with count_sql() as statements:
        page = alice.get(sheet_url(lead)).text
    assert len(statements) <= 8, statements
    assert "Same number" in page and "ref 1042" in page
    twin = queries.copy_sheet(lead.id).twins[0]
    data = {"place": "sheet", "customer": str(twin.customer_id), "same": "no"}
    answer = alice.post(f"/w/wells/squeegee/ready/{lead.id}/pair", data=data)
    assert answer.location.endswith(sheet_url(lead)) and "Same number" not in alice.get(answer.location).text


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Smith, John", ("", "John", "Smith")),
        ("Smith, Mrs Jane", ("Mrs", "Jane", "Smith")),
        ("Smith, John and Mary", ("", "John and Mary", "Smith")),
    ],
)
def test_a_name_with_its_last_name_in_front_is_taken_apart(
    desk: Desk, ready_lead: Any, alice: Any, name: str, parts: tuple[str, str, str]
) -> None:
    page = alice.get(sheet_url(ready_lead(name=name))).text
    said = dict(re.findall(r"<dt>([^<]*)</dt><dd id=[^>]*>([^<]*)</dd>", page))
    assert tuple(said.get(label, "") for label in ("Title", "First name", "Last name")) == parts
