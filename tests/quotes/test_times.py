"""Times offered to a customer: offered from the drawer, one of them chosen on the customer's page, never twice."""

import re
import threading
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.activities.models import Activity
from app.appointments.models import Appointment
from app.audit.models import AuditEntry
from app.core.errors import Conflict
from app.extensions import db
from app.leads.services import put_in_bin
from app.notifications.models import Notification
from app.quotes.models import Quote, SlotOffer
from app.quotes.services.slots import SlotDraft, choose_slot, offer_slot, withdraw_slot
from app.rounds.models import Closure
from app.workspaces.models import Membership
from app.workspaces.queries import current_workspace, today_here
from app.workspaces.services import deactivate_member
from tests.quotes.conftest import CUSTOMER
from tests.support.client import Client
from tests.support.world import World


def workday(after: int) -> date:
    """A Wednesday at least so many days ahead that is no bank holiday in any year."""
    day = today_here() + timedelta(days=after)
    day += timedelta(days=(2 - day.weekday()) % 7)
    return day + timedelta(days=14) if (day.month, day.day) in ((12, 25), (12, 26), (1, 1)) else day


@pytest.fixture
def offer(world: World) -> Callable[..., SlotOffer]:
    """Offer a lead a time: `offer(lead, days=20, hour=9, who=bob)`."""

    def offer_one(lead: Any, days: int = 20, hour: int = 9, who: Any = None) -> SlotOffer:
        draft = SlotDraft(workday(days), time(hour), time(hour + 2), who.user_id if who else None)
        slot = offer_slot(lead.id, draft, world.alice.actor)
        db.session.commit()
        return slot

    return offer_one


def test_staff_offer_a_time_from_the_drawer(alice: Client, lead: Any, sent: Callable[..., Quote], world: World) -> None:
    sent(lead)
    url, day = f"/w/wells/leads/{lead.id}/slots", workday(20)
    form = {"other_day": day.isoformat(), "starts": "10:00", "ends": "12:00", "user": str(world.bob.user_id)}
    page = alice.post(url, data=form, hx=True).text
    assert f"{day.day} {day:%B}, 10:00 to 12:00" in page and "Bob" in page and "Ask them by email" in page
    assert alice.post(url, data=form, hx=True).text.count("10:00 to 12:00") == page.count("10:00 to 12:00")
    slot = db.session.scalars(select(SlotOffer)).one()
    zone = current_workspace().clock().zone
    assert slot.starts_at == datetime.combine(day, time(10), zone) and slot.state == "offered"
    assert db.session.scalars(select(Activity.event).where(Activity.kind == "appointment")).all() == ["slot.offered"]
    gone = alice.post(f"/w/wells/slots/{slot.id}/withdraw", hx=True)
    assert "10:00 to 12:00" not in gone.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"other_day": "2020-01-01"}, "Choose a time to come."),
        ({"other_day": "2099-01-01"}, "within half a year"),
        ({"other_day": "soon"}, "Choose a day."),
        ({"ends": "09:00"}, "The end comes after the beginning."),
        ({"starts": "99"}, "Enter a time, like 10:00."),
        ({"user": "01890000-0000-7000-8000-000000000000"}, "Choose somebody who works here."),
    ],
)
def test_what_is_no_time_is_explained(alice: Client, lead: Any, change: dict[str, str], words: str) -> None:
    form = {"other_day": workday(20).isoformat(), "starts": "10:00", "ends": "12:00", "user": ""} | change
    answer = alice.post(f"/w/wells/leads/{lead.id}/slots", data=form, hx=True)
    assert answer.status_code == 422 and words in answer.text
    assert db.session.scalars(select(SlotOffer)).all() == []


def test_no_time_is_offered_on_a_day_of_closure(alice: Client, lead: Any) -> None:
    day = workday(20)
    db.session.add(Closure(name="Works outing", starts_on=day, ends_on=day))
    form = {"other_day": day.isoformat(), "starts": "10:00", "ends": "12:00"}
    assert "Works outing" in alice.post(f"/w/wells/leads/{lead.id}/slots", data=form, hx=True).text


