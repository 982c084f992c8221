"""A message is in a worker's hands while its lead comes to an end: what is handed back is not handed over again."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from app.core import outbox
from app.core.events import Event
from app.core.outbox import OutboxItem
from app.core.permissions import SYSTEM
from app.core.tenancy import acting_in
from app.extensions import db
from app.leads.services import archive, move_to_stage, restore, stage_by_key, take_back
from app.messaging import services, transports
from app.messaging.jobs import sending
from app.messaging.ports import NotSent, Unclear
from app.messaging.services.composing import unsend_waiting


class Death(BaseException):
    """The process is gone: nothing after this line runs."""


class Meanwhile:
    """A provider in whose hands a message is when something happens, and that then raises what it is told to."""

    def __init__(self, real, happens, error):
        self.real, self.happens, self.error, self.calls = real, happens, error, 0
        self.name, self.honours_our_id = real.name, True

    def send(self, outgoing):
        self.calls += 1
        if self.calls == 1:
            self.happens()
            db.session.commit()
            raise self.error
        return self.real.send(outgoing)


@pytest.fixture
def meanwhile(app, monkeypatch):
    """`meanwhile(happens, error)`: what the first hand-over of a mail meets with."""

    def make(happens, error):
        provider = Meanwhile(transports.email_transport(), happens, error)
        monkeypatch.setitem(app.extensions, "email_transport", provider)
        return provider

    return make


@pytest.fixture
def says_yes(lead):
    """The customer accepts their quote."""
    return lambda: services.stop_answered(
        Event("quote.accepted", lead.workspace_id, SYSTEM, "quote", uuid4(), lead_id=lead.id)
    )


@pytest.fixture
def archived(lead, world):
    """Somebody puts the lead away."""
    return lambda: archive(lead.id, world.alice.actor)


def let_leases_run_out():
    db.session.rollback()
    db.session.execute(text("update outbox set lease_until = clock_timestamp() where state = 'leased'"))
    db.session.commit()


def open_work():
    """What kinds of work on messages are not through, what was begun first before the others."""
    query = select(OutboxItem.kind).where(OutboxItem.kind.like("message.%"), OutboxItem.state.in_(["ready", "leased"]))
    return list(db.session.scalars(query.order_by(OutboxItem.created_at, OutboxItem.id)))


@pytest.mark.parametrize("what", ["says_yes", "archived"])
def test_what_the_provider_would_have_later_is_taken_back(
    request, meanwhile, write, run_outbox, make_due, state_of, mailbox, what
):
    provider, message = meanwhile(request.getfixturevalue(what), NotSent("smtp_421")), write()
    run_outbox()
    make_due()
    run_outbox()
    assert state_of(message) == ("cancelled", None) and provider.calls == 1
    assert open_work() == []


def test_what_was_called_off_by_a_slip_that_is_taken_back_leaves(
    meanwhile, write, run_outbox, make_due, state_of, mailbox, lead, world
):
    def slip():
        move_to_stage(lead.id, stage_by_key("declined").id, world.alice.actor, stops_messages=True)
        db.session.commit()
        take_back(lead.id, world.alice.actor)

    provider, message = meanwhile(slip, NotSent("smtp_421")), write()
    run_outbox()
    make_due()
    run_outbox()
    assert state_of(message) == ("sent", None) and provider.calls == 2
    assert open_work() == []


def test_the_next_try_looks_even_if_nobody_took_it_back_yet(
    meanwhile, says_yes, write, run_outbox, make_due, state_of, mailbox, monkeypatch
):
    monkeypatch.setattr("app.messaging.jobs.taking_back.take_back_if_free", lambda item_id: False)
    provider, message = meanwhile(says_yes, NotSent("smtp_421")), write()
    [work] = db.session.scalars(select(OutboxItem.id).where(OutboxItem.subject_id == message.id))
    outbox.run(message.workspace_id, work)
    make_due("message.send")
    outbox.run(message.workspace_id, work)
    assert state_of(message) == ("cancelled", None) and provider.calls == 1


def test_of_what_may_have_arrived_nobody_says_that_it_was_taken_back(
    meanwhile, says_yes, write, run_outbox, make_due, state_of, mailbox
):
    provider, message = meanwhile(says_yes, Unclear("smtp_timeout")), write()
    run_outbox()
    make_due()
    run_outbox()
    assert state_of(message) == ("uncertain", "smtp_timeout") and provider.calls == 1


def test_after_a_worker_that_died_it_waits_for_a_person(
    meanwhile, says_yes, write, run_outbox, make_due, state_of, mailbox
):
    provider, message = meanwhile(says_yes, Death()), write()
    with suppress(Death):
        run_outbox()
    db.session.rollback()
    run_outbox()
    assert state_of(message)[0] == "sending" and open_work() == ["message.send", "message.take_back"]
    let_leases_run_out()
    run_outbox()
    make_due("message.take_back")
    run_outbox()
    assert state_of(message) == ("uncertain", "broken_off") and provider.calls == 1
    assert open_work() == []


def test_what_there_was_no_time_for_is_taken_back(says_yes, write, run_outbox, state_of, mailbox, monkeypatch):
    def no_time(handovers, until):
        says_yes()
        db.session.commit()
        return [sending.Done(each, None) for each in handovers]

    monkeypatch.setattr(sending, "_hand_over", no_time)
    message = write()
    run_outbox()
    assert state_of(message) == ("cancelled", None) and mailbox.mails() == [] and open_work() == []


def test_what_the_provider_takes_all_the_same_is_sent(says_yes, write, run_outbox, state_of, mailbox, monkeypatch):
    transport = transports.email_transport()

    def slow(outgoing):
        says_yes()
        db.session.commit()
        return type(transport).send(transport, outgoing)

    monkeypatch.setattr(transport, "send", slow)
    message = write()
    run_outbox()
    assert state_of(message)[0] == "sent" and open_work() == []


def test_what_a_person_sends_again_afterwards_leaves(
    world, meanwhile, archived, lead, write, run_outbox, make_due, state_of, mailbox
):
    meanwhile(archived, Unclear("smtp_timeout"))
    message = write()
    run_outbox()
    make_due()
    run_outbox()
    restore(lead.id, world.alice.actor)
    services.settle_uncertain(message.id, world.alice.actor, was_sent=False)
    db.session.commit()
    run_outbox()
    assert state_of(message) == ("sent", None)


@pytest.mark.commits
def test_whoever_stops_messages_waits_for_no_worker(app, says_yes, write, state_of):
    """The worker that holds the message may be waiting for the lead, which whoever stops its messages holds."""
    message = write()
    db.session.execute(text("update messages set state = 'sending'"))
    db.session.execute(text("update outbox set state = 'leased', lease_until = now() + interval '1 minute'"))
    db.session.commit()
    here, message_id, is_held, is_over = message.workspace_id, message.id, Barrier(2), Barrier(2)

    def hold():
        with app.app_context(), acting_in(here):
            services.locked_message(message_id)
            is_held.wait(10)
            is_over.wait(10)
            db.session.rollback()

    with ThreadPoolExecutor(1) as worker:
        held = worker.submit(hold)
        is_held.wait(10)
        db.session.execute(text("set local lock_timeout = '2s'"))
        assert unsend_waiting([message_id], SYSTEM) == []  # as if it was taken after somebody saw it wait
        says_yes()
        db.session.commit()
        is_over.wait(10)
        held.result()
    assert "message.take_back" in open_work()
