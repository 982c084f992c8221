"""The outbox as a place to decide: narrowed down, and what has not left changed, kept back or left."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.clock import utcnow
from app.core.outbox import OutboxItem
from app.extensions import db
from app.messaging.models import Message
from app.messaging.services import suppress

OUTBOX = "/w/wells/outbox"


@pytest.fixture
def failed(write, run_outbox, mailbox):
    """A mail that its server refused."""
    mailbox.switch(smtp={"refuse_550": True})
    message = write()
    run_outbox()
    mailbox.switch(smtp={"refuse_550": False})
    return message


def waits(message):
    """Seconds until the message may leave."""
    query = select(OutboxItem.run_at).where(OutboxItem.subject_id == message.id, OutboxItem.state == "ready")
    return (db.session.scalars(query).one() - utcnow()).total_seconds()


def seen_in(page):
    return re.search(r'name="seen" value="(\d+)"', page)[1]


def test_it_is_narrowed_by_channel_and_shelf(alice, write, run_outbox, mailbox):
    write(subject="A mail of ours")
    write("sms", body="A text of ours")
    run_outbox()
    both = alice.get(f"{OUTBOX}?shelf=sent").text
    assert "A mail of ours" in both
    only = alice.get(f"{OUTBOX}?shelf=sent&channel=sms").text
    assert "A mail of ours" not in only
    assert "A text of ours" in only + alice.get(f"{OUTBOX}?shelf=arrived&channel=sms").text
    assert "A text of ours" not in alice.get(f"{OUTBOX}?shelf=sent&channel=email").text
    assert alice.get(f"{OUTBOX}?shelf=all&channel=pigeon&lead=nobody").status_code == 200


def test_a_lead_is_found_without_its_name_in_the_address(alice, write, make_lead, lead):
    write(subject="To Hannah")
    make_lead(name="Peter Cole", email="peter@example.com")
    several = alice.post(f"{OUTBOX}/find", data={"q": "Cole"})
    assert several.status_code == 200 and "Whose messages?" in several.text
    one = alice.post(f"{OUTBOX}/find", data={"q": lead.number})
    assert one.status_code == 303 and "Cole" not in one.headers["Location"]
    page = alice.get(one.headers["Location"]).text
    assert "To Hannah" in page and "Leaving" in page
    assert "No lead fits" in alice.post(f"{OUTBOX}/find", data={"q": "Zebulon"}).text


def test_pages_of_a_narrowed_shelf_go_on_where_they_ended(alice, write, lead):
    for number in range(33):
        write(subject=f"Letter {number:02d}", hold=timedelta(hours=1))
    first = alice.get(f"{OUTBOX}?shelf=all&channel=email&lead={lead.id}").text
    more = re.search(r'class="button small wide" href="([^"]+)"', first)[1].replace("&amp;", "&")
    rest = alice.get(more, hx=True).text
    letters = re.findall(r"Letter (\d\d)", first + rest)
    assert sorted(set(letters)) == [f"{number:02d}" for number in range(33)] and len(letters) == 33


def test_a_failed_one_is_written_anew_and_leaves(alice, failed, run_outbox, make_due, mailbox, state_of):
    form = alice.post(f"/w/wells/messages/{failed.id}/edit", hx=True)
    assert form.status_code == 200 and 'value="hannah.cole@example.com"' in form.text
    given = {"recipient": "h.cole@example.com", "subject": "Your windows again", "body": "Hello there"}
    answer = alice.post(f"/w/wells/messages/{failed.id}/rewrite", data=given | {"seen": seen_in(form.text)}, hx=True)
    assert answer.status_code == 200 and "Unsend" in answer.text
    assert state_of(failed)[0] == "queued" and 5 < waits(failed) < 31
    make_due("message.send")
    run_outbox()
    [mail] = mailbox.mails("h.cole@example.com")
    assert mail["subject"] == "Your windows again" and mail["text"].strip() == "Hello there"
    assert "Hello there" in mail["html"] and mailbox.mails("hannah.cole@example.com") == []
    late = alice.post(f"/w/wells/messages/{failed.id}/edit", hx=True)
    assert late.status_code == 409 and "left already" in late.text


def test_a_message_waits_while_somebody_writes(alice, write, run_outbox, mailbox, state_of):
    message = write()
    form = alice.post(f"/w/wells/messages/{message.id}/edit", hx=True).text
    assert 600 < waits(message) <= 900
    assert run_outbox() == 0 and mailbox.mails() == []
    wrong = alice.post(
        f"/w/wells/messages/{message.id}/rewrite",
        data={"recipient": "nobody", "subject": "", "body": "Kept words", "seen": seen_in(form)}, hx=True,
    )  # fmt: skip
    assert wrong.status_code == 422 and "Kept words" in wrong.text and "Enter a subject" in wrong.text
    row = alice.get(f"/w/wells/messages/{message.id}/row", hx=True).text
    assert f'id="message-{message.id}"' in row and "Unsend" in row


def test_two_people_do_not_write_over_each_other(alice, bob, write, lead):
    lead.owner_id = None
    message = write()
    seen = seen_in(alice.post(f"/w/wells/messages/{message.id}/edit", hx=True).text)
    given = {"recipient": "hannah.cole@example.com", "subject": "Mine", "body": "Mine", "seen": seen}
    assert bob.post(f"/w/wells/messages/{message.id}/rewrite", data=given, hx=True).status_code == 200
    theirs = alice.post(f"/w/wells/messages/{message.id}/rewrite", data=given | {"body": "Other"}, hx=True)
    assert theirs.status_code == 409 and "Someone else changed" in theirs.text and "Other" in theirs.text


def test_who_mends_a_slip_still_hears_of_who_wrote_meanwhile(alice, bob, write, lead):
    lead.owner_id = None
    message = write()
    url = f"/w/wells/messages/{message.id}/rewrite"
    seen = seen_in(alice.post(f"/w/wells/messages/{message.id}/edit", hx=True).text)
    given = {"recipient": "hannah.cole@example.com", "subject": "Mine", "body": "Mine", "seen": seen}
    assert bob.post(url, data=given, hx=True).status_code == 200
    slip = alice.post(url, data=given | {"subject": ""}, hx=True)
    assert slip.status_code == 422
    assert alice.post(url, data=given | {"body": "Other", "seen": seen_in(slip.text)}, hx=True).status_code == 409


def test_a_failed_one_is_left_and_needs_nobody(alice, failed, state_of):
    assert alice.post(f"/w/wells/messages/{failed.id}/leave", hx=True).status_code == 200
    assert state_of(failed) == ("cancelled", "smtp_550")
    assert "Nothing needs you" in alice.get(OUTBOX).text
    assert "there is no such mailbox" in alice.get(f"{OUTBOX}?shelf=stopped").text
    assert alice.post(f"/w/wells/messages/{failed.id}/leave", hx=True).status_code == 409


def test_an_invitation_is_nobodys_to_change(alice, dave, world):
    alice.post("/w/wells/settings/invitations", data={"email": "new@example.com", "role": "viewer"})
    message = db.session.scalars(select(Message).where(Message.lead_id.is_(None))).one()
    assert alice.post(f"/w/wells/messages/{message.id}/edit", hx=True).status_code == 409
    assert dave.post(f"/w/wells/messages/{message.id}/edit", hx=True).status_code == 403


@pytest.mark.parametrize("shelf", ["attention", "stopped", "leaving", "planned"])
def test_a_shelf_costs_few_statements(alice, failed, write, shelf, count_sql):
    for state in ("uncertain", "refused", "cancelled", "queued", "sending"):
        write().state = state
    db.session.commit()
    alice.get(f"{OUTBOX}?shelf={shelf}")
    with count_sql() as statements:
        assert alice.get(f"{OUTBOX}?shelf={shelf}").status_code == 200
    assert len(statements) <= 8, statements


@pytest.mark.parametrize(
    ("channel", "given", "suppressed", "reason", "words"),
    [
        ("email", {}, "bounced", "bounced", "there is no such mailbox"),
        ("email", {}, "asked", "opted_out", "asked not to be written to"),
        ("sms", {}, "stop", "opted_out", "asked not to be written to"),
        ("sms", {"recipient": "01749 960123"}, None, "no_mobile", "no mobile number"),
        ("sms", {"recipient": "12"}, None, "bad_address", "can&#39;t be right"),
    ],
)
def test_what_may_not_leave_stands_there_with_its_reason(
    alice, write, run_outbox, mailbox, state_of, channel, given, suppressed, reason, words
):
    if suppressed:
        suppress(channel, "hannah.cole@example.com" if channel == "email" else "07700 900318", suppressed)
    message = write(channel, **given)
    run_outbox()
    assert state_of(message) == ("refused", reason) and mailbox.messages() == {"mail": [], "sms": []}
    assert words in alice.get(f"{OUTBOX}?shelf=stopped").text
