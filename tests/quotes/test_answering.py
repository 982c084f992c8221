"""The customer answers: once, in their own words, and the lead follows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.activities.models import Activity
from app.core import phones
from app.extensions import db
from app.followups.models import FollowUp
from app.leads.services import get_lead, move_to_stage, stage_by_key
from app.leads.services.reading import get_stage
from app.messaging.models import Conversation, Message
from app.notifications.models import Notification
from app.quotes.models import Quote
from app.quotes.queries import get_quote
from app.workspaces.queries import today_here
from tests.support.client import Client
from tests.support.world import World


def path(quote: Quote, act: str = "") -> str:
    return f"/c/{quote.link_secret}" + (f"/{act}" if act else "")


def yes(quote: Quote, rung: int = 0, **changes: str) -> dict[str, str]:
    return {"option": str(quote.options[rung].id), "name": "Hannah Cole", **changes}


def events(lead: Any) -> list[str]:
    found = db.session.scalars(select(Activity.event).where(Activity.lead_id == lead.id).order_by(Activity.at))
    return list(found)


def test_accepting(client: Client, alice: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    answer = client.post(path(quote, "accept"), data=yes(quote, early_start="1"), csrf=False)
    assert answer.status_code == 303
    assert "Set-Cookie" not in answer.headers
    page = client.get(answer.headers["Location"]).text
    assert "Thank you, Hannah" in page
    assert "£19 every 4 weeks" in page
    now, stands = get_lead(lead.id), get_quote(quote.id)
    assert (now.price_minor, now.frequency, now.first_price_minor) == (1900, "4_weekly", 3650)
    assert get_stage(now.stage_id).key == "ready_for_squeegee"
    assert (stands.state, stands.accepted_name, stands.starts_before_cancellation_ends) == (
        "accepted",
        "Hannah Cole",
        True,
    )
    told = db.session.scalars(select(Activity).where(Activity.event == "quote.accepted")).one()
    assert told.actor_kind == "customer"
    assert told.data["option_id"] == str(quote.options[0].id)
    assert (told.data["frequency"], told.data["price_minor"], told.data["first_clean_minor"]) == (
        "4_weekly",
        1900,
        3650,
    )
    assert "Hannah" not in str(told.data)
    desk = alice.get(f"/w/wells/quotes/{quote.id}").text
    assert "accepted by Hannah Cole" in desk
    assert "Send" not in desk.split("What Hannah sees")[0].split("How it stands")[1].replace("Sent", "")


def test_a_single_visit_has_no_first_clean(client: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    client.post(path(quote, "accept"), data=yes(quote, rung=2), csrf=False)
    now = get_lead(lead.id)
    assert (now.price_minor, now.frequency, now.first_price_minor, now.annual_minor) == (5800, "one_off", None, 0)


def test_accepting_twice_counts_once(client: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    client.post(path(quote, "accept"), data=yes(quote), csrf=False)
    again = client.post(path(quote, "accept"), data=yes(quote, rung=1, name="Someone Else"), csrf=False)
    assert again.status_code == 303
    assert "£19 every 4 weeks" in client.get(path(quote)).text
    assert events(lead).count("quote.accepted") == 1
    assert get_quote(quote.id).accepted_name == "Hannah Cole"


def test_what_is_missing_is_explained_and_nothing_typed_is_lost(
    client: Client, make_lead: Callable[..., Any], lead: Any, sent: Callable[..., Quote]
) -> None:
    quote = sent(lead)
    other = sent(make_lead())
    nameless = client.post(path(quote, "accept"), data=yes(quote, rung=2, name=" ", early_start="1"), csrf=False)
    assert nameless.status_code == 422
    assert "Set-Cookie" not in nameless.headers
    assert 'id="f-name-error"' in nameless.text
    assert f'value="{quote.options[2].id}" checked' in nameless.text
    assert 'name="early_start" value="1" checked' in nameless.text
    for option in ("", "nonsense", str(other.options[0].id)):
        answer = client.post(path(quote, "accept"), data=yes(quote, option=option), csrf=False)
        assert answer.status_code == 422
        assert 'id="f-option-error"' in answer.text
        assert 'value="Hannah Cole"' in answer.text
    assert client.post(path(quote, "accept"), data=yes(quote, name="x" * 121), csrf=False).status_code == 422
    assert get_quote(quote.id).state == "sent"


def test_declining(client: Client, alice: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    assert client.post(path(quote, "decline"), data={"reason": "forged"}, csrf=False).status_code == 422
    for _ in range(2):
        answer = client.post(
            path(quote, "decline"), data={"reason": "someone_else", "words": "My nephew does it"}, csrf=False
        )
        assert answer.status_code == 303
    assert "Thank you for letting us know" in client.get(path(quote)).text
    now = get_lead(lead.id)
    assert now.decline_reason == "someone_else"
    assert get_stage(now.stage_id).key == "declined"
    assert events(lead).count("quote.declined") == 1
    desk = alice.get(f"/w/wells/quotes/{quote.id}").text
    assert "I have found someone else" in desk
    assert "My nephew does it" in desk


def test_a_no_to_a_lead_that_was_given_up_says_why_and_when_it_returns(
    client: Client, lead: Any, sent: Callable[..., Quote], world: World, make_due: Any, run_outbox: Any
) -> None:
    quote = sent(lead)
    move_to_stage(lead.id, stage_by_key("declined").id, world.alice.actor)
    client.post(path(quote, "decline"), data={"reason": "not_now"}, csrf=False)
    db.session.expire_all()
    now = get_lead(lead.id)
    assert (now.decline_reason, now.returns_on) == ("not_now", today_here() + timedelta(days=91))
    assert now.next_act == "Ask again, it was only bad timing"
    now.returns_on = today_here()
    db.session.commit()
    make_due("lead.return")
    run_outbox()
    assert db.session.scalars(select(Notification.kind).where(Notification.kind == "lead_returned")).all()


def test_a_no_leaves_the_day_that_somebody_chose(
    client: Client, lead: Any, sent: Callable[..., Quote], world: World
) -> None:
    quote, day = sent(lead), today_here() + timedelta(days=40)
    declined = stage_by_key("declined").id
    move_to_stage(lead.id, declined, world.alice.actor, reason_key="other", returns_on=day)
    client.post(path(quote, "decline"), data={"reason": "not_now"}, csrf=False)
    db.session.expire_all()
    assert (get_lead(lead.id).decline_reason, get_lead(lead.id).returns_on) == ("not_now", day)


def test_nobody_need_say_why(client: Client, alice: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    page = client.get(path(quote, "decline")).text
    assert "need not say why" in page and "required" not in page
    assert client.post(path(quote, "decline"), data={}, csrf=False).status_code == 303
    now = get_lead(lead.id)
    assert get_stage(now.stage_id).key == "declined"
    assert (now.decline_reason, now.returns_on, get_quote(quote.id).decline_reason) == (None, None, None)
    assert "None" not in alice.get(f"/w/wells/quotes/{quote.id}").text
    assert "says no" in alice.get("/w/wells/notifications", hx=True).text


def test_no_is_no(client: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    client.post(path(quote, "decline"), data={"reason": "not_now"}, csrf=False)
    answer = client.post(path(quote, "accept"), data=yes(quote), csrf=False)
    assert answer.status_code == 409
    assert "Thank you for letting us know" in answer.text
    assert get_quote(quote.id).state == "declined"


def test_an_accepted_quote_is_not_declined(client: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    client.post(path(quote, "accept"), data=yes(quote), csrf=False)
    answer = client.post(path(quote, "decline"), data={"reason": "not_now"}, csrf=False)
    assert answer.status_code == 409
    assert "You accepted" in answer.text
    assert "You accepted" in client.get(path(quote, "decline")).text


def test_a_replaced_quote_is_not_accepted(client: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    old = sent(lead)
    new = sent(lead, rungs={"8_weekly": 2600})
    answer = client.post(path(old, "accept"), data=yes(old), csrf=False)
    assert answer.status_code == 409
    assert path(new) in answer.text
    assert get_quote(new.id).state == "sent"


def test_accepting_a_later_quote_replaces_what_was_agreed(
    client: Client, lead: Any, sent: Callable[..., Quote]
) -> None:
    first = sent(lead)
    client.post(path(first, "accept"), data=yes(first), csrf=False)
    second = sent(lead, rungs={"8_weekly": 2600})
    assert "You accepted" in client.get(path(first)).text
    client.post(path(second, "accept"), data=yes(second), csrf=False)
    assert get_quote(first.id).state == "replaced"
    assert get_lead(lead.id).price_minor == 2600


def test_asking(client: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    assert client.post(path(quote, "question"), data={"words": " \n "}, csrf=False).status_code == 422
    for _ in range(2):
        answer = client.post(path(quote, "question"), data={"words": "Do you do the roof too?"}, csrf=False)
        assert answer.status_code == 303
    assert "We have your question" in client.get(answer.headers["Location"]).text
    asked = db.session.scalars(select(Activity).where(Activity.kind == "enquiry")).one()
    assert asked.body == "Do you do the roof too?"
    assert asked.actor_kind == "customer"
    calls = db.session.scalars(select(FollowUp).where(FollowUp.kind == "call", FollowUp.enrolment_id.is_(None))).all()
    assert len(calls) == 1
    assert quote.number in calls[0].title
    assert "here is your price" in client.get(path(quote)).text


def test_a_question_waits_in_the_inbox_and_is_answered_there(
    client: Client, alice: Client, lead: Any, sent: Callable[..., Quote], run_outbox: Callable[[], int], make_due: Any,
    mailbox: Any,
) -> None:  # fmt: skip
    quote = sent(lead)
    client.post(path(quote, "question"), data={"words": "Do you do the roof too?"}, csrf=False)
    talk = db.session.scalars(select(Conversation)).one()
    assert (talk.state, talk.unread_count, talk.lead_id) == ("open", 1, lead.id)
    thread = alice.get(f"/w/wells/inbox/{talk.id}").text
    assert "Do you do the roof too?" in thread and f"Question about {quote.number}" in thread
    said = {"channel": "email", "subject": f"Re: Question about {quote.number}", "body": "We do."}
    assert alice.post(f"/w/wells/inbox/{talk.id}/answer", data=said).status_code < 400
    make_due("message.send")  # it can be taken back for a moment
    run_outbox()
    assert "We do." in [mail["text"].strip() for mail in mailbox.mails(lead.contact.email)]
    client.post(path(quote, "question"), data={"words": "And the gutters?"}, csrf=False)
    assert alice.get(f"/w/wells/leads/{lead.id}", hx=True).text.count("<blockquote>And the gutters?") == 1


def test_what_a_person_writes_answers_the_question(
    client: Client, alice: Client, lead: Any, sent: Callable[..., Quote]
) -> None:
    quote = sent(lead)
    client.post(path(quote, "question"), data={"words": "Do you do the roof too?"}, csrf=False)
    asked = select(FollowUp.state).where(FollowUp.title == f"Answer the question about {quote.number}")
    talk = db.session.scalars(select(Conversation)).one()
    said = {"channel": "email", "subject": "Re: your quote", "body": "We do."}
    assert db.session.scalars(asked).all() == ["planned"]
    alice.post(f"/w/wells/inbox/{talk.id}/answer", data={**said, "template_key": "quick_thanks"})
    assert db.session.scalars(asked).all() == ["planned"]  # thank you, more today
    alice.post(f"/w/wells/inbox/{talk.id}/answer", data=said)
    assert db.session.scalars(asked).all() == ["done"]
    assert "Answer the question" not in str(get_lead(lead.id).next_act)
    typed = select(Message.id).where(Message.answers_id.is_not(None), Message.template_key.is_(None))
    written = db.session.scalars(typed).one()
    alice.post(f"/w/wells/messages/{written}/unsend")
    assert db.session.scalars(asked).all() == ["planned"]


@pytest.mark.parametrize(("phone", "channel"), [("07700 900318", ["sms"]), (None, [])])
def test_a_question_of_somebody_without_email(
    client: Client, lead: Any, sent: Callable[..., Quote], phone: str | None, channel: list[str]
) -> None:
    quote = sent(lead)
    lead.contact.set_email(None)
    lead.contact.set_phone(phones.parse(phone), phone)
    db.session.commit()
    answer = client.post(path(quote, "question"), data={"words": "Do you do the roof too?"}, csrf=False)
    assert answer.status_code == 303
    received = select(Message.channel).where(Message.direction == "in")
    assert db.session.scalars(received).all() == channel


def test_a_question_too_long_comes_back(client: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    answer = client.post(path(sent(lead), "question"), data={"words": "why? " * 500}, csrf=False)
    assert answer.status_code == 422
    assert "why? why?" in answer.text
