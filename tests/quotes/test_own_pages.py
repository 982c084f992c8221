"""What customers put right, look up and decide by themselves, behind the link of their quote."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.activities.models import Activity
from app.contacts.models import Consent
from app.core.clock import utcnow
from app.extensions import db
from app.followups.models import FollowUp
from app.leads.models import Lead
from app.messaging import services as messaging
from app.messaging.models import Message
from app.notifications.models import Notification
from app.quotes.models import Quote
from app.quotes.services import accept, revoke_link
from tests.support.client import Client
from tests.support.world import World

PAGES = ("", "/question", "/decline", "/details", "/contact", "/data", "/data.json")
FIELDS = ("name", "phone", "email", "address_line1", "address_line2", "town", "postcode", "access_notes")


@pytest.fixture
def path(lead: Any, sent: Callable[..., Quote]) -> str:
    """Where Hannah's quote stands."""
    return f"/c/{sent(lead).link_secret}"


def details(**changes: str) -> dict[str, str]:
    """The form as the page gives it out, with some fields typed over."""
    was = {
        "name": "Hannah Cole", "phone": "07700 900318", "email": "hannah.cole@example.com", "town": "Wells",
        "postcode": "BA5 2QJ", **dict.fromkeys(("address_line2", "access_notes"), ""),
        "address_line1": db.session.get_one(Lead, db.session.execute(select(Lead.workspace_id, Lead.id)).one()).property
        .address_line1,
    }  # fmt: skip
    return {**was, **changes, **{f"was_{name}": value for name, value in was.items()}}


def test_what_is_long_already_does_not_stand_in_the_way(
    client: Client, make_lead: Callable[..., Any], sent: Callable[..., Quote]
) -> None:
    name = f"The Residents' Association of {'Long ' * 30}Lane"
    path = f"/c/{sent(make_lead(name=name, email='hannah.cole@example.com', phone='07700 900318')).link_secret}"
    typed = details(phone="07700 900999") | {"name": name, "was_name": name}
    assert client.post(f"{path}/details", data=typed, csrf=False).status_code == 303
    longer = client.post(f"{path}/details", data=typed | {"name": f"{name}, Wells"}, csrf=False)
    assert longer.status_code == 422 and "Please keep it under 120 characters." in longer.text


def test_details_are_put_right_and_staff_told(client: Client, path: str, lead: Any, world: World) -> None:
    page = client.get(f"{path}/details").text
    assert all(f'name="{name}"' in page for name in FIELDS) and 'value="07700 900318"' in page
    typed = details(phone="07700 900999", town="Wookey", access_notes="Side gate\nis locked")
    answer = client.post(f"{path}/details", data=typed, csrf=False)
    assert answer.status_code == 303 and "Saved." in client.get(answer.location).text
    fresh = db.session.get_one(Lead, (lead.workspace_id, lead.id))
    assert (fresh.contact.phone, fresh.property.town) == ("+447700900999", "Wookey")
    line = db.session.scalars(select(Activity).where(Activity.event == "lead.fact_changed")).one()
    assert line.actor_kind == "customer" and set(line.data["facts"]) == {"phone", "town", "access_notes"}
    assert "07700" not in json.dumps(line.data)
    [told] = db.session.scalars(select(Notification).where(Notification.kind == "details_changed"))
    assert told.user_id == world.alice.user_id and "900999" not in json.dumps(told.data)
    # Sent once more as it is now: the line break of the notes is no change by somebody else.
    page = client.get(f"{path}/details").text
    assert "Side gate\nis locked</textarea>" in page


def test_a_name_is_one_line_and_reads_as_it_is_written(client: Client, path: str, lead: Any) -> None:
    """Mails to staff list names in lines: a customer writes no line into them."""
    typed = details(name="Hannah\u202e Cole\r\n\r\nSign in anew:\r\nhttps://evil.example", town="Wookey\n\u2066Hole")
    assert client.post(f"{path}/details", data=typed, csrf=False).status_code == 303
    fresh = db.session.get_one(Lead, (lead.workspace_id, lead.id))
    assert fresh.contact.name == "Hannah Cole Sign in anew: https://evil.example"
    assert fresh.property.town == "Wookey Hole"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Name can&#39;t be blank."),
        ({"phone": "twelve"}, "Enter a phone number"),
        ({"postcode": "nowhere"}, "Enter a postcode"),
        ({"phone": "", "email": ""}, "so that we can reach you"),
        ({"town": "x" * 300}, "keep it under 200"),
    ],
)
def test_what_is_wrong_is_said_beside_it(client: Client, path: str, changes: dict[str, str], words: str) -> None:
    answer = client.post(f"{path}/details", data=details(**{"name": "Hannah Coles"} | changes), csrf=False)
    assert answer.status_code == 422 and words in answer.text and 'aria-invalid="true"' in answer.text
    assert db.session.scalars(select(Activity).where(Activity.event == "lead.fact_changed")).all() == []


