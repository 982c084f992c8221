"""A move that is taken back: what it called off goes on, unless something has ended it since, and nothing twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from app.appointments.services.booking import book_visit
from app.core.clock import utcnow
from app.core.permissions import Actor
from app.extensions import db
from app.followups.models import Enrolment, FollowUp, Sequence
from app.followups.queries.steps import Delay, Step
from app.followups.services import carry_out, enrol, pause
from app.leads.models import Lead
from app.leads.services import archive, get_lead, move_to_stage, restore, stage_by_key, take_back
from app.messaging.models import Message
from app.messaging.ports.inbound import Inbound
from app.messaging.services import keep_wishes
from app.messaging.services.arriving import take_in
from app.messaging.services.receiving import receive

EMAIL, PHONE = "hannah.cole@example.com", "07700 900318"
CUSTOMER = Actor("customer")


@pytest.fixture
def lead(make_lead: Any) -> Lead:
    """Hannah Cole's, chased for an answer to her quote."""
    return make_lead(email=EMAIL, phone=PHONE, stage_key="quote_sent")


@pytest.fixture
def move(world: Any) -> Callable[..., None]:
    """`move(lead, "contacted")` by Alice."""

    def to(lead: Lead, key: str, **given: Any) -> None:
        move_to_stage(lead.id, stage_by_key(key).id, world.alice.actor, **given)
        db.session.commit()

    return to


@pytest.fixture
def undo(world: Any) -> Callable[[Lead], None]:
    """Take Alice's last move of the lead back."""

    def back(lead: Lead) -> None:
        take_back(lead.id, world.alice.actor)
        db.session.commit()
        db.session.expire_all()

    return back


def chase(lead: Lead) -> list[tuple[Any, ...]]:
    """The sequences that are under way with the lead, and why they rest."""
    query = select(Sequence.key, Enrolment.state, Enrolment.why).join(Sequence, Sequence.id == Enrolment.sequence_id)
    under_way = Enrolment.state.in_(("active", "paused"))
    return [tuple(row) for row in db.session.execute(query.where(Enrolment.lead_id == lead.id, under_way))]


def to_come(lead: Lead) -> list[str]:
    """What sequences have planned with the lead."""
    query = select(FollowUp.step_key).where(FollowUp.lead_id == lead.id, FollowUp.state == "planned")
    return list(db.session.scalars(query.where(FollowUp.sequence_id.is_not(None)).order_by(FollowUp.due_at)))


def messages(lead: Lead) -> list[str]:
    """The states of what was written to them."""
    query = select(Message.state).where(Message.lead_id == lead.id, Message.direction == "out")
    return list(db.session.scalars(query.order_by(Message.created_at, Message.id)))


def say(lead_id: Any, words: str) -> None:
    receive(get_lead(lead_id, lock=True), "email", sender=EMAIL, subject="Re", body=words, at=utcnow())
    db.session.commit()


def say_no(lead: Lead) -> None:
    say(lead.id, "No thanks, we have found someone else")


def say_no_long_ago(lead: Lead) -> None:
    """It came before the move and has been put on the lead only now."""
    at = utcnow() - timedelta(days=2)
    receive(get_lead(lead.id, lock=True), "email", sender=EMAIL, subject="Re", body="No thanks", at=at)


def book(lead: Lead) -> None:
    book_visit(get_lead(lead.id, lock=True), utcnow(), utcnow() + timedelta(hours=1), None, CUSTOMER)


def want_no_more(lead: Lead) -> None:
    other = db.session.scalars(select(Lead).where(Lead.contact_id == lead.contact_id, Lead.id != lead.id)).one()
    keep_wishes(other, {("sms", "service"): False}, CUSTOMER)


def say_perhaps(lead: Lead) -> None:
    say(lead.id, "Hmm, maybe. I will let you know.")


def ask_elsewhere(lead: Lead) -> None:
    other = db.session.scalars(select(Lead).where(Lead.contact_id == lead.contact_id, Lead.id != lead.id)).one()
    say(other.id, "No thanks, we have found someone else")


def write_of_either(lead: Lead) -> None:
    """Their mail waits for a person, who is to say which of their leads it is about."""
    mail = Inbound(channel="email", key="m1", sender=EMAIL, body="About my windows", received_at=utcnow())
    assert take_in(mail).why == "several_leads"


