"""News of bookings that differ: put to a person, settled by one, and taken from a file after a look at it."""

import base64
import re
import zlib
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from app.activities.models import Activity
from app.activities.prose import Words, words_for
from app.core.human_time import long_date
from app.core.permissions import SYSTEM, Actor
from app.extensions import db
from app.squeegee import services
from app.squeegee.models import BookingNews
from app.squeegee.queries.booking_file import look_at, read_day
from app.squeegee.services import Confirmation
from app.workspaces.queries import today_here
from tests.squeegee.desk import fresh, stage_of

QUEUE, BOOKINGS = "/w/wells/squeegee", "/w/wells/squeegee/bookings"


@pytest.fixture
def booked(ready_lead: Callable[..., Any], world: Any) -> Callable[..., Any]:
    """Make a lead whose first clean is in a week."""

    def make(**draft: Any) -> Any:
        lead = ready_lead(**draft)
        services.record_booking(lead.id, today_here() + timedelta(days=7), world.alice.actor)
        db.session.commit()
        return lead

    return make


def in_days(days: int) -> date:
    return today_here() + timedelta(days=days)


def tell(lead: Any, day: date, message_id: str, **more: Any) -> str:
    outcome = services.take_news("webhook", Confirmation(lead.number, day, message_id, **more), SYSTEM)
    db.session.commit()
    return outcome


def news_of(lead: Any) -> list[tuple[str, date]]:
    rows = db.session.scalars(select(BookingNews).where(BookingNews.lead_id == lead.id).order_by(BookingNews.id))
    return [(row.state, row.first_service_date) for row in rows]


def only_news(lead: Any) -> BookingNews:
    return db.session.scalars(select(BookingNews).where(BookingNews.lead_id == lead.id)).one()


def settle(client: Any, news: Any, act: str, ours: date | None, **more: Any) -> Any:
    data = {"act": act, "ours": ours.isoformat() if ours else "", **more}
    return client.post(f"/w/wells/squeegee/news/{news.id}", data=data, hx="place" in more)


def test_differing_news_rings_and_stands_on_queue_page_and_lead(booked: Any, alice: Any, bob: Any) -> None:
    lead = booked(owner_id=bob.user_id)
    assert tell(lead, in_days(9), "msg_1") == "differs"
    for path in (QUEUE, BOOKINGS, f"/w/wells/leads/{lead.id}/squeegee"):
        page = bob.get(path).text
        assert "Squeegee says" in page, path
        assert f"Move to {long_date(in_days(9))}" in page, path
    assert "Squeegee says another first clean for" in bob.get("/w/wells/notifications").text


def test_a_person_takes_the_date_or_keeps_ours(booked: Any, alice: Any) -> None:
    moved, kept = booked(), booked()
    for lead in (moved, kept):
        tell(lead, in_days(9), f"msg_{lead.number}")
    assert settle(alice, only_news(moved), "take", in_days(7)).status_code == 303
    assert settle(alice, only_news(kept), "keep", in_days(7)).status_code == 303
    assert (fresh(moved).first_service_date, fresh(kept).first_service_date) == (in_days(9), in_days(7))
    assert (news_of(moved), news_of(kept)) == ([("taken", in_days(9))], [("dismissed", in_days(9))])
    page = alice.get(BOOKINGS).text
    assert "Moved to it" in page
    assert "Kept ours" in page
    lines = db.session.scalars(select(Activity).where(Activity.lead_id == kept.id).order_by(Activity.id)).all()
    said = [words_for(Words(each.kind, each.event, each.data)) for each in lines[-2:]]
    day = f"{long_date(in_days(9))} there"
    assert [(each.title, each.detail) for each in said] == [
        ("Squeegee says another first clean", day), ("Our date was kept", day)
    ]  # fmt: skip


def test_news_of_a_lead_that_was_given_up_waits_for_a_person(make_lead: Any, alice: Any) -> None:
    taken, left = (make_lead(name=f"Ada {key}", stage_key=key) for key in ("declined", "lost_contact"))
    for lead in (taken, left):
        assert tell(lead, in_days(5), f"msg_{lead.number}") == "differs"
    assert (stage_of(taken), stage_of(left)) == ("declined", "lost_contact")
    assert "not dated" in alice.get(BOOKINGS).text
    assert settle(alice, only_news(left), "keep", None).status_code == 303
    assert "Nothing was changed" in alice.get(BOOKINGS).text
    assert settle(alice, only_news(taken), "take", None).status_code == 303
    assert (stage_of(taken), stage_of(left)) == ("booking_confirmed", "lost_contact")
    assert tell(left, in_days(5), f"msg_{left.number}") == "known"


