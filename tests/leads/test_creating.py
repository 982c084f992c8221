"""New leads: numbers, joining, and what is refused."""

import re
import threading

import pytest
from sqlalchemy import select

from app.contacts.models import Contact, Property
from app.core.errors import Invalid
from app.core.keyring import search_index
from app.core.permissions import SYSTEM, Actor
from app.core.tenancy import acting_in
from app.core.transactions import transaction
from app.extensions import db
from app.leads.models import Lead, SearchToken
from app.leads.services import LeadDraft, create_lead
from app.workspaces.queries import current_workspace

CUSTOMER = Actor("customer")


def test_a_lead_is_added_by_hand(alice):
    answer = alice.post(
        f"/w/{alice.slug}/leads/new",
        data={"name": "Margaret Voss", "phone": "01749 960123", "postcode": "ba5 2qj", "frequency": "8_weekly",
              "price": "24", "source_key": "phone", "service": "window_cleaning"},
    )  # fmt: skip

    assert answer.status_code == 303
    page = alice.get(answer.headers["Location"], hx=True).text
    assert "Margaret Voss" in page and "BA5 2QJ" in page and "£156" in page


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(alice):
    answer = alice.post(
        f"/w/{alice.slug}/leads/new",
        data={"name": "Margaret Voss", "phone": "", "email": "", "postcode": "nowhere", "wishes": "Mind the dog"},
    )

    assert answer.status_code == 422
    for kept in ("Margaret Voss", "nowhere", "Mind the dog"):
        assert kept in answer.text
    assert re.search(r'id="f-phone"[^>]*aria-invalid="true"', answer.text)


def test_all_that_is_wrong_is_said_at_once(alice):
    answer = alice.post(
        f"/w/{alice.slug}/leads/new",
        data={"name": "", "phone": "12", "email": "no@", "postcode": "nowhere", "price": "abc"},
    )
    assert answer.status_code == 422
    for name in ("name", "phone", "email", "postcode", "price"):
        assert re.search(rf'id="f-{name}"[^>]*aria-invalid="true"', answer.text), name


def test_a_place_outside_the_area_is_named_while_it_is_typed(world, alice):
    with world.alice.acting():
        current_workspace().service_districts = ["BA5", "BA16"]
        db.session.commit()
    typed = {"name": "Ann", "phone": "07700 900318"}
    says = {
        postcode: "outside the area you serve"
        in alice.post(f"/w/{alice.slug}/leads/new/doubles", data={**typed, "postcode": postcode}, hx=True).text
        for postcode in ("SW1A 1AA", "BA16 0AA", "BA1", "")
    }
    assert says == {"SW1A 1AA": True, "BA16 0AA": False, "BA1": False, "": False}


def test_numbers_run_on_by_workspace_and_year(world, make_lead):
    first, second = make_lead(name="A One"), make_lead(name="B Two")
    with world.mallory.acting():
        other = create_lead(LeadDraft(name="C Three"), SYSTEM)

    assert int(second.number[-3:]) == int(first.number[-3:]) + 1
    assert other.number.endswith("-001")


def test_a_repeat_enquiry_joins_contact_and_house(make_lead):
    one = make_lead(name="Hannah Cole", email="hannah@example.com", phone="07700 900318",
                    address_line1="4 Mill Lane", postcode="BS28 4EG")  # fmt: skip
    two = make_lead(name="H. Cole", email="HANNAH@example.com", phone=None,
                    address_line1="4, mill lane", postcode="bs284eg")  # fmt: skip

    assert two.contact_id == one.contact_id
    assert two.property_id == one.property_id


def test_the_next_occupant_is_someone_else_at_the_same_house(make_lead):
    one = make_lead(name="Hannah Cole", phone="07700 900318", address_line1="4 Mill Lane", postcode="BS28 4EG")
    two = make_lead(name="Dev Okafor", phone="07700 900555", address_line1="4 Mill Lane", postcode="BS28 4EG")

    assert two.contact_id != one.contact_id
    assert two.property_id == one.property_id


@pytest.mark.parametrize(
    "again",
    [
        {"name": "Dev Okafor", "phone": "07700 900318", "email": None},
        {"name": "Hannah Cole", "phone": "07700 900318", "email": "someone@example.org"},
    ],
)
def test_a_stranger_with_a_known_number_does_not_take_over_the_contact(make_lead, again):
    one = make_lead(name="Hannah Cole", phone="07700 900318", email="hannah@example.com")
    two = make_lead(**again)

    assert two.contact_id != one.contact_id
    assert db.session.get(Contact, (one.workspace_id, one.contact_id)).email == "hannah@example.com"


def test_what_a_known_contact_lacked_is_filled_in(make_lead):
    one = make_lead(name="Hannah Cole", phone="07700 900318", email=None)
    two = make_lead(name="Hannah Cole", phone="+44 7700 900318", email="hannah@example.com")

    assert two.contact_id == one.contact_id
    assert two.contact.email == "hannah@example.com"


def test_a_text_that_is_too_long_is_refused_and_not_cut(alice):
    words = "x" * 2_001
    answer = alice.post(f"/w/{alice.slug}/leads/new",
                        data={"name": "Margaret Voss", "phone": "01749 960123", "wishes": words})  # fmt: skip

    assert answer.status_code == 422
    assert words in answer.text and "under 2,000 characters" in answer.text


