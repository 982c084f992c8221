"""Chases that rest, for a pause or because their lead is put away, and what the customer says meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from app.activities.models import Activity
from app.core.clock import utcnow
from app.core.outbox import OutboxItem
from app.extensions import db
from app.followups.models import Enrolment, FollowUp, Sequence
from app.followups.queries.steps import Delay, Step
from app.followups.services import enrol, pause, pause_chase, resume, resume_when_due, skip
from app.leads.services import archive, get_lead, move_to_stage, put_in_bin, restore, stage_by_key
from app.messaging.services.receiving import receive

EMAIL, PHONE = "hannah.cole@example.com", "07700 900318"
STEPS = (
    Step("one", "email", "One", Delay(5), template_key="plain_email"),
    Step("two", "call", "Ring about the quote", Delay(3)),
)
NO, PERHAPS = "No thanks, we have found someone else", "Hmm, maybe. I will let you know."


@pytest.fixture
def way(world: Any, sequence: Any, make_lead: Any) -> Enrolment:
    """A lead's way through a mail and a call, the only one there is."""
    own = sequence(*STEPS)
    for each in db.session.scalars(select(Sequence).where(Sequence.id != own.id)):
        each.is_active = False
    db.session.commit()
    enrolment = enrol(make_lead(email=EMAIL, phone=PHONE), own, world.alice.actor)
    db.session.commit()
    return enrolment


def say(lead_id: Any, words: str) -> None:
    receive(get_lead(lead_id, lock=True), "email", sender=EMAIL, subject="Re", body=words, at=utcnow())
    db.session.commit()
    db.session.expire_all()


def to_come(way: Enrolment) -> list[str]:
    """What is planned by the way."""
    db.session.expire_all()
    rows = db.session.scalars(
        select(FollowUp).where(FollowUp.enrolment_id == way.id, FollowUp.state == "planned").order_by(FollowUp.due_at)
    )
    return [each.kind for each in rows]


def on_resuming(way: Enrolment) -> list[str]:
    """The states of the work that ends its pause."""
    query = select(OutboxItem.state).where(OutboxItem.kind == "enrolment.resume", OutboxItem.subject_id == way.id)
    return list(db.session.scalars(query))


def test_a_doubtful_reply_outlasts_a_pause_with_an_end(world: Any, way: Enrolment) -> None:
    pause(way.id, world.alice.actor, utcnow() + timedelta(days=1))
    db.session.commit()
    assert on_resuming(way) == ["ready"]
    rested_from = way.paused_at

    say(way.lead_id, PERHAPS)
    assert (way.state, way.why, way.paused_until) == ("paused", "doubtful_reply", None)
    assert (way.paused_at, on_resuming(way)) == (rested_from, ["cancelled"])
    resume_when_due(way.id)  # a worker that had it in hand already
    assert (way.state, to_come(way)) == ("paused", [])


def test_it_does_so_too_when_it_came_on_another_lead_of_theirs(world: Any, way: Enrolment, make_lead: Any) -> None:
    other = make_lead(email=EMAIL, phone=PHONE)
    assert other.contact_id == get_lead(way.lead_id).contact_id
    pause(way.id, world.alice.actor, utcnow() + timedelta(days=1))
    db.session.commit()
    say(other.id, "When could you come?")
    assert (way.why, way.paused_until, on_resuming(way)) == ("doubtful_reply", None, ["cancelled"])
    say(other.id, "And what does it cost?")
    rested = select(Activity.data["why"].as_string()).where(Activity.event == "sequence.paused")
    assert db.session.scalars(rested.order_by(Activity.at)).all() == ["by_person", "doubtful_reply"]  # told once


def test_undoing_a_pause_of_many_leaves_who_has_written_since(
    alice: Any, world: Any, way: Enrolment, make_lead: Any
) -> None:
    silent = make_lead(name="Silent Sam", email="sam@example.com")
    other = enrol(silent, db.session.get_one(Sequence, (way.workspace_id, way.sequence_id)), world.alice.actor)
    db.session.commit()
    ids = f"{way.lead_id},{silent.id}"
    done = alice.post("/w/wells/bulk", data={"act": f"pause_chase:{way.sequence_id}", "leads": ids}, hx=True).text
    db.session.expire_all()
    assert (way.state, other.state) == ("paused", "paused")
    say(way.lead_id, PERHAPS)
    undone = alice.post(done.split('action="')[1].split('"')[0], hx=True)
    db.session.expire_all()
    assert undone.status_code == 200 and (way.state, other.state) == ("paused", "active")


def test_undoing_that_many_go_on_lets_each_rest_as_it_did(
    alice: Any, world: Any, way: Enrolment, make_lead: Any
) -> None:
    until = utcnow() + timedelta(days=9)
    pause(way.id, world.alice.actor, until)
    doubted = make_lead(name="Perhaps Pat", email="pat@example.com")
    other = enrol(doubted, db.session.get_one(Sequence, (way.workspace_id, way.sequence_id)), world.alice.actor)
    db.session.commit()
    pause_chase(doubted.id, "doubtful_reply", world.alice.actor)
    db.session.commit()
    ids = f"{way.lead_id},{doubted.id}"
    done = alice.post("/w/wells/bulk", data={"act": f"resume_chase:{way.sequence_id}", "leads": ids}, hx=True).text
    db.session.expire_all()
    assert (way.state, other.state) == ("active", "active")
    assert alice.post(done.split('action="')[1].split('"')[0], hx=True).status_code == 200
    db.session.expire_all()
    assert (way.state, way.why, way.paused_until) == ("paused", "by_person", until)
    assert (other.state, other.why, other.paused_until) == ("paused", "doubtful_reply", None)


