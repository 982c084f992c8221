"""The page "In Squeegee?": each line has its button, and does what it says."""

import io
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.extensions import db, redis_door
from app.leads.models import Lead, Stage
from app.reconciliation.models import Discrepancy
from app.squeegee.models import Transfer
from tests.reconciliation.exports import bring, customers, customers_csv, export_of, line, open_ones
from tests.support.client import Client
from tests.support.work import Statements
from tests.support.world import World

URL = "/w/wells/squeegee/reconciliation"
MILL = "12 Mill Lane, Wells, Somerset BA5 2QJ"
MakeLead = Callable[..., Lead]
HANNAH = {"name": "Hannah Cole", "phone": "07700 900318", "address_line1": "12 Mill Lane", "postcode": "BA5 2QJ"}


def the_one(kind: str) -> UUID:
    """The only open discrepancy of a kind."""
    db.session.expire_all()
    query = select(Discrepancy.id).where(Discrepancy.kind == kind, Discrepancy.state == "open")
    return db.session.scalars(query).one()


def stage_of(lead_id: UUID) -> str:
    """The key of the stage in which a lead stands."""
    db.session.expire_all()
    query = select(Stage.key).join(Lead, Lead.stage_id == Stage.id).where(Lead.id == lead_id)
    return db.session.scalars(query).one()


def press(browser: Client, kind: str, act: str, **fields: str) -> Any:
    """Press a button of the only line of a kind."""
    return browser.post(f"{URL}/{the_one(kind)}", data={"act": act, **fields})


def test_an_export_is_brought_in_and_the_page_tells_what_came_of_it(
    world: World, alice: Client, make_lead: MakeLead, run_outbox: Callable[[], int],
    count_sql: Callable[[], AbstractContextManager[Statements]],
) -> None:  # fmt: skip
    make_lead(**HANNAH, stage_key="quote_sent")
    make_lead(name="Ivy Reed", address_line1="3 High Street", postcode="BA5 2QJ", stage_key="ready_for_squeegee")
    assert "Bring in your customers" in alice.get(URL).text
    lines = [
        line("1042", "Hannah Cole", MILL, mobile="07700 900318"),
        line("77", "Colin Vowles", "3 Tor View, Glastonbury BA6 9AB", phone="01632 960111"),
        line("78", "Colin Vowles", "3 Tor View, Glastonbury BA6 9AB"),
    ]
    sent = {"file": (io.BytesIO(customers_csv(lines)), "Customers.csv")}
    assert alice.post(URL, data=sent).status_code == 303
    assert "Reading your export" in alice.get(URL).text
    run_outbox()

    with count_sql() as statements:
        page = alice.get(f"{URL}?kind=still_chased").text
    assert len(statements) <= 8
    assert "1 accepted, not in Squeegee · 1 in Squeegee, still open here · 1 twice in Squeegee" in page
    assert "Hannah Cole" in page and "ref 1042" in page and "Same number, same house, same name" in page
    assert "Ivy Reed" in alice.get(f"{URL}?kind=not_there").text
    assert "Put right in Squeegee" in alice.get(f"{URL}?kind=duplicate").text


def test_stopping_the_chase_of_who_is_there_notes_them_as_entered(
    world: World, alice: Client, make_lead: MakeLead, run_outbox: Callable[[], int]
) -> None:
    lead = make_lead(**HANNAH, stage_key="quote_sent")
    bring(world.alice, [line("1042", "Hannah Cole", MILL, mobile="07700 900318")])
    run_outbox()
    row = the_one("still_chased")
    assert press(alice, "still_chased", "stop").status_code == 303
    assert stage_of(lead.id) == "transferred_to_squeegee"
    transfer = db.session.scalars(select(Transfer)).one()
    assert (transfer.state, transfer.customer_id, transfer.created_by) == ("success", "1042", world.alice.user_id)
    assert open_ones() == []
    again = alice.post(f"{URL}/{row}", data={"act": "stop"})
    assert again.status_code == 409 and "settled meanwhile" in again.text


def test_who_may_be_the_same_is_asked_and_the_answer_stands(
    world: World, alice: Client, make_lead: MakeLead, run_outbox: Callable[[], int]
) -> None:
    new = make_lead(**HANNAH, stage_key="quote_sent")
    lines = [line("9", "George Pike", MILL, mobile="07700 900555")]
    bring(world.alice, lines)
    run_outbox()
    assert open_ones() == [("perhaps", new.id)]  # others live in the house: nobody is stopped by that
    row = the_one("perhaps")
    assert press(alice, "perhaps", "not_same").status_code == 303
    bring(world.alice, lines)
    run_outbox()
    assert open_ones() == [] and stage_of(new.id) == "quote_sent"

    assert alice.post(f"{URL}/{row}/reopen").status_code == 303
    assert open_ones() == [("perhaps", new.id)]
    assert press(alice, "perhaps", "same").status_code == 303
    assert stage_of(new.id) == "transferred_to_squeegee"
    assert [each.lead_id for each in customers()] == [new.id]


def test_who_said_yes_and_is_not_there_can_be_noted_by_its_reference(
    world: World, alice: Client, make_lead: MakeLead, run_outbox: Callable[[], int]
) -> None:
    lead = make_lead(**HANNAH, stage_key="ready_for_squeegee", price_minor=2400)
    bring(world.alice, [line("9", "George Pike", "9 Tor View, Glastonbury BA6 9AB")])
    run_outbox()
    refused = press(alice, "not_there", "enter", reference=" ")
    assert refused.status_code == 422 and "Enter the customer’s reference" in refused.text
    assert press(alice, "not_there", "enter", reference="1042").status_code == 303
    assert stage_of(lead.id) == "transferred_to_squeegee" and open_ones() == []


