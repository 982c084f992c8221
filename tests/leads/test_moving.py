"""Leads that leave: what a final stage stops, why one was lost and when it returns, and a move taken back."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.core.clock import utcnow
from app.core.errors import Conflict
from app.core.outbox import OutboxItem
from app.extensions import db
from app.followups.models import FollowUp
from app.followups.services import plan_task
from app.leads.models import Lead, StageChange
from app.leads.services import get_lead, move_to_stage, return_date, stage_by_key, take_back
from app.messaging.models import Message
from app.messaging.services import compose

PLAIN = {"Accept": "text/plain"}
AUTUMN = date(2026, 11, 21)


@pytest.fixture
def post_move(alice):
    """Post a move as the board's script does, or with hx as the drawer."""

    def post(lead: Lead, to: str, hx: bool = False, **fields):
        url = f"/w/{alice.slug}/leads/{lead.id}/stage"
        data = {"to": stage_by_key(to).id, "from": lead.stage_id, **fields}
        return alice.post(url, data=data, hx=True) if hx else alice.post(url, data=data, headers=PLAIN)

    return post


def planned(lead_id, state: str = "planned") -> list[FollowUp]:
    """What is planned with a lead."""
    query = select(FollowUp).where(FollowUp.lead_id == lead_id, FollowUp.state == state)
    return list(db.session.scalars(query.order_by(FollowUp.due_at, FollowUp.id)))


@pytest.mark.parametrize(
    ("reason", "today", "day"),
    [
        ("someone_else", AUTUMN, date(2027, 3, 1)),
        ("someone_else", date(2027, 2, 20), date(2028, 3, 1)),
        ("too_expensive", AUTUMN, date(2027, 4, 1)),
        ("too_expensive", date(2027, 5, 2), date(2028, 4, 1)),
        ("moved", AUTUMN, date(2027, 1, 2)),
        ("not_now", AUTUMN, date(2027, 2, 20)),
        ("not_needed", AUTUMN, None),
        ("no_contact", AUTUMN, None),
    ],
)
def test_the_reason_says_when_to_ask_again(reason, today, day):
    assert return_date(reason, today, review_month=4) == day


def test_a_lost_lead_comes_back_as_a_task_on_its_day(alice, make_lead, post_move):
    lead = make_lead(name="Hannah Cole")

    assert post_move(lead, "declined", agreed="1", reason_key="too_expensive").status_code == 204

    lead = db.session.scalars(select(Lead)).one()
    (task,) = planned(lead.id)
    assert (lead.decline_reason, lead.returns_on.month, lead.returns_on.day) == ("too_expensive", 4, 1)
    assert (task.kind, task.title) == ("task", "Offer the reviewed price")
    assert task.due_at.date() >= lead.returns_on
    assert (lead.next_act, lead.next_act_at) == (task.title, task.due_at)
    told = re.sub(r"\s+", " ", alice.get(f"/w/{alice.slug}/leads/{lead.id}", hx=True).text)
    assert "too dear · comes back" in told and str(lead.returns_on.year) in told


def test_the_day_can_be_chosen_or_left_out(make_lead, post_move):
    chosen, never = make_lead(name="Chosen Day"), make_lead(name="Never Again")
    day = utcnow().date() + timedelta(days=100)

    post_move(chosen, "declined", reason_key="someone_else", returns_on=day.isoformat())
    post_move(never, "declined", reason_key="someone_else", returns_on="")

    assert get_lead(chosen.id).returns_on == day
    assert get_lead(never.id).returns_on is None and planned(never.id) == []


@pytest.mark.parametrize(
    "fields",
    [{"reason_key": "bored"}, {"reason_key": "moved", "returns_on": "2020-01-01"},
     {"reason_key": "moved", "returns_on": "soon"}],
)  # fmt: skip
def test_a_day_or_reason_that_can_not_be_is_refused_and_what_was_typed_stays(make_lead, post_move, fields):
    lead = make_lead(name="Hannah Cole")

    bare = post_move(lead, "declined", agreed="1", **fields)
    asked = post_move(lead, "declined", hx=True, agreed="1", reason="She was sorry", **fields)

    assert bare.status_code == asked.status_code == 422
    assert "She was sorry" in asked.text and 'class="error"' in asked.text
    assert get_lead(lead.id).stage_id == stage_by_key("new").id


