"""Several messages leave together: each with an end of its own, whatever becomes of the others."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from app.activities.models import Activity
from app.core import outbox
from app.core.clock import utcnow
from app.core.outbox import OutboxItem
from app.core.permissions import SYSTEM
from app.extensions import db, redis_door
from app.messaging import services, transports
from app.messaging.jobs import beginning, sending
from app.messaging.models import DeliveryAttempt, Message
from app.messaging.ports.settings import SmtpSettings
from app.messaging.services import throttling
from app.messaging.services.providers import save_provider


@pytest.fixture
def batch(make_lead, write, world):
    """Make messages to that many leads, and return the ids of their work, the first first."""

    def make(number: int) -> list:
        for each in range(number):
            lead = make_lead(email=f"customer{each}@example.com")
            words = {"subject": "Hello", "body": "Hi"}
            services.compose(lead, "email", recipient=lead.contact.email, actor=world.alice.actor, **words)
        db.session.commit()
        query = select(OutboxItem.id).where(OutboxItem.kind == "message.send").order_by(OutboxItem.id)
        return list(db.session.scalars(query))

    return make


@pytest.fixture
def go(world):
    """Answer one bell for several pieces of work."""
    return lambda ids: outbox.run_all(world.workspace_id, ids)


@pytest.fixture
def honouring(monkeypatch):
    """`honouring(False)`: the mail server is known not to drop repeats."""
    return lambda answer: monkeypatch.setattr(transports.email_transport(), "honours_our_id", answer)


def states() -> Counter:
    """How many messages are in which state."""
    return Counter(db.session.scalars(select(Message.state)))


def attempts() -> Counter:
    """How many attempts ended in which way."""
    return Counter(db.session.scalars(select(DeliveryAttempt.outcome)))


def work() -> Counter:
    """How many pieces of work are in which state after how many attempts."""
    return Counter(map(tuple, db.session.execute(select(OutboxItem.state, OutboxItem.attempts))))


def test_each_arrives_once_and_has_its_line(batch, go, mailbox):
    go(batch(6))
    assert states() == {"sent": 6} and attempts() == {"accepted": 6} and work() == {("done", 1): 6}
    assert sorted(mail["recipient"] for mail in mailbox.mails()) == [f"customer{n}@example.com" for n in range(6)]
    lines = db.session.execute(
        select(Activity.lead_id, Activity.subject_id).where(Activity.event == "message.sent")
    ).all()
    assert Counter(map(tuple, lines)) == Counter(map(tuple, db.session.execute(select(Message.lead_id, Message.id))))
    assert db.session.scalar(select(func.count()).where(Message.provider_id.is_(None))) == 0


def test_many_take_the_statements_of_a_few(batch, go, mailbox, count_sql):
    ids = batch(10)
    with count_sql() as statements:
        go(ids)
    assert states() == {"sent": 10}
    assert len(statements) <= 30


def test_one_that_must_not_leave_does_not_stop_the_others(batch, go, mailbox, make_due):
    ids = batch(6)
    services.suppress("email", "customer1@example.com", "asked")
    db.session.commit()
    mailbox.switch(smtp={"refuse_550": {"to": "customer2@example.com"}, "refuse_451": {"to": "customer3@example.com"}})
    go(ids)
    assert states() == {"sent": 3, "refused": 1, "failed": 1, "queued": 1}
    assert work() == {("done", 1): 5, ("ready", 1): 1}
    mailbox.switch(smtp={"all": False})
    make_due("message.send")
    go(ids)
    assert states() == {"sent": 4, "refused": 1, "failed": 1}


def test_of_what_must_not_be_repeated_a_crash_leaves_no_more_than_were_in_hand(
    batch, go, mailbox, honouring, monkeypatch
):
    ids, transport = batch(7), transports.email_transport()
    honouring(False)

    class Death(BaseException):
        """The process is gone."""

    def die(handovers, until):
        for each in handovers[:1]:
            each.call()
        raise Death

    monkeypatch.setattr(sending, "_hand_over", die)
    with pytest.raises(Death):
        go(ids)
    monkeypatch.undo()
    monkeypatch.setattr(transport, "honours_our_id", False)
    db.session.rollback()
    db.session.execute(text("update outbox set lease_until = clock_timestamp() where state = 'leased'"))
    db.session.commit()
    go(ids)
    assert states() == {"uncertain": beginning.AT_ONCE, "sent": 7 - beginning.AT_ONCE}
    assert len(mailbox.mails()) == 1 + 7 - beginning.AT_ONCE


def test_what_another_worker_has_meanwhile_is_not_handed_over(batch, go, mailbox, monkeypatch):
    ids, lost = batch(4), []

    def lose_one(claims):
        lost.append(claims[0].item_id)
        db.session.execute(update(OutboxItem).where(OutboxItem.id == lost[0]).values(lease_token=99))
        db.session.commit()
        return beginning.begin(claims)

    monkeypatch.setattr(sending, "begin", lose_one)
    go(ids)
    assert states() == {"sent": 3, "queued": 1} and len(mailbox.mails()) == 3


def test_of_a_lease_that_was_lost_during_the_hand_over_nothing_is_kept(batch, go, mailbox, monkeypatch):
    ids, real = batch(4), sending.end

    def end_late(done):
        db.session.execute(update(OutboxItem).where(OutboxItem.id == ids[0]).values(lease_token=99))
        db.session.commit()
        real(done)

    monkeypatch.setattr(sending, "end", end_late)
    go(ids)
    assert states() == {"sent": 3, "sending": 1} and attempts() == {"accepted": 3, "begun": 1}


def test_what_there_was_no_time_for_waits_without_counting_as_tried(batch, go, mailbox, monkeypatch):
    monkeypatch.setattr(sending, "BEGIN_WITHIN", -1.0)
    go(batch(3))
    assert states() == {"queued": 3} and work() == {("ready", 0): 3} and mailbox.mails() == []
    assert attempts() == {"not_sent": 3}


def test_a_domain_gets_so_many_and_the_rest_wait_untried(app, batch, go, mailbox, monkeypatch):
    monkeypatch.setitem(app.config, "MAILS_PER_DOMAIN_PER_MINUTE", 18)  # three in ten seconds
    ids, begun = batch(8), utcnow()
    go(ids)
    assert states() == {"sent": 3, "queued": 5} and work() == {("done", 1): 3, ("ready", 0): 5}
    until = db.session.scalars(select(OutboxItem.run_at).where(OutboxItem.state == "ready")).all()
    assert all(begun < at <= utcnow() + timedelta(seconds=20) for at in until)
    assert db.session.scalar(select(func.count()).select_from(DeliveryAttempt)) == 3


def test_what_leaves_by_one_server_holds_no_other_up(app, batch, go, mailbox, config, monkeypatch):
    monkeypatch.setitem(app.config, "MAILS_PER_DOMAIN_PER_MINUTE", 18)
    go(batch(3))
    assert states() == {"sent": 3}
    own = SmtpSettings(host="localhost", port=config.smtp_port, security="none", sender="office@example.com")
    save_provider("email", "smtp", own, 0, SYSTEM)
    db.session.commit()
    go(batch(3)[3:])
    assert states() == {"sent": 6}


def test_domains_are_counted_under_keyed_hashes(app, batch, go, mailbox):
    go(batch(2))
    names = [key.decode() for key in redis_door.client.scan_iter("mails:*")]
    assert names and not any("example" in name for name in names)


def test_without_redis_nobody_waits(app, monkeypatch):
    monkeypatch.setitem(app.config, "MAILS_PER_DOMAIN_PER_MINUTE", 60)
    monkeypatch.setattr(redis_door, "_client", redis_door.client.from_url("redis://127.0.0.1:1/0"))
    mails = [("smtp", f"customer{n}@example.com") for n in range(5)]
    assert throttling.waits(mails) == throttling.waits(mails) == [0.0] * 5


def test_one_that_breaks_the_whole_is_left_alone_with_its_fault(batch, go, mailbox):
    ids = batch(5)
    db.session.execute(text("update messages set recipient_sealed = 'x' where id = (select id from messages limit 1)"))
    db.session.commit()
    with suppress(Exception):
        go(ids)
    assert states() == {"sent": 4, "queued": 1}
    assert work() == {("done", 1): 4, ("ready", 1): 1}
