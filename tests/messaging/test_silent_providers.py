"""A workspace's own mail server that hangs: it costs one deadline each growing pause, and nobody a message."""

import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.core import outbox
from app.core.clock import utcnow
from app.core.outbox import OutboxItem
from app.core.permissions import SYSTEM
from app.core.tenancy import acting_in
from app.extensions import db, redis_door
from app.messaging import services, transports
from app.messaging.jobs.beginning import AT_ONCE
from app.messaging.models import Message
from app.messaging.ports.settings import SmtpSettings
from app.messaging.services.providers import get_provider, note_result, remove_provider, save_provider
from app.messaging.transports.smtp import SmtpTransport, connection
from app.notifications.models import Notification
from tests.support.mail_server import MailServer

DEADLINE = 1.0
#: One deadline, and what a busy machine takes over the rest.
NOT_TWICE = 3 * DEADLINE


@pytest.fixture(autouse=True)
def soon_over(monkeypatch):
    """Deadlines of a second."""
    monkeypatch.setattr(connection, "WHOLE_SECONDS", DEADLINE)
    monkeypatch.setattr(connection, "ANSWER_SECONDS", DEADLINE / 4)


@pytest.fixture
def server():
    """A mail server that greets and then says nothing to MAIL."""
    made = MailServer(silent_at="MAIL")
    yield made
    made.stop()


def smtp(port):
    return SmtpSettings(host="127.0.0.1", port=port, security="none", sender="office@example.com")


@pytest.fixture
def own(lead, server):
    """The workspace sends through that server."""
    provider = save_provider("email", "smtp", smtp(server.port), 0, SYSTEM)
    db.session.commit()
    return provider


@pytest.fixture
def after_pause(run_outbox, make_due):
    """Do what is due once the pause is over."""

    def go():
        for key in redis_door.client.scan_iter("breaker-pause:*"):
            redis_door.client.delete(key)
        make_due()
        run_outbox()

    return go


def states():
    """How many messages of the workspace are in which state."""
    return Counter(db.session.scalars(select(Message.state)))


def work():
    """How many messages' work is in which state after how many attempts."""
    query = select(OutboxItem.state, OutboxItem.attempts).where(OutboxItem.kind == "message.send")
    return Counter(map(tuple, db.session.execute(query)))


def waits():
    """In how many seconds the work that waits is due, the longest first."""
    query = select(OutboxItem.run_at).where(OutboxItem.kind == "message.send", OutboxItem.state == "ready")
    return sorted((round((at - utcnow()).total_seconds()) for at in db.session.scalars(query)), reverse=True)


def ids(messages):
    return sorted(f"<{each.id}@example.com>" for each in messages)


def test_six_through_a_silent_server_hold_nobody_else_up_and_are_sent_once(
    world, own, server, write, run_outbox, after_pause, mailbox
):
    six = [write() for _ in range(6)]
    with acting_in(world.other_workspace_id):
        given = {"recipient": "rita@example.com", "subject": "Hello", "body": "Hi", "actor": SYSTEM}
        services.compose(None, "email", **given)
        db.session.commit()
    began = time.monotonic()
    run_outbox()
    assert time.monotonic() - began < NOT_TWICE
    assert server.connections == 1 and len(mailbox.mails("rita@example.com")) == 1
    assert states() == {"queued": 6} and work() == {("ready", 0): 5, ("ready", 1): 1}
    assert all(25 <= seconds <= 30 for seconds in waits())

    after_pause()
    assert server.connections == 2 and states() == {"queued": 6}

    server.silent_at = ""
    after_pause()
    assert states() == {"sent": 6} and sorted(server.taken) == ids(six)
    run_outbox()
    assert len(server.taken) == 6


@pytest.mark.parametrize("honours", [False, True])
def test_what_is_handed_over_side_by_side_costs_one_deadline_together(
    world, own, server, write, run_outbox, after_pause, monkeypatch, honours
):
    monkeypatch.setattr(transports.email_transport(), "honours_our_id", honours)
    six = [write() for _ in range(6)]
    items = list(db.session.scalars(select(OutboxItem.id).where(OutboxItem.kind == "message.send")))
    began = time.monotonic()
    outbox.run_all(world.workspace_id, items)
    run_outbox()
    assert time.monotonic() - began < NOT_TWICE
    assert server.connections == AT_ONCE and work() == {("ready", 1): AT_ONCE, ("ready", 0): 6 - AT_ONCE}
    assert max(waits()) <= 30  # several at the same moment are one failure

    after_pause()
    assert server.connections == AT_ONCE + 1
    server.silent_at = ""
    after_pause()
    assert states() == {"sent": 6} and sorted(server.taken) == ids(six)


