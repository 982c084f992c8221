"""A file that was exported can be imported: as it is, by the titles it has, without a person choosing anything."""

from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.imports import services as imports
from app.imports.queries import FIELDS_BY_KEY, import_page, suggest
from app.imports.queries.cells.choices import read_choice
from app.imports.queries.cells.wanted import read_our_words
from app.leads.models import Lead, LeadSource, Stage
from app.leads.services import add_tag, tag_named
from app.leads.words import EXTRA_WORDS, SERVICE_WORDS
from tests.exports.asking import export, table

#: What an import has no place for, and what it makes itself.
NOT_BROUGHT = {
    "Lead number",
    "Yearly value",
    "Decline reason",
    "Next act",
    "Next act due",
    "Last activity",
    "Reference",
    "Area",
    "Monthly value",
    "Answered in (working minutes)",
    "Last contact by",
    "Times chased",
    "In its stage since",
    "Expected close",
    "Chance (%)",
    "Quality",
    "Quote valid until",
    "Returns on",
    "First visit",
}
KNOWN = {
    "Lead number": "reference", "Name": "name", "Email": "email", "Phone": "phone", "Address line 1": "address_line1",
    "Address line 2": "address_line2", "Town": "town", "Postcode": "postcode", "Property type": "property_type",
    "Bedrooms": "bedrooms", "Access": "access", "Service": "services", "Extras": "services", "Frequency": "frequency",
    "Price": "price", "First clean price": "first_price", "Stage": "stage", "Owner": "owner", "Source": "source",
    "Priority": "priority", "Tags": "tags", "Wishes": "wishes", "Created": "created_at",
    "Squeegee reference": "squeegee_ref", "Preferred contact method": "preferred_method",
    "Preferred time": "preferred_time", "Last contact": "updated_at",
}  # fmt: skip


@pytest.fixture
def leads(world, make_lead) -> None:
    """Three that differ in all that an import knows."""
    first = make_lead(
        name="Mrs Hannah Cole", address_line2="Haybridge", property_type="detached", bedrooms="6+",
        extras=[*EXTRA_WORDS], access_facts=["dog"], access_notes="Code 4411", frequency="4_weekly",
        price_minor=2450, first_price_minor=4800, priority="urgent", source_key="phone",
        wishes="Please ring before nine", stage_key="quote_sent", preferred_method="sms", preferred_time="morning",
    )  # fmt: skip
    for name in ("Leaflet", "North round"):
        add_tag([first.id], tag_named(name, world.alice.actor), world.alice.actor)
    make_lead(
        name="=Owen Pike", service="fascia_soffit", extras=["gutters"], frequency="one_off", price_minor=9000,
        property_type="bungalow", bedrooms="1-2", stage_key="negotiating", phone=None, wishes="-10% he says",
    )  # fmt: skip
    make_lead(name="Zoë O’Neill", service="other", email=None, frequency=None, phone="+33 1 23 45 67 89")
    db.session.commit()


def bring(member: Any, content: bytes, name: str, run_outbox: Any) -> Any:
    """Import a file as whoever chooses nothing but the source; returns the import."""
    with member.acting() as actor:
        made = imports.begin(content, name, None, actor)
        source = db.session.scalars(select(LeadSource.id).where(LeadSource.key == "leaflet")).one()
        made = imports.map_columns(
            made.id, made.mapping, {**made.options, "source_id": str(source)}, made.version, actor
        )  # fmt: skip
        for step in (imports.check, imports.run):
            step(made.id, actor)
            db.session.commit()
            run_outbox()
            db.session.expire_all()
            if (import_page(made.id).figures.get("ready") or 0) == 0:
                break
        return import_page(made.id)


def test_each_title_is_known_to_the_import(alice, leads) -> None:
    titles = list(table(export(alice))[0])
    layout, mapping = suggest(titles, [])
    assert layout == "plain"
    assert {titles[int(place)]: key for place, key in mapping.items()} == KNOWN
    assert set(KNOWN.values()) <= set(FIELDS_BY_KEY)


@pytest.mark.parametrize("kind", ("csv", "xlsx"))
def test_what_comes_back_is_what_went_out(alice, mallory, world, leads, run_outbox, kind: str) -> None:
    before = {row["Name"]: row for row in table(export(alice))}
    made = bring(world.mallory, export(alice, format=kind).data, f"leads.{kind}", run_outbox)
    assert (made.state, made.figures["created"], made.figures.get("failed", 0)) == ("done", 3, 0)
    after = {row["Name"]: row for row in table(export(mallory))}
    assert set(before) == set(after)
    for name, row in before.items():
        same = {title: cell for title, cell in row.items() if title not in NOT_BROUGHT}
        assert {title: after[name][title] for title in same} == same, name
        assert after[name]["Reference"] == row["Lead number"]


def test_brought_back_where_they_are_they_are_known(alice, world, leads, run_outbox) -> None:
    made = bring(world.alice, export(alice).data, "leads.csv", run_outbox)
    assert made.figures["duplicate"] == 3 and not made.figures.get("ready")
    assert len(db.session.scalars(select(Lead.id)).all()) == 3


def test_each_of_our_words_is_read_as_what_it_is(world) -> None:
    for service, words in SERVICE_WORDS.items():
        for extra, more in EXTRA_WORDS.items():
            read = read_our_words(f"{words}, {more}")
            assert read and (read.service, read.extras) == (service, (extra,))
    assert read_our_words("Windows, conservatory roof") is None
    assert read_our_words("Window cleaning, no gutters") is None
    stages = {stage.name: stage.key for stage in db.session.scalars(select(Stage))}
    assert {name: read_choice("stage", name) for name in stages} == stages


def test_a_price_whose_rhythm_nobody_knows_comes_back_as_such(
    alice, mallory, world, make_lead, run_outbox
) -> None:
    make_lead(name="Mrs Hannah Cole", frequency=None, price_minor=2400)
    made = bring(world.mallory, export(alice).data, "leads.csv", run_outbox)
    assert made.figures["created"] == 1
    [row] = table(export(mallory))
    assert (row["Price"], row["Frequency"], row["Yearly value"]) == ("24.00", "Not known", "")
