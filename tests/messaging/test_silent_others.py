"""A gateway for texts, and a mailbox, that hang: one deadline each growing pause, as with a mail server."""

import socket
import threading
import time

import pytest
from sqlalchemy import select

from app.core.clock import utcnow
from app.core.outbox import OutboxItem
from app.core.permissions import SYSTEM
from app.extensions import db, redis_door
from app.messaging.ports.settings import GatewaySettings, InboxSettings
from app.messaging.services.providers import get_provider, save_provider
from app.messaging.transports import gateway, mailbox
from tests.support.raw_server import RawServer

DEADLINE = 0.5


@pytest.fixture(autouse=True)
def soon_over(monkeypatch):
    """Deadlines of half a second."""
    monkeypatch.setattr(gateway, "SECONDS", DEADLINE)
    monkeypatch.setattr(mailbox, "SECONDS", DEADLINE)


def test_a_gateway_that_hangs_is_left_alone_too(lead, write, run_outbox, make_due, state_of):
    silence = threading.Event()
    server = RawServer(lambda link: silence.wait())
    own = GatewaySettings(url=f"http://127.0.0.1:{server.port}/", body='{"to": "{to}", "text": "{text}"}')
    save_provider("sms", "gateway", own, 0, SYSTEM)
    db.session.commit()
    first, second, third = (write("sms") for _ in range(3))
    run_outbox()
    assert state_of(first) == ("uncertain", "gateway_no_answer") and server.connections == 1
    server.behave = lambda link: link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    redis_door.client.flushdb()  # the pause is over
    make_due("message.send")
    run_outbox()
    assert [state_of(each)[0] for each in (first, second, third)] == ["uncertain", "sent", "sent"]
    silence.set()


def test_a_mailbox_that_hangs_is_read_more_and_more_rarely(lead, run_outbox, make_due):
    listener = socket.create_server(("127.0.0.1", 0))  # takes the call and never greets
    settings = InboxSettings(
        host="127.0.0.1", port=listener.getsockname()[1], security="none", username="office", password="x"
    )
    provider = save_provider("inbox", "imap", settings, 0, SYSTEM)
    db.session.commit()
    pauses = []
    began = time.monotonic()
    for _ in range(6):
        make_due("inbox.read")
        run_outbox()
        query = select(OutboxItem.run_at).where(OutboxItem.subject_id == provider.id, OutboxItem.state == "ready")
        pauses.append(round((db.session.scalars(query).one() - utcnow()).total_seconds(), -1))
    assert time.monotonic() - began < 6 * 3 * DEADLINE
    assert pauses == [60, 60, 120, 240, 480, 900] and get_provider("inbox").error == "imap_connection"
    listener.close()
