"""The inbox: one conversation with each contact, whatever it was written by, and what people do with it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.contacts.models import Contact
from app.core.clock import utcnow
from app.core.permissions import SYSTEM
from app.extensions import db
from app.leads.models import Lead
from app.messaging.models import Arrival, Conversation, Message, MessageTemplate
from app.messaging.ports.inbound import Inbound
from app.messaging.services import compose, suppress
from app.messaging.services.arriving import take_in
from app.messaging.services.conversations import mark_read

HERS = "hannah.cole@example.com"
NUMBER = "07700 900318"
_LONG = "\n".join(f"Line {number}" for number in range(400))


@pytest.fixture
def says(lead: Any) -> Callable[..., Conversation]:
    """Let Hannah, or whoever else, write to us; returns the conversation."""

    def say(text: str, channel: str = "sms", *, sender: str = "", minutes: int = 0, **given: Any) -> Conversation:
        sender = sender or (HERS if channel == "email" else NUMBER)
        at = utcnow() - timedelta(minutes=minutes)
        take_in(Inbound(channel, f"{text}/{minutes}", sender, text, at, **given))
        db.session.commit()
        return db.session.scalars(select(Conversation).order_by(Conversation.last_at.desc())).first()

    return say


def shown(browser: Any, view: str = "open") -> list[str]:
    """The names in a list."""
    page = browser.get(f"/w/wells/inbox?show={view}", hx=True).text
    return re.findall(r'<b class="truncate">([^<]+)', page)


def test_a_conversation_stands_in_every_list_that_it_belongs_to(world, alice, lead, write, says) -> None:
    write()
    assert (shown(alice), shown(alice, "done")) == ([], ["Hannah Cole"])  # what Sill sent waits for nobody
    talk = says("Do you do gutters?")
    assert [shown(alice, view) for view in ("open", "unread", "nobody")] == [["Hannah Cole"]] * 3
    assert shown(alice, "mine") == shown(alice, "done") == []
    here = f"/w/wells/inbox/{talk.id}"
    alice.post(f"{here}/assign", data={"owner": str(world.alice.user_id)})
    assert (shown(alice, "mine"), shown(alice, "nobody")) == (["Hannah Cole"], [])
    alice.post(f"{here}/read")
    assert (shown(alice), shown(alice, "unread")) == (["Hannah Cole"], [])
    alice.post(f"{here}/snooze", data={"again": "week"})
    assert (shown(alice), shown(alice, "snoozed")) == ([], ["Hannah Cole"])
    db.session.execute(update(Conversation).values(snoozed_until=utcnow() - timedelta(minutes=1)))
    assert (shown(alice), shown(alice, "snoozed")) == (["Hannah Cole"], [])
    alice.post(f"{here}/done")
    assert (shown(alice), shown(alice, "done")) == ([], ["Hannah Cole"])
    says("One more thing")
    assert shown(alice) == ["Hannah Cole"]


def test_the_sidebar_counts_what_is_unread_and_what_is_to_be_placed(alice, says) -> None:
    says("Hello")
    says("Do you do shops?", sender="07700 900999")
    page = alice.get("/w/wells/inbox").text
    assert re.search(r'>Inbox</span><span class="count">2<', page)
    assert re.search(r'To place <span class="count">1<', page)


def test_a_thread_holds_every_channel_and_reading_it_changes_nothing(alice, lead, write, says) -> None:
    write(subject="Your quote", body="It is ready.")
    says("Yes please", "email", subject="Re: Your quote")
    talk = says("And <script>alert(1)</script> the gutters?\n", "sms")
    page = alice.get(f"/w/wells/inbox/{talk.id}", hx=True).text
    assert page.index("It is ready.") < page.index("Yes please") < page.index("the gutters?")
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page and "Leaving" in page
    db.session.expire_all()
    assert talk.unread_count == 2
    assert alice.post(f"/w/wells/inbox/{talk.id}/read", hx=True).status_code == 204
    db.session.expire_all()
    assert talk.unread_count == 0


def test_what_a_reply_repeats_is_folded_away(alice, says) -> None:
    talk = says(
        "Fine by me.\n\nOn Mon, 2 Nov 2026 at 09:10, Wells wrote:\n> Is Tuesday good?", "email", subject="Re: x"
    )
    page = alice.get(f"/w/wells/inbox/{talk.id}", hx=True).text
    said, _, quoted = page.partition("What it answers")
    assert "Fine by me." in said and "Is Tuesday good?" not in said and "Is Tuesday good?" in quoted


def test_an_answer_goes_to_the_contact_and_takes_the_conversation(world, alice, lead, says) -> None:
    talk = says("How much is it?")
    page = alice.post(f"/w/wells/inbox/{talk.id}/answer", data={"channel": "sms", "body": "It is £24"}, hx=True)
    assert page.status_code == 200 and "Unsend" in page.text
    sent = db.session.scalars(select(Message).where(Message.direction == "out")).one()
    asked = db.session.scalars(select(Message).where(Message.direction == "in")).one()
    assert (sent.body, sent.recipient, sent.state, sent.answers_id) == (
        "It is £24",
        "+447700900318",
        "queued",
        asked.id,
    )
    db.session.expire_all()
    assert (talk.owner_id, talk.unread_count, talk.last_direction) == (world.alice.user_id, 0, "out")
    taken = alice.post(f"/w/wells/inbox/{talk.id}/messages/{sent.id}/take-back", hx=True)
    assert "data-taken-back" in taken.text and "It is £24" in taken.text
    db.session.expire_all()
    assert sent.state == "cancelled"


@pytest.mark.parametrize(
    ("given", "complaint"),
    [({"channel": "sms", "body": " "}, "Write something first"),
     ({"channel": "email", "body": "Kept words", "subject": ""}, "Enter a subject"),
     ({"channel": "sms", "body": "x" * 1600}, "Keep a text under")],
)  # fmt: skip
def test_what_can_not_be_sent_comes_back_with_what_was_typed(alice, says, given, complaint) -> None:
    talk = says("Hello")
    page = alice.post(f"/w/wells/inbox/{talk.id}/answer", data=given, hx=True)
    assert page.status_code == 422 and complaint in page.text and given["body"] in page.text
    assert alice.post(f"/w/wells/inbox/{talk.id}/answer", data=given).status_code == 422


def test_a_way_that_was_closed_is_offered_no_more(alice, says) -> None:
    talk = says("Hello")
    suppress("sms", NUMBER, "stop")
    db.session.commit()
    page = alice.post(f"/w/wells/inbox/{talk.id}/answer", data={"channel": "sms", "body": "Hi"}, hx=True)
    assert page.status_code == 422 and "asked by STOP" in page.text
    assert db.session.scalars(select(Message).where(Message.direction == "out")).all() == []


def test_another_channel_or_a_template_keeps_what_was_typed(alice, says) -> None:
    talk = says("Hello")
    here = f"/w/wells/inbox/{talk.id}/composer"
    page = alice.post(here, data={"channel": "sms", "switch": "email", "body": "Typed already"}, hx=True).text
    assert 'name="channel" value="email"' in page and "Typed already" in page and HERS in page
    assert 'value="chase_day_3"' in page and 'value="photos_email"' not in page  # that needs a link of its own
    words = MessageTemplate(
        key="usual", name="Usual", channel="sms", body="Hello {first_name}, yes.", is_quick_reply=True
    )
    db.session.add(words)
    db.session.commit()
    page = alice.post(here, data={"channel": "sms", "body": "Typed already", "template": "usual"}, hx=True).text
    assert "Typed already\n\nHello Hannah, yes." in page and 'name="template_key" value="usual"' in page
    advert = {"channel": "sms", "body": "An offer", "template_key": "nurture_spring", "template": "usual"}
    assert 'name="template_key" value="nurture_spring"' in alice.post(here, data=advert, hx=True).text
    words.body = "Look: {link}"
    db.session.commit()
    page = alice.post(here, data={"channel": "sms", "body": "Typed already", "template": "usual"}, hx=True)
    assert page.status_code == 422 and "Typed already" in page.text


def test_a_time_that_is_over_is_refused_beside_its_field(alice, says) -> None:
    talk = says("Hello")
    given = {"again": "other", "at": "2020-01-01T10:00"}
    page = alice.post(f"/w/wells/inbox/{talk.id}/snooze", data=given, hx=True)
    assert page.status_code == 422 and 'id="snooze-at-error"' in page.text
    assert alice.post(f"/w/wells/inbox/{talk.id}/snooze", data=given).status_code == 422
    db.session.expire_all()
    assert talk.snoozed_until is None


def test_a_person_corrects_what_a_reply_says(world, alice, says) -> None:
    talk = says("Hmm")
    asked = db.session.scalars(select(Message)).one()
    page = alice.post(f"/w/wells/messages/{asked.id}/triage", data={"triage": "no"}, hx=True).text
    assert re.search(r'value="no" aria-pressed="true"', page) and "Sill’s guess" not in page
    db.session.expire_all()
    assert (asked.triage, asked.triaged_by) == ("no", world.alice.user_id)
    assert alice.post(f"/w/wells/messages/{asked.id}/triage", data={"triage": "maybe"}).status_code == 400
    assert shown(alice) == ["Hannah Cole"] and talk.state == "open"


def test_a_sales_person_sees_their_own_and_nobodys(world, alice, bob, dave, lead, says) -> None:
    talk = says("Hello")
    assert shown(bob) == shown(dave) == ["Hannah Cole"]
    db.session.execute(update(Lead).values(owner_id=world.alice.user_id))
    db.session.commit()
    assert shown(bob) == [] and bob.get(f"/w/wells/inbox/{talk.id}").status_code == 404
    assert bob.post(f"/w/wells/inbox/{talk.id}/done").status_code == 404
    page = dave.get(f"/w/wells/inbox/{talk.id}").text
    assert "data-answer" not in page and "data-mark-read" not in page


def test_what_sill_writes_about_another_lead_takes_no_reply_out_of_sight(world, bob, lead, make_lead, says) -> None:
    talk = says("When can you start?")
    hers = make_lead(name="Hannah Cole", email=HERS, phone=NUMBER, address_line1="9 Hill", owner_id=world.alice.user_id)
    reminder = {"recipient": HERS, "subject": "Reminder", "body": "It ends soon", "actor": SYSTEM}
    compose(hers, "email", **reminder)
    db.session.commit()
    assert hers.contact_id == lead.contact_id and shown(bob, "unread") == ["Hannah Cole"]
    mark_read(talk.id)
    compose(hers, "email", **reminder)
    db.session.commit()
    assert shown(bob) == []  # it goes where the last words were about


def test_what_waits_is_put_on_a_lead_made_one_or_put_aside(alice, lead, says) -> None:
    says("Hi, Hannah's sister here", sender="07700 900999")
    says("Buy our ladders", "email", sender="ladders@example.net")
    waiting = {each.sender: each.id for each in db.session.scalars(select(Arrival))}
    page = alice.get("/w/wells/inbox?show=arrivals").text
    assert "07700 900999" in page and "ladders@example.net" in page
    sister, ladders = (f"/w/wells/inbox/waiting/{each}" for each in waiting.values())
    if "ladders" in next(iter(waiting)):
        sister, ladders = ladders, sister
    found = alice.post(f"{sister}/find", data={"q": "Hannah"}, hx=True).text
    assert str(lead.id) in found and "alike name" not in found
    assert alice.post(f"{sister}/place", data={"lead_id": "none"}).status_code == 422
    assert "/inbox/" in alice.post(f"{sister}/place", data={"lead_id": str(lead.id)}).headers["Location"]
    assert [each.body for each in db.session.scalars(select(Message))] == ["Hi, Hannah's sister here"]
    assert alice.post(f"{sister}/place", data={"lead_id": str(lead.id)}, hx=True).status_code == 409
    assert alice.post(f"{ladders}/ignore", hx=True).status_code == 200
    assert "To place" not in alice.get("/w/wells/inbox").text
    alice.post(f"{ladders}/wait")
    refused = alice.post(f"{ladders}/lead", data={"name": "", "email": "ladders@example.net", "wishes": "Kept"})
    assert refused.status_code == 422 and "Enter a name." in refused.text and "Kept" in refused.text
    made = alice.post(f"{ladders}/lead", data={"name": "Lena Ladder", "email": "ladders@example.net"})
    assert "/inbox/" in made.headers["Location"]
    assert "Lena Ladder" in shown(alice)


def test_what_was_placed_is_there_for_those_alone_who_see_its_lead(world, bob, lead, says) -> None:
    says("Only for who has the lead")
    came = db.session.scalars(select(Arrival)).one()
    path = f"/w/wells/inbox/waiting/{came.id}"
    assert bob.get(path).status_code == 200
    db.session.execute(update(Lead).values(owner_id=world.alice.user_id))
    db.session.commit()
    assert bob.get(path).status_code == 404


def test_one_goes_from_the_lead_to_the_conversation(alice, lead, says) -> None:
    path = f"/w/wells/leads/{lead.id}/conversation"
    assert "/messages/new" in alice.get(path).headers["Location"]
    talk = says("Hello")
    assert alice.get(path).headers["Location"].endswith(f"/inbox/{talk.id}")
    assert str(lead.id) in alice.get(f"/w/wells/leads/{lead.id}", hx=True).text


def test_a_full_inbox_costs_no_more_statements(alice, lead, says, count_sql) -> None:
    path = f"/w/wells/inbox/{says(_LONG).id}"
    for number in range(40):
        _add_conversation(lead, number)
        _add_message(lead.id, lead.contact_id, f"Message {number}", minutes=number + 1)
    db.session.commit()
    alice.get(path)
    with count_sql() as statements:
        page = alice.get(path)
    assert len(statements) <= 8, statements
    assert len(page.data) <= 61_440
    older = re.search(r'href="([^"]+before=[^"]+)"', page.text)
    assert older and "Message 39" in alice.get(older[1].replace("&amp;", "&"), hx=True).text
    grown = re.search(r'hx-get="([^"]+shown=60[^"]*)"', page.text)
    assert grown
    more = alice.get(grown[1].replace("&amp;", "&"), hx=True).text
    assert len(re.findall(r'<li class="talk[ "]', more)) == 41


def _add_message(lead_id: Any, contact_id: Any, body: str, minutes: int) -> Message:
    message = Message(
        lead_id=lead_id, contact_id=contact_id, channel="sms", direction="in", state="received", recipient=NUMBER,
        body=body, created_at=utcnow() - timedelta(minutes=minutes),
    )  # fmt: skip
    db.session.add(message)
    db.session.flush()
    return message


def _add_conversation(lead: Any, number: int) -> None:
    contact = Contact(name=f"Person {number}")
    db.session.add(contact)
    db.session.flush()
    message = _add_message(lead.id, contact.id, f"Hello {number}", number)
    db.session.add(
        Conversation(
            contact_id=contact.id, lead_id=lead.id, last_message_id=message.id, last_at=message.created_at,
            last_direction="in", unread_count=1,
        )
    )  # fmt: skip


def test_what_came_with_a_mail_is_named_and_judged_by_nobody(alice, says) -> None:
    talk = says("Yes please\n\n> Here is your quote", "email", attached=("front 2.jpg", "back.jpg"))
    page = alice.get(f"/w/wells/inbox/{talk.id}").text
    assert "front 2.jpg, back.jpg, not fetched" in page and "[Attached" not in page
    assert db.session.scalars(select(Message.triage)).all() == ["yes"]
    timeline = alice.get(f"/w/wells/leads/{talk.lead_id}/page").text
    assert "[Attached: front 2.jpg, back.jpg]" in timeline
