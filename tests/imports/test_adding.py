"""Rows about leads that are here already: what is new in them stands on the lead, and undoing takes it back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.activities.models import Activity
from app.activities.services import add_note
from app.extensions import db
from app.imports import services
from app.imports.models import Import
from app.imports.queries import import_page, rows_page
from app.leads.models import Lead, LeadTag
from tests.imports.tables import ANN, BOB, HEADER
from tests.support.world import World

Bring = Callable[..., Import]
TAGGED = [*HEADER, "Tags"]


def notes(lead_id: UUID) -> list[str]:
    query = select(Activity).where(Activity.lead_id == lead_id, Activity.kind == "note").order_by(Activity.id)
    return [note.body or "" for note in db.session.scalars(query)]


def taken_back(made: Import, world: World, run_outbox: Callable[[], int]) -> Import:
    services.undo(made.id, world.alice.actor)
    db.session.commit()
    run_outbox()
    db.session.expire_all()
    return import_page(made.id)


@pytest.fixture
def ann(make_lead: Callable[..., Any]) -> Lead:
    """A lead of hers, as somebody took it down without a price."""
    return make_lead(
        name="Ann Pike", email="ann@example.com", phone="07700 900123", address_line1="12 Mill Lane", town="Wells",
        postcode="BA5 2QJ", frequency="4_weekly", price_minor=None, wishes="The porch too",
    )  # fmt: skip


def test_what_is_new_becomes_a_note_and_no_fact_is_written_over(ann: Lead, bring_in: Bring) -> None:
    made = bring_in([[*ANN, "leaflet"]], header=TAGGED, tag="Notion")
    assert [row.outcome for row in rows_page(made.id).rows] == ["joined"]
    (note,) = notes(ann.id)
    for words in (
        "From a file, row 2", "Rang twice.", "Price: £24.50 every 8 weeks", "First clean: £48", "Stage: Quote sent",
        "Services: Windows and conservatory roof, first clean £48", "Reference: 417", "Tags: Notion, leaflet",
    ):  # fmt: skip
        assert words in note, words
    for known in ("Phone:", "Email:", "Address:"):
        assert known not in note
    lead = db.session.get_one(Lead, (ann.workspace_id, ann.id))
    assert (lead.price_minor, lead.frequency, lead.wishes, lead.version) == (None, "4_weekly", "The porch too", 1)
    assert db.session.scalar(select(func.count()).select_from(LeadTag)) == 2


def test_what_the_lead_says_already_is_not_said_again(bring_in: Bring) -> None:
    bring_in([ANN])
    lead = db.session.scalars(select(Lead)).one()
    bring_in([[*ANN[:-1], "Rang three times."]])
    bring_in([[*ANN[:-2], "05/11/25", "Rang three times."]])
    assert notes(lead.id) == ["Rang twice.", "From a file, row 2\nRang three times."]


def test_another_number_and_another_house_are_not_lost(bring_in: Bring) -> None:
    bring_in([ANN])
    lead = db.session.scalars(select(Lead)).one()
    other = [*ANN]
    other[5], other[6] = "07700 900777", "9 Park Road, Wells BA5 2QB"
    bring_in([other])  # the same reference and name
    assert "Phone: 07700 900777\nAddress: 9 Park Road, Wells, BA5 2QB" in notes(lead.id)[-1]


def test_a_row_that_joins_one_higher_up_adds_to_it(bring_in: Bring) -> None:
    made = bring_in([ANN, [*ANN[:8], "£30", *ANN[9:]], BOB])
    assert [row.outcome for row in rows_page(made.id).rows] == ["created", "joined", "created"]
    lead = db.session.scalars(select(Lead).where(Lead.source_details["reference"].astext == "417")).one()
    assert notes(lead.id) == ["Rang twice.", "From a file, row 3\nPrice: £30 every 8 weeks"]


def test_what_only_begins_like_something_noted_is_not_lost(ann: Lead, bring_in: Bring) -> None:
    rows = [[*ANN[:3], each, *ANN[4:8], price, "", *ANN[10:]] for each, price in (("417", "£24.50"), ("41", "£24"))]
    bring_in(rows)
    said = "\n".join(notes(ann.id)).split("\n")
    assert {"Reference: 417", "Reference: 41", "Price: £24.50", "Price: £24"} <= set(said)
    bring_in([[*row[:11], ""] for row in rows])
    assert sorted("\n".join(notes(ann.id)).split("\n")) == sorted(said)


def test_undoing_takes_back_what_was_added_and_nothing_else(
    world: World, ann: Lead, bring_in: Bring, run_outbox: Callable[[], int]
) -> None:
    add_note(ann, "She likes mornings", world.alice.actor)
    first = bring_in([[*ANN, "leaflet"]], header=TAGGED)
    second = bring_in([[*ANN[:-1], "Rang again.", "leaflet, north"]], header=TAGGED)
    assert len(notes(ann.id)) == 3
    made = taken_back(second, world, run_outbox)
    assert (made.state, made.figures["joined"], made.figures["skipped"]) == ("undone", 0, 1)
    assert len(notes(ann.id)) == 2 and "Rang again." not in "".join(notes(ann.id))
    assert db.session.scalar(select(func.count()).select_from(LeadTag)) == 1, "the first file hung that one"
    taken_back(first, world, run_outbox)
    assert notes(ann.id) == ["She likes mornings"]
    assert db.session.scalar(select(func.count()).select_from(LeadTag)) == 0
    again = bring_in([[*ANN, "leaflet"]], header=TAGGED)
    assert [row.outcome for row in rows_page(again.id).rows] == ["joined"]


def test_rows_that_are_to_be_left_out_add_nothing(ann: Lead, bring_in: Bring) -> None:
    bring_in([[*ANN, "leaflet"]], header=TAGGED, duplicates="skip")
    assert notes(ann.id) == []
    assert db.session.scalar(select(func.count()).select_from(LeadTag)) == 0