def test_what_is_put_aside_comes_back_when_that_is_taken_back(
    world: World, alice: Client, make_lead: MakeLead, run_outbox: Callable[[], int]
) -> None:
    lead = make_lead(**HANNAH, stage_key="ready_for_squeegee")
    bring(world.alice, [line("9", "George Pike", "9 Tor View, Glastonbury BA6 9AB")])
    run_outbox()
    row = the_one("not_there")
    answer = alice.post(f"{URL}/{row}?kind=not_there", data={"act": "dismiss"}, hx=True)
    assert f"{row}/reopen" in answer.text
    assert open_ones() == []
    alice.post(f"{URL}/{row}/reopen")
    assert open_ones() == [("not_there", lead.id)]


def test_only_those_who_are_ticked_are_stopped(
    world: World, alice: Client, make_lead: MakeLead, run_outbox: Callable[[], int]
) -> None:
    leads = [
        make_lead(name=f"{first} Ash", phone=f"07700 90031{at}", address_line1=f"{at + 1} Elm Grove",
                  postcode="BA16 0AB", stage_key="quote_sent")
        for at, first in enumerate(("Ann", "Bill", "Cy"))
    ]  # fmt: skip
    bring(
        world.alice,
        [line(f"{at}", f"{first} Ash", f"{at + 1} Elm Grove, Street BA16 0AB", mobile=f"07700 90031{at}")
         for at, first in enumerate(("Ann", "Bill", "Cy"))],
    )  # fmt: skip
    run_outbox()
    assert alice.post(f"{URL}/stop", data={}).status_code == 422
    rows = dict(map(tuple, db.session.execute(select(Discrepancy.lead_id, Discrepancy.id))))
    ticked = [str(rows[leads[0].id]), str(rows[leads[2].id])]
    assert alice.post(f"{URL}/stop", data={"discrepancy": ticked}).status_code == 303
    assert [stage_of(lead.id) for lead in leads] == ["transferred_to_squeegee", "quote_sent", "transferred_to_squeegee"]
    assert open_ones() == [("still_chased", leads[1].id)]


def test_one_that_is_refused_among_several_silences_no_page_that_shows_the_others(
    world: World, alice: Client, make_lead: MakeLead, run_outbox: Callable[[], int]
) -> None:
    names = ("Ann", "Bill")
    for at, first in enumerate(names):
        make_lead(name=f"{first} Ash", phone=f"07700 90031{at}", address_line1=f"{at + 1} Elm Grove",
                  postcode="BA16 0AB", stage_key="quote_sent")  # fmt: skip
    bring(
        world.alice,
        [line(f"{at}", f"{first} Ash", f"{at + 1} Elm Grove, Street BA16 0AB", mobile=f"07700 90031{at}")
         for at, first in enumerate(names)],
    )  # fmt: skip
    run_outbox()
    first, last = sorted(db.session.scalars(select(Discrepancy.id)))
    assert alice.post(f"{URL}/{last}", data={"act": "dismiss"}).status_code == 303
    with redis_door.client.pubsub(ignore_subscribe_messages=True) as pages:
        pages.subscribe(f"live:{world.workspace_id}")
        pages.get_message(timeout=5)
        assert alice.post(f"{URL}/stop", data={"discrepancy": [str(first), str(last)]}).status_code == 303
        heard = pages.get_message(timeout=5)
    assert open_ones() == []
    assert heard is not None and "reconciliation" in json.loads(heard["data"])["topics"]


def test_columns_that_no_title_tells_are_asked_for(
    world: World, alice: Client, make_lead: MakeLead, run_outbox: Callable[[], int]
) -> None:
    lead = make_lead(**HANNAH, stage_key="quote_sent")
    content = customers_csv([("Hannah Cole", MILL, "07700 900318")], header=("Wer", "Wo", "Nummer"))
    asked = alice.post(URL, data={"file": (io.BytesIO(content), "export.csv")})
    assert asked.status_code == 303 and "/exports/" in asked.location
    assert "07700 900318" in alice.get(asked.location).text
    wrong = alice.post(asked.location, data={"name": "0", "phone": "0"})
    assert wrong.status_code == 422 and "chosen twice" in wrong.text
    assert alice.post(asked.location, data={"name": "9" * 5_000, "phone": "2"}).status_code == 422
    assert alice.post(asked.location, data={"name": "0", "address": "1", "mobile": "2"}).status_code == 303
    run_outbox()
    assert open_ones() == [("still_chased", lead.id)]


def test_what_is_no_table_is_refused_in_words(alice: Client) -> None:
    for content, words in ((b"%PDF-1.7", "PDF"), (b"", "empty")):
        answer = alice.post(URL, data={"file": (io.BytesIO(content), "Customers.csv")})
        assert answer.status_code == 422 and words in answer.text
    assert alice.post(URL, data={}).status_code == 422


def test_sales_see_their_own_and_bring_nothing_in(
    world: World, bob: Client, dave: Client, make_lead: MakeLead, run_outbox: Callable[[], int]
) -> None:
    make_lead(**HANNAH, stage_key="quote_sent", owner_id=world.alice.user_id)
    export = bring(world.alice, [line("1042", "Hannah Cole", MILL, mobile="07700 900318")])
    run_outbox()
    assert export_of(export).state == "done"
    page = bob.get(URL)
    assert page.status_code == 200 and "Hannah" not in page.text and "Bring in" not in page.text
    assert bob.post(URL, data={}).status_code == 403
    assert bob.post(f"{URL}/{the_one('still_chased')}", data={"act": "stop"}).status_code == 404
    assert dave.get(URL).status_code == 403