def be_away(lead: Lead) -> None:
    words = "I am out of the office until Monday."
    receive(
        get_lead(lead.id, lock=True), "email", sender=EMAIL, subject="Out of office", body=words, at=utcnow(),
        is_automatic=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("happens", "comes_back"),
    [
        (say_no, None), (say_no_long_ago, None), (book, None), (want_no_more, None),
        (say_perhaps, ("quote_chase", "paused", "doubtful_reply")),
        (ask_elsewhere, ("quote_chase", "paused", "doubtful_reply")),
        (write_of_either, ("quote_chase", "paused", "doubtful_reply")),
        (be_away, ("quote_chase", "active", None)),
    ],
)  # fmt: skip
def test_what_was_heard_since_counts(lead: Lead, make_lead: Any, move: Any, undo: Any, happens: Any, comes_back: Any):
    assert make_lead(email=EMAIL, phone=PHONE, stage_key="negotiating").contact_id == lead.contact_id
    before = to_come(lead)
    assert chase(lead) == [("quote_chase", "active", None)] and before
    move(lead, "contacted")
    happens(lead)
    db.session.commit()
    undo(lead)
    assert chase(lead) == ([comes_back] if comes_back else [])
    assert to_come(lead) == (before if comes_back and comes_back[1] == "active" else [])


@pytest.mark.parametrize("words", ["No thanks", "Hmm, maybe. I will let you know."])
def test_what_only_reminds_ourselves_is_back_whatever_was_heard(
    make_lead: Any, move: Any, undo: Any, words: str
) -> None:
    ready = make_lead(email="ready@example.com", phone=None, stage_key="ready_for_squeegee")
    before = to_come(ready)
    assert chase(ready) == [("ready_for_squeegee", "active", None)] and before
    move(ready, "negotiating")
    say(ready.id, words)
    undo(ready)
    assert chase(ready) == [("ready_for_squeegee", "active", None)] and to_come(ready) == before


def test_what_rested_until_a_day_rests_until_a_person_goes_on(world: Any, lead: Lead, move: Any, undo: Any) -> None:
    way = db.session.scalars(select(Enrolment).where(Enrolment.lead_id == lead.id)).one()
    day = utcnow() + timedelta(days=2)
    pause(way.id, world.alice.actor, day)
    move(lead, "contacted")
    undo(lead)
    assert (way.state, way.why, way.paused_until) == ("paused", "by_person", day)
    move(lead, "contacted")
    say_perhaps(lead)
    undo(lead)
    assert (way.state, way.why, way.paused_until) == ("paused", "doubtful_reply", None)
    move(lead, "contacted")
    undo(lead)
    assert (way.state, way.why, way.paused_until) == ("paused", "doubtful_reply", None)


def test_a_sequence_that_was_begun_anew_goes_on_and_not_twice(world: Any, lead: Lead, move: Any, undo: Any) -> None:
    before = db.session.scalars(select(Enrolment).where(Enrolment.lead_id == lead.id)).one()
    move(lead, "contacted")
    again = enrol(lead, db.session.get_one(Sequence, (lead.workspace_id, before.sequence_id)), world.alice.actor)
    db.session.commit()
    undo(lead)
    assert chase(lead) == [("quote_chase", "active", None)]
    assert (before.state, before.why, again.state) == ("stopped", "left_stage", "active")


def test_only_what_the_move_began_ends_when_it_is_undone(world: Any, lead: Lead, sequence: Any, move: Any, undo: Any):
    ring = (Step("ring", "call", "Ring", Delay(3)),)
    move(lead, "contacted")
    enrol(lead, sequence(*ring), world.alice.actor)
    db.session.commit()
    undo(lead)
    assert sorted(key for key, _, _ in chase(lead)) == ["own", "quote_chase"]


@pytest.fixture
def queued(lead: Lead, sequence: Any, world: Any) -> FollowUp:
    """A mail of a sequence that is written and waits for its worker."""
    write = Step("write", "email", "Write", template_key="plain_email", any_hour=True)
    way = enrol(lead, sequence(write, Step("ring", "call", "Ring", Delay(3), counts=False)), world.alice.actor)
    step = db.session.scalars(
        select(FollowUp).where(FollowUp.enrolment_id == way.id, FollowUp.step_key == "write")
    ).one()
    carry_out(step.id)
    db.session.commit()
    assert (messages(lead), lead.follow_up_count) == (["queued"], 1)
    return step


