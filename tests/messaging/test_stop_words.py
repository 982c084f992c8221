"""STOP and START by text: only as the whole message, at once, for ever; anything like it goes to a person."""

import pytest
from sqlalchemy import select

from app.activities.models import Activity
from app.contacts.models import Consent
from app.extensions import db
from app.messaging import services
from app.messaging.models import Arrival, Message
from app.messaging.services.arriving import place
from app.messaging.services.stop_words import is_start, is_stop, sounds_like_stop
from app.notifications.models import Notification
from tests.messaging.inbound import HANNAH, HANNAHS_PHONE, mail, message_id_of, post_mail, text

STOPS = ["STOP", "stop.", " Stop! ", "STOPALL", "Unsubscribe", "END", "quit", "Revoke", "OPTOUT", "opt out", "Cancel"]
NEARLY = [
    "can you cancel Tuesday?", "Please stop texting me", "stop by on Friday", "I want to opt out",
    "Don't contact us again", "take me off your list", "is this the end?",
]  # fmt: skip


@pytest.mark.parametrize("words", STOPS)
def test_what_opts_out_by_itself(words):
    assert is_stop(words)


@pytest.mark.parametrize("words", NEARLY)
def test_what_does_not(words):
    assert not is_stop(words)


def test_what_a_person_must_look_at():
    assert [words for words in NEARLY if not sounds_like_stop(words)] == ["is this the end?"]
    assert not sounds_like_stop("Yes please, go ahead")
    assert is_start("start") and is_start("UNSTOP.") and not is_start("yes") and not is_start("start on Monday")


def test_stop_suppresses_texts_writes_the_ledger_and_stops_what_waits(
    client, lead, write, run_outbox, mailbox, state_of
):
    post = text(client, "STOP")
    assert (post.status_code, post.mimetype) == (200, "text/xml")
    assert services.is_suppressed("sms", HANNAHS_PHONE)
    assert not services.is_suppressed("email", "hannah.cole@example.com")
    ledger = db.session.execute(select(Consent.channel, Consent.purpose, Consent.granted, Consent.source)).all()
    assert ("sms", "service", False, "reply") in [tuple(row) for row in ledger]
    [line] = db.session.scalars(select(Activity).where(Activity.event == "contact.opted_out"))
    assert (line.lead_id, line.data["channel"], line.data["source"]) == (lead.id, "sms", "reply")
    [reply] = db.session.scalars(select(Message).where(Message.direction == "in"))
    assert (reply.body, reply.triage) == ("STOP", "no")

    message = write("sms")
    run_outbox()
    assert state_of(message) == ("refused", "opted_out")
    assert mailbox.texts(HANNAHS_PHONE) == []


def test_start_takes_it_back(client, lead, write, run_outbox, mailbox, state_of):
    text(client, "STOP")
    text(client, "START")
    assert not services.is_suppressed("sms", HANNAHS_PHONE)
    message = write("sms")
    run_outbox()
    assert state_of(message)[0] == "sent"


def test_no_mail_takes_it_back_since_anyone_may_have_written_it(client, lead):
    post_mail(client, mail("STOP"))
    assert services.is_suppressed("email", "hannah.cole@example.com")
    post_mail(client, mail("START"))
    assert services.is_suppressed("email", "hannah.cole@example.com")


def test_stop_from_a_number_nobody_knows_counts_all_the_same(client, world):
    text(client, "STOP", sender="+447700900999")
    assert services.is_suppressed("sms", "07700 900999")
    assert db.session.execute(select(Arrival.state, Arrival.why)).one() == ("ignored", "opted_out")


def test_stop_counts_for_all_leads_of_a_number_though_nobody_can_tell_which_is_meant(client, lead, make_lead):
    other = make_lead(name="Hannah Cole", email="hannah.cole@example.com", phone="07700 900318", postcode="BA5 1AA")
    text(client, "stop")
    lines = db.session.scalars(select(Activity.lead_id).where(Activity.event == "contact.opted_out")).all()
    assert set(lines) == {lead.id, other.id}
    assert services.is_suppressed("sms", HANNAHS_PHONE)


def test_what_sounds_like_it_rests_the_chase_and_tells_a_person(client, lead):
    text(client, "can you cancel Tuesday?")
    assert not services.is_suppressed("sms", HANNAHS_PHONE)
    told = db.session.execute(select(Notification.kind, Notification.data)).all()
    assert [(row.kind, row.data["wants_out"]) for row in told if row.kind.startswith("reply")] == [
        ("reply_unclear", True)
    ]


def test_a_mail_that_says_stop_ends_mails(client, lead):
    post_mail(client, mail("Unsubscribe\n\n> Hello Hannah"))
    assert services.is_suppressed("email", "hannah.cole@example.com")
    assert not services.is_suppressed("sms", HANNAHS_PHONE)


def test_a_stop_from_another_address_shuts_the_one_that_we_wrote_to_as_well(client, lead, write, mailbox, run_outbox):
    ours = write()
    run_outbox()
    answer = mail("Unsubscribe", sender="Hannah at work <hc@office.example.com>", In_Reply_To=message_id_of(ours))
    assert post_mail(client, answer).status_code == 204
    assert [services.is_suppressed("email", each) for each in (HANNAH, "hc@office.example.com")] == [True, True]
    told = db.session.scalars(select(Activity).where(Activity.event == "contact.opted_out")).all()
    assert len(told) == 1


@pytest.mark.parametrize("odd", ["hannah..cole@example.com", "hannah@printer.local", "h\u00e4nnah@example.com"])
@pytest.mark.parametrize("answers", [True, False])
def test_unsubscribing_from_what_is_no_address_for_us_ends_our_mails(
    client, lead, write, run_outbox, mailbox, world, odd, answers
):
    sent = write()
    run_outbox()
    head = {"In_Reply_To": message_id_of(sent)} if answers else {}
    post_mail(client, mail("Unsubscribe", **head).replace(HANNAH.encode(), odd.encode()))
    if not answers:
        place(db.session.scalars(select(Arrival.id)).one(), lead.id, world.alice.actor)
        db.session.commit()
    [reply] = db.session.scalars(select(Message).where(Message.direction == "in"))
    assert reply.body == "Unsubscribe"
    assert services.is_suppressed("email", HANNAH)