def test_what_staff_changed_meanwhile_is_not_overwritten(client: Client, path: str, lead: Any, alice: Client) -> None:
    typed = details(town="Wookey")
    alice.post(f"/w/wells/leads/{lead.id}/facts/town", data={"value": "Street", "was": "Wells"})
    answer = client.post(f"{path}/details", data=typed, csrf=False)
    assert answer.status_code == 409
    assert 'value="Wookey"' in answer.text and 'name="was_town" value="Street"' in answer.text
    assert db.session.get_one(Lead, (lead.workspace_id, lead.id)).property.town == "Street"


def test_wishes_are_kept_with_their_words_and_hold_at_once(
    client: Client, path: str, lead: Any, run_outbox: Any, make_due: Any
) -> None:
    page = client.get(f"{path}/contact").text
    assert page.count('type="checkbox"') == 4 and page.count(" checked") == 2
    shown = ["service_email", "marketing_email", "service_sms", "marketing_sms"]
    typed = {"shown": shown, "marketing_email": "1", "service_sms": "1"}  # no service mail, offers by mail
    assert client.post(f"{path}/contact", data=typed, csrf=False).status_code == 303
    lines = db.session.execute(select(Consent.channel, Consent.purpose, Consent.granted, Consent.wording)).all()
    assert {tuple(line[:3]) for line in lines} == {("email", "service", False), ("email", "marketing", True)}
    assert all(line.wording.startswith("Wells Window Cleaning may write to me by email") for line in lines)
    assert messaging.is_suppressed("email", "hannah.cole@example.com")
    assert not messaging.is_suppressed("sms", "07700 900318")
    make_due()
    run_outbox()
    hers = {each.state for each in db.session.scalars(select(Message)) if each.recipient == "hannah.cole@example.com"}
    assert hers == {"refused"}
    client.post(f"{path}/contact", data={**typed, "service_email": "1"}, csrf=False)
    assert not messaging.is_suppressed("email", "hannah.cole@example.com")
    client.post(f"{path}/contact", data={**typed, "service_email": "1"}, csrf=False)
    assert db.session.scalar(select(func.count()).select_from(Consent)) == 3  # what is as it was leaves no line


def test_a_box_that_was_not_shown_is_no_answer(client: Client, path: str) -> None:
    client.post(f"{path}/contact", data={}, csrf=False)
    assert db.session.scalars(select(Consent)).all() == []


def test_a_stop_can_only_be_taken_back_by_text(client: Client, path: str) -> None:
    messaging.suppress("sms", "07700 900318", "stop")
    assert "Send START" in client.get(f"{path}/contact").text
    client.post(f"{path}/contact", data={"shown": "service_sms", "service_sms": "1"}, csrf=False)
    assert messaging.is_suppressed("sms", "07700 900318")


def test_all_that_is_held_is_shown_and_given(client: Client, path: str, alice: Client, lead: Any) -> None:
    alice.post(f"/w/wells/leads/{lead.id}/notes", data={"note": "Rude on the phone", "note_type": "internal"})
    client.post(f"{path}/question", data={"words": "Do you do the roof?"}, csrf=False)
    page, file = client.get(f"{path}/data"), client.get(f"{path}/data.json")
    for words in ("Hannah Cole", "07700 900318", "BA5 2QJ", lead.number, "£24 every 8 weeks", "Do you do the roof?"):
        assert words in page.text and words in file.text
    assert "Rude on the phone" not in page.text + file.text
    assert file.mimetype == "application/json" and "attachment" in file.headers["Content-Disposition"]
    assert {part["about"] for part in json.loads(file.text)["data"]} >= {"You", "Your house", "Quotes"}
    assert path.removeprefix("/c/") not in file.text