def test_coming_back_sooner_calls_the_return_off(make_lead, post_move):
    lead = make_lead(name="Hannah Cole")
    post_move(lead, "declined", reason_key="someone_else")

    post_move(get_lead(lead.id), "negotiating")

    lead = get_lead(lead.id)
    assert lead.returns_on is None and lead.decline_reason is None
    assert all("cleaner" not in each.title for each in planned(lead.id))


def test_the_drawer_is_asked_before_a_lead_leaves_and_told_what_that_stops(alice, world, make_lead, post_move):
    lead = make_lead(name="Hannah Cole", stage_key="quote_sent")
    plan_task(get_lead(lead.id), "Ring her mother", utcnow() + timedelta(days=1), "call", world.alice.actor)
    with_stage = len(planned(lead.id)) - 1
    compose(get_lead(lead.id), "email", recipient="h@example.com", subject="Hello", body="Hi", actor=world.alice.actor,
            hold=timedelta(hours=1))  # fmt: skip
    db.session.commit()

    asked = post_move(lead, "lost_contact", hx=True)

    assert get_lead(lead.id).stage_id == lead.stage_id
    assert asked.headers["HX-Retarget"] == "#dialogs"
    assert f"{with_stage} planned follow-up" in asked.text and "1 message that has not left" in asked.text
    assert "1 task that somebody planned stays" in asked.text

    assert post_move(lead, "lost_contact", hx=True, agreed="1").status_code == 200
    assert [each.title for each in planned(lead.id)] == ["Ring her mother"]
    assert db.session.scalars(select(Message).where(Message.subject_sealed.isnot(None))).one().state == "cancelled"


def test_the_question_is_a_page_without_scripts(alice, make_lead):
    lead = make_lead(name="Hannah Cole")
    answer = alice.post(f"/w/{alice.slug}/leads/{lead.id}/stage", data={"to": stage_by_key("declined").id})

    assert "Move Hannah Cole to Declined?" in answer.text and "Has a cleaner" in answer.text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
    fields = {name: value for name, value in fields.items() if value and name != "csrf_token"}
    done = alice.post(f"/w/{alice.slug}/leads/{lead.id}/stage", data=fields | {"reason_key": "moved"})
    assert done.status_code == 303 and get_lead(lead.id).returns_on


def test_the_board_asks_for_several_at_once(alice, make_lead):
    ids = [make_lead(name=name).id for name in ("Ann Low", "Ben High", "Cat Mid")]
    url = f"/w/{alice.slug}/leads/farewell/{stage_by_key('declined').id}"

    text = alice.get(f"{url}?" + "&".join(f"lead={each}" for each in ids), hx=True).text

    assert "Move 3 leads to Declined?" in text and 'data-returns="20' in text


def test_a_customers_no_sets_the_day_too(world, make_lead):
    lead = make_lead(name="Hannah Cole", stage_key="quote_sent")

    move_to_stage(lead.id, stage_by_key("declined").id, world.alice.actor, reason_key="not_now")

    assert get_lead(lead.id).returns_on > utcnow().date() + timedelta(days=80)


def test_a_move_taken_back_stands_where_it_stood_with_what_was_planned(alice, make_lead, post_move):
    lead = make_lead(name="Hannah Cole", email="h@example.com", stage_key="quote_sent")
    rank, before = lead.rank, [(each.id, each.due_at) for each in planned(lead.id)]
    assert before
    post_move(lead, "declined", agreed="1", reason_key="someone_else")

    answer = alice.post(f"/w/{alice.slug}/leads/{lead.id}/stage/undo", headers=PLAIN)

    assert answer.status_code == 204
    lead = get_lead(lead.id)
    assert (lead.stage_id, lead.rank, lead.returns_on) == (stage_by_key("quote_sent").id, rank, None)
    assert [(each.id, each.due_at) for each in planned(lead.id)] == before
    messages = [each.id for each in planned(lead.id) if each.kind in ("email", "sms")]
    ready = select(OutboxItem).where(OutboxItem.subject_id.in_(messages), OutboxItem.state == "ready")
    assert len(db.session.scalars(ready).all()) == len(messages)


