"""A newer version is out: what was accepted stands everywhere until the customer accepts another."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.activities.models import Activity
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import move_to_stage, stage_by_key, take_back
from app.messaging.models import Message
from app.quotes.models import Quote
from app.quotes.queries import get_quote, newer_offers
from app.quotes.services import expire
from app.quotes.services.sending import words_of_offer
from app.workspaces.queries import today_here
from tests.quotes.conftest import link_path, typed_quote
from tests.quotes.test_times import workday
from tests.squeegee.desk import stage_of
from tests.squeegee.test_queue import card_of
from tests.support.client import Client
from tests.support.world import World

ONE = {"rungs": {"6_weekly": 2700}, "firsts": {"6_weekly": 4000}}
TWO = {"rungs": {"6_weekly": 3900}, "firsts": {"6_weekly": 5000}}
NEW = {f"{kind}_{rhythm}": "" for kind in ("price", "first")
       for rhythm in ("4_weekly", "6_weekly", "8_weekly", "12_weekly", "one_off")}  # fmt: skip


def say_yes(client: Client, quote: Quote, rhythm: str = "6_weekly") -> None:
    """Accept a quote on its customer's page."""
    option = next(option for option in quote.options if option.frequency == rhythm)
    typed = {"option": str(option.id), "name": "Hannah Cole", "early_start": "1"}
    assert client.post(f"/c/{quote.link_secret}/accept", data=typed, csrf=False).status_code == 303


def worth(lead: Any) -> tuple[int | None, int | None, str | None]:
    """Price, first price and rhythm as they stand on the lead."""
    db.session.expire_all()
    found = db.session.get_one(Lead, (lead.workspace_id, lead.id))
    return found.price_minor, found.first_price_minor, found.frequency


def send(alice: Client, quote: Quote, **more: str) -> Any:
    """Press "Send by email"."""
    version = get_quote(quote.id).version
    return alice.post(f"/w/wells/quotes/{quote.id}/send", data={"channel": "email", "version": version, **more})


@pytest.fixture
def agreed(alice: Client, client: Client, lead: Any, sent: Callable[..., Quote]) -> Quote:
    """Hannah has accepted £27 every 6 weeks."""
    quote = sent(lead, **ONE)
    say_yes(client, quote)
    assert stage_of(lead) == "ready_for_squeegee"
    return quote


@pytest.fixture
def newer(alice: Client, lead: Any, agreed: Quote) -> Quote:
    """A newer version at £39, written and sent at the desk."""
    typed = typed_quote(**NEW | {"price_6_weekly": "39", "first_6_weekly": "50"})
    written = alice.post(f"/w/wells/leads/{lead.id}/quotes/new", data=typed)
    assert written.status_code == 303
    quote = db.session.scalars(select(Quote).where(Quote.lead_id == lead.id, Quote.version_no == 2)).one()
    assert send(alice, quote).status_code == 303
    db.session.expire_all()
    return get_quote(quote.id)


def test_what_was_accepted_stands(alice: Client, lead: Any, newer: Quote) -> None:
    assert worth(lead) == (2700, 4000, "6_weekly")
    assert stage_of(lead) == "ready_for_squeegee"
    panel = alice.get(f"/w/wells/leads/{lead.id}/quotes", hx=True).text
    assert 'Accepted <b class="num">£27 every 6 weeks</b>' in panel
    assert 'offered <b class="num">£39 every 6 weeks</b> since' in panel
    assert "£39 every 6 weeks</b> since" in alice.get(f"/w/wells/leads/{lead.id}", hx=True).text
    card = card_of(alice.get("/w/wells/squeegee").text, lead)
    assert ">£27<" in card and ">£40<" in card and ">£39<" not in card
    assert "£39 every 6 weeks" in card and "£27 every 6 weeks" in card
    sheet = alice.get(f"/w/wells/leads/{lead.id}/copy-sheet").text
    assert "27.00" in sheet and "39.00" not in sheet
    board = alice.get("/w/wells/leads/board").text
    assert "£234" in board and "£338" not in board


def test_a_letter_that_names_a_price_names_the_one_that_is_offered(lead: Any, newer: Quote) -> None:
    assert worth(lead) == (2700, 4000, "6_weekly")
    words = words_of_offer(newer, lead)
    assert (words["price"], words["frequency"]) == ("£39", "every 6 weeks")


