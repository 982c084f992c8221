"""Facts edited in place."""

import re

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.keyring import search_index
from app.extensions import db
from app.leads.models import SearchToken
from app.leads.services import change_fact, get_lead


def url(browser, lead, field: str) -> str:
    """The address of one fact."""
    return f"/w/{browser.slug}/leads/{lead.id}/facts/{field}"


@pytest.mark.parametrize(
    ("field", "typed", "shown"),
    [
        ("name", "Hannah Coles", "Hannah Coles"),
        ("phone", "07700 900319", "07700 900319"),
        ("email", "Hannah@Example.com", "hannah@example.com"),
        ("postcode", "bs284eg", "BS28 4EG"),
        ("frequency", "4_weekly", "every 4 weeks"),
        ("price", "£24.50", "£24.50"),
        ("access_notes", "Side gate locked Tuesdays", "Side gate locked Tuesdays"),
        ("priority", "high", "High"),
        ("extras", "velux,gutters", "gutters, velux windows"),
        ("first_price", "36", "£36"),
        ("expected_close", "2027-03-01", "Mon 1 Mar 2027"),
        ("expected_close", "1/3/2027", "Mon 1 Mar 2027"),
        ("conversion_percent", "60%", "60%"),
        ("quality_score", "7", "7 of 10"),
        ("satisfaction_score", "5", "5 of 5"),
    ],
)
def test_a_fact_is_changed_and_shown(alice, make_lead, field, typed, shown):
    lead = make_lead(name="Hannah Cole", phone="07700 900318", postcode="BA5 2QJ")
    form = alice.get(url(alice, lead, field), hx=True).text
    was = re.search(r'name="was" value="([^"]*)"', form).group(1)

    answer = alice.post(url(alice, lead, field), data={"value": typed, "was": was}, hx=True)

    assert answer.status_code == 200
    assert shown in answer.text
    page = alice.get(f"/w/{alice.slug}/leads/{lead.id}/page").text
    assert shown in page


@pytest.mark.parametrize(
    ("field", "typed", "advice"),
    [
        ("name", "  ", "can&#39;t be blank"),
        ("phone", "ring me", "Enter a phone number"),
        ("email", "hannah@", "Enter an email address"),
        ("postcode", "12345", "Enter a postcode"),
        ("price", "lots", "Enter an amount"),
        ("frequency", "hourly", "Choose one"),
        ("extras", "inside,moat", "Choose one"),
        ("quality_score", "11", "from 1 to 10"),
        ("satisfaction_score", "0", "from 1 to 5"),
        ("conversion_percent", "many", "from 0 to 100"),
        ("expected_close", "soon", "Enter a day"),
        ("returns_on", "1 April 2021", "from tomorrow on"),
        ("source", "00000000-0000-0000-0000-000000000001", "Choose one"),
        ("owner", "00000000-0000-0000-0000-000000000001", "Choose someone"),
    ],
)
def test_what_can_not_be_taken_is_explained_and_kept(alice, make_lead, field, typed, advice):
    lead = make_lead(name="Hannah Cole", phone="07700 900318")

    answer = alice.post(url(alice, lead, field), data={"value": typed, "was": ""}, hx=True)

    assert answer.status_code == 422
    assert advice in answer.text
    if field not in ("frequency", "owner", "extras", "source"):
        assert typed.strip() in answer.text


def test_a_fact_that_someone_changed_meanwhile_is_shown_not_overwritten(alice, bob, make_lead):
    lead = make_lead(name="Hannah Cole")
    assert bob.post(url(bob, lead, "name"), data={"value": "Hannah Kohl", "was": "Hannah Cole"}).status_code == 303

    answer = alice.post(url(alice, lead, "name"), data={"value": "Anna Cole", "was": "Hannah Cole"}, hx=True)

    assert answer.status_code == 409
    for name in ("Hannah Cole", "Hannah Kohl", "Anna Cole"):
        assert name in answer.text
    assert get_lead(lead.id).contact.name == "Hannah Kohl"
    kept = alice.post(url(alice, lead, "name"), data={"value": "Anna Cole", "was": "Hannah Kohl"}, hx=True)
    assert kept.status_code == 200
    assert get_lead(lead.id).contact.name == "Anna Cole"