def test_the_pause_doubles_and_the_managers_are_told(alice, own, server, write, after_pause, run_outbox):
    write()
    told, pauses = [], []
    for _ in range(6):
        after_pause()
        [pause] = redis_door.client.scan_iter("breaker-pause:*")
        pauses.append(round(redis_door.client.pttl(pause) / 1000))
        told.append(len(db.session.scalars(select(Notification).where(Notification.kind == "provider_failed")).all()))
    assert pauses == [30, 60, 120, 240, 480, 900] and waits() >= [890]
    assert told == [0, 0, 1, 1, 1, 1] and server.connections == 6
    assert get_provider("email").error == "smtp_timeout"
    assert "did not answer in time" in alice.get("/w/wells/settings/sending").text

    server.silent_at = ""
    after_pause()
    assert states() == {"sent": 1} and get_provider("email").error is None
    server.silent_at = "MAIL"
    write()
    run_outbox()
    assert max(waits()) <= 30


def test_what_was_silent_after_the_dot_is_uncertain_and_never_sent_again(
    own, server, write, run_outbox, after_pause, state_of, attempts_of
):
    server.silent_at = "."
    first, second = write(), write()
    run_outbox()
    assert state_of(first) == ("uncertain", "smtp_timeout") and state_of(second) == ("queued", None)
    server.silent_at = ""
    after_pause()
    assert state_of(first)[0] == "uncertain" and state_of(second)[0] == "sent"
    assert attempts_of(first) == ["unclear"] and server.taken == ids([second])


def test_a_refusal_is_an_answer(own, write, mailbox, run_outbox, config):
    save_provider("email", "smtp", smtp(config.smtp_port), own.version, SYSTEM)
    db.session.commit()
    mailbox.switch(smtp={"refuse_451": True})
    for _ in range(2):
        write()
    run_outbox()
    assert work() == {("ready", 1): 2} and not list(redis_door.client.scan_iter("breaker*"))


def test_the_installations_own_server_is_shut_off_by_nobody(app, lead, server, write, run_outbox, monkeypatch):
    transport = SmtpTransport(smtp(server.port), allow_private=True)
    monkeypatch.setitem(app.extensions, "email_transport", transport)
    for _ in range(2):
        write()
    run_outbox()
    assert server.connections == 2 and work() == {("ready", 1): 2}


def test_when_redis_forgets_the_provider_is_merely_tried_again(own, server, write, run_outbox, make_due):
    for _ in range(2):
        write()
    run_outbox()
    redis_door.client.flushdb()
    make_due("message.send")
    run_outbox()
    assert server.connections == 2 and states() == {"queued": 2}


def test_without_redis_each_message_waits_for_itself(own, server, write, run_outbox, monkeypatch):
    monkeypatch.setattr(redis_door, "_client", redis_door.client.from_url("redis://127.0.0.1:1/0"))
    write()
    run_outbox()
    assert server.connections == 1 and work() == {("ready", 1): 1} and max(waits()) <= 13


def test_what_has_waited_for_hours_fails_and_can_be_sent_again(
    world, own, server, write, run_outbox, after_pause, state_of, alice
):
    write()
    old, new = write(), write()
    run_outbox()
    long_ago = utcnow() - timedelta(hours=5)
    [counted] = redis_door.client.scan_iter("breaker:*")
    redis_door.client.hset(counted, "since", long_ago.isoformat())
    db.session.execute(text("update messages set created_at = :at where id = :id"), {"at": long_ago, "id": old.id})
    db.session.commit()
    after_pause()
    assert state_of(old) == ("failed", "provider_silent") and state_of(new) == ("queued", None)
    assert "silent for hours" in alice.get("/w/wells/outbox").text
    server.silent_at = ""
    after_pause()
    services.retry(old.id, world.alice.actor)
    db.session.commit()
    run_outbox()
    assert states() == {"sent": 3} and len(server.taken) == 3


@pytest.mark.parametrize("mended", ["saved", "tried", "removed"])
def test_a_provider_that_was_mended_is_used_at_once(own, server, write, run_outbox, mailbox, config, mended):
    for _ in range(3):
        write()
    run_outbox()
    server.silent_at = ""
    if mended == "saved":
        save_provider("email", "smtp", smtp(server.port), own.version, SYSTEM)
    elif mended == "tried":
        note_result("email", None)
    else:
        remove_provider("email", SYSTEM)
    db.session.commit()
    run_outbox()
    assert states() == {"sent": 3} and len(server.taken) + len(mailbox.mails()) == 3