def test_the_customer_accepts_and_chooses_in_one_go(
    client: Client, alice: Client, lead: Any, sent: Callable[..., Quote], offer: Any, world: World
) -> None:
    quote, slot, other = sent(lead), offer(lead, who=world.bob), offer(lead, 30)
    page = client.get(f"/c/{quote.link_secret}").text
    assert page.count('name="slot"') == 3 and "Bob comes" in page and 'name="early_start"' not in page
    form = {"option": str(quote.options[1].id), "name": "Hannah Cole", "slot": str(slot.id)}
    assert client.post(f"/c/{quote.link_secret}/accept", data=form, csrf=False).status_code == 303
    visit = db.session.scalars(select(Appointment)).one()
    assert (visit.user_id, visit.starts_at, visit.status) == (world.bob.user_id, slot.starts_at, "set")
    assert _states() == {slot.id: "taken", other.id: "withdrawn"}
    page = client.get(f"/c/{quote.link_secret}").text
    assert "09:00 to 11:00" in page and "Put it in your calendar" in page and 'name="slot"' not in page
    for member in (world.alice, world.bob):  # the owner, and who is sent
        with member.acting():
            assert "slot_taken" in db.session.scalars(select(Notification.kind)).all()
    assert "Chosen" in alice.get(f"/w/wells/leads/{lead.id}/slots", hx=True).text
    assert alice.post(f"/w/wells/slots/{slot.id}/withdraw", hx=True).status_code == 409


def test_a_time_inside_the_days_to_cancel_has_to_be_asked_for(
    client: Client, lead: Any, sent: Callable[..., Quote], offer: Any
) -> None:
    quote, slot = sent(lead), offer(lead, 1)
    assert 'name="early_start"' in client.get(f"/c/{quote.link_secret}").text
    form = {"option": str(quote.options[1].id), "name": "Hannah Cole", "slot": str(slot.id)}
    refused = client.post(f"/c/{quote.link_secret}/accept", data=form, csrf=False)
    assert (
        refused.status_code == 422 and "inside your 14 days" in refused.text and 'value="Hannah Cole"' in refused.text
    )
    assert db.session.scalars(select(Quote.state)).all() == ["sent"]
    client.post(f"/c/{quote.link_secret}/accept", data={**form, "early_start": "1"}, csrf=False)
    assert db.session.scalars(select(Appointment)).one().starts_at == slot.starts_at


def test_no_tick_is_wanted_for_a_time_that_was_taken_back(
    client: Client, lead: Any, sent: Callable[..., Quote], offer: Any, world: World
) -> None:
    quote, slot = sent(lead), offer(lead, 1)
    offer(lead, 40)  # outside the days to cancel: the page has no box to tick any more
    withdraw_slot(slot.id, world.alice.actor)
    form = {"option": str(quote.options[1].id), "name": "Hannah Cole", "slot": str(slot.id)}
    answer = client.post(f"/c/{quote.link_secret}/accept", data=form, csrf=False)
    assert answer.status_code == 303 and answer.location.endswith("?slot=gone")
    assert "Choose another. Your yes stands." in client.get(answer.location).text


def test_a_wrong_address_takes_no_time_away(
    client: Client, make_lead: Any, sent: Callable[..., Quote], offer: Any
) -> None:
    placeless = make_lead(name="Hannah Cole", email="h@example.com", address_line1="", town="", postcode="")
    quote, slot = sent(placeless), offer(placeless)
    url, form = f"/c/{quote.link_secret}/accept", {"option": str(quote.options[1].id), "slot": str(slot.id)}
    refused = client.post(url, data={**form, "name": "Hannah Cole", "postcode": "nowhere"}, csrf=False)
    assert refused.status_code == 422 and f'value="{slot.id}" checked' in refused.text
    client.post(url, data={**form, "name": "Hannah Cole", "postcode": "BA5 2QJ"}, csrf=False)
    assert db.session.scalars(select(Appointment.starts_at)).one() == slot.starts_at


