"""The outbox, writing to a customer, and who may do what with messages."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import outbox
from app.extensions import db
from app.messaging.models import Message, MessageTemplate
from app.messaging.queries.templates import find_template


def failed(write, run_outbox, mailbox, **given):
    """A message that a mail server refused for good."""
    mailbox.switch(smtp={"refuse_550": True})
    message = write(**given)
    run_outbox()
    mailbox.switch(smtp={"refuse_550": False})
    return message


def test_an_empty_outbox_says_so(alice):
    answer = alice.get("/w/wells/outbox")
    assert answer.status_code == 200
    assert "Nothing needs you" in answer.text


@pytest.mark.parametrize("shelf", ["attention", "planned", "leaving", "sent", "stopped", "no-such-shelf"])
def test_every_shelf_opens_as_page_and_as_fragment(alice, shelf):
    assert "<html" in alice.get(f"/w/wells/outbox?shelf={shelf}").text
    part = alice.get(f"/w/wells/outbox?shelf={shelf}", hx=True).text
    assert "<html" not in part and 'id="outbox"' in part


def test_what_failed_stands_there_with_the_reason_and_can_be_sent_again(
    alice, write, run_outbox, mailbox, state_of, lead
):
    message = failed(write, run_outbox, mailbox)
    page = alice.get("/w/wells/outbox").text
    assert "there is no such mailbox" in page
    assert "hannah.cole@example.com" in page and lead.number in page
    answer = alice.post(f"/w/wells/messages/{message.id}/retry", hx=True)
    assert answer.status_code == 200 and f'id="message-{message.id}"' in answer.text
    run_outbox()
    assert state_of(message) == ("sent", None)
    assert alice.post(f"/w/wells/messages/{message.id}/retry", hx=True).status_code == 409


def test_an_uncertain_one_is_settled_by_a_word(alice, write, run_outbox, mailbox, state_of, monkeypatch):
    from app.messaging import transports

    monkeypatch.setattr(transports.email_transport(), "honours_our_id", False)
    for word, cut, mails in (("yes", "cut_after", 1), ("no", "cut_before", 1)):
        mailbox.reset()
        mailbox.switch(smtp={cut: {"times": 1}})
        message = write()
        run_outbox()
        assert "Uncertain" in alice.get("/w/wells/outbox").text
        assert alice.post(f"/w/wells/messages/{message.id}/settle", data={"arrived": "maybe"}).status_code == 400
        assert alice.post(f"/w/wells/messages/{message.id}/settle", data={"arrived": word}).status_code == 303
        run_outbox()
        assert state_of(message) == ("sent", None)
        assert len(mailbox.mails()) == mails


def test_a_long_shelf_goes_on_where_it_stopped(alice, write):
    ids = {str(write(subject=f"Letter {number}").id) for number in range(65)}
    url, seen = "/w/wells/outbox?shelf=leaving", []
    while url:
        text = alice.get(url, hx=True).text
        seen += re.findall(r'<li class="message" id="message-([0-9a-f-]+)"', text)
        more = re.search(r'hx-get="([^"]*after=[^"]*)"', text)
        url = more[1].replace("&amp;", "&") if more else None
    assert len(seen) == 65 and set(seen) == ids
    again = alice.get("/w/wells/outbox?shelf=leaving&shown=65", hx=True).text  # as it asks once it shows them all
    assert re.findall(r'<li class="message" id="message-([0-9a-f-]+)"', again) == seen


def test_a_cursor_of_another_shelf_starts_from_the_top(alice, write):
    for number in range(31):
        write(subject=f"Letter {number}")
    text = alice.get("/w/wells/outbox?shelf=leaving", hx=True).text
    cursor = re.search(r"after=([\w-]+)", text)[1]
    assert alice.get(f"/w/wells/outbox?shelf=sent&after={cursor}").status_code == 200


def test_work_that_gave_up_can_be_replayed(alice, write, run_outbox, mailbox, state_of):
    message = write(hold=timedelta(hours=1))
    item = db.session.scalars(select(outbox.OutboxItem).where(outbox.OutboxItem.subject_id == message.id)).one()
    item.state, item.last_error, item.attempts = "dead", "OperationalError", 8
    db.session.commit()
    page = alice.get("/w/wells/outbox").text
    assert "Work that stopped" in page and "Send a message" in page
    assert alice.post(f"/w/wells/outbox/work/{item.id}/replay", hx=True).status_code == 200
    assert alice.post(f"/w/wells/outbox/work/{item.id}/replay", hx=True).status_code == 404
    run_outbox()
    assert state_of(message) == ("sent", None)


def test_a_message_is_read_in_full_and_escaped(alice, write):
    message = write(body='<img src=x onerror="alert(1)">\nsecond line')
    text = alice.get(f"/w/wells/messages/{message.id}").text
    assert "<img src=x" not in text and "&lt;img src=x" in text and "second line" in text


def test_writing_an_email_keeps_it_back_for_a_moment_and_can_be_undone(
    bob, world, lead, run_outbox, make_due, mailbox, state_of
):
    typed = {"channel": "email", "recipient": "hannah.cole@example.com", "subject": "Hello", "body": "See you"}
    answer = bob.post(f"/w/wells/leads/{lead.id}/messages", data=typed, hx=True)
    assert answer.status_code == 200
    undo = re.search(r'action="([^"]*/unsend)"', answer.text)[1]
    run_outbox()
    message = db.session.scalars(select(Message)).one()
    assert (message.state, message.created_by) == ("queued", world.bob.user_id)
    assert bob.post(undo, hx=True).status_code == 200
    make_due()
    run_outbox()
    assert state_of(message)[0] == "cancelled" and mailbox.mails() == []


@pytest.mark.parametrize(
    ("channel", "typed", "fields"),
    [
        ("email", {"recipient": "nobody", "subject": "", "body": "kept words"}, ["recipient", "subject"]),
        ("email", {"recipient": "a@example.com", "subject": "kept words", "body": ""}, ["body"]),
        ("sms", {"recipient": "01749 960123", "body": "kept words"}, ["recipient"]),
        ("sms", {"recipient": "07700 900123", "body": "kept words" + "x" * 1600}, ["body"]),
    ],
)
@pytest.mark.parametrize("hx", [True, False])
def test_what_cannot_be_taken_comes_back_with_everything_typed(alice, lead, channel, typed, fields, hx):
    answer = alice.post(f"/w/wells/leads/{lead.id}/messages", data={"channel": channel, **typed}, hx=hx)
    assert answer.status_code == 422
    assert "kept words" in answer.text
    for field in fields:
        assert f'id="compose-{channel}-{field}-error"' in answer.text
    assert db.session.scalars(select(Message)).all() == []


@pytest.mark.parametrize(("channel", "key"), [("email", "nurture_spring"), ("sms", "quick_thanks")])
def test_the_words_of_a_template_are_put_into_what_is_written(alice, lead, channel, key):
    form = alice.get(f"/w/wells/leads/{lead.id}/messages/new?channel={channel}", hx=True).text
    assert f'name="template" value="{key}"' in form
    typed = {"channel": channel, "recipient": "07700 900318" if channel == "sms" else "hannah.cole@example.com"}
    filled = alice.post(
        f"/w/wells/leads/{lead.id}/messages/words", data={**typed, "body": "Hi", "template": key}, hx=True
    )
    assert filled.status_code == 200
    body = re.search(r"<textarea[^>]*>(.*?)</textarea>", filled.text, re.DOTALL)
    assert body and body[1].startswith("Hi") and len(body[1]) > 20 and "{" not in body[1]
    assert f'name="template_key" value="{key}"' in filled.text
    sent = {**typed, "subject": "Hello", "body": body[1], "template_key": key}
    assert alice.post(f"/w/wells/leads/{lead.id}/messages", data=sent, hx=True).status_code == 200
    message = db.session.scalars(select(Message).where(Message.template_key == key)).one()
    assert message.purpose == find_template(key).purpose


@pytest.mark.parametrize("is_blank", [False, True])
def test_who_adds_other_words_to_those_that_advertise_advertises(alice, lead, is_blank):
    db.session.add(MessageTemplate(key="usual", name="Usual", channel="email", subject="Hi", body="Ring us any time."))
    db.session.commit()
    typed = {
        "channel": "email", "recipient": "hannah.cole@example.com", "template_key": "nurture_spring",
        "body": "" if is_blank else "Gutters in spring",
    }  # fmt: skip
    url = f"/w/wells/leads/{lead.id}/messages/words"
    filled = alice.post(url, data={**typed, "template": "usual"}, hx=True).text
    assert f'name="template_key" value="{"usual" if is_blank else "nurture_spring"}"' in filled


def test_without_scripts_writing_leads_back_to_the_lead(alice, lead):
    typed = {"channel": "sms", "recipient": "07700 900318", "body": "On our way"}
    answer = alice.post(f"/w/wells/leads/{lead.id}/messages", data=typed)
    assert (answer.status_code, answer.location) == (303, f"/w/wells/leads/{lead.id}")


def test_the_onlooker_reads_and_the_cleaner_does_not(dave, carol, write, run_outbox, mailbox):
    message = failed(write, run_outbox, mailbox)
    page = dave.get("/w/wells/outbox").text
    assert str(message.id) in page and "/retry" not in page
    assert dave.post(f"/w/wells/messages/{message.id}/retry").status_code == 403
    assert carol.get("/w/wells/outbox").status_code == 403


def test_another_workspace_finds_nothing(mallory, write, run_outbox, mailbox, lead):
    message = failed(write, run_outbox, mailbox)
    assert mallory.get(f"/w/wells/messages/{message.id}").status_code == 404
    for path in (f"messages/{message.id}", f"leads/{lead.id}/messages/new"):
        assert mallory.get(f"/w/rival/{path}").status_code == 404
    for path in (f"messages/{message.id}/retry", f"messages/{message.id}/unsend", f"leads/{lead.id}/messages"):
        assert mallory.post(f"/w/rival/{path}", data={"arrived": "yes"}).status_code == 404
    assert str(message.id) not in mallory.get("/w/rival/outbox").text
