"""Adding a lead whose customer has an open one: said while typing, asked once, and nobody is told twice."""

import re

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.leads.models import Lead
from app.leads.services import archive

PAULINE = {
    "name": "Pauline Cole", "phone": "07700 900318", "email": "", "postcode": "BA5 2QJ", "source_key": "phone",
    "service": "window_cleaning", "then": "tell",
}  # fmt: skip


@pytest.fixture
def pauline(make_lead):
    return make_lead(
        name="Pauline Cole", phone="07700 900318", email="pauline@example.com", stage_key="quote_requested",
        address_line1="4 Mill Lane", postcode="BA5 2QJ",
    )  # fmt: skip


def _hint(browser, **typed):
    return browser.post(f"/w/{browser.slug}/leads/new/doubles", data=typed, hx=True).text


def _count():
    return db.session.scalar(select(func.count()).select_from(Lead))


@pytest.mark.parametrize(
    "typed",
    [
        {"phone": "+44 7700 900318"},
        {"email": "PAULINE@example.com"},
        {"name": "P. Cole", "postcode": "ba52qj"},
    ],
)
def test_who_is_there_already_is_said_while_typing(alice, pauline, typed):
    said = _hint(alice, **typed)

    assert "<b>Pauline Cole</b> is already in Quote requested" in said and str(pauline.id) in said


@pytest.mark.parametrize(
    "typed", [{"phone": "07700 9003"}, {"name": "Pauline Cole"}, {"name": "Tom Ash", "postcode": "BA5 2QJ"}]
)
def test_nobody_is_named_on_a_guess(alice, pauline, typed):
    assert "Pauline" not in _hint(alice, **typed)


def test_a_shared_number_is_not_taken_for_the_same_person(alice, pauline):
    assert "This number belongs to <b>Pauline Cole</b>" in _hint(alice, name="Tom Ash", phone="07700 900318")


def test_what_is_settled_or_put_away_counts_no_more(world, alice, pauline, make_lead):
    make_lead(name="Tom Ash", phone="07700 900777", stage_key="declined")
    archive([pauline.id], world.alice.actor)
    db.session.commit()

    assert "open it" not in _hint(alice, phone="07700 900318") + _hint(alice, phone="07700 900777")


def test_sales_hear_nothing_of_a_colleagues_customer(world, bob, pauline):
    pauline.owner_id = world.alice.user_id
    db.session.commit()

    assert "Pauline" not in _hint(bob, phone="07700 900318")
    assert bob.post(f"/w/{bob.slug}/leads/new", data=PAULINE).status_code == 303


def test_saving_asks_once_and_loses_nothing(alice, pauline, count_sql):
    with count_sql() as statements:
        asked = alice.post(f"/w/{alice.slug}/leads/new", data={**PAULINE, "wishes": "Mind the dog"})

    assert asked.status_code == 422 and _count() == 1 and len(statements) <= 8
    for kept in ("07700 900318", "Mind the dog", "Pauline Cole is already in Quote requested", "Add anyway"):
        assert kept in asked.text
    assert re.search(r'name="then" value="nothing" checked', asked.text)
    hidden = dict(re.findall(r'type="hidden" name="(anyway|known)" value="([^"]*)"', asked.text))
    added = alice.post(f"/w/{alice.slug}/leads/new", data={**PAULINE, **hidden})
    assert added.status_code == 303 and _count() == 2


def test_the_customer_is_told_only_if_that_is_chosen(alice, pauline, mailbox, run_outbox):
    typed = {**PAULINE, "email": "pauline@example.com", "anyway": "1"}

    alice.post(f"/w/{alice.slug}/leads/new", data={**typed, "then": "nothing"})
    run_outbox()
    assert not mailbox.mails("pauline@example.com")

    alice.post(f"/w/{alice.slug}/leads/new", data=typed)
    run_outbox()
    assert len(mailbox.mails("pauline@example.com")) == 1


def test_a_joined_lead_is_of_the_same_contact(alice, pauline):
    alice.post(f"/w/{alice.slug}/leads/new", data={**PAULINE, "anyway": "1"})

    assert db.session.scalar(select(func.count(func.distinct(Lead.contact_id)))) == 1


def test_what_follows_is_drawn_anew_for_who_is_there_already_but_for_who_was_spoken_to(alice, pauline):
    known = _hint(alice, phone="07700 900318", then="tell", known="")
    assert 'value="nothing" checked' in known and "may have been told" in known
    spoke = _hint(alice, phone="07700 900318", then="spoke", known="")
    assert 'value="spoke" checked' in spoke
    assert 'value="tell" checked' in _hint(alice, phone="07700 9", then="nothing", known=str(pauline.id))


def test_another_house_of_theirs_is_told_from_the_same_one(alice, pauline):
    assert "is already in Quote requested, at BA5 2QJ" in _hint(alice, **{**PAULINE, "postcode": "BA16 0AA"})
    assert ", at BA5" not in _hint(alice, **PAULINE)
    asked = alice.post(f"/w/{alice.slug}/leads/new", data={**PAULINE, "postcode": "BA16 0AA"})
    assert asked.status_code == 422
    assert "That is at BA5 2QJ. If this is another house of theirs, add it." in asked.text
    assert asked.text.count("Add this house</button>") == 2 and "Add anyway" not in asked.text
