"""Who is told: of an answer, of what becomes worth a lot, of a lost lead whose day has come."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from app.audit.models import AuditEntry
from app.core.clock import utcnow
from app.core.permissions import Actor
from app.core.tenancy import acting_in, current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import change_fact, get_lead, move_to_stage, stage_by_key, take_back
from app.messaging.models import Conversation
from app.messaging.services.receiving import receive
from app.notifications.models import Notification
from app.quotes.services import QuoteDraft, accept, draft_quote, send_quote
from app.workspaces.models import Membership
from tests.support.world import World

HANNAH = {"name": "Hannah Cole", "email": "hannah.cole@example.com", "phone": "07700 900318"}


def test_a_reply_is_told_to_who_looks_after_its_lead(world: World, make_lead: Any) -> None:
    bobs = make_lead(**HANNAH, owner_id=world.bob.user_id)
    alices = make_lead(**HANNAH, owner_id=world.alice.user_id, address_line1="9 Other Road")
    assert bobs.contact_id == alices.contact_id
    for lead in (bobs, alices):  # one conversation, which stays with Bob, who sees no lead of Alice's
        say_yes(lead)
    assert told("reply") == [(world.bob.user_id, bobs.id), (world.alice.user_id, alices.id)]


def test_a_reply_is_told_to_who_was_given_the_conversation_and_works_here(world: World, make_lead: Any) -> None:
    lead = make_lead(**HANNAH)
    say_yes(lead)
    with acting_in(world.workspace_id):
        db.session.execute(update(Conversation).values(owner_id=world.bob.user_id))
    say_yes(lead)  # nobody's lead, which Bob sees
    for change in ({"role": "crew"}, {"role": "sales", "deactivated_at": utcnow()}):
        db.session.execute(update(Membership).where(Membership.user_id == world.bob.user_id).values(**change))
        say_yes(lead)
    assert [user_id for user_id, _ in told("reply")] == [world.alice.user_id, world.bob.user_id] + [
        world.alice.user_id
    ] * 2


def test_leading_members_learn_of_a_lead_that_becomes_worth_a_lot(world: World, make_lead: Any) -> None:
    """The threshold is £100 a month; £130 every four weeks is £140.83."""
    db.session.execute(update(Membership).where(Membership.user_id == world.dave.user_id).values(role="manager"))
    lead = make_lead(frequency="4_weekly", price_minor=2_000)
    assert worth_told() == []
    change(world, lead, "price", "130", "20")
    assert worth_told() == [(world.dave.user_id, 14_083)]  # Alice did it, so she knows
    change(world, lead, "price", "140", "130")
    assert len(worth_told()) == 1  # it was high already
    change(world, lead, "price", "20", "140")
    change(world, lead, "frequency", "8_weekly", "4_weekly")
    change(world, lead, "price", "220", "20")
    assert len(worth_told()) == 2  # it fell, and crossed again
    change(world, lead, "frequency", "12_weekly", "8_weekly")
    change(world, lead, "frequency", "8_weekly", "12_weekly")
    assert len(worth_told()) == 3


def test_the_owner_of_a_new_lead_of_high_value_is_told(world: World, make_lead: Any) -> None:
    make_lead(frequency="4_weekly", price_minor=30_000, owner_id=world.bob.user_id)
    assert [user_id for user_id, _ in worth_told()] == [world.bob.user_id]


def test_an_accepted_quote_of_high_value_is_told_once(world: World, make_lead: Any) -> None:
    lead = make_lead(frequency="8_weekly", price_minor=2_000, owner_id=world.bob.user_id)
    offer = QuoteDraft(rungs={"4_weekly": 13_000}, valid_until=(utcnow() + timedelta(days=20)).date())
    quote = draft_quote(lead.id, offer, world.alice.actor)
    quote.state = "sent"
    db.session.commit()
    for _ in range(2):
        accept(quote, quote.options[0].id, "Hannah Cole", False, Actor("customer"))
        db.session.commit()
    assert worth_told() == [(world.bob.user_id, 14_083)]


def test_a_price_that_a_quote_brings_is_told_once(world: World, make_lead: Any) -> None:
    db.session.execute(update(Membership).where(Membership.user_id == world.dave.user_id).values(role="manager"))
    lead = make_lead(name="Hannah Cole", email="hannah.cole@example.com", owner_id=world.bob.user_id)
    with world.bob.acting() as actor:  # who is responsible and knows, so those above him are told
        offer = QuoteDraft(rungs={"4_weekly": 13_000}, valid_until=(utcnow() + timedelta(days=20)).date())
        quote = draft_quote(lead.id, offer, actor)
        for _ in range(2):
            send_quote(quote.id, "email", actor)
            db.session.commit()
    assert sorted(worth_told()) == sorted([(world.alice.user_id, 14_083), (world.dave.user_id, 14_083)])
    accept(quote, quote.options[0].id, "Hannah Cole", False, Actor("customer"))
    db.session.commit()
    assert len(worth_told()) == 2


def test_a_lost_lead_rings_when_its_day_has_come(world: World, make_lead: Any, run_outbox: Any, make_due: Any) -> None:
    declined = stage_by_key("declined").id
    back, gone = make_lead(owner_id=world.bob.user_id), make_lead(owner_id=world.bob.user_id)
    for lead in (back, gone):
        move_to_stage(lead.id, declined, world.alice.actor, reason_key="too_expensive")
    move_to_stage(gone.id, stage_by_key("contacted").id, world.alice.actor)
    db.session.commit()
    make_due("lead.return")
    run_outbox()
    assert told("lead_returned") == []  # the day has not come
    db.session.execute(update(Lead).values(returns_on=utcnow().date() - timedelta(days=1)))
    db.session.commit()
    make_due("lead.return")
    run_outbox()
    assert told("lead_returned") == [(world.bob.user_id, back.id)]


def test_a_lead_that_is_lost_twice_returns_once(world: World, make_lead: Any, run_outbox: Any, make_due: Any) -> None:
    lead = make_lead(owner_id=world.bob.user_id)
    for _ in range(2):
        lose(lead, world.alice.actor)
        move_to_stage(lead.id, stage_by_key("contacted").id, world.alice.actor)
    lose(lead, world.alice.actor)
    move_to_stage(lead.id, stage_by_key("contacted").id, world.alice.actor)
    take_back(lead.id, world.alice.actor)  # it is lost as before
    db.session.execute(update(Lead).values(returns_on=utcnow().date() - timedelta(days=1)))
    db.session.commit()
    make_due("lead.return")
    run_outbox()
    assert told("lead_returned") == [(world.bob.user_id, lead.id)]
    assert len(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "lead.return_due")).all()) == 1


def lose(lead: Any, actor: Actor) -> None:
    move_to_stage(lead.id, stage_by_key("declined").id, actor, reason_key="too_expensive")


def say_yes(lead: Any) -> None:
    receive(get_lead(lead.id, lock=True), "email", sender=HANNAH["email"], subject="Re", body="Yes please", at=utcnow())
    db.session.commit()


def told(kind: str) -> list[Any]:
    with acting_in(current_workspace_id()):
        query = select(Notification.user_id, Notification.lead_id).where(Notification.kind == kind)
        rows = db.session.execute(query.order_by(Notification.created_at, Notification.id))
        return [tuple(row) for row in rows]


def worth_told() -> list[Any]:
    with acting_in(current_workspace_id()):  # nobody's eyes but the worker's see every bell
        rows = db.session.execute(
            select(Notification.user_id, Notification.data["monthly_minor"].as_integer())
            .where(Notification.kind == "high_value")
            .order_by(Notification.created_at)
        )
        return [tuple(row) for row in rows]


def change(world: World, lead: Any, fact: str, typed: str, was: str) -> None:
    change_fact(lead.id, fact, typed, was, world.alice.actor)
    db.session.commit()