@pytest.fixture
def shelved(world: Any, way: Enrolment) -> Enrolment:
    """The way, its lead in the archive."""
    archive(way.lead_id, world.alice.actor)
    db.session.commit()
    return way


def fetch_back(world: Any, way: Enrolment) -> None:
    restore(way.lead_id, world.alice.actor)
    db.session.commit()


def test_who_said_no_while_shelved_is_not_chased_again(world: Any, shelved: Enrolment) -> None:
    say(shelved.lead_id, NO)
    fetch_back(world, shelved)
    assert to_come(shelved) == []
    off = select(FollowUp.state, FollowUp.why).where(FollowUp.enrolment_id == shelved.id).distinct()
    assert [tuple(row) for row in db.session.execute(off)] == [("cancelled", "replied")]


def test_who_said_nothing_while_shelved_is_chased_on(world: Any, shelved: Enrolment) -> None:
    assert to_come(shelved) == []
    fetch_back(world, shelved)
    assert (to_come(shelved), shelved.state) == (["email", "call"], "active")


@pytest.mark.parametrize("is_due", [False, True])
def test_what_was_paused_while_shelved_stays_so_and_loses_no_step(
    world: Any, shelved: Enrolment, make_due: Any, run_outbox: Any, is_due: bool
) -> None:
    say(shelved.lead_id, PERHAPS)
    fetch_back(world, shelved)
    assert (to_come(shelved), shelved.state, shelved.why) == ([], "paused", "doubtful_reply")
    if is_due:
        make_due("follow_up.due")
        run_outbox()
    resume(shelved.id, world.alice.actor)
    db.session.commit()
    assert (to_come(shelved), shelved.state) == (["email", "call"], "active")


def test_a_pause_that_ended_while_shelved_is_not_forgotten(
    world: Any, way: Enrolment, make_due: Any, run_outbox: Any
) -> None:
    with time_machine.travel(utcnow(), tick=False) as clock:
        for task in db.session.scalars(select(FollowUp).where(FollowUp.enrolment_id.is_(None))):
            skip(task.id, world.alice.actor)
        pause(way.id, world.alice.actor, utcnow() + timedelta(days=2))
        archive(way.lead_id, world.alice.actor)
        db.session.commit()
        clock.shift(timedelta(days=3))
        make_due("enrolment.resume")
        run_outbox()
        fetch_back(world, way)
    assert (to_come(way), way.state, way.paused_until) == ([], "paused", None)
    assert get_lead(way.lead_id).next_act == "Pick this up again"
    resume(way.id, world.alice.actor)
    assert to_come(way) == ["email", "call"]


def test_a_stage_that_was_left_while_shelved_plans_no_more(world: Any, shelved: Enrolment) -> None:
    move_to_stage(shelved.lead_id, stage_by_key("contacted").id, world.alice.actor)
    db.session.commit()
    fetch_back(world, shelved)
    assert (to_come(shelved), shelved.why) == ([], "left_stage")


def test_what_a_stage_plans_with_a_lead_in_the_bin_rests_too(world: Any, make_lead: Any) -> None:
    """A lead can get on while it is put away: what was sent to Squeegee before arrives there."""
    lead, actor = make_lead(email=EMAIL), world.alice.actor
    put_in_bin(lead.id, actor)
    db.session.commit()
    planned = select(FollowUp.title).where(FollowUp.lead_id == lead.id, FollowUp.state == "planned")
    for key in ("quote_sent", "follow_up_1", "negotiating"):
        move_to_stage(lead.id, stage_by_key(key).id, actor)
        db.session.commit()
        assert db.session.scalars(planned).all() == []
    restore(lead.id, actor)
    db.session.commit()
    assert db.session.scalars(planned).all() != [], "and goes on once the lead is back"


def test_so_does_what_is_planned_after_a_call(alice: Any, world: Any, make_lead: Any) -> None:
    lead = make_lead(email=EMAIL, phone=PHONE)
    planned = select(FollowUp).where(
        FollowUp.lead_id == lead.id, FollowUp.title == "Call back", FollowUp.state == "planned"
    )
    alice.post(f"/w/wells/leads/{lead.id}/archive")
    said = {"outcome": "no_answer", "again": "week"}
    assert alice.post(f"/w/wells/leads/{lead.id}/calls", data=said, hx=True).status_code == 200
    assert db.session.scalars(planned).all() == []
    restore(lead.id, world.alice.actor)
    db.session.commit()
    assert len(db.session.scalars(planned).all()) == 1


@pytest.mark.parametrize(("shelf", "words"), [("archive", "in the archive"), ("bin", "in the bin")])
def test_a_card_that_a_colleague_has_put_away_is_not_moved(alice: Any, make_lead: Any, shelf: str, words: str) -> None:
    """The board of whoever drags it has not heard of it yet."""
    lead = make_lead(email=EMAIL)
    was = lead.stage_id
    alice.post(f"/w/wells/leads/{lead.id}/{shelf}")
    to = {"to": stage_by_key("quote_sent").id, "from": was}
    answer = alice.post(f"/w/wells/leads/{lead.id}/stage", data=to, headers={"Accept": "text/plain"})
    assert answer.status_code == 409 and words in answer.text
    db.session.expire_all()
    assert get_lead(lead.id).stage_id == was
