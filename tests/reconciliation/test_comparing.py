"""An export of Squeegee's is compared with the leads: who is there, who is not, and who only seems to be."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.core.clock import utcnow
from app.core.errors import Conflict
from app.core.outbox import OutboxItem
from app.extensions import db
from app.leads.models import Lead
from app.reconciliation.models import Discrepancy
from app.reconciliation.queries import open_counts, possible_customers
from app.reconciliation.services import agreeing, compare_again
from app.reconciliation.services.columns import read_line
from app.reconciliation.services.finding import Finding
from app.squeegee.queries import facts_of
from app.workspaces.queries import today_here
from bench.customers import synthesize
from tests.reconciliation.exports import bring, customers, export_of, line, open_ones
from tests.support.world import World

MakeLead = Callable[..., Lead]
RunOutbox = Callable[[], int]
MILL = "12 Mill Lane, Wells, Somerset BA5 2QJ"
HANNAH = {"name": "Hannah Cole", "phone": "07700 900318", "address_line1": "12 Mill Lane", "postcode": "BA5 2QJ"}


def test_who_is_there_and_still_chased_is_found(world: World, make_lead: MakeLead, run_outbox: RunOutbox) -> None:
    chased = make_lead(**HANNAH, stage_key="quote_sent")
    ready = make_lead(name="Ivy Reed", phone="07700 900319", address_line1="3 High Street", postcode="BA5 2QJ",
                      stage_key="ready_for_squeegee")  # fmt: skip
    make_lead(name="Paul Ash", phone="07700 900320", address_line1="9 Tor View", postcode="BA6 9AB")
    lines = [line("1042", "Hannah Cole", MILL, mobile="07700 900318", title="Mrs")]
    export = bring(world.alice, lines)
    run_outbox()

    assert export_of(export).state == "done" and export_of(export).file_sealed is None
    expected = sorted([("still_chased", chased.id), ("not_there", ready.id)])
    assert open_ones() == expected
    (customer,) = customers()
    assert (customer.lead_id, customer.matched_by, customer.name) == (chased.id, "phone", "Mrs Hannah Cole")

    before = {each.id: each.created_at for each in db.session.scalars(select(Discrepancy))}
    again = bring(world.alice, lines)
    run_outbox()
    assert export_of(again).figures["same"] == 1 and open_ones() == expected
    assert {each.id: each.created_at for each in db.session.scalars(select(Discrepancy))} == before


def test_a_landlords_reference_and_number_mark_no_other_house(
    world: World, make_lead: MakeLead, run_outbox: RunOutbox
) -> None:
    other = make_lead(name="Rob Vowles", phone="01632 960111", address_line1="8 Tor View", postcode="BA6 9AB",
                      stage_key="quote_sent")  # fmt: skip
    bring(
        world.alice,
        [line("500", "Rob Vowles", f"{number} Tor View, Glastonbury BA6 9AB", phone="01632 960111")
         for number in (2, 4, 6)],
    )  # fmt: skip
    run_outbox()
    assert len(customers()) == 3 and {each.lead_id for each in customers()} == {None}
    assert {kind for kind, _ in open_ones()} == {"perhaps"} and open_ones(kind="still_chased") == []
    (found,) = possible_customers([facts_of(other)]).values()
    assert len(found) == 3 and all(each.by == ("phone", "name") for each in found)


def test_a_customer_of_old_who_asks_again_is_a_question(
    world: World, make_lead: MakeLead, run_outbox: RunOutbox
) -> None:
    lead = make_lead(**HANNAH, stage_key="quote_sent")
    bring(world.alice, [line("1042", "Hannah Cole", MILL, mobile="07700 900318", added="03/05/21")])
    run_outbox()
    assert open_ones() == [("perhaps", lead.id)]
    assert "older" in db.session.scalars(select(Discrepancy)).one().reasons


def test_who_was_handed_over_and_is_gone_is_told_unless_the_export_is_a_part(
    world: World, make_lead: MakeLead, run_outbox: RunOutbox
) -> None:
    lead = make_lead(**HANNAH, stage_key="booking_confirmed")
    mine = line("1042", "H Cole", MILL, mobile="07700 900318")
    bring(world.alice, [mine, line("7", "Paul Ash", "9 Tor View, Glastonbury BA6 9AB")])
    run_outbox()
    assert open_ones() == []
    bring(world.alice, [line("7", "Paul Ash", "9 Tor View, Glastonbury BA6 9AB")], is_part=True)
    run_outbox()
    assert open_ones() == []
    bring(world.alice, [line("7", "Paul Ash", "9 Tor View, Glastonbury BA6 9AB")])
    run_outbox()
    assert open_ones() == [("gone", lead.id)]
    bring(world.alice, [mine, line("7", "Paul Ash", "9 Tor View, Glastonbury BA6 9AB")])
    run_outbox()
    assert open_ones() == []  # settled by the next export


def test_who_was_handed_over_long_before_the_export_should_be_in_it(
    world: World, make_lead: MakeLead, run_outbox: RunOutbox
) -> None:
    lead, fresh = make_lead(**HANNAH, stage_key="transferred_to_squeegee"), make_lead(
        name="Ivy Reed", address_line1="3 High Street", postcode="BA5 2QJ", stage_key="transferred_to_squeegee"
    )  # fmt: skip
    for each, days in ((lead, 3), (fresh, 0)):
        at = utcnow() - timedelta(days=days)
        db.session.execute(update(Lead).where(Lead.id == each.id).values(transferred_at=at))
    db.session.commit()
    bring(world.alice, [line("7", "Paul Ash", "9 Tor View, Glastonbury BA6 9AB")])
    run_outbox()
    assert open_ones() == [("not_there", lead.id)]


def test_the_night_compares_leads_that_have_come_since(
    world: World, make_lead: MakeLead, run_outbox: RunOutbox
) -> None:
    bring(world.alice, [line("1042", "Hannah Cole", MILL, mobile="07700 900318")])
    run_outbox()
    lead = make_lead(**HANNAH, stage_key="quote_sent")
    assert compare_again("tonight")
    db.session.commit()
    run_outbox()
    assert open_ones() == [("still_chased", lead.id)] and open_counts() == {"still_chased": 1}


def test_hardly_anybody_is_stopped_wrongly(world: World, make_lead: Callable[..., Any], run_outbox: RunOutbox) -> None:
    made = synthesize(7, 300, 40, today_here())
    leads = {
        make_lead(
            name=each.who.name, phone=each.who.phone_as_given or "", email=each.who.email or "x@example.com",
            address_line1=each.who.line1, town=each.who.town, postcode=each.who.postcode, stage_key=each.stage_key,
        ).id: each
        for each in made.leads
    }  # fmt: skip
    bring(world.alice, made.lines)
    run_outbox()
    refs = {each.id: each.ref for each in customers()}
    stopped = db.session.execute(
        select(Discrepancy.lead_id, Discrepancy.customer_id).where(Discrepancy.kind == "still_chased")
    ).all()
    truly = [lead_id for lead_id, each in leads.items() if each.lines and each.stage_key == "quote_sent"]
    right = [row for row in stopped if refs[row.customer_id] in {made.lines[at][0] for at in leads[row.lead_id].lines}]
    assert right == stopped and len(right) >= 0.85 * len(truly)
    asked = {lead_id for kind, lead_id in open_ones(kind="perhaps")}
    assert set(truly) - {row.lead_id for row in right} <= asked


def test_a_line_made_to_take_long_is_read_at_once() -> None:
    began = time.process_time()
    read = read_line(["Ann Pike", "1" + " " * 30_000 + "x", "1/" * 15_000], {"name": 0, "address": 1, "phone": 2},
                     date(2026, 11, 21))  # fmt: skip
    assert read is not None and time.process_time() - began < 1


def test_an_export_that_nothing_works_on_any_more_blocks_no_other(world: World, run_outbox: RunOutbox) -> None:
    lines = [line("1042", "Hannah Cole", MILL)]
    stuck = bring(world.alice, lines)
    with pytest.raises(Conflict):
        bring(world.alice, lines)
    db.session.rollback()
    db.session.execute(update(OutboxItem).where(OutboxItem.subject_id == stuck).values(state="dead"))
    db.session.commit()
    again = bring(world.alice, lines)
    run_outbox()
    assert (export_of(stuck).state, export_of(stuck).file_sealed) == ("failed", None)
    assert export_of(again).state == "done"


def test_what_somebody_has_opened_at_the_same_moment_is_no_fault(
    world: World, make_lead: MakeLead, run_outbox: RunOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = make_lead(**HANNAH, stage_key="ready_for_squeegee")
    bring(world.alice, [line("7", "Paul Ash", "9 Tor View, Glastonbury BA6 9AB")])
    run_outbox()
    monkeypatch.setattr(agreeing, "_known", lambda *_: [])  # read before the other one was done
    finding = Finding("not_there", f"not_there/{lead.id}", lead.id, None)
    agreeing.agree({finding.key: finding}, lead_ids=[lead.id])
    assert open_ones() == [("not_there", lead.id)]