def test_a_stranger_does_not_lead_earlier_mail_to_another_address(make_lead):
    one = make_lead(name="Hannah Cole", phone="07700 900318", email=None)
    two = make_lead(name="Hannah Cole", phone="07700 900318", email="someone@example.org", actor=CUSTOMER)
    again = make_lead(name="Hannah Cole", phone="07700 900318", email=None, actor=CUSTOMER)

    assert two.contact_id != one.contact_id and two.contact.email == "someone@example.org"
    assert one.contact.email is None
    assert again.contact_id == one.contact_id


def test_a_business_has_no_bedrooms_where_a_house_was_known(make_lead):
    house = {"address_line1": "4 Mill Lane", "postcode": "BS28 4EG"}
    make_lead(**house, property_type="detached", bedrooms="4")
    salon = make_lead(**house, property_type="commercial", bedrooms=None)

    assert (salon.property_type, salon.bedrooms, salon.property.bedrooms) == ("commercial", None, None)


def test_a_stranger_adds_to_what_is_known_of_a_house_and_takes_nothing_away(make_lead):
    house = {"address_line1": "4 Mill Lane", "postcode": "BS28 4EG"}
    one = make_lead(**house, access_notes="Gate code 1234", property_type="detached", bedrooms="4")
    for _ in range(2):
        make_lead(**house, access_notes="No dogs", property_type="flat", bedrooms="1", actor=CUSTOMER)
    make_lead(**house, access_notes="x" * 1_990, actor=CUSTOMER)

    assert one.property.access_notes == "Gate code 1234\nNo dogs"
    assert (one.property.property_type, one.property.bedrooms) == ("detached", "4")
    make_lead(**house, access_notes="Gate code 9876", bedrooms="5")
    assert (one.property.access_notes, one.property.bedrooms) == ("Gate code 9876", "5")


def test_bad_facts_are_named(world):
    with pytest.raises(Invalid) as refused:
        create_lead(LeadDraft(name=" ", email="x", phone="y", postcode="z"), SYSTEM)

    assert set(refused.value.errors) == {"name", "email", "phone", "postcode"}


@pytest.mark.commits
def test_the_same_enquiry_at_once_makes_one_contact_and_gapless_numbers(app, world):
    made: list[str] = []

    def submit() -> None:
        with app.app_context():
            with acting_in(world.workspace_id), transaction():
                draft = LeadDraft(name="Hannah Cole", email="hannah@example.com", address_line1="4 Mill Lane",
                                  postcode="BS28 4EG")  # fmt: skip
                made.append(create_lead(draft, SYSTEM).number)

    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(int(number[-3:]) for number in made) == list(range(1, 9))
    assert len(db.session.scalars(select(Contact)).all()) == 1
    assert len(db.session.scalars(select(Property)).all()) == 1
    assert len(db.session.scalars(select(Lead)).all()) == 8


def test_what_a_second_enquiry_adds_finds_the_first_lead_as_well(make_lead):
    one = make_lead(name="Hannah Cole", email=None, phone="07700 900318")
    two = make_lead(name="Hannah Cole", email="hannah@example.com", phone="07700 900318", address_line1="9 Other Road")
    assert two.contact_id == one.contact_id
    token = search_index().exact("email", "hannah@example.com")
    found = set(db.session.scalars(select(SearchToken.lead_id).where(SearchToken.token == token)))
    assert found == {one.id, two.id}


def test_a_form_sent_twice_makes_one_lead(alice):
    page = alice.get("/w/wells/leads/new").text
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    typed = {"name": "Margaret Voss", "phone": "01749 960123", "key": key}
    answers = [alice.post("/w/wells/leads/new", data=typed) for _ in range(2)]
    assert [(each.status_code, each.headers["Location"]) for each in answers] == [(303, f"/w/wells/leads/{key}")] * 2
    assert len(db.session.scalars(select(Lead)).all()) == 1
    other = re.search(r'name="key" value="([^"]+)"', alice.get("/w/wells/leads/new").text)[1]
    assert other != key


def test_a_form_sent_again_when_a_colleague_has_its_lead_by_now_adds_none(alice, bob):
    key = re.search(r'name="key" value="([^"]+)"', bob.get("/w/wells/leads/new").text)[1]
    typed = {"name": "Margaret Voss", "phone": "01749 960123", "key": key}
    assert bob.post("/w/wells/leads/new", data=typed).status_code == 303
    given = {"value": str(alice.user_id), "was": str(bob.user_id)}
    assert alice.post(f"/w/wells/leads/{key}/facts/owner", data=given).status_code == 303
    again = bob.post("/w/wells/leads/new", data=typed | {"anyway": "1"})
    assert again.status_code == 404
    assert len(db.session.scalars(select(Lead)).all()) == 1


@pytest.mark.commits
def test_two_presses_at_once_make_one_lead(app, alice):
    key = re.search(r'name="key" value="([^"]+)"', alice.get("/w/wells/leads/new").text)[1]
    typed = {"name": "Margaret Voss", "phone": "01749 960123", "key": key}
    second = app.test_client()
    second.keep_session(alice.cookie_session())
    start, found = threading.Barrier(2), []

    def press(browser):
        with app.app_context():
            start.wait()
            found.append(browser.post("/w/wells/leads/new", data=typed).headers.get("Location"))
            db.session.remove()

    threads = [threading.Thread(target=press, args=(each,)) for each in (alice, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [f"/w/wells/leads/{key}"] * 2
    assert len(db.session.scalars(select(Lead)).all()) == 1