def test_what_was_agreed_is_told_with_each_version(
    client: Client, lead: Any, sent: Callable[..., Quote], world: World
) -> None:
    def agree(quote: Quote, frequency: str) -> None:
        rung = next(each for each in quote.options if each.frequency == frequency)
        accept(quote, rung.id, "Ann Cole", False, world.alice.actor)

    agree(sent(lead), "4_weekly")
    second = sent(lead)
    agree(second, "one_off")
    quotes = json.loads(client.get(f"/c/{second.link_secret}/data.json").text)["data"]
    told = [line["value"] for part in quotes if part["about"] == "Quotes" for line in part["lines"]]
    offers = "£19 every 4 weeks, £24 every 8 weeks, £58 once"
    assert told == [
        f"{offers}\nAccepted by Ann Cole: £19 every 4 weeks\nReplaced", f"{offers}\nAccepted by Ann Cole: £58 once",
    ]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_a_link_that_was_taken_back_says_so_and_nothing_else(
    client: Client, path: str, world: World, page: str
) -> None:  # fmt: skip
    revoke_link(db.session.scalars(select(Quote.id)).one(), world.alice.actor)
    answer = client.get(path + page)
    assert answer.status_code == 410
    assert "We have taken this link back" in answer.text and "Wells Window Cleaning" in answer.text
    assert "Hannah" not in answer.text and "£" not in answer.text
    assert client.post(f"{path}/accept", data={"name": "x"}, csrf=False).status_code == 410


@pytest.mark.parametrize("page", PAGES)
def test_no_page_costs_more_than_eight_statements_or_sets_a_cookie(
    client: Client, path: str, count_sql: Any, page: str
) -> None:  # fmt: skip
    client.get(path)  # what is kept per process is read now
    with count_sql() as statements:
        answer = client.get(path + page)
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store" and len(answer.data) < 60_000
    assert len(statements) <= 8, "\n".join(statements)


def write_later(lead: Any, world: World, **given: Any) -> Message:
    """A mail to the customer that is held back for an hour."""
    return messaging.compose(
        lead, "email", recipient="hannah.cole@example.com", subject="Did it reach you?", body="x",
        actor=world.alice.actor, hold=timedelta(hours=1), **given,
    )  # fmt: skip


def test_what_somebody_has_just_written_themselves_leaves_in_spite_of_a_yes(
    client: Client, path: str, lead: Any, world: World
) -> None:
    own_words = write_later(lead, world, created_by=world.alice.user_id)
    by_template = {"template_key": "news", "answers_id": own_words.id}
    quick_reply = write_later(lead, world, created_by=world.alice.user_id, **by_template)
    rung = db.session.scalars(select(Quote)).one().options[0]
    client.post(f"{path}/accept", data={"option": str(rung.id), "name": "Hannah Cole", "early_start": "1"}, csrf=False)
    for each in (own_words, quick_reply):
        assert db.session.get_one(Message, (each.workspace_id, each.id)).state == "queued"


def test_a_yes_stops_the_chase_confirms_in_writing_and_prepares_the_hand_over(
    client: Client, alice: Client, path: str, lead: Any, world: World
) -> None:
    waiting = [write_later(lead, world), write_later(lead, world, created_by=world.alice.user_id, template_key="news")]
    chase = select(FollowUp.state).where(FollowUp.title.like("Chase%"))
    assert set(db.session.scalars(chase)) == {"planned"}
    rung = db.session.scalars(select(Quote)).one().options[0]
    client.post(f"{path}/accept", data={"option": str(rung.id), "name": "Hannah Cole", "early_start": "1"}, csrf=False)
    assert set(db.session.scalars(chase)) == {"cancelled"}
    assert {db.session.get_one(Message, (each.workspace_id, each.id)).state for each in waiting} == {"cancelled"}
    letter = db.session.scalars(select(Message).where(Message.template_key == "quote_accepted")).one()
    assert "£19 every 4 weeks" in letter.body and f"http://127.0.0.1:9{path}" in letter.body
    assert "14 days" in letter.body
    [told] = db.session.scalars(select(Notification).where(Notification.kind == "quote_answered"))
    assert (told.user_id, told.data["answer"], told.data["price_minor"]) == (world.alice.user_id, "accepted", 1900)
    queue = alice.get("/w/wells/squeegee").text
    assert "Hannah Cole" in queue and "£19" in queue and "Every 4 weeks" in queue


def test_a_question_rings_the_owner_where_there_is_one(client: Client, path: str, lead: Any, world: World) -> None:
    db.session.execute(update(Lead).values(owner_id=world.bob.user_id, created_at=utcnow()))
    client.post(f"{path}/question", data={"words": "And the roof?"}, csrf=False)
    with world.bob.acting():
        [told] = db.session.scalars(select(Notification).where(Notification.kind == "quote_question"))
    assert told.user_id == world.bob.user_id and "roof" not in json.dumps(told.data)
