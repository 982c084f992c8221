"""Whose enquiry it is and which house: nobody is two people, and no two are one."""

import pytest

from app.core.permissions import Actor
from app.extensions import db
from tests.support.client import Client

STRANGER = Actor("customer", address="198.51.100.7", device="a phone")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mrs Ravenscar", "Mrs Tolpuddle"), ("Mr & Mrs Ravenscar", "Mr & Mrs Tolpuddle"),
        ("Tom and Ann Ravenscar", "Sue and Bob Tolpuddle"), ("Ravenscar Ltd", "Tolpuddle Ltd"),
    ],
)  # fmt: skip
def test_a_title_in_common_makes_nobody_the_same_person(make_lead, one: str, other: str) -> None:
    agent = {"phone": "01749 960411", "email": "office@example.com"}
    first, second = make_lead(name=one, **agent), make_lead(name=other, **agent)

    assert second.contact_id != first.contact_id
    assert (first.contact.name, second.contact.name) == (one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siobhan O'Rafferty", "S O’Rafferty"), ("Trevelyan, Hannah", "H Trevelyan"), ("Mr. Trevelyan.", "Trevelyan"),
        ("S Trevelyan-Pym", "Sue Pym"), ("李", "李"),
    ],
)  # fmt: skip
def test_a_name_written_another_way_is_the_same_person(make_lead, one: str, other: str) -> None:
    first = make_lead(name=one, phone="07700 900412", email=None)
    again = make_lead(STRANGER, name=other, phone="0044 7700 900412", email=None)

    assert again.contact_id == first.contact_id


def test_the_last_of_an_agents_many_tenants_is_known_again(make_lead) -> None:
    agent = {"phone": "01749 960413", "email": None}
    leads = [make_lead(name=f"Tenant{number:02d} Surname{number:02d}", **agent) for number in range(22)]
    again = make_lead(STRANGER, name="T Surname21", **agent)

    assert len({lead.contact_id for lead in leads}) == 22
    assert again.contact_id == leads[21].contact_id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Flat 1, 23 Sadler Row", ""), ("Flat 12, 3 Sadler Row", "")),
        (("Flat 2", "14 Sadler Row"), ("Flat 2", "The Old Barn")),
        (("Top floor flat", "3 Row"), ("Top floor flat", "5 Row")), (("1st Floor", "3 Row"), ("1st Floor", "5 Row")),
    ],
)  # fmt: skip
def test_two_flats_are_two_houses(make_lead, one: tuple[str, str], other: tuple[str, str]) -> None:
    first, second = (
        make_lead(address_line1=line1, address_line2=line2, postcode="BS28 4EG") for line1, line2 in (one, other)
    )

    assert second.property_id != first.property_id
    assert other[0] in second.property.address and other[1] in second.property.address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Flat 2", "14 Sadler Row"), ("FLAT 2, 14 sadler row", "")),
        (("Flat 2a", "14-16 Sadler Row"), ("flat 2A", "14 - 16 Sadler Row")),
        (("The Old Barn", "Sadler Row"), ("the old barn", "")),
    ],
)  # fmt: skip
def test_a_flat_written_another_way_is_the_same_house(make_lead, one: tuple[str, str], other: tuple[str, str]) -> None:
    first, again = (
        make_lead(address_line1=line1, address_line2=line2, postcode="BS28 4EG") for line1, line2 in (one, other)
    )

    assert again.property_id == first.property_id


def test_a_flat_whose_building_is_written_in_later_is_found_by_it(make_lead, alice: Client) -> None:
    first = make_lead(address_line1="Flat 2", postcode="BS28 4EG")
    path = f"/w/wells/leads/{first.id}/facts/address_line2"
    assert alice.post(path, data={"value": "14 Sadler Row", "seen": ""}).status_code in (200, 303)
    db.session.expire_all()
    there = make_lead(address_line1="Flat 2", address_line2="14 Sadler Row", postcode="BS28 4EG")
    elsewhere = make_lead(address_line1="Flat 2", address_line2="9 Sadler Row", postcode="BS28 4EG")

    assert there.property_id == first.property_id != elsewhere.property_id
