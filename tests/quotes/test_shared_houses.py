"""A house that two people asked about: the link of one shows and changes nothing of what the other told of it."""

from collections.abc import Callable
from typing import Any

from app.extensions import db
from app.leads.models import Lead
from app.quotes.models import Quote
from tests.quotes.conftest import CUSTOMER
from tests.support.client import Client

HOUSE = {"address_line1": "12 Mill Lane", "postcode": "BA5 2QJ"}


def test_whoever_names_a_neighbours_house_neither_reads_nor_moves_it(
    make_lead: Callable[..., Any], sent: Callable[..., Quote], client: Client, world: Any
) -> None:
    known = make_lead(**HOUSE, access_notes="The key hangs in the porch", access_facts=["dog"])
    link = f"/c/{sent(make_lead(CUSTOMER, name='Mal Lory', **HOUSE)).link_secret}"
    for page in ("", "/details", "/data", "/data.json"):
        answer = client.get(f"{link}{page}")
        assert answer.status_code == 200 and "porch" not in answer.text and "dog" not in answer.text
    typed = {"name": "Mal Lory", "phone": "07700 900999", "address_line1": "1 Far Away", "postcode": "TA1 1AA"}
    was = {f"was_{name}": "" for name in (*typed, "email", "access_notes")} | {
        "was_address_line1": "12 Mill Lane", "was_postcode": "BA5 2QJ", "was_town": "Wells", "was_name": "Mal Lory",
        "was_access_notes": "The key hangs in the porch",
    }  # fmt: skip
    client.post(f"{link}/details", data=typed | was, csrf=False)
    place = db.session.get_one(Lead, (known.workspace_id, known.id)).property
    assert (place.address_line1, place.postcode) == ("12 Mill Lane", "BA5 2QJ")
    assert place.access_notes == "The key hangs in the porch"


def test_what_is_ones_own_can_be_put_right_there_too(
    make_lead: Callable[..., Any], sent: Callable[..., Quote], client: Client, world: Any
) -> None:
    make_lead(**HOUSE)
    lead = make_lead(CUSTOMER, name="Nia Pugh", email="nia@example.com", phone="07700 900111", **HOUSE)
    link = f"/c/{sent(lead).link_secret}"
    page = client.get(f"{link}/details").text
    assert 'name="phone"' in page and 'name="town"' not in page and f"{link}/question" in page
    was = {"was_name": "Nia Pugh", "was_email": "nia@example.com", "was_phone": "07700 900111"}
    typed = {"name": "Nia Pugh", "email": "nia@example.com", "phone": "07700 900222"}
    assert client.post(f"{link}/details", data=typed | was, csrf=False).status_code == 303
    assert db.session.get_one(Lead, (lead.workspace_id, lead.id)).contact.phone == "+447700900222"