def test_who_has_accepted_chooses_later(client: Client, lead: Any, sent: Callable[..., Quote], offer: Any) -> None:
    quote = sent(lead)
    form = {"option": str(quote.options[1].id), "name": "Hannah Cole"}
    client.post(f"/c/{quote.link_secret}/accept", data=form, csrf=False)
    slot = offer(lead, 1)
    page = client.get(f"/c/{quote.link_secret}").text
    assert str(slot.id) in page and 'name="early_start"' in page
    url = f"/c/{quote.link_secret}/slot"
    assert client.post(url, data={"slot": "x"}, csrf=False).status_code == 422
    refused = client.post(url, data={"slot": str(slot.id)}, csrf=False)
    assert refused.status_code == 422 and f'value="{slot.id}" checked' in refused.text  # only the tick is missing
    refused = client.post(url, data={"early_start": "1"}, csrf=False)
    assert refused.status_code == 422 and re.search(r'name="early_start"[^>]* checked', refused.text)
    for _ in range(2):  # a second tap makes no second visit
        assert client.post(url, data={"slot": str(slot.id), "early_start": "1"}, csrf=False).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Appointment)) == 1
    assert db.session.scalars(select(Quote.starts_before_cancellation_ends)).one() is True
    asked = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "quote.early_start_asked")).one()
    assert (asked.subject_id, asked.actor_kind) == (quote.id, "customer") and asked.address


@pytest.fixture
def both(
    lead: Any, make_lead: Any, sent: Callable[..., Quote], offer: Any, world: World
) -> tuple[list[Quote], list[SlotOffer]]:  # fmt: skip
    """The quotes and the offers of two customers who were offered Bob at the same time; the first has taken him."""
    other = make_lead(name="Ivy Reed", email="ivy@example.com")
    quotes = [sent(lead), sent(other)]
    slots = [offer(lead, who=world.bob), offer(other, who=world.bob)]
    choose_slot(quotes[0], slots[0].id, False, CUSTOMER)
    return quotes, slots


def test_a_person_taken_elsewhere_meanwhile_is_not_offered_any_more(client: Client, both: Any) -> None:
    quotes, slots = both
    db.session.commit()
    assert str(slots[1].id) not in client.get(f"/c/{quotes[1].link_secret}").text
    form = {"option": str(quotes[1].options[1].id), "name": "Ivy Reed", "slot": str(slots[1].id)}
    answer = client.post(f"/c/{quotes[1].link_secret}/accept", data=form, csrf=False)
    assert answer.location.endswith("?slot=gone")
    page = client.get(answer.location).text
    assert "That time is no longer free. We will ring you" in page and "Your yes stands" in page
    assert db.session.scalar(select(func.count()).select_from(Appointment)) == 1


def test_a_visit_to_a_lead_in_the_bin_keeps_nobody_busy(client: Client, lead: Any, both: Any, world: World) -> None:
    quotes, slots = both
    put_in_bin(lead.id, world.alice.actor)
    db.session.commit()
    assert str(slots[1].id) in client.get(f"/c/{quotes[1].link_secret}").text
    form = {"option": str(quotes[1].options[1].id), "name": "Ivy Reed", "slot": str(slots[1].id), "early_start": "1"}
    client.post(f"/c/{quotes[1].link_secret}/accept", data=form, csrf=False)
    assert db.session.scalar(select(func.count()).select_from(Appointment)) == 2