def test_taking_back_a_return_to_the_desk_brings_the_reason_back(alice, make_lead, post_move):
    lead = make_lead(name="Hannah Cole")
    post_move(lead, "declined", reason_key="someone_else")
    day = get_lead(lead.id).returns_on
    post_move(get_lead(lead.id), "contacted")

    alice.post(f"/w/{alice.slug}/leads/{lead.id}/stage/undo", headers=PLAIN)

    lead = get_lead(lead.id)
    assert (lead.decline_reason, lead.returns_on) == ("someone_else", day)
    assert [each.title for each in planned(lead.id)] == ["Ask again: is the other cleaner still any good?"]


def test_only_ones_own_last_move_and_only_for_half_a_minute(alice, bob, world, make_lead, post_move):
    lead = make_lead(name="Hannah Cole")
    post_move(lead, "contacted")
    undo = f"/w/{alice.slug}/leads/{lead.id}/stage/undo"

    assert bob.post(undo, headers=PLAIN).status_code == 409
    change = db.session.scalars(select(StageChange).where(StageChange.from_stage_id.isnot(None))).one()
    change.at -= timedelta(seconds=31)
    db.session.commit()
    with pytest.raises(Conflict):
        take_back(lead.id, world.alice.actor)
    db.session.rollback()
    assert get_lead(lead.id).stage_id == stage_by_key("contacted").id


def test_cards_keep_their_order_when_there_is_no_room_between_them(alice, make_lead, post_move):
    cards = [make_lead(name=f"Card {number}") for number in range(5)]  # the last one stands on top
    for card in cards:
        card.rank = 7
    db.session.commit()
    order = sorted(cards, key=lambda card: card.id)
    moved, (above, below) = order[4], order[:2]

    post_move(moved, "new", above=above.id, below=below.id)

    db.session.expire_all()
    wanted = [above.id, moved.id, below.id, order[2].id, order[3].id]
    assert [row.id for row in db.session.execute(select(Lead.id).order_by(Lead.rank, Lead.id))] == wanted


def test_declining_takes_no_more_statements_than_a_write_may(make_lead, post_move, count_sql):
    lead = make_lead(name="Hannah Cole", stage_key="quote_sent")
    post_move(make_lead(name="Warm Up"), "contacted")

    with count_sql() as statements:
        assert post_move(lead, "declined", agreed="1", reason_key="too_expensive").status_code == 204

    assert len(statements) <= 20, "\n".join(statements)


def test_a_second_undo_does_not_move_the_lead_again(alice, world, make_lead):
    """Pressed twice, or sent again since the answer was lost."""
    lead = make_lead()
    move_to_stage(lead.id, stage_by_key("declined").id, world.alice.actor, reason_key="too_expensive")
    db.session.commit()
    answers = [alice.post(f"/w/wells/leads/{lead.id}/stage/undo", hx=True).status_code for _ in range(2)]
    assert answers == [204, 409]
    assert get_lead(lead.id).stage_id == stage_by_key("new").id


def test_after_an_undo_a_lead_is_as_old_in_its_stage_as_before(alice, world, make_lead):
    lead = make_lead()
    with time_machine.travel(datetime.now(UTC) - timedelta(days=12)):
        since = move_to_stage(lead.id, stage_by_key("negotiating").id, world.alice.actor).stage_entered_at
        db.session.commit()
    move_to_stage(lead.id, stage_by_key("contacted").id, world.alice.actor)
    db.session.commit()
    assert alice.post(f"/w/wells/leads/{lead.id}/stage/undo", hx=True).status_code == 204
    db.session.expire_all()
    assert get_lead(lead.id).stage_entered_at == since
    last = move_to_stage(lead.id, stage_by_key("hot_lead").id, world.alice.actor)
    told = db.session.scalars(select(StageChange).where(StageChange.to_stage_id == last.stage_id)).one()
    assert told.seconds_in_stage >= 12 * 86_400
