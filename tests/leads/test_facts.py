"""Facts edited in place."""

import re

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.extensions import db
from app.leads.services import get_lead


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
        ("frequency", "4_weekly", "Every 4 weeks"),
        ("price", "£24.50", "£24.50"),
        ("access_notes", "Side gate locked Tuesdays", "Side gate locked Tuesdays"),
        ("priority", "high", "High"),
    ],
)
def test_a_fact_is_changed_and_shown(alice, make_lead, field, typed, shown):
    lead = make_lead(name="Hannah Cole", phone="07700 900318", postcode="BA5 2QJ")
    form = alice.get(url(alice, lead, field), hx=True).text
    was = re.search(r'name="was" value="([^"]*)"', form).group(1)

    answer = alice.post(url(alice, lead, field), data={"value": typed, "was": was}, hx=True)

    assert answer.status_code == 200
    assert shown in answer.text
    assert shown in alice.get(f"/w/{alice.slug}/leads/{lead.id}", hx=True).text


@pytest.mark.parametrize(
    ("field", "typed", "advice"),
    [
        ("name", "  ", "can&#39;t be blank"),
        ("phone", "ring me", "Enter a phone number"),
        ("email", "hannah@", "Enter an email address"),
        ("postcode", "12345", "Enter a postcode"),
        ("price", "lots", "Enter an amount"),
        ("frequency", "hourly", "Choose one"),
        ("owner", "00000000-0000-0000-0000-000000000001", "Choose someone"),
    ],
)
def test_what_can_not_be_taken_is_explained_and_kept(alice, make_lead, field, typed, advice):
    lead = make_lead(name="Hannah Cole", phone="07700 900318")

    answer = alice.post(url(alice, lead, field), data={"value": typed, "was": ""}, hx=True)

    assert answer.status_code == 422
    assert advice in answer.text
    if field not in ("frequency", "owner"):
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
