"""The same mail brought by the mailbox and the mail service at the same moment, and a reply against the chase."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from app.core.clock import utcnow
from app.core.permissions import SYSTEM
from app.extensions import db
from app.followups.models import Enrolment
from app.leads.services import get_lead
from app.messaging.models import Arrival, Conversation, Message
from app.messaging.services import compose
from app.messaging.services.arrivals import forget_old
from app.messaging.services.hook_keys import hook_url
from app.workspaces.models import Workspace
from tests.messaging.inbound import call, mail, post_mail, text


@pytest.mark.commits
def test_the_same_mail_from_six_sides_at_once_is_one(app: Flask, lead: Any) -> None:
    path = str(hook_url("inbound")).removeprefix("http://127.0.0.1:9")
    db.session.commit()
    same, line = mail("Yes please"), Barrier(6)

    def bring(number: int) -> int:
        raw = same if number < 4 else mail(f"Another, {number}")
        line.wait(60)
        with app.app_context(), app.test_client() as browser:
            return browser.post(path, data=raw, headers={"Content-Type": "message/rfc822"}, csrf=False).status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(bring, range(6))) == {204}
    assert len(db.session.scalars(select(Message.id).where(Message.direction == "in")).all()) == 3
    assert db.session.scalars(select(Conversation.unread_count)).all() == [3]


@pytest.mark.commits
def test_two_calls_at_once_are_answered_by_one_text(app: Flask, world: Any, client: Any) -> None:
    db.session.execute(update(Workspace).values(texts_back_missed_calls=True))
    db.session.commit()
    hook_url("webhook")
    db.session.commit()
    line, scope = Barrier(2), world.workspace_id

    def ring(number: int) -> int:
        from app.core.tenancy import acting_in

        with app.app_context(), app.test_client() as browser, acting_in(scope):
            line.wait(60)
            return call(browser, sender="+447700900999", sid=f"CA{number}").status_code

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(ring, range(2))) == [200, 200]
    assert len(db.session.scalars(select(Message.id)).all()) == 1


@pytest.mark.parametrize(
    ("words", "headers", "state"),
    [
        ("Yes please, go ahead", {}, "ended"),
        ("Hm, let me think about it", {}, "paused"),
        ("I am on holiday", {"Auto_Submitted": "auto-replied"}, "active"),
    ],
)
def test_a_reply_ends_the_chase_a_doubtful_one_rests_it(client, world, make_lead, words, headers, state):
    lead = make_lead(email="hannah.cole@example.com", phone="07700 900318")
    assert db.session.scalars(select(Enrolment.state).where(Enrolment.lead_id == lead.id)).all() == ["active"]
    post_mail(client, mail(words, **headers))
    states = db.session.scalars(select(Enrolment.state).where(Enrolment.lead_id == lead.id)).all()
    assert [("ended" if each in ("ended", "stopped") else each) for each in states] == [state]


def test_what_waits_to_be_placed_rests_the_chase_of_all_it_may_answer(client, world, make_lead):
    leads = [
        make_lead(email="hannah.cole@example.com", phone="07700 900318", address_line1=f"{number} Mill Lane")
        for number in (1, 2)
    ]
    text(client, "Yes please")
    assert db.session.scalars(select(Arrival.why)).all() == ["several_leads"]
    states = db.session.scalars(select(Enrolment.state).where(Enrolment.lead_id.in_([each.id for each in leads]))).all()
    assert states == ["paused", "paused"]


def test_a_reply_about_one_house_rests_the_chase_of_the_other(client, world, make_lead):
    one = make_lead(email="hannah.cole@example.com", phone="07700 900318", address_line1="1 Mill Lane")
    two = make_lead(email="hannah.cole@example.com", phone="07700 900318", address_line1="2 Mill Lane")
    ours = compose(one, "email", recipient="hannah.cole@example.com", subject="1", body="1", actor=SYSTEM)
    db.session.commit()
    post_mail(client, mail("Yes please", In_Reply_To=f"<{ours.id}@example.com>"))
    states = db.session.scalars(select(Enrolment.state).where(Enrolment.lead_id == two.id)).all()
    assert states == ["paused"]


def test_strangers_words_are_not_kept_for_ever(client, world):
    from datetime import timedelta

    post_mail(client, mail("Buy now", sender="news@shop.example", List_Unsubscribe="<https://shop.example/u>"))
    post_mail(client, mail("A question", sender="who@shop.example"))
    forget_old(utcnow() + timedelta(days=181))
    assert db.session.scalars(select(Arrival.state)).all() == ["waiting"]


def test_a_placed_arrival_holds_no_second_copy_and_goes_with_its_lead(client, lead):
    post_mail(client, mail("Yes please"))
    [arrival] = db.session.scalars(select(Arrival))
    assert (arrival.state, arrival.body, arrival.subject) == ("placed", None, None)
    db.session.execute(delete(Message))
    assert db.session.scalars(select(Arrival.id)).all() == []
    assert get_lead(lead.id)