def test_nobody_is_promised_a_visit_of_who_has_left(
    alice: Client, client: Client, lead: Any, sent: Callable[..., Quote], offer: Any, world: World
) -> None:
    quote, slot, other = sent(lead), offer(lead, who=world.bob), offer(lead, 30)
    bob = db.session.scalars(select(Membership).where(Membership.user_id == world.bob.user_id)).one()
    deactivate_member(bob.id, world.alice.actor)
    db.session.commit()
    page = client.get(f"/c/{quote.link_secret}").text
    assert str(slot.id) not in page and str(other.id) in page
    assert "They have left" in alice.get(f"/w/wells/leads/{lead.id}/slots", hx=True).text
    form = {"option": str(quote.options[1].id), "name": "Hannah Cole", "slot": str(slot.id)}  # from a page of before
    answer = client.post(f"/c/{quote.link_secret}/accept", data=form, csrf=False)
    assert "That time is no longer free. Choose another." in client.get(answer.location).text
    assert client.post(f"/c/{quote.link_secret}/slot", data={"slot": str(slot.id)}, csrf=False).status_code == 409
    assert db.session.scalars(select(Appointment)).all() == []
    assert client.post(f"/c/{quote.link_secret}/slot", data={"slot": str(other.id)}, csrf=False).status_code == 303


def test_nobody_is_promised_a_visit_on_a_day_that_was_closed_since(
    alice: Client, client: Client, lead: Any, sent: Callable[..., Quote], offer: Any
) -> None:
    quote, slot, other = sent(lead), offer(lead), offer(lead, 30)
    closed = {"closure": "Works outing", "starts_on": workday(20).isoformat()}
    assert alice.post("/w/wells/settings/closures", data=closed).status_code == 303
    page = client.get(f"/c/{quote.link_secret}").text
    assert str(slot.id) not in page and str(other.id) in page
    assert "Closed that day" in alice.get(f"/w/wells/leads/{lead.id}/slots", hx=True).text
    form = {"option": str(quote.options[1].id), "name": "Hannah Cole", "slot": str(slot.id)}  # from a page of before
    assert client.post(f"/c/{quote.link_secret}/accept", data=form, csrf=False).location.endswith("?slot=gone")
    assert client.post(f"/c/{quote.link_secret}/slot", data={"slot": str(slot.id)}, csrf=False).status_code == 409
    assert db.session.scalars(select(Appointment)).all() == []


@pytest.mark.commits
def test_of_two_customers_at_once_one_gets_the_person(
    app: Any, world: World, make_lead: Any, sent: Callable[..., Quote], offer: Any
) -> None:
    leads = [make_lead(name="Ann Cole", email="a@example.com"), make_lead(name="Ben Pike", email="b@example.com")]
    pairs = [(sent(each).id, offer(each, who=world.bob).id) for each in leads]
    db.session.commit()
    ready, ends = threading.Barrier(2), []

    def choose(quote_id: Any, slot_id: Any) -> None:
        with app.app_context(), world.alice.acting():
            quote = db.session.get_one(Quote, (world.workspace_id, quote_id))
            ready.wait()
            try:
                choose_slot(quote, slot_id, False, CUSTOMER)
                db.session.commit()
                ends.append("has it")
            except Conflict:
                db.session.rollback()
                ends.append("too late")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=choose, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(180)
    assert sorted(ends) == ["has it", "too late"]
    assert db.session.scalar(select(func.count()).select_from(Appointment)) == 1


def test_the_calendar_file(client: Client, lead: Any, sent: Callable[..., Quote], offer: Any) -> None:
    quote, slot = sent(lead), offer(lead)
    assert client.get(f"/c/{quote.link_secret}/visit.ics").status_code == 404
    choose_slot(quote, slot.id, False, CUSTOMER)
    answer = client.get(f"/c/{quote.link_secret}/visit.ics")
    assert answer.mimetype == "text/calendar" and answer.headers["Cache-Control"] == "no-store"
    assert f"DTSTART:{slot.starts_at:%Y%m%dT%H%M%SZ}\r\n" in answer.text
    assert "LOCATION:" in answer.text and all(len(line) <= 75 for line in answer.data.split(b"\r\n"))


def _states() -> dict[Any, str]:
    db.session.expire_all()
    return dict(map(tuple, db.session.execute(select(SlotOffer.id, SlotOffer.state))))