@pytest.mark.parametrize("how", [{}, {"stops_messages": True}])
def test_a_message_that_the_move_took_back_leaves_after_all_and_once(
    lead: Lead, queued: FollowUp, move: Any, undo: Any, run_outbox: Any, mailbox: Any, how: Any
) -> None:
    for _ in range(2):
        move(lead, "declined", reason_key="not_now", **how)
        assert (messages(lead), lead.follow_up_count) == (["cancelled"], 0)
        undo(lead)
        assert (messages(lead), lead.follow_up_count, queued.state) == (["queued"], 1, "done")
    run_outbox()
    assert messages(lead) == ["sent"] and len(mailbox.mails(EMAIL)) == 1


def test_a_message_of_a_sequence_that_lasts_leaves_too(
    lead: Lead, queued: FollowUp, move: Any, undo: Any, run_outbox: Any, mailbox: Any
) -> None:
    db.session.get_one(Sequence, (lead.workspace_id, queued.sequence_id)).ends_with_stage = False
    db.session.commit()
    move(lead, "declined", reason_key="not_now", stops_messages=True)
    assert messages(lead) == ["cancelled"]
    undo(lead)
    run_outbox()
    assert messages(lead) == ["sent"]


def test_an_acknowledgement_is_not_lost(make_lead: Any, move: Any, undo: Any, run_outbox: Any, mailbox: Any) -> None:
    new = make_lead(email="new@example.com")
    first = db.session.scalars(
        select(FollowUp).where(FollowUp.lead_id == new.id, FollowUp.kind == "email").order_by(FollowUp.due_at)
    ).first()
    assert first is not None
    carry_out(first.id)
    db.session.commit()
    move(new, "declined", reason_key="not_now")
    undo(new)
    run_outbox()
    assert messages(new) == ["sent"]


@pytest.mark.parametrize(("happens", "state"), [(say_no, "cancelled"), (say_perhaps, "queued")])
def test_a_message_leaves_for_nobody_who_has_written_since(
    lead: Lead, queued: FollowUp, move: Any, undo: Any, run_outbox: Any, mailbox: Any, happens: Any, state: str
) -> None:
    move(lead, "contacted")
    happens(lead)
    undo(lead)
    run_outbox()
    assert messages(lead) == [state]  # after a doubtful reply it is held until a person goes on


def test_a_message_that_has_a_successor_stays_taken_back(
    world: Any, lead: Lead, queued: FollowUp, move: Any, undo: Any, run_outbox: Any, mailbox: Any
) -> None:
    move(lead, "contacted")
    enrol(lead, db.session.get_one(Sequence, (lead.workspace_id, queued.sequence_id)), world.alice.actor)
    db.session.commit()
    undo(lead)
    assert messages(lead) == ["cancelled"]


def test_what_the_move_itself_had_written_stays_here(
    world: Any, lead: Lead, sequence: Any, move: Any, run_outbox: Any, mailbox: Any
) -> None:
    """An act on many can be taken back for longer than one move."""
    write = Step("write", "email", "Write", template_key="plain_email", any_hour=True)
    sequence(write, starts="stage", stage_id=stage_by_key("contacted").id)
    move(lead, "contacted")
    with time_machine.travel(utcnow() + timedelta(seconds=35)):
        carry_out(db.session.scalars(select(FollowUp.id).where(FollowUp.step_key == "write")).one())
    db.session.commit()
    take_back(lead.id, world.alice.actor, within=None)
    db.session.commit()
    run_outbox()
    assert (messages(lead), chase(lead)) == (["cancelled"], [("quote_chase", "active", None)])


def test_of_a_lead_that_was_put_away_since_it_rests(
    world: Any, lead: Lead, queued: FollowUp, move: Any, undo: Any
) -> None:
    before = to_come(lead)
    move(lead, "contacted")
    archive(lead.id, world.alice.actor)
    undo(lead)
    assert (to_come(lead), messages(lead)) == ([], ["cancelled"])
    restore(lead.id, world.alice.actor)
    db.session.commit()
    assert (to_come(lead), messages(lead)) == (before, ["cancelled"])
