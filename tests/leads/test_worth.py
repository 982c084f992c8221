"""What a lead brings: a year of it in whole pounds where it recurs, else the price of the one visit."""

from typing import Any

import pytest

from app.extensions import db
from app.leads.services import change_facts
from app.leads.services.facts import Typed
from tests.squeegee.test_queue import QUEUE, card_of
from tests.support.client import Client

READY = {"stage_key": "ready_for_squeegee"}


def test_a_single_visit_is_worth_its_price_and_no_year(make_lead: Any, alice: Client) -> None:
    lead = make_lead(name="Colin Frost", frequency="one_off", price_minor=3000)
    make_lead(name="Ann Lane", frequency="6_weekly", price_minor=2700)
    board = alice.get("/w/wells/leads/board").text
    card = board.split(f'id="lead-{lead.id}"')[1].split("</li>")[0]
    assert "<b>£30<i> once</i></b>" in card and "/yr" not in card
    assert "£234 a year" in board, "the one visit does not add to what recurs"
    row = next(part for part in alice.get("/w/wells/leads").text.split("<tr") if "Colin Frost" in part)
    assert "£30 <i>once</i>" in row
    assert "£30 once" in alice.get(f"/w/wells/contacts/{lead.contact_id}").text


def test_a_rhythm_makes_a_year_of_it(make_lead: Any, alice: Client, world: Any) -> None:
    lead = make_lead(frequency=None, price_minor=3000)
    assert f'id="lead-{lead.id}"' in (board := alice.get("/w/wells/leads/board").text)
    assert "<b>£30</b>" in board and "£0 a year" in board
    assert '<td class="num value">£30 <i>a visit' in alice.get("/w/wells/leads").text
    change_facts(lead.id, {"frequency": Typed("4_weekly", "")}, world.alice.actor)
    db.session.commit()
    assert "£390 a year" in alice.get("/w/wells/leads/board").text


@pytest.mark.parametrize(("rhythm", "price", "words"), [("6_weekly", 3900, "£338"), ("one_off", 3950, "£39.50")])
def test_the_card_of_the_queue_says_whole_pounds(
    make_lead: Any, alice: Client, rhythm: str, price: int, words: str
) -> None:
    lead = make_lead(frequency=rhythm, price_minor=price, **READY)
    head = card_of(alice.get(QUEUE).text, lead).split("</header>")[0]
    assert f'<span class="num strong">{words}</span>' in head
    assert ("/yr" in head) == (rhythm != "one_off")
