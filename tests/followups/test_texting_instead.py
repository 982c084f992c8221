"""A text takes an email's place for who left a mobile number only, where words for it are chosen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import update

from app.core.permissions import SYSTEM
from app.extensions import db
from app.followups.models import Enrolment
from app.followups.queries.steps import steps_of
from app.followups.services import trial_run
from app.messaging.models import Message, MessageTemplate
from app.messaging.services import compose
from tests.followups.test_sequence_pages import changed, sent, sequence_of, sheet_fields, url

MOBILE = "+447700900123"
NOON = datetime(2026, 11, 17, 12, tzinfo=UTC)


@pytest.fixture
def hannah(make_lead: Callable[..., Any]) -> Callable[..., Any]:
    """Hannah, who left a number and no address."""
    return lambda phone="07700 900123": make_lead(name="Hannah Cole", email=None, phone=phone)


def test_who_left_a_mobile_number_only_is_told_by_text(hannah, planned, run_outbox, mailbox):
    with time_machine.travel(NOON):
        lead = hannah()
        text, call = planned(lead)
        assert (text.kind, text.title, call.kind) == ("sms", "Acknowledge", "call")
        assert text.due_at <= NOON + timedelta(minutes=1) and call.due_at >= NOON + timedelta(days=1)
        run_outbox()
    [got] = mailbox.texts(MOBILE)
    assert "Hello Hannah" in got["body"] and lead.number in got["body"]
    db.session.refresh(lead)
    assert lead.follow_up_count == 0  # it is no attempt, as the email is none


def test_at_night_the_text_waits_for_the_morning(hannah, planned):
    with time_machine.travel(datetime(2026, 11, 17, 23, 30, tzinfo=UTC), tick=False):
        text, _ = planned(hannah())
    assert text.kind == "sms" and 7 <= text.due_at.hour < 10 and text.due_at.date() > NOON.date()


def test_a_landline_is_called(hannah, planned):
    assert [each.kind for each in planned(hannah("01632 960123"))] == ["call"]


def test_a_mobile_abroad_is_called(hannah, planned):
    """It may be one that earns by every text sent to it."""
    assert [each.kind for each in planned(hannah("+33 6 12 34 56 78"))] == ["call"]


def test_after_sixty_an_hour_they_are_called(world, hannah, planned, run_outbox, mailbox):
    with time_machine.travel(NOON):
        for _ in range(60):
            compose(
                None, "sms", recipient="+447700900321", subject="", body="Hello", template_key="acknowledgement_sms",
                actor=SYSTEM,
            )  # fmt: skip
        db.session.execute(update(Message).values(state="sent"))
        lead = hannah()
        run_outbox()
        assert mailbox.texts(MOBILE) == []
        assert "Call instead: Acknowledge" in [each.title for each in planned(lead)]
        db.session.execute(update(Message).values(created_at=NOON - timedelta(minutes=61)))
        hannah("07700 900124")
        run_outbox()
        assert len(mailbox.texts("+447700900124")) == 1


def test_without_a_way_to_text_they_are_called(app, hannah, planned, config, monkeypatch):
    monkeypatch.setitem(app.extensions, "config", replace(config, twilio_account_sid=""))
    assert [each.kind for each in planned(hannah())] == ["call"]


def test_who_has_an_address_gets_the_email(make_lead, planned):
    assert [each.kind for each in planned(make_lead(email="a@example.com", phone="07700 900123"))] == ["email", "call"]


def test_words_that_were_put_away_are_not_sent(hannah, planned, run_outbox, mailbox):
    with time_machine.travel(NOON):
        lead = hannah()
        mine = MessageTemplate.key == "acknowledgement_sms"
        db.session.execute(update(MessageTemplate).where(mine).values(archived_at=NOON))
        db.session.commit()
        run_outbox()
        assert mailbox.texts(MOBILE) == []
        assert "Choose a template: Acknowledge" in [each.title for each in planned(lead)]


def test_the_sheet_keeps_which_text_it_is(alice):
    chase = sequence_of("quote_chase")
    page = alice.get(url(alice, sequence_of("new_enquiry"))).text
    assert "or a text" in page
    fields = changed(sheet_fields(alice, chase), text_day_3="sms_chase")
    assert alice.post(url(alice, chase), data=sent(fields)).status_code == 303
    first = steps_of(sequence_of("quote_chase").steps)[0]
    assert (first.template_key, first.text_key) == ("chase_day_3", "sms_chase")
    saved = dict(sheet_fields(alice, sequence_of("quote_chase")))
    assert saved["text_day_3"] == "sms_chase"


@pytest.mark.parametrize("chosen", ["chase_last", "nothing_of_ours"])
def test_words_that_are_no_text_are_refused_beside_their_field(alice, chosen):
    chase = sequence_of("quote_chase")
    answer = alice.post(url(alice, chase), data=sent(changed(sheet_fields(alice, chase), text_day_3=chosen)))
    assert answer.status_code == 422 and 'id="f-text_day_3-error"' in answer.text
    assert sequence_of("quote_chase").version_no == 1


def test_a_trial_run_counts_the_text(alice, hannah):
    hannah()
    enquiry = sequence_of("new_enquiry")
    page = alice.get(url(alice, enquiry, "/trial"))
    assert page.status_code == 200 and "no email address" not in page.text


def test_a_trial_run_that_takes_long_says_how_many_were_tried(alice, hannah, make_lead, monkeypatch):
    hannah()
    make_lead(name="Tom Reed", email="tom.reed@example.com")
    monkeypatch.setattr(trial_run, "_SECONDS", 0)
    page = alice.get(url(alice, sequence_of("new_enquiry"), "/trial")).text
    assert "The latest 1 are tried." in page and "<dt>Leads</dt><dd>1+</dd>" in page


def test_who_begins_says_whom_the_text_reaches(alice, hannah):
    lead, enquiry = hannah(), sequence_of("new_enquiry")
    db.session.execute(update(Enrolment).values(state="stopped", ended_at=datetime.now(UTC), why="by_person"))
    db.session.commit()
    asked = {"act": f"enrol:{enquiry.id}", "leads": str(lead.id)}
    said = alice.post("/w/wells/bulk/who-begins", data=asked, hx=True).text
    assert "· email</span>" in said and "· text</span>" in said and "1 will get it" in said
