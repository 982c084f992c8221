"""A quote that nobody answers: a reminder in office hours, then its end; neither comes once it is answered."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, update
from time_machine import Traveller

from app.activities.models import Activity
from app.core import outbox
from app.core.outbox import OutboxItem
from app.extensions import db
from app.followups.models import Enrolment, Sequence
from app.followups.queries.steps import Step, to_raw
from app.leads.services import move_to_stage, stage_by_key
from app.messaging.models import Message, MessageTemplate
from app.notifications.models import Notification
from app.quotes.models import Quote
from app.quotes.queries import get_quote
from app.quotes.services import expire, remind, revoke_link
from app.workspaces.queries import current_workspace
from tests.support.client import Client
from tests.support.world import World

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
LAST_DAY = date(2026, 12, 6)
REMINDER = datetime(2026, 12, 3, 10, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[Traveller]:
    with time_machine.travel(MONDAY, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def waiting(clock: Traveller, lead: Any, sent: Callable[..., Quote]) -> Quote:
    """A quote sent on a Monday that is valid for two weeks."""
    return sent(lead, valid_until=LAST_DAY)


def work(quote: Quote) -> dict[str, OutboxItem]:
    rows = db.session.scalars(select(OutboxItem).where(OutboxItem.subject_id == quote.id))
    return {row.kind: row for row in rows}


def reminders() -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.template_key.like("quote_reminder%"))))


def told() -> list[tuple[str, dict[str, Any]]]:
    rows = db.session.scalars(select(Notification).where(Notification.kind.like("quote_exp%")))
    return [(row.kind, row.data) for row in rows]


def test_both_are_planned_when_it_goes_out(waiting: Quote) -> None:
    planned = work(waiting)
    assert planned["quote.remind"].run_at == datetime(2026, 12, 3, 9, tzinfo=UTC)
    assert planned["quote.expire"].run_at == datetime(2026, 12, 7, tzinfo=UTC)


def test_sending_it_again_plans_nothing_more(alice: Client, waiting: Quote) -> None:
    data = {"channel": "sms", "version": waiting.version}
    assert alice.post(f"/w/wells/quotes/{waiting.id}/send", data=data).status_code == 303
    assert len(work(waiting)) == 2


@pytest.mark.parametrize("days", [0, 20])
def test_no_reminder_when_there_is_to_be_none_or_its_day_has_passed(
    clock: Traveller, lead: Any, sent: Callable[..., Quote], days: int
) -> None:
    current_workspace().quote_reminder_days = days
    assert set(work(sent(lead, valid_until=LAST_DAY))) == {"quote.expire"}


def test_the_customer_is_reminded_once_and_the_owner_told(clock: Traveller, waiting: Quote) -> None:
    clock.move_to(REMINDER)
    assert remind(waiting.id) is None
    assert remind(waiting.id) is None
    (message,) = reminders()
    assert (message.channel, message.recipient) == ("email", "hannah.cole@example.com")
    assert f"/c/{waiting.link_secret}" in message.body
    assert "Sunday 6 December" in message.body
    assert {(kind, data["was_sent"]) for kind, data in told()} == {("quote_expiring", True)}
    assert "Hannah" not in str(told())


def test_it_waits_for_office_hours(clock: Traveller, waiting: Quote) -> None:
    clock.move_to(datetime(2026, 12, 4, 18, tzinfo=UTC))
    assert remind(waiting.id) == datetime(2026, 12, 7, 9, tzinfo=UTC)
    assert reminders() == []


def test_waiting_for_office_hours_is_no_attempt(clock: Traveller, waiting: Quote, make_due: Callable[..., int]) -> None:
    clock.move_to(REMINDER.replace(hour=2))
    item = work(waiting)["quote.remind"]
    for _ in range(outbox.MAX_ATTEMPTS + 1):
        db.session.commit()
        make_due("quote.remind")
        db.session.commit()
        outbox.run(item.workspace_id, item.id)
    db.session.refresh(item)
    assert (item.state, item.attempts, item.run_at) == ("ready", 0, REMINDER.replace(hour=9))
    assert reminders() == []


def test_a_workspace_without_words_for_it_uses_the_usual_ones(clock: Traveller, waiting: Quote) -> None:
    db.session.execute(
        update(MessageTemplate).where(MessageTemplate.key == "quote_reminder_email").values(key="of_our_own")
    )
    clock.move_to(REMINDER)
    remind(waiting.id)
    assert "valid until Sunday 6 December" in reminders()[0].body


def test_nobody_is_reminded_of_what_is_over(clock: Traveller, waiting: Quote, lead: Any, world: World) -> None:
    clock.move_to(REMINDER)
    revoke_link(waiting.id, world.alice.actor)
    remind(waiting.id)
    waiting.revoked_at = None
    move_to_stage(lead.id, stage_by_key("lost_contact").id, world.alice.actor)
    remind(waiting.id)
    assert reminders() == []


def test_it_expires_the_day_after(clock: Traveller, waiting: Quote, lead: Any, client: Client) -> None:
    clock.move_to(datetime(2026, 12, 6, 23, 30, tzinfo=UTC))
    assert expire(waiting.id) is False
    clock.move_to(datetime(2026, 12, 7, 0, 1, tzinfo=UTC))
    assert expire(waiting.id) is True
    assert expire(waiting.id) is False
    assert get_quote(waiting.id).state == "expired"
    events = list(db.session.scalars(select(Activity.event).where(Activity.lead_id == lead.id)))
    assert events.count("quote.expired") == 1
    assert {kind for kind, _ in told()} == {"quote_expired"}
    assert "expired" in client.get(f"/c/{waiting.link_secret}").text


def withdraw(lead: Any, quote: Quote, world: World) -> None:
    revoke_link(quote.id, world.alice.actor)


def win_by_hand(lead: Any, quote: Quote, world: World) -> None:
    move_to_stage(lead.id, stage_by_key("ready_for_squeegee").id, world.alice.actor)


def give_up(lead: Any, quote: Quote, world: World) -> None:
    move_to_stage(lead.id, stage_by_key("declined").id, world.alice.actor, reason_key="too_expensive")


def leave_it(lead: Any, quote: Quote, world: World) -> None:
    """Nobody does anything."""


@pytest.mark.parametrize(
    ("happens", "is_chased"), [(withdraw, False), (win_by_hand, False), (give_up, False), (leave_it, True)]
)
def test_nobody_is_chased_for_a_quote_that_nobody_waits_for(
    clock: Traveller, waiting: Quote, lead: Any, world: World, happens: Any, is_chased: bool
) -> None:
    step = to_raw([Step("ask", "email", "Ask", template_key="chase_last", any_hour=True)])
    lapsed = Sequence(key="own", name="Own", starts="rule", rule={"event": "quote.expired"}, steps=step)
    db.session.add(lapsed)
    db.session.commit()
    happens(lead, waiting, world)
    clock.move_to(REMINDER)
    remind(waiting.id)
    assert bool(reminders()) == is_chased
    clock.move_to(datetime(2026, 12, 7, 0, 1, tzinfo=UTC))
    assert expire(waiting.id) is True
    begun = db.session.scalars(select(Enrolment).where(Enrolment.sequence_id == lapsed.id)).all()
    assert bool(begun) == is_chased


@pytest.mark.parametrize("answer", ["accept", "decline", "renewal"])
def test_an_answer_or_a_new_version_calls_both_off(
    client: Client, lead: Any, sent: Callable[..., Quote], waiting: Quote, answer: str
) -> None:
    if answer == "renewal":
        sent(lead, rungs={"8_weekly": 2600}, valid_until=LAST_DAY)
    else:
        typed = {"option": str(waiting.options[0].id), "name": "Hannah Cole", "reason": "not_now", "early_start": "1"}
        assert client.post(f"/c/{waiting.link_secret}/{answer}", data=typed, csrf=False).status_code == 303
    db.session.expire_all()
    assert {row.state for row in work(waiting).values()} == {"cancelled"}


def test_the_work_is_done_by_the_outbox(
    lead: Any, sent: Callable[..., Quote], make_due: Callable[..., int], run_outbox: Callable[[], int]
) -> None:
    quote = sent(lead)
    db.session.execute(
        update(Quote).where(Quote.id == quote.id).values(valid_until=quote.valid_until - timedelta(days=40))
    )
    db.session.commit()
    make_due("quote.expire")
    run_outbox()
    db.session.expire_all()
    assert get_quote(quote.id).state == "expired"
    assert work(quote)["quote.expire"].state == "done"


def test_a_text_keeps_the_quiet_hours_also_where_the_office_opens_before(clock: Traveller, waiting: Quote) -> None:
    workspace = current_workspace()
    workspace.opens, waiting.sent_by = time(7), "sms"
    db.session.commit()
    clock.move_to(datetime(2026, 12, 3, 7, 30, tzinfo=UTC))
    assert remind(waiting.id) == datetime(2026, 12, 3, 9, tzinfo=UTC)
    waiting.sent_by = "email"
    db.session.flush()
    assert remind(waiting.id) is None and len(reminders()) == 1


@pytest.mark.parametrize(("triage", "sent_on"), [("no", 0), ("unclear", 0), ("automatic", 1)])
def test_who_has_written_since_is_left_to_a_person(
    clock: Traveller, waiting: Quote, triage: str, sent_on: int
) -> None:  # fmt: skip
    clock.move_to(REMINDER - timedelta(days=2))
    reply = Message(
        lead_id=waiting.lead_id, channel="email", direction="in", state="received", recipient="hannah@example.com",
        body="Hello", triage=triage,
    )  # fmt: skip
    db.session.add(reply)
    db.session.commit()
    clock.move_to(REMINDER)
    assert remind(waiting.id) is None
    assert len(reminders()) == sent_on
    [(_, data)] = told()
    assert (data["was_sent"], data["has_written"]) == (bool(sent_on), not sent_on)
