"""Something else is agreed after the hand-over: what Squeegee holds, what to change there, and the word that it is."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.activities.models import Activity
from app.extensions import db
from app.leads.services import change_facts, move_to_stage, stage_by_key
from app.leads.services.facts import Typed
from app.quotes.models import Quote
from app.quotes.services import QuoteDraft, draft_quote, send_quote
from app.squeegee.models import Transfer
from app.squeegee.services import enter_by_hand, make_batch
from app.workspaces.queries import today_here
from tests.squeegee.desk import Desk, fresh, stage_of
from tests.squeegee.test_queue import QUEUE, card_of
from tests.support.client import Client
from tests.support.work import run_outbox as work_off
from tests.support.world import World

SAID = 'Squeegee holds <b class="num">£27 every 6 weeks</b>; agreed now: <b class="num">£24 every 4 weeks</b>.'


@pytest.fixture
def agree(client: Client, world: World) -> Callable[..., Quote]:
    """Send a lead a quote and let its customer accept it: `agree(lead, "6_weekly", 2700)`."""

    def agree_to(lead: Any, rhythm: str, price: int) -> Quote:
        draft = QuoteDraft(rungs={rhythm: price}, valid_until=today_here(), terms="We clean in light rain.")
        quote = send_quote(draft_quote(lead.id, draft, world.alice.actor).id, "email", world.alice.actor)
        db.session.commit()
        typed = {"option": str(quote.options[0].id), "name": "Hannah Cole", "early_start": "1"}
        assert client.post(f"/c/{quote.link_secret}/accept", data=typed, csrf=False).status_code == 303
        db.session.expire_all()
        return quote

    return agree_to


def by_api(desk: Desk, alice: Client, lead: Any) -> None:
    """Hand over by the API."""
    desk.start(lead)
    work_off()


def by_sheet(desk: Desk, alice: Client, lead: Any) -> None:
    """Hand over by the copy sheet."""
    path = f"/w/wells/leads/{lead.id}/copy-sheet"
    assert alice.post(path, data={"squeegee_id": "CUST-7"}).status_code == 303


def by_file(desk: Desk, alice: Client, lead: Any) -> None:
    """Hand over by a file."""
    made = make_batch([lead.id], "csv", desk.actor)
    db.session.commit()
    assert alice.post(f"/w/wells/squeegee/batches/{made.batch.id}/confirm").status_code == 303


def seen_on(page: str) -> str:
    """What a card or panel sends back as what it showed."""
    return page.split('name="seen" value="')[1].split('"')[0]


@pytest.mark.parametrize("hand_over", [by_api, by_sheet, by_file])
def test_the_card_says_what_is_there_and_what_is_agreed(
    desk: Desk, make_lead: Any, alice: Client, agree: Callable[..., Quote], hand_over: Callable[..., None]
) -> None:
    lead = make_lead(email="ann@example.com")
    agree(lead, "6_weekly", 2700)
    hand_over(desk, alice, lead)
    assert stage_of(lead) == "transferred_to_squeegee"
    agree(lead, "4_weekly", 2400)
    assert stage_of(lead) == "ready_for_squeegee"
    page = alice.get(QUEUE).text
    card = card_of(page, lead)
    assert SAID in card and "Change it there." in card and "It is changed in Squeegee" in card
    assert "hand-over" not in card and "ready-checks" not in card
    heading = page.split('id="ready-title"')[1].split("</h2>")[0]
    assert "count" not in heading, "nobody can be handed over"
    assert 'To change in Squeegee <span class="count">1</span>' in page
    panel = alice.get(f"/w/wells/leads/{lead.id}/squeegee", hx=True).text
    assert SAID in panel and "It is changed in Squeegee" in panel
    transfer = db.session.scalars(select(Transfer).where(Transfer.lead_id == lead.id)).one()
    assert b"2700" not in transfer.holds_sealed


def test_one_act_finishes_it(desk: Desk, make_lead: Any, alice: Client, agree: Callable[..., Quote]) -> None:
    lead = make_lead(email="ann@example.com")
    agree(lead, "6_weekly", 2700)
    by_sheet(desk, alice, lead)
    move_to_stage(lead.id, stage_by_key("booking_confirmed").id, desk.actor)
    agree(lead, "4_weekly", 2400)
    url, seen = f"{QUEUE}/ready/{lead.id}/changed", seen_on(card_of(alice.get(QUEUE).text, lead))
    agree(lead, "4_weekly", 2500)
    late = alice.post(url, data={"seen": seen, "place": "card"}, hx=True)
    assert late.status_code == 409 and "£25 every 4 weeks" in late.text
    assert stage_of(lead) == "ready_for_squeegee"
    done = alice.post(url, data={"seen": seen_on(late.text), "place": "card"}, hx=True)
    assert done.status_code == 200 and "has moved on" in done.text
    assert stage_of(lead) == "booking_confirmed", "the stage that it was in"
    told = db.session.scalars(select(Activity).where(Activity.event == "transfer.changed")).one()
    assert (told.data["was"], told.data["now"]) == ("£27 every 6 weeks", "£25 every 4 weeks")
    assert "Changed in Squeegee" in alice.get(f"/w/wells/leads/{lead.id}", hx=True).text
    again = alice.post(url, data={"seen": seen, "place": "panel"}, hx=True)
    assert again.status_code == 409 and "has moved on meanwhile" in again.text
    agree(lead, "12_weekly", 3000)
    assert 'Squeegee holds <b class="num">£25 every 4 weeks</b>' in card_of(alice.get(QUEUE).text, lead)


def test_what_is_agreed_while_a_file_waits_is_not_passed_over(
    desk: Desk, make_lead: Any, alice: Client, agree: Callable[..., Quote]
) -> None:
    lead = make_lead(email="ann@example.com")
    agree(lead, "6_weekly", 2700)
    made = make_batch([lead.id], "csv", desk.actor)
    db.session.commit()
    agree(lead, "4_weekly", 2400)
    assert alice.post(f"/w/wells/squeegee/batches/{made.batch.id}/confirm").status_code == 303
    assert stage_of(lead) == "ready_for_squeegee"
    card = card_of(alice.get(QUEUE).text, lead)
    assert SAID in card
    alice.post(f"{QUEUE}/ready/{lead.id}/changed", data={"seen": seen_on(card)})
    assert stage_of(lead) == "transferred_to_squeegee"


def test_one_whose_price_there_nobody_knows(
    desk: Desk, ready_lead: Any, alice: Client, agree: Callable[..., Quote]
) -> None:
    lead = ready_lead()
    enter_by_hand(lead.id, "CUST-7", desk.actor)
    db.session.commit()
    agree(lead, "4_weekly", 2400)
    card = card_of(alice.get(QUEUE).text, lead)
    assert 'It is in Squeegee already. Agreed now: <b class="num">£24 every 4 weeks</b>.' in card


def test_one_that_came_back_by_hand_only_moves_on(desk: Desk, ready_lead: Any, alice: Client) -> None:
    lead = ready_lead()
    by_sheet(desk, alice, lead)
    move_to_stage(lead.id, stage_by_key("ready_for_squeegee").id, desk.actor)
    db.session.commit()
    card = card_of(alice.get(QUEUE).text, lead)
    assert "as agreed. Nothing is left to do there." in card and "Move it on" in card
    assert alice.post(f"{QUEUE}/ready/{lead.id}/changed", data={"seen": seen_on(card)}).status_code == 303
    assert stage_of(lead) == "transferred_to_squeegee"


def test_who_may_not_hand_over_may_not_say_so(
    desk: Desk, ready_lead: Any, alice: Client, dave: Client, mallory: Client
) -> None:
    lead = ready_lead()
    by_sheet(desk, alice, lead)
    change_facts(lead.id, {"price": Typed("30", "24")}, desk.actor)
    move_to_stage(lead.id, stage_by_key("ready_for_squeegee").id, desk.actor)
    db.session.commit()
    assert "It is changed in Squeegee" not in card_of(dave.get(QUEUE).text, lead)
    assert dave.post(f"{QUEUE}/ready/{lead.id}/changed").status_code == 403
    assert mallory.post(f"/w/rival/squeegee/ready/{lead.id}/changed").status_code == 404
    waiting = ready_lead()
    assert alice.post(f"{QUEUE}/ready/{waiting.id}/changed").status_code == 409
    assert fresh(waiting).transferred_at is None