def test_two_people_may_change_different_facts_of_one_lead(alice, bob, make_lead):
    lead = make_lead(name="Hannah Cole")

    first = bob.post(url(bob, lead, "priority"), data={"value": "high", "was": "normal"}, hx=True)
    second = alice.post(url(alice, lead, "bedrooms"), data={"value": "4", "was": "3"}, hx=True)

    assert (first.status_code, second.status_code) == (200, 200)
    assert (get_lead(lead.id).priority, get_lead(lead.id).bedrooms) == ("high", "4")


def test_price_and_rhythm_give_the_value_of_a_year(alice, make_lead):
    lead = make_lead(name="Hannah Cole")
    alice.post(url(alice, lead, "price"), data={"value": "24", "was": ""})
    alice.post(url(alice, lead, "frequency"), data={"value": "8_weekly", "was": ""})

    assert get_lead(lead.id).annual_minor == 15_600


def test_a_changed_name_is_found_and_the_old_one_is_not(alice, make_lead):
    lead = make_lead(name="Hannah Cole")
    alice.post(url(alice, lead, "name"), data={"value": "Zebedee Quill", "was": "Hannah Cole"})
    search = f"/w/{alice.slug}/search"

    assert "edee Quill" in alice.post(search, data={"q": "zeb"}, hx=True).text
    assert lead.number not in alice.post(search, data={"q": "hannah"}, hx=True).text


def test_the_audit_log_keeps_before_and_after_sealed(alice, make_lead):
    lead = make_lead(name="Hannah Cole")
    alice.post(url(alice, lead, "name"), data={"value": "Hannah Kohl", "was": "Hannah Cole"})

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "lead.fact_changed")).one()

    assert entry.actor_id == alice.user_id
    assert "Hannah Cole" in entry.before and "Hannah Kohl" in entry.after
    assert b"Hannah" not in entry.before_sealed + entry.after_sealed


def test_sales_may_not_hand_a_lead_to_someone_else(bob, world, make_lead):
    lead = make_lead(name="Hannah Cole")

    answer = bob.post(url(bob, lead, "owner"), data={"value": world.alice.user_id, "was": ""}, hx=True)

    assert answer.status_code == 403
    assert get_lead(lead.id).owner_id is None


def test_an_unknown_fact_does_not_exist(alice, make_lead):
    assert alice.get(url(alice, make_lead(name="A B"), "workspace_id"), hx=True).status_code == 404


PLACE = {"address_line1": "4 Mill Lane", "address_line2": "", "town": "Wells", "postcode": "BA5 2QJ"}


def place_form(**changed: str) -> dict[str, str]:
    """The form of a house's place as it was opened, with what was typed into it."""
    return {**{f"was_{name}": value for name, value in PLACE.items()}, **PLACE, **changed}


def test_what_belongs_together_is_changed_at_once(alice, make_lead, count_sql):
    lead = make_lead(name="Hannah Cole", **{name: value or None for name, value in PLACE.items()})
    form = place_form(address_line1="5 Mill Lane", address_line2="Rear flat", town="Wedmore", postcode="BS28 4EG")

    with count_sql() as statements:
        answer = alice.post(url(alice, lead, "place"), data=form, hx=True)

    assert answer.status_code == 200
    assert '5 Mill Lane, Rear flat, Wedmore <span class="nowrap">BS28 4EG</span>' in answer.text
    assert get_lead(lead.id).district == "BS28"
    assert len(statements) <= 20, "\n".join(statements)