def test_a_file_says_beforehand_whose_date_will_wait_for_a_person(make_lead: Any) -> None:
    leads = [make_lead(name=f"Ada {key}", stage_key=key) for key in ("declined", "ready_for_squeegee", "contacted")]
    leads[2].shelf = "archive"
    db.session.flush()
    lines = "".join(f"{lead.number},{in_days(5).isoformat()}\n" for lead in leads)
    found = look_at(f"Reference,First clean\n{lines}".encode(), "bookings.csv")
    assert [line.what for line in found.lines] == ["differs", "book", "differs"]


def test_what_another_settled_or_changed_meanwhile_is_a_conflict(booked: Any, alice: Any, bob: Any) -> None:
    lead = booked()
    tell(lead, in_days(9), "msg_1")
    news = only_news(lead)
    services.record_booking(lead.id, in_days(8), alice_actor(alice))
    db.session.commit()
    answer = settle(alice, news, "take", in_days(7))
    assert (answer.status_code, fresh(lead).first_service_date) == (409, in_days(8))
    assert "changed meanwhile" in answer.text
    assert settle(alice, news, "keep", in_days(8)).status_code == 303
    answer = settle(bob, news, "take", in_days(8), place="panel")
    assert answer.status_code == 409
    assert f'id="lead-{lead.id}-squeegee"' in answer.text


def test_several_dates_stand_side_by_side_and_end_together(booked: Any, alice: Any) -> None:
    lead = booked()
    for number, days in enumerate((9, 11, 9)):
        tell(lead, in_days(days), f"msg_{number}")
    assert len(re.findall(r"Move to ", alice.get(QUEUE).text)) == 2
    first = db.session.scalars(select(BookingNews).where(BookingNews.first_service_date == in_days(9))).first()
    settle(alice, first, "take", in_days(7))
    assert sorted(state for state, _ in news_of(lead)) == ["dismissed", "same", "taken"]


def test_the_same_date_by_hand_settles_it(booked: Any, alice: Any) -> None:
    lead = booked()
    tell(lead, in_days(9), "msg_1")
    alice.post(f"/w/wells/leads/{lead.id}/booking", data={"first_service_date": in_days(9).isoformat()})
    assert news_of(lead) == [("taken", in_days(9))]


def look(client: Any, text: str, **more: str) -> Any:
    data = {"file": (BytesIO(text.encode()), "bookings.csv"), **more}
    return client.post(f"{BOOKINGS}/file", data=data, content_type="multipart/form-data")


def take(client: Any, shown: Any) -> Any:
    found = re.search(r'name="lines" value="([^"]+)"', shown.text)
    assert found
    return client.post(f"{BOOKINGS}/take", data={"lines": found[1]})


def test_a_file_is_looked_at_before_anything_changes(ready_lead: Any, booked: Any, alice: Any) -> None:
    new, other, same = ready_lead(), booked(), booked()
    text = "\n".join([
        "Our reference;Customer ID;First date",
        f"{new.number};cust-9;{in_days(5):%d/%m/%Y}",
        f"{other.number};;{in_days(12):%d/%m/%y}",
        f"{same.number};;{in_days(7).isoformat()}",
        "WWC-1999-001;;01/12/2026",
        f"{same.number};;soon",
    ])  # fmt: skip
    shown = look(alice, text)
    assert shown.status_code == 200
    for words in ("To be booked", "Another date than ours", "No lead of ours", "No date that could be", "Take these 2"):
        assert words in shown.text
    assert fresh(new).first_service_date is None
    for _ in range(2):  # the second time says nothing new
        assert take(alice, shown).status_code == 303
        assert (fresh(new).first_service_date, stage_of(new)) == (in_days(5), "booking_confirmed")
        assert fresh(other).first_service_date == in_days(7)
        assert news_of(other) == [("differs", in_days(12))]
    assert fresh(new).squeegee_customer_id == "cust-9"
    assert news_of(same) == []


