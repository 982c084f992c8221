"""Writing to many leads: who will get it is said before, the same get it, and it can be taken back."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from app.bulk_acts.models import BulkAct, BulkActLead
from app.bulk_acts.services.writing import write
from app.core import outbox
from app.core.outbox import OutboxItem
from app.extensions import db
from app.leads.services import get_lead
from app.messaging.models import Message, MessageTemplate
from app.messaging.services import suppress
from tests.support.work import make_due, run_outbox

URL = "/w/wells/bulk"


@pytest.fixture
def news(world: Any) -> MessageTemplate:
    """A template of the workspace's own."""
    template = MessageTemplate(
        key="own-news", name="News", channel="email", purpose="service", subject="News for {first_name}",
        body="Hello {first_name}, we have a new van.",
    )  # fmt: skip
    db.session.add(template)
    db.session.commit()
    return template


def ours(leads: list[Any]) -> list[tuple[str, str]]:
    """State and subject of what was written to the leads with the template."""
    db.session.commit()
    found = select(Message).where(Message.template_key == "own-news").order_by(Message.created_at)
    return [(each.state, each.subject or "") for each in db.session.scalars(found)]


def picked(leads: list[Any]) -> dict[str, str]:
    return {"act": "message:own-news", "leads": ",".join(str(lead.id) for lead in leads)}


def test_it_is_said_before_and_holds(alice: Any, make_lead: Any, news: Any, mailbox: Any) -> None:
    well, shut, nowhere = make_lead(), make_lead(), make_lead(email=None)
    suppress("email", shut.contact.email, "asked", source="person")
    db.session.commit()
    leads = [well, shut, nowhere]
    said = alice.post(f"{URL}/who-gets", data=picked(leads), hx=True)
    words = re.sub(r"<[^>]+>|\s+", " ", said.text)
    assert re.search(r"1 +of +3 +will get it", words) and "Send to 1 person" in said.text
    assert "asked not to be written to this way" in said.text and "has no email address" in said.text
    assert ours(leads) == []  # looking sends nothing

    answer = alice.post(URL, data=picked(leads), hx=True)
    assert "“News” is on its way to 1 lead. 2 left out." in answer.text
    assert ours(leads) == [("queued", "News for Hannah")]
    db.session.commit()
    assert get_lead(well.id).follow_up_count == 1
    make_due("message.send")
    run_outbox()
    assert ours(leads) == [("sent", "News for Hannah")]
    assert get_lead(well.id).first_contact_at is not None
    shown = alice.get(f"{URL}/{db.session.scalars(select(BulkAct.id)).one()}").text
    assert "has no email address" in shown


def test_the_same_words_do_not_go_twice(alice: Any, make_lead: Any, news: Any) -> None:
    leads = [make_lead()]
    alice.post(URL, data=picked(leads), hx=True)
    assert "got these words within the last day" in alice.post(f"{URL}/who-gets", data=picked(leads), hx=True).text
    alice.post(URL, data=picked(leads), hx=True)
    assert len(ours(leads)) == 1


def test_a_text_that_could_not_leave_by_day_does_not_leave_at_night(
    world: Any, make_lead: Any, news: Any, mailbox: Any
) -> None:
    news.channel, news.subject = "sms", ""
    with time_machine.travel(datetime(2024, 6, 3, 14, tzinfo=UTC), tick=False) as clock:
        lead = make_lead(phone="07700 900318")
        write([lead.id], {"template_key": news.key}, world.alice.actor)
        db.session.commit()
        item = db.session.scalars(select(OutboxItem).where(OutboxItem.kind == "message.send")).one()
        for hour, state in ((1, "queued"), (8, "sent")):
            clock.move_to(datetime(2024, 6, 4, hour, tzinfo=UTC))
            outbox.run(item.workspace_id, item.id)
            assert [each for each, _ in ours([lead])] == [state]
    assert len(mailbox.texts("+447700900318")) == 1


def test_it_can_be_taken_back(alice: Any, make_lead: Any, news: Any) -> None:
    leads = [make_lead() for _ in range(3)]
    alice.post(URL, data=picked(leads), hx=True)
    act_id = db.session.scalars(select(BulkAct.id)).one()
    answer = alice.post(f"{URL}/{act_id}/undo", hx=True)
    assert "Taken back: 3 messages." in answer.text
    assert {state for state, _ in ours(leads)} == {"cancelled"}
    assert get_lead(leads[0].id).follow_up_count == 0


def test_one_of_them_taken_back_by_itself_is_no_attempt(alice: Any, make_lead: Any, news: Any) -> None:
    leads = [make_lead() for _ in range(2)]
    alice.post(URL, data=picked(leads), hx=True)
    message = db.session.scalars(select(Message.id).where(Message.lead_id == leads[0].id).limit(1)).one()
    assert alice.post(f"/w/wells/messages/{message}/unsend", hx=True).status_code == 200
    db.session.expire_all()
    assert [get_lead(lead.id).follow_up_count for lead in leads] == [0, 1]
    act_id = db.session.scalars(select(BulkAct.id)).one()
    assert "Taken back: 1 message. 1 had left already." in alice.post(f"{URL}/{act_id}/undo", hx=True).text
    db.session.expire_all()
    assert [get_lead(lead.id).follow_up_count for lead in leads] == [0, 0]


def test_many_are_written_to_in_the_background(alice: Any, make_lead: Any, news: Any) -> None:
    leads = [make_lead() for _ in range(24)]
    twin = make_lead(name="Hannah Cole", email=leads[0].contact.email, phone=leads[0].contact.phone)
    assert twin.contact_id == leads[0].contact_id
    alice.post(URL, data=picked([*leads, twin]), hx=True)
    assert ours(leads) == []
    run_outbox()
    assert [state for state, _ in ours(leads)] == ["queued"] * 24
    outcomes = db.session.scalars(select(BulkActLead.outcome).where(BulkActLead.outcome != "done")).all()
    assert outcomes == ["same_person"]


def test_sales_write_to_their_own_and_viewers_to_nobody(
    bob: Any, dave: Any, world: Any, make_lead: Any, news: Any
) -> None:
    hers = make_lead(owner_id=world.alice.user_id)
    assert "Nobody would get it" in bob.post(f"{URL}/who-gets", data=picked([hers]), hx=True).text
    assert dave.post(f"{URL}/who-gets", data=picked([hers])).status_code == 403
    assert "Write" in bob.get(f"{URL}/bar", hx=True).text


def test_words_that_are_filled_in_elsewhere_are_not_offered(alice: Any, make_lead: Any) -> None:
    assert "message:photos_email" not in alice.get(f"{URL}/bar", hx=True).text
    asked = {"act": "message:photos_email", "leads": str(make_lead().id)}
    assert alice.post(f"{URL}/who-gets", data=asked).status_code == 404
    assert alice.post(URL, data=asked).status_code == 404