def test_the_newer_one_counts_once_it_is_accepted(client: Client, lead: Any, agreed: Quote, newer: Quote) -> None:
    say_yes(client, newer)
    assert worth(lead) == (3900, 5000, "6_weekly")
    assert get_quote(agreed.id).state == "replaced"


@pytest.mark.parametrize("end", ["expire", "revoke", "decline", "renew"])
def test_whatever_becomes_of_the_newer_one(
    alice: Client, client: Client, lead: Any, agreed: Quote, newer: Quote, end: str
) -> None:
    if end == "expire":
        db.session.execute(
            update(Quote).where(Quote.id == newer.id).values(valid_until=today_here() - timedelta(days=1))
        )
        assert expire(newer.id)
        db.session.commit()
    elif end == "decline":
        typed = {"reason": "too_expensive", "words": ""}
        assert client.post(f"/c/{newer.link_secret}/decline", data=typed, csrf=False).status_code == 303
    else:
        assert alice.post(f"/w/wells/quotes/{newer.id}/{end}").status_code == 303
    assert worth(lead) == (2700, 4000, "6_weekly")
    assert stage_of(lead) == "ready_for_squeegee", "they said no to the newer one only"
    assert get_quote(agreed.id).state == "accepted"
    panel = alice.get(f"/w/wells/leads/{lead.id}/quotes", hx=True).text
    assert ("offered <b" in panel) == (end == "renew")
    old = client.get(f"/c/{agreed.link_secret}").text
    assert "You accepted" in old and "£27 every 6 weeks" in old
    assert ("See the new quote" in old) == (end == "renew")
    now = client.get(f"/c/{newer.link_secret}")
    if end == "revoke":
        assert now.status_code == 410
    else:
        assert "You have accepted" in now.text and "£27 every 6 weeks" in now.text
    if end == "decline":
        told = db.session.scalars(select(Activity).where(Activity.event == "quote.declined")).one()
        assert told.data["stands"] == agreed.number
        assert db.session.get_one(Lead, (lead.workspace_id, lead.id)).decline_reason is None


def test_the_old_link_says_what_stands_and_where_the_new_one_is(client: Client, agreed: Quote, newer: Quote) -> None:
    old = client.get(f"/c/{agreed.link_secret}").text
    assert "What you accepted stands, unless you accept that one." in old and f"/c/{newer.link_secret}" in old
    new = client.get(f"/c/{newer.link_secret}").text
    assert "That stands unless you accept this one." in new and "Accept" in new


def test_one_who_has_accepted_nothing_still_gets_the_price_that_goes_out(lead: Any, sent: Callable[..., Quote]) -> None:
    sent(lead, **ONE)
    sent(lead, **TWO)
    assert worth(lead) == (3900, 5000, "6_weekly")


def test_a_lead_that_was_handed_over_stays_there(
    alice: Client, lead: Any, agreed: Quote, write: Callable[..., Quote], world: World
) -> None:
    move_to_stage(lead.id, stage_by_key("booking_confirmed").id, world.alice.actor)
    quote = write(lead, **TWO)
    assert send(alice, quote).status_code == 303
    assert stage_of(lead) == "booking_confirmed"


def give_up(lead: Any, world: World) -> None:
    """They ring to cancel: a person moves the lead to Declined."""
    move_to_stage(lead.id, stage_by_key("declined").id, world.alice.actor, reason_key="not_now")
    db.session.commit()


def test_a_yes_that_was_cancelled_stands_no_longer(
    alice: Client, client: Client, lead: Any, agreed: Quote, write: Callable[..., Quote], world: World
) -> None:
    draft = write(lead, **TWO)
    give_up(lead, world)
    move_to_stage(lead.id, stage_by_key("contacted").id, world.alice.actor)  # half a year later they ask again
    assert send(alice, draft).status_code == 303
    db.session.expire_all()
    newer = get_quote(draft.id)
    assert (stage_of(lead), worth(lead)) == ("quote_sent", (3900, 5000, "6_weekly"))
    assert "offered <b" not in alice.get(f"/w/wells/leads/{lead.id}/quotes", hx=True).text
    assert newer_offers([lead.id]) == {}
    old, new = (client.get(f"/c/{each.link_secret}").text for each in (agreed, newer))
    assert "See the new quote" in old and "What you accepted stands" not in old
    assert "You have accepted" not in new and "Accept" in new
    typed = {"reason": "too_expensive", "words": ""}
    assert client.post(f"/c/{newer.link_secret}/decline", data=typed, csrf=False).status_code == 303
    db.session.expire_all()
    assert stage_of(lead) == "declined"
    assert db.session.get_one(Lead, (lead.workspace_id, lead.id)).decline_reason == "too_expensive"


