"""Calls that nobody took, as Twilio tells them: on the lead, to a person, and a text back once a day."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.activities.models import Activity
from app.core.clock import utcnow
from app.extensions import db
from app.messaging import services
from app.messaging.models import Arrival, Message
from app.notifications.models import Notification
from app.workspaces.models import Workspace
from tests.messaging.inbound import HANNAHS_PHONE, call, post_twilio


@pytest.fixture
def texting_back(world):
    """A workspace that texts back."""
    db.session.execute(update(Workspace).values(texts_back_missed_calls=True))
    db.session.commit()


def texts() -> list[tuple[str, bool]]:
    rows = db.session.scalars(select(Message).where(Message.channel == "sms").order_by(Message.created_at))
    return [(row.recipient, row.lead_id is not None) for row in rows]


def test_a_missed_call_is_kept_told_and_answered_once_a_day(client, lead, texting_back, run_outbox, mailbox):
    assert call(client, sid="CA1").mimetype == "text/xml"
    call(client, sid="CA1")
    call(client, sid="CA2", status="busy")
    run_outbox()

    events = db.session.scalars(
        select(Activity.event).where(Activity.lead_id == lead.id, Activity.kind == "call")
    ).all()
    assert events == ["call.missed", "call.missed"]
    assert "missed_call" in db.session.scalars(select(Notification.kind)).all()
    assert texts() == [(HANNAHS_PHONE, True)]
    assert "missed your call" in mailbox.texts(HANNAHS_PHONE)[0]["body"]


def test_a_stranger_is_texted_back_and_waits_for_a_person(client, texting_back):
    call(client, sender="+447700900999")
    assert texts() == [("+447700900999", False)]
    assert db.session.execute(select(Arrival.state, Arrival.why, Arrival.channel)).one() == (
        "waiting", "unknown_sender", "call",
    )  # fmt: skip


@pytest.mark.parametrize("sender", ["+441749960123", "anonymous", "+266696687", ""])
def test_landlines_and_hidden_numbers_get_no_text(client, texting_back, sender):
    call(client, sender=sender)
    assert texts() == []
    assert db.session.scalars(select(Arrival.state)).all() == ["waiting"]


def test_nobody_is_texted_who_asked_for_none_or_where_it_is_not_wanted(client, lead, world):
    call(client)
    assert texts() == []
    db.session.execute(update(Workspace).values(texts_back_missed_calls=True))
    services.suppress("sms", "07700 900999", "stop")
    db.session.commit()
    call(client, sender="+447700900999")
    assert texts() == []


def test_calls_that_were_taken_or_are_ours_are_no_news(client, lead):
    call(client, status="completed")
    call(client, status="ringing")
    post_twilio(client, CallSid="CA9", From="+447700900000", CallStatus="no-answer", Direction="outbound-api")
    post_twilio(client, CallSid="CA8", From=HANNAHS_PHONE, CallStatus="completed", DialCallStatus="completed")
    assert db.session.scalars(select(Arrival.id)).all() == []
    post_twilio(client, CallSid="CA7", From=HANNAHS_PHONE, CallStatus="completed", DialCallStatus="no-answer")
    assert db.session.scalars(select(Arrival.state)).all() == ["placed"]


@pytest.mark.parametrize(
    "tampered", [{"From": "+447700900111"}, {"CallStatus": "busy"}, {"Extra": "field"}, {"CallSid": "CA66"}]
)
def test_what_was_changed_on_the_way_is_refused(client, lead, tampered):
    fields = {"CallSid": "CA5", "From": HANNAHS_PHONE, "CallStatus": "no-answer"}
    assert post_twilio(client, tampered=tampered, **fields).status_code == 403
    assert post_twilio(client, token="another", **fields).status_code == 403
    assert db.session.scalars(select(Arrival.id)).all() == []


def test_calls_from_ever_new_numbers_cost_no_more_than_so_many_texts_an_hour(client, lead, texting_back):
    """Any number can be shown to who is called, also those that earn by every text sent to them."""
    for number in range(25):
        call(client, sid=f"CA{number}", sender=f"+4477009{number:05}")
    assert len(texts()) == 20 and db.session.scalar(select(func.count()).select_from(Arrival)) == 25
    call(client, sid="CA-known")
    assert texts()[-1] == (HANNAHS_PHONE, True)
    db.session.execute(update(Message).values(created_at=utcnow() - timedelta(minutes=61)))
    call(client, sid="CA-later", sender="+447700900998")
    assert texts()[-1] == ("+447700900998", False)