def test_a_kept_date_is_not_asked_about_again_by_the_same_file(booked: Any, alice: Any) -> None:
    lead = booked()
    shown = look(alice, f"Ref,Date\n{lead.number},{in_days(12).isoformat()}")
    take(alice, shown)
    settle(alice, only_news(lead), "keep", in_days(7))
    take(alice, shown)
    assert news_of(lead) == [("dismissed", in_days(12))]


def test_what_cant_be_read_is_said_beside_the_field(alice: Any, ready_lead: Any) -> None:
    lead = ready_lead()
    assert "Choose a file first" in alice.post(f"{BOOKINGS}/file", data={}).text
    answer = look(alice, f"Kunde,Tag\n{lead.number},{in_days(4).isoformat()}")
    assert answer.status_code == 422
    assert "The file has: Kunde, Tag." in answer.text
    titles = {"reference_title": "kunde", "date_title": "TAG"}
    answer = look(alice, f"Kunde,Tag\n{lead.number},{in_days(4).isoformat()}", **titles)
    assert "To be booked" in answer.text
    for lines in ("", "nothing", "eJw=", "eJyLjgUAARUAuQ=="):
        assert alice.post(f"{BOOKINGS}/take", data={"lines": lines}).status_code in (422, 303)
    assert fresh(lead).first_service_date is None


def test_a_customers_id_names_the_lead_unless_several_have_it(ready_lead: Any, world: Any, alice: Any) -> None:
    one, *twins = (ready_lead() for _ in range(3))
    for lead, reference in ((one, "1042"), *((twin, "1043") for twin in twins)):
        services.enter_by_hand(lead.id, reference, world.alice.actor, first_service_date=in_days(3))
    db.session.commit()
    shown = look(alice, f"Cust Ref,First clean\n1042,{in_days(4)}\n1043,{in_days(4)}").text
    assert one.number in shown
    assert not any(twin.number in shown for twin in twins)


def test_sales_see_news_of_their_own_leads_and_others_none(booked: Any, bob: Any, carol: Any, alice: Any) -> None:
    lead = booked(owner_id=alice.user_id)
    tell(lead, in_days(9), "msg_1")
    assert lead.number not in bob.get(BOOKINGS).text
    assert bob.post(f"/w/wells/squeegee/news/{only_news(lead).id}", data={"act": "take"}).status_code == 404
    assert carol.post(f"{BOOKINGS}/take", data={"lines": ""}).status_code == 403


def test_the_bell_of_who_looks_after_the_lead_alone_rings(booked: Any, alice: Any, bob: Any) -> None:
    tell(booked(owner_id=bob.user_id), in_days(9), "msg_1")
    assert "another first clean" not in alice.get("/w/wells/notifications").text


def test_the_page_of_bookings_asks_little(booked: Any, alice: Any, count_sql: Any) -> None:
    for number in range(5):
        tell(booked(), in_days(9), f"msg_{number}")
    alice.get(BOOKINGS)
    with count_sql() as statements:
        page = alice.get(BOOKINGS)
    assert len(statements) <= 8
    assert len(page.data) <= 60 * 1024


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-08", date(2026, 12, 8)), ("2026-12-08T09:30:00", date(2026, 12, 8)), ("8/12/26", date(2026, 12, 8)),
        ("08/12/2026 09:30", date(2026, 12, 8)), ("8.12.2026", date(2026, 12, 8)),
        ("Tue 8 Dec 2026", date(2026, 12, 8)),
        ("8th December 26", date(2026, 12, 8)), ("31/02/2026", None), ("12/31/2026", None), ("soon", None), ("", None),
        ("8 Foo 2026", None), ("0/1/2026", None),
    ],
)  # fmt: skip
def test_days_are_read_the_british_way(text: str, day: date | None) -> None:
    assert read_day(text) == day


def alice_actor(alice: Any) -> Any:
    return Actor("person", alice.user_id, name="Alice")


def test_a_list_of_bookings_made_to_do_harm_is_refused_in_words(alice: Any) -> None:
    nested = base64.urlsafe_b64encode(zlib.compress(b"[" * 90_000)).decode()
    for lines in ("", "x", nested):
        assert alice.post(f"{BOOKINGS}/take", data={"lines": lines}).status_code == 422