@pytest.mark.parametrize("way", ["undone", "undone from elsewhere", "put straight back"])
def test_a_yes_stands_after_a_slip_of_the_hand(
    alice: Client, lead: Any, agreed: Quote, write: Callable[..., Quote], world: World, way: str
) -> None:
    if way == "undone from elsewhere":
        move_to_stage(lead.id, stage_by_key("negotiating").id, world.alice.actor)
    give_up(lead, world)
    if way == "put straight back":
        move_to_stage(lead.id, stage_by_key("ready_for_squeegee").id, world.alice.actor)
    else:
        take_back(lead.id, world.alice.actor)
    assert send(alice, write(lead, **TWO)).status_code == 303
    assert worth(lead) == (2700, 4000, "6_weekly")


def test_a_draft_of_before_the_yes_is_asked_about(
    alice: Client, client: Client, lead: Any, sent: Callable[..., Quote], write: Callable[..., Quote]
) -> None:
    first, draft = sent(lead, **ONE), write(lead, **TWO)
    assert "Send by email" in alice.get(f"/w/wells/quotes/{draft.id}").text
    say_yes(client, first)
    answer = send(alice, draft)
    assert answer.status_code == 409
    assert f"{first.number} was accepted since you began this draft: £27 every 6 weeks." in answer.text
    assert "Send anyway by email" in answer.text
    db.session.expire_all()
    assert get_quote(draft.id).state == "draft"
    again = alice.get(f"/w/wells/quotes/{draft.id}").text
    assert "was accepted since you began this draft," in again and "Send anyway by email" in again
    assert send(alice, draft, despite="nonsense").status_code == 409
    assert send(alice, draft, despite=str(draft.id)).status_code == 409
    assert f'name="despite" value="{first.id}"' in again
    assert send(alice, draft, despite=str(first.id)).status_code == 303
    assert worth(lead) == (2700, 4000, "6_weekly")
    letters = db.session.scalars(select(Message).where(Message.template_key == "quote_email")).all()
    assert len(letters) == 2


def test_a_draft_begun_after_the_yes_says_what_stands_and_goes_out(
    alice: Client, lead: Any, agreed: Quote, write: Callable[..., Quote]
) -> None:
    draft = write(lead, **TWO)
    page = alice.get(f"/w/wells/quotes/{draft.id}").text
    assert "That stands until this version is accepted." in page
    assert "Send by email" in page and "Send anyway" not in page
    assert send(alice, draft).status_code == 303


def test_a_yes_that_comes_while_somebody_writes_is_heard_of(
    alice: Client, client: Client, lead: Any, sent: Callable[..., Quote]
) -> None:
    first, url = sent(lead, **ONE), f"/w/wells/leads/{lead.id}/quotes/new"
    form = alice.get(url).text
    assert 'name="agreed" value=""' in form
    say_yes(client, first)
    typed = typed_quote(agreed="", **NEW | {"price_6_weekly": "39"})
    told = alice.post(url, data=typed)
    assert told.status_code == 409 and "was accepted meanwhile: £27 every 6 weeks." in told.text
    assert 'value="39"' in told.text and f'name="agreed" value="{first.id}"' in told.text
    slip = alice.post(url, data={**typed, "valid_until": "soon"})
    assert slip.status_code == 422 and 'name="agreed" value=""' in slip.text  # nobody has told them yet
    assert alice.post(url, data={**typed, "agreed": str(first.id)}).status_code == 303


def test_times_are_chosen_without_accepting_the_newer_one(
    alice: Client, client: Client, lead: Any, agreed: Quote, newer: Quote
) -> None:
    form = {"other_day": workday(40).isoformat(), "starts": "10:00", "ends": "12:00", "user": ""}
    alice.post(f"/w/wells/leads/{lead.id}/slots", data=form, hx=True)
    assert alice.post(f"/w/wells/leads/{lead.id}/slots/tell", data={"channel": "email"}, hx=True).status_code == 200
    letter = db.session.scalars(select(Message).where(Message.template_key == "times_email")).one()
    assert link_path(letter) == f"/c/{agreed.link_secret}"
    assert "Choose this time" in client.get(link_path(letter)).text