def test_one_wrong_field_of_several_saves_none(alice, make_lead):
    lead = make_lead(name="Hannah Cole", **{name: value or None for name, value in PLACE.items()})

    answer = alice.post(url(alice, lead, "place"), data=place_form(town="Wedmore", postcode="nowhere"), hx=True)

    assert answer.status_code == 422
    assert "Enter a postcode" in answer.text and "Wedmore" in answer.text and "nowhere" in answer.text
    assert get_lead(lead.id).property.town == "Wells"


def test_a_clash_is_shown_field_by_field(alice, bob, make_lead):
    lead = make_lead(name="Hannah Cole", **{name: value or None for name, value in PLACE.items()})
    theirs = place_form(town="Glastonbury", postcode="BA6 9AA")
    assert bob.post(url(bob, lead, "place"), data=theirs, hx=True).status_code == 200

    mine = place_form(town="Street", postcode="BA16 0AA", address_line2="Flat 2")
    answer = alice.post(url(alice, lead, "place"), data=mine, hx=True)

    assert answer.status_code == 409
    for words in ("Wells", "Glastonbury", "Street", "BA5 2QJ", "BA6 9AA", "BA16 0AA"):
        assert words in answer.text
    assert get_lead(lead.id).property.address_line2 is None
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text))
    chosen = {**hidden, "town": "Street", "postcode": "BA6 9AA"}
    assert alice.post(url(alice, lead, "place"), data=chosen, hx=True).status_code == 200
    house = get_lead(lead.id).property
    assert (house.address_line2, house.town, house.postcode) == ("Flat 2", "Street", "BA6 9AA")


def test_the_timeline_names_the_owners_before_and_after(alice, world, make_lead):
    lead = make_lead(name="Hannah Cole")
    alice.post(url(alice, lead, "owner"), data={"value": str(world.bob.user_id), "was": ""}, hx=True)

    text = alice.get(f"/w/{alice.slug}/leads/{lead.id}", hx=True).text

    assert f"Owner: – → {world.bob.name}" in text


@pytest.fixture
def shared(world, make_lead):
    """Two leads of one contact: Bob's, who sees his own, and Alice's."""
    hannah = {"name": "Hannah Cole", "email": "hannah.cole@example.com", "phone": "07700 900318", "postcode": "BA5 2QJ"}
    mine = make_lead(**hannah, owner_id=world.bob.user_id, address_line1="4 Mill Lane")
    theirs = make_lead(**hannah, owner_id=world.alice.user_id, address_line1="9 Other Road")
    assert mine.contact_id == theirs.contact_id
    return mine, theirs


def test_a_new_number_finds_a_colleagues_lead_of_the_same_person_too(world, shared):
    with world.bob.acting() as bob:
        change_fact(shared[0].id, "phone", "07700 900999", "07700 900318", bob)
        db.session.commit()
    world.enter()
    tokens = search_index().phone_tokens("+447700900999")
    found = set(db.session.scalars(select(SearchToken.lead_id).where(SearchToken.token.in_(tokens))))
    assert found == {lead.id for lead in shared}


def test_a_postcode_put_right_moves_every_lead_of_the_house(world, make_lead):
    """A colleague's too, though who puts it right does not see that."""
    house = {"address_line1": "9 Other Road", "postcode": "BA5 2QJ"}
    theirs = make_lead(name="Ann Pike", email="ann@example.com", owner_id=world.alice.user_id, **house)
    mine = make_lead(name="Bob Fox", email="fox@example.com", owner_id=world.bob.user_id, **house)
    assert mine.property_id == theirs.property_id
    with world.bob.acting() as bob:
        change_fact(mine.id, "postcode", "BS40 7XY", "BA5 2QJ", bob)
        db.session.commit()
    world.enter()
    db.session.expire_all()
    for lead in (get_lead(mine.id), get_lead(theirs.id)):
        assert (lead.district, lead.sector) == ("BS40", "BS40 7")
