"""The demo workspace is believable, complete and quiet."""

import time
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.accounts.queries import find_user
from app.appointments.models import Appointment
from app.contacts.models import Contact
from app.core import phones
from app.core.clock import utcnow
from app.core.outbox import OutboxItem
from app.extensions import db
from app.followups.models import FollowUp
from app.leads.models import Lead, Stage, StageChange, StageCounter
from app.messaging.models import Conversation, Message
from app.quotes.models import Quote
from app.workspaces.demo import build_demo, connect_far_ends, demo_exists
from tests.support.client import Client


@pytest.fixture
def demo(app: Flask) -> int:
    leads = build_demo()
    db.session.commit()
    return leads


def test_fills_every_stage_quickly(app: Flask) -> None:
    started = time.process_time()
    leads = build_demo()
    db.session.commit()

    assert time.process_time() - started < 6
    counts = dict(
        db.session.execute(select(Stage.key, func.count(Lead.id)).outerjoin(Lead, Lead.stage_id == Stage.id)
                           .group_by(Stage.key)).all()
    )  # fmt: skip
    assert leads == sum(counts.values()) == 121
    assert len(counts) == 14
    assert min(counts.values()) >= 5
    assert db.session.scalar(select(func.sum(StageCounter.leads))) == leads


def test_is_believable_and_quiet(demo: int, client: Client) -> None:
    """One demo for all that is only looked at: making it takes its time."""
    numbers_follow_time_without_a_gap()
    every_history_is_in_order()
    nobody_in_it_can_be_reached()
    no_message_waits_that_should_have_gone()
    some_calls_are_late_but_few()
    quotes_stand_and_their_links_open(client)
    the_cleaner_has_visits()


def test_its_owner_signs_in_and_sees_the_board(demo: int, client: Client) -> None:
    client.post("/login", data={"email": "owner@example.com", "password": "glass-and-ladder-2026"})
    board = client.get("/w/somerset/leads/board")
    assert board.status_code == 200
    assert "Ready for Squeegee" in board.text


def test_a_second_seed_changes_nothing(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert "121 leads" in runner.invoke(args=["seed", "demo"]).output
    assert demo_exists()
    assert "already" in runner.invoke(args=["seed", "demo"]).output


def test_the_far_ends_are_connected(app: Flask, demo: int, squeegee_simulator) -> None:  # type: ignore[no-untyped-def]
    assert connect_far_ends()
    row = db.session.execute(text("select base_url, service_ids from squeegee_accounts")).one()
    assert row.base_url == app.config["SQUEEGEE_SIMULATOR_URL"]
    known = set(squeegee_simulator.services().values())
    assert set(row.service_ids.values()) <= known
    assert "window_cleaning" in row.service_ids
    found = text("select allowed_origins from lead_forms where key = 'somerset-demo'")
    origins = db.session.execute(found).scalar_one()
    assert origins == [app.config["TWILIO_API_BASE"].removesuffix("/twilio")]


def numbers_follow_time_without_a_gap() -> None:
    rows = db.session.execute(select(Lead.number, Lead.created_at).order_by(Lead.created_at)).all()
    by_year = Counter(number.split("-")[1] for number, _ in rows)
    expected = [f"SWC-{year}-{each:03d}" for year in sorted(by_year) for each in range(1, by_year[year] + 1)]
    assert [number for number, _ in rows] == expected
    assert max(at for _, at in rows) <= utcnow()


def every_history_is_in_order() -> None:
    for (lead_id,) in db.session.execute(select(Lead.id)):
        changes = db.session.scalars(
            select(StageChange).where(StageChange.lead_id == lead_id).order_by(StageChange.at)
        ).all()
        assert changes[0].from_stage_id is None
        for before, after in zip(changes, changes[1:], strict=False):
            assert after.from_stage_id == before.to_stage_id
            assert after.seconds_in_stage == int((after.at - before.at).total_seconds()) >= 0
        lead = db.session.get_one(Lead, (changes[0].workspace_id, lead_id))
        assert (lead.stage_id, lead.stage_entered_at) == (changes[-1].to_stage_id, changes[-1].at)


def nobody_in_it_can_be_reached() -> None:
    for contact in db.session.scalars(select(Contact)):
        assert contact.email is None or contact.email.endswith("@example.com")
        phone = phones.parse(contact.phone)
        assert phone is not None and phone.is_drama


def no_message_waits_that_should_have_gone() -> None:
    unsent = (Message.direction == "out", Message.state != "delivered")
    assert db.session.scalar(select(func.count()).select_from(Message).where(*unsent)) == 0
    waiting = db.session.scalars(select(OutboxItem).where(OutboxItem.state == "ready")).all()
    assert waiting
    assert all(item.run_at > utcnow() + timedelta(minutes=20) for item in waiting if item.kind == "follow_up.due")
    planned = {row.id for row in db.session.scalars(select(FollowUp).where(FollowUp.state == "planned"))
               if row.kind in ("email", "sms")}  # fmt: skip
    unanswered = set(db.session.scalars(select(Quote.id).where(Quote.state == "sent")))
    put_off = set(db.session.scalars(select(Conversation.id).where(Conversation.snoozed_until.is_not(None))))
    assert put_off and planned | unanswered | put_off == {item.subject_id for item in waiting}


def some_calls_are_late_but_few() -> None:
    late = db.session.scalar(select(func.count(Lead.id)).where(Lead.next_act_at < utcnow()))
    planned = db.session.scalar(select(func.count(Lead.id)).where(Lead.next_act_at.is_not(None)))
    assert late is not None and planned is not None
    assert 0 < late < planned / 2


def quotes_stand_and_their_links_open(client: Client) -> None:
    quote = db.session.scalars(select(Quote).where(Quote.state == "sent").limit(1)).one()
    assert len(quote.options) >= 3
    assert client.get(f"/c/{quote.link_secret}").status_code == 200


def the_cleaner_has_visits() -> None:
    carol = find_user("carol@example.com")
    assert carol is not None
    visits = db.session.scalar(select(func.count()).select_from(Appointment).where(Appointment.user_id == carol.id))
    assert visits is not None and visits >= 7
