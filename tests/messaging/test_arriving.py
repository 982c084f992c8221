"""What customers write, through the doors that providers use: on the right lead, once, never dropped."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.activities.models import Activity
from app.core.clock import utcnow
from app.core.errors import Conflict
from app.extensions import db
from app.leads.models import Lead
from app.messaging.models import Arrival, Conversation, Message
from app.messaging.services import arriving
from app.messaging.services.answer_addresses import answer_address
from app.notifications.models import Notification
from tests.messaging.inbound import HANNAH, mail, message_id_of, post_mail, text


def received() -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.direction == "in").order_by(Message.created_at)))


def arrivals() -> list[tuple[str, str | None]]:
    rows = db.session.execute(select(Arrival.state, Arrival.why).order_by(Arrival.received_at, Arrival.id))
    return [tuple(row) for row in rows]


def bells() -> list[str]:
    return list(db.session.scalars(select(Notification.kind).where(Notification.kind != "assigned")))


def test_a_mail_lands_on_its_senders_lead_with_a_line_a_conversation_and_a_bell(client, lead):
    assert post_mail(client, mail("Yes please, go ahead.\n\n> You wrote this")).status_code == 204

    [message] = received()
    assert (message.lead_id, message.contact_id, message.recipient) == (lead.id, lead.contact_id, HANNAH)
    assert (message.state, message.triage, message.subject) == ("received", "yes", "Re: Your windows")
    line = db.session.scalars(select(Activity).where(Activity.event == "message.received")).one()
    assert (line.body, line.data["triage"], line.actor_kind) == ("Yes please, go ahead.", "yes", "customer")
    talk = db.session.scalars(select(Conversation)).one()
    assert (talk.unread_count, talk.state, talk.last_direction, talk.last_message_id) == (1, "open", "in", message.id)
    assert bells() == ["reply"]


def test_the_same_mail_or_text_comes_in_once(client, lead):
    letter = mail("Yes")
    for _ in range(3):
        assert post_mail(client, letter).status_code == 204
        assert text(client, "Hello?", sid="SM1").status_code == 200
    post_mail(client, b"Received: from elsewhere.example.com\r\n" + letter)

    assert len(received()) == 2
    assert arrivals() == [("placed", None)] * 2


def test_an_answer_from_another_address_finds_its_lead_by_what_it_answers(client, lead, write):
    ours = write()
    post_mail(client, mail("It is me, from work", sender="h.cole@work.example", In_Reply_To=message_id_of(ours)))
    post_mail(client, mail("And so it is", sender="x@work.example", References=f"<a@b> {message_id_of(ours)} <c@d>"))
    to = answer_address(ours.id, "office@example.com").upper()
    post_mail(client, mail("Me again", sender="hc@home.example", Delivered_To=to))

    assert [(each.lead_id, each.answers_id) for each in received()] == [(lead.id, ours.id)] * 3
    assert received()[0].recipient == "h.cole@work.example"


def test_another_workspaces_messages_and_addresses_find_nothing_here(client, lead, write, world):
    ours = write()
    from app.core.tenancy import acting_in

    with acting_in(world.other_workspace_id):
        to = answer_address(ours.id, "office@example.com")
    post_mail(client, mail("Hello", sender="who@else.example", Delivered_To=to))
    assert arrivals() == [("waiting", "unknown_sender")]


def test_a_number_is_known_by_its_last_nine_digits(client, lead):
    for sender in ("+447700900318", "07700 900318", "447700900318"):
        assert text(client, f"From {sender}", sender=sender).status_code == 200
    assert [each.lead_id for each in received()] == [lead.id] * 3


@pytest.mark.parametrize(
    ("days", "state"), [((20, 2), "placed"), ((3, 2), "waiting"), ((90, 80), "waiting"), ((None, 2), "waiting")]
)
def test_of_several_leads_the_one_written_about_lately_is_meant_if_it_stands_out(
    client, lead, make_lead, write, days, state
):
    other = make_lead(name="Hannah Cole", email=HANNAH, phone="07700 900318", address_line1="2 Other Lane")
    for each, ago in zip((other, lead), days, strict=True):
        made = utcnow() - timedelta(days=100 if ago else 0)
        db.session.execute(update(Lead).where(Lead.id == each.id).values(created_at=made))
        if ago:
            message = write(recipient=HANNAH)
            when = {"created_at": utcnow() - timedelta(days=ago), "lead_id": each.id, "state": "sent"}
            db.session.execute(update(Message).where(Message.id == message.id).values(**when))
    db.session.commit()

    post_mail(client, mail("Yes please"))

    assert arrivals() == [(state, None if state == "placed" else "several_leads")]
    arrival = db.session.scalars(select(Arrival)).one()
    assert set(arrival.candidate_ids) == {lead.id, other.id}
    assert [each.lead_id for each in received()] == ([lead.id] if state == "placed" else [])
    assert bells() == (["reply"] if state == "placed" else ["arrival_waiting"])


def test_a_stranger_waits_for_a_person_and_keeps_every_word(client, world, lead):
    post_mail(client, mail(f"Do you do gutters? My neighbour has {lead.number}", sender="Zoë Pike <zoe@example.org>"))
    text(client, "Hello", sender="+447700900999")
    text(client, "From a name", sender="Parcels")

    assert received() == []
    assert arrivals() == [("waiting", "unknown_sender"), ("waiting", "unknown_sender"), ("waiting", "hidden_sender")]
    first = db.session.scalars(select(Arrival).order_by(Arrival.received_at).limit(1)).one()
    assert (first.sender, first.sender_name, first.candidate_ids) == ("zoe@example.org", "Zoë Pike", [lead.id])
    draft = arriving.draft_of(first)
    assert (draft.name, draft.email, "gutters" in (draft.wishes or "")) == ("Zoë Pike", "zoe@example.org", True)
    assert bells() == ["arrival_waiting"]  # once, until somebody has looked


def test_placing_takes_all_from_the_same_sender_and_teaches_whose_it_is(client, world, lead):
    for words in ("First", "Second"):
        text(client, words, sender="+447700900999")
    first = db.session.scalars(select(Arrival).order_by(Arrival.received_at).limit(1)).one()

    arriving.place(first.id, lead.id, world.alice.actor)
    db.session.commit()
    text(client, "Third", sender="+447700900999")

    assert [(each.lead_id, each.body) for each in received()] == [
        (lead.id, "First"), (lead.id, "Second"), (lead.id, "Third"),
    ]  # fmt: skip
    with pytest.raises(Conflict):
        arriving.ignore(first.id, world.alice.actor)


def test_a_lead_is_made_of_what_waits(client, world, lead):
    post_mail(client, mail("Three bedrooms in Wells", sender="Zoë Pike <zoe@example.org>"))
    arrival = db.session.scalars(select(Arrival)).one()

    made = arriving.make_lead(arrival.id, arriving.draft_of(arrival), world.alice.actor)
    db.session.commit()

    assert (made.contact.name, made.contact.email) == ("Zoë Pike", "zoe@example.org")
    assert [each.lead_id for each in received()] == [made.id]


def test_what_is_put_aside_can_be_taken_up_again(client, world):
    text(client, "Win a prize", sender="+447700900999")
    arrival = db.session.scalars(select(Arrival)).one()
    arriving.ignore(arrival.id, world.alice.actor)
    assert arrival.state == "ignored"
    arriving.wait_again(arrival.id, world.alice.actor)
    assert arrival.state == "waiting"


def test_machines_do_not_answer_and_newsletters_wait_for_nobody(client, lead, write):
    ours = write()
    post_mail(client, mail("I am away", Auto_Submitted="auto-replied", In_Reply_To=message_id_of(ours)))
    post_mail(client, mail("Buy now", sender="news@shop.example", List_Unsubscribe="<https://shop.example/u>"))
    post_mail(client, mail("A form was filled in", sender="site@forms.example", Auto_Submitted="auto-generated"))
    post_mail(client, mail("Our own mail in the mailbox", Message_ID=message_id_of(ours)))

    assert [each.triage for each in received()] == ["automatic"]
    assert arrivals() == [("placed", None), ("ignored", "bulk"), ("waiting", "machine"), ("ignored", "own")]
    assert bells() == []
    events = db.session.scalars(select(Activity.event).where(Activity.lead_id == lead.id)).all()
    assert "message.received" in events


def test_the_newest_judgement_stands_and_a_person_may_change_it(client, world, lead):
    from app.messaging.services.receiving import judge_again, latest_triage

    text(client, "Yes please")
    text(client, "Sorry, no thanks, found someone else")
    assert latest_triage(lead.id) == "no"
    judge_again(received()[-1].id, "unclear", world.alice.actor)
    db.session.commit()

    assert latest_triage(lead.id) == "unclear"
    lines = db.session.scalars(select(Activity).where(Activity.kind == "sms").order_by(Activity.at, Activity.id)).all()
    said = [(line.event, line.data["triage"], line.data["was"]) for line in lines]
    assert said == [
        ("message.received", "yes", None), ("message.received", "no", "yes"), ("message.judged", "unclear", "no"),
    ]  # fmt: skip


def test_a_conversation_that_is_done_or_asleep_wakes_up(client, world, lead):
    from app.messaging.services import conversations

    text(client, "Hello")
    talk = db.session.scalars(select(Conversation)).one()
    conversations.close(talk.id, world.alice.actor)
    conversations.snooze(talk.id, utcnow() + timedelta(days=1), world.alice.actor)
    conversations.close(talk.id, world.alice.actor)
    db.session.commit()
    text(client, "Are you there?")
    db.session.refresh(talk)
    assert (talk.state, talk.snoozed_until, talk.unread_count) == ("open", None, 1)


def test_a_conversation_goes_with_its_lead_to_who_looks_after_it(alice, client, world, lead):
    text(client, "Hello")
    url = f"/w/{alice.slug}/leads/{lead.id}/facts/owner"
    assert alice.post(url, data={"value": str(world.bob.user_id), "version": lead.version}, hx=True).status_code < 300
    talk = db.session.scalars(select(Conversation)).one()
    db.session.refresh(talk)
    assert talk.owner_id == world.bob.user_id


def test_a_mail_costs_a_bounded_number_of_statements(client, lead, count_sql):
    post_mail(client, mail("Hello"))
    with count_sql() as statements:
        assert post_mail(client, mail("Yes please, go ahead")).status_code == 204
    assert len(statements) <= 23, "\n".join(statements)  # one of them is ours: it asks for the address


def test_a_mail_without_a_key_or_a_body_is_refused(client, lead):
    assert client.post("/hooks/mail/no-such-key", data=mail("x"), csrf=False).status_code == 404
    assert post_mail(client, b"").status_code == 400
    assert db.session.scalar(select(func.count()).select_from(Arrival)) == 0


def test_broken_mails_are_kept_as_far_as_they_can_be_read(client, lead):
    for raw in (b"\xff\xfe\x00garbage", b"From: \r\n\r\nhello", b"Subject: =?utf-8?q?broken\r\nFrom: a@b\r\n\r\n\xe9"):
        assert post_mail(client, raw).status_code == 204
    assert {state for state, _ in arrivals()} == {"waiting"}
    assert len(arrivals()) == 3


def test_a_mail_that_makes_the_reader_fail_is_kept_all_the_same(client, lead, monkeypatch):
    def fail(*_):
        raise RecursionError

    monkeypatch.setattr("app.messaging.services.inbox_reading.read_mail", fail)
    raw = mail("x")
    for _ in range(2):  # who brings it would bring it again
        assert post_mail(client, raw).status_code == 204
    assert arrivals() == [("waiting", "hidden_sender")]


def test_letters_that_are_none_are_taken_in(client, lead):
    from tests.messaging.inbound import _path

    raw = "From: Hannah\x00 <hannah.cole@example.com>\nSubject: a\x00b\n\nYes \ud83d\x00"
    body, kind = json.dumps({"RawEmail": raw}), {"Content-Type": "application/json"}
    assert client.post(_path("inbound"), data=body, headers=kind, csrf=False).status_code == 204
    assert text(client, "Yes\x00 please").status_code == 200
    assert len(received()) == 2


def test_forms_of_mail_services_are_understood(client, lead):
    from tests.messaging.inbound import _path

    for field in ("email", "body-mime"):
        data = {field: mail("Yes").decode(), "envelope": '{"to": ["office@example.com"]}'}
        assert client.post(_path("inbound"), data=data, csrf=False).status_code == 204
    body, kind = json.dumps({"From": HANNAH, "RawEmail": mail("No").decode()}), {"Content-Type": "application/json"}
    assert client.post(_path("inbound"), data=body, headers=kind, csrf=False).status_code == 204
    assert client.post(_path("inbound"), data="[" * 200_000, headers=kind, csrf=False).status_code == 400
    assert len(received()) == 3


def test_a_mail_put_on_its_lead_later_is_not_the_last_contact(alice, client, lead, world):
    post_mail(client, mail("Hello from work", sender="who@else.example"))
    db.session.execute(update(Arrival).values(received_at=utcnow() - timedelta(hours=3)))
    db.session.commit()
    url = f"/w/wells/leads/{lead.id}/calls"
    assert alice.post(url, data={"outcome": "spoke", "words": "Wants it monthly"}, hx=True).status_code == 200
    arriving.place(db.session.scalars(select(Arrival.id)).one(), lead.id, world.alice.actor)
    db.session.commit()
    db.session.expire_all()
    assert lead.last_contact_method == "phone" and lead.last_contact_at > utcnow() - timedelta(minutes=5)
