"""Taking an import back leaves nothing of it behind, wherever it has left something."""

from collections.abc import Callable

from sqlalchemy import func, select

from app.extensions import db
from app.imports.models import Import
from app.leads.models import Lead, Tag
from tests.imports.tables import ANN
from tests.reconciliation.exports import bring, customers, line
from tests.support.client import Client
from tests.support.world import World

BringIn = Callable[..., Import]
RunOutbox = Callable[[], int]


HOUSE = {"address_line1": "12 Mill Lane", "postcode": "BA5 2QJ", "property_type": None, "bedrooms": None}
TITLES = ["Name", "Email", "Mobile", "Address", "Access", "Kind of house", "Squeegee Status"]


def take_back(browser: Client, made: Import, run_outbox: RunOutbox) -> None:
    """Press Undo on an import, and let the worker do it."""
    assert browser.post(f"/w/wells/imports/{made.id}/undo").status_code == 303
    run_outbox()
    db.session.expire_all()


def test_squeegees_customers_forget_the_leads_that_are_taken_back(
    world: World, alice: Client, bring_in: BringIn, run_outbox: RunOutbox
) -> None:
    in_squeegee = [line("1042", "Ann Pike", "12 Mill Lane, Wells, Somerset BA5 2QJ", mobile="07700 900123")]
    for _ in range(2):
        made = bring_in([ANN])
        lead = db.session.scalars(select(Lead)).one()
        bring(world.alice, in_squeegee)
        run_outbox()
        assert [each.lead_id for each in customers()] == [lead.id]
        take_back(alice, made, run_outbox)
        assert db.session.scalar(select(func.count()).select_from(Lead)) == 0
        assert [each.lead_id for each in customers()] == [None]


def test_what_was_filled_in_of_people_and_houses_there_were_is_blank_again(
    alice: Client, make_lead: Callable[..., Lead], bring_in: BringIn, run_outbox: RunOutbox
) -> None:
    ann = make_lead(name="Ann Pike", email=None, phone="07700 900123", **HOUSE)
    ben = make_lead(name="Ben Elm", email=None, phone="07700 900124", address_line1="3 High Street", postcode="BA5 2QA")
    made = bring_in(
        [["Ann Pike", "wrong@example.com", "07700 900123", "12 Mill Lane, Wells BA5 2QJ", "Side gate", "Semi", ""],
         ["Ben Elm", "worse@example.com", "07700 900124", "9 Park Road, Wells BA5 2QB", "", "", ""]], TITLES,
    )  # fmt: skip
    db.session.expire_all()
    assert (ann.contact.email, ann.property.access_notes, ben.contact.email) == (
        "wrong@example.com", "Side gate", "worse@example.com",
    )  # fmt: skip
    assert "Email: there was none before" in alice.get(f"/w/wells/imports/{made.id}?show=joined").text
    take_back(alice, made, run_outbox)
    assert {(lead.contact.name, lead.contact.email) for lead in db.session.scalars(select(Lead))} == {
        ("Ann Pike", None), ("Ben Elm", None),
    }  # fmt: skip
    assert (ann.property.access_notes, ann.property.property_type, ann.contact.phone) == (None, None, "+447700900123")
    found = alice.post("/w/wells/search", data={"q": "wrong@example.com"}, hx=True).text
    assert ann.number not in found


def test_what_somebody_has_written_since_stays(
    alice: Client, make_lead: Callable[..., Lead], bring_in: BringIn, run_outbox: RunOutbox
) -> None:
    ann = make_lead(name="Ann Pike", email=None, phone="07700 900123", **HOUSE)
    made = bring_in(
        [["Ann Pike", "old@example.com", "07700 900123", "12 Mill Lane, Wells BA5 2QJ", "Side gate", "", ""]], TITLES
    )
    db.session.expire_all()
    ann.contact.set_email("new@example.com")
    db.session.commit()
    take_back(alice, made, run_outbox)
    assert (ann.contact.email, ann.property.access_notes) == ("new@example.com", None)


def test_tags_that_only_the_import_has_made_and_hung_are_gone_as_well(
    alice: Client, make_lead: Callable[..., Lead], bring_in: BringIn, run_outbox: RunOutbox
) -> None:
    ann = make_lead(name="Ann Pike", email=None, phone="07700 900123", **HOUSE)
    alice.post(f"/w/wells/leads/{ann.id}/tags", data={"tag": "Regular"})
    made = bring_in(
        [["Ann Pike", "", "07700 900123", "12 Mill Lane, Wells BA5 2QJ", "", "", "", "regular, owes £5"],
         ["Ben Elm", "", "07700 900124", "9 Park Road, Wells BA5 2QB", "", "", "", "rang twice, street list, dog"]],
        [*TITLES, "Tags"], tag="From the shed",
    )  # fmt: skip
    assert tag_names() == {"Regular", "owes £5", "rang twice", "street list", "dog", "From the shed"}
    alice.post(f"/w/wells/leads/{ann.id}/tags", data={"tag": "street list"})
    dog = db.session.scalars(select(Tag).where(Tag.name == "dog")).one()
    colour = {"name": "Dog", "colour": "red", "version": dog.version}
    assert alice.post(f"/w/wells/settings/tags/{dog.id}", data=colour).status_code == 303
    take_back(alice, made, run_outbox)
    assert tag_names() == {"Regular", "street list", "Dog"}


def tag_names() -> set[str]:
    """The names of the workspace's tags."""
    return set(db.session.scalars(select(Tag.name)))
