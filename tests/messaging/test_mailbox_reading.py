"""A workspace's mailbox read by IMAP from a real server (pymap): all of it once, none of it changed."""

import imaplib
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from app.core import outbox
from app.core.clock import utcnow
from app.core.permissions import SYSTEM
from app.embedded.ports import free_port
from app.extensions import db
from app.messaging.models import Arrival, Message
from app.messaging.ports.settings import InboxSettings
from app.messaging.services import arriving, inbox_reading
from app.messaging.services.providers import get_provider, remove_provider, save_provider
from tests.messaging.inbound import mail

USER, PASSWORD = "office@example.com", "a quiet word"


class Box:
    """The mailbox as its owner sees it."""

    def __init__(self, port: int) -> None:
        self.port = port

    def settings(self, **changed: Any) -> InboxSettings:
        given = {"host": "127.0.0.1", "port": self.port, "security": "none", "username": USER, "password": PASSWORD}
        return InboxSettings(**given | changed)

    def add(self, raw: bytes) -> None:
        with self._open() as box:
            assert box.append("INBOX", "", None, raw)[0] == "OK"  # type: ignore[arg-type]

    def seen(self) -> list[bytes]:
        with self._open() as box:
            box.select("INBOX", readonly=True)
            return box.search(None, "SEEN")[1][0].split()

    def _open(self) -> imaplib.IMAP4:
        box = imaplib.IMAP4("127.0.0.1", self.port, timeout=60)
        box.login(USER, PASSWORD)
        return box


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    """One server for all tests here: what an earlier one left in it lies before the first look of the next."""
    port = free_port(0)
    command = [str(Path(sys.executable).with_name("pymap")), "--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    server = subprocess.Popen([*command, "dict", "--demo-user", USER, "--demo-password", PASSWORD])
    try:
        deadline = time.monotonic() + 120
        while True:
            try:
                imaplib.IMAP4("127.0.0.1", port, timeout=60).logout()
                break
            except OSError:
                assert time.monotonic() < deadline, "pymap did not start"
                time.sleep(0.05)
        yield Box(port)
    finally:
        server.terminate()
        server.wait(60)


@pytest.fixture
def read(run_outbox, make_due):
    """Let the mailbox be read now."""

    def read_it() -> None:
        make_due("inbox.read")
        run_outbox()

    return read_it


def connect(box: Box, **changed: Any) -> None:
    save_provider("inbox", "imap", box.settings(**changed), 0, SYSTEM)
    db.session.commit()


def received() -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.direction == "in").order_by(Message.created_at)))


def test_what_comes_after_the_first_look_is_read_once_and_left_unread(box, lead, read):
    box.add(mail("From long before"))
    connect(box)
    read()
    assert db.session.scalar(select(func.count()).select_from(Arrival)) == 0

    for words in ("Yes please", "And the gutters?"):
        box.add(mail(words))
    read()
    read()

    assert sorted(each.body for each in received()) == ["And the gutters?", "Yes please"]
    assert {each.lead_id for each in received()} == {lead.id}
    assert box.seen() == []
    rows = db.session.execute(select(outbox.OutboxItem.state).where(outbox.OutboxItem.kind == "inbox.read")).all()
    assert sorted(row.state for row in rows) == ["done", "ready"]


def test_a_mail_that_can_not_be_kept_costs_itself_only(box, lead, read, monkeypatch):
    """Whatever is wrong with it: the next customer's mail, and the reading itself, go on."""
    connect(box)
    read()

    def break_off(inbound):
        if inbound.body == "poison":
            db.session.execute(text("select 1 / 0"))
        return arriving.take_in(inbound)

    monkeypatch.setattr(inbox_reading, "take_in", break_off)
    for words in ("Before it", "poison", "After it"):
        box.add(mail(words))
    read()
    assert [each.body for each in received()] == ["Before it", "After it"]
    assert db.session.scalars(select(Arrival.why).where(Arrival.state == "waiting")).all() == ["hidden_sender"]
    states = db.session.scalars(select(outbox.OutboxItem.state).where(outbox.OutboxItem.kind == "inbox.read")).all()
    assert sorted(states) == ["done", "ready"]


def test_who_reads_for_long_keeps_the_work_and_who_has_lost_it_stops(box, lead, read, monkeypatch):
    """Mails that take seconds each would else be read by one worker after the other, and then by nobody any more."""
    connect(box)
    read()
    left = []

    def take_long(inbound):
        item = db.session.scalars(select(outbox.OutboxItem).where(outbox.OutboxItem.state == "leased")).one()
        left.append(item.lease_until - utcnow())
        db.session.execute(update(outbox.OutboxItem).values(lease_until=utcnow() + timedelta(seconds=5)))
        if inbound.body == "Taken by another":
            db.session.execute(update(outbox.OutboxItem).values(lease_token=outbox.OutboxItem.lease_token + 1))
        return arriving.take_in(inbound)

    monkeypatch.setattr(inbox_reading, "take_in", take_long)
    for words in ("First", "Second", "Taken by another", "No more of ours"):
        box.add(mail(words))
    read()
    assert [each.body for each in received()] == ["First", "Second", "Taken by another"]
    assert all(each > timedelta(seconds=30) for each in left)


def test_what_was_read_before_a_crash_is_known_again(box, lead, read):
    connect(box)
    read()
    box.add(mail("Yes, and only once"))
    read()
    provider = get_provider("inbox", lock=True)
    provider.progress = {**provider.progress, "last_uid": provider.progress["last_uid"] - 1}
    db.session.commit()
    read()
    provider.progress = {**provider.progress, "validity": 1}
    db.session.commit()
    read()
    assert [each.body for each in received()].count("Yes, and only once") == 1


def test_trouble_is_said_and_gets_better(box, lead, read):
    connect(box, password="wrong")
    read()
    assert get_provider("inbox").error == "imap_sign_in"
    save_provider("inbox", "imap", box.settings(), get_provider("inbox").version, SYSTEM)
    db.session.commit()
    read()
    assert get_provider("inbox").error is None


def test_a_mailbox_that_was_removed_is_read_no_more(box, lead, read):
    connect(box)
    remove_provider("inbox", SYSTEM)
    db.session.commit()
    read()
    left = select(func.count()).select_from(outbox.OutboxItem).where(
        outbox.OutboxItem.kind == "inbox.read", outbox.OutboxItem.state == "ready"
    )  # fmt: skip
    assert db.session.scalar(left) == 0


def test_who_sets_the_mailbox_up_is_told_that_its_reading_stopped_and_begins_it_again(box, lead, read, alice):
    connect(box)
    read()
    waiting = update(outbox.OutboxItem).where(outbox.OutboxItem.state == "ready")
    db.session.execute(waiting.values(state="dead", last_error="worker_died_each_time"))
    db.session.commit()
    assert "Not read any more" in alice.get("/w/wells/settings/sending").text
    assert alice.post("/w/wells/settings/sending/inbox/try").status_code == 303
    assert "Not read any more" not in alice.get("/w/wells/settings/sending").text
    box.add(mail("Yes please"))
    read()
    assert [each.body for each in received()] == ["Yes please"]
