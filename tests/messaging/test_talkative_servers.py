"""Mail servers and mailboxes that a workspace names may be anybody's: none holds a worker up or fills its memory."""

import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from app.core.clock import utcnow
from app.core.ids import new_id
from app.messaging.ports import NotSent
from app.messaging.ports.email import OutgoingEmail
from app.messaging.ports.settings import InboxSettings, SmtpSettings
from app.messaging.transports import mailbox
from app.messaging.transports.mailbox import try_mailbox
from app.messaging.transports.mailbox_reading import MailboxTrouble, read_mailbox
from app.messaging.transports.smtp import SmtpTransport, connection
from tests.support.mail_server import MailServer

MAIL = OutgoingEmail(
    message_id=new_id(), sender_name="Wells", reply_to=None, recipient="hannah@example.com", subject="Hello",
    text="Hello", html="<p>Hello</p>", automatic=True,
)  # fmt: skip


@pytest.fixture
def serve() -> Iterator[Callable[[Iterator[bytes], float], int]]:
    """Start a server that says these things, one after the other, whatever it is told; returns its port."""
    listeners = []

    def start(says: Iterator[bytes], pause: float) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def talk() -> None:
            try:
                with listener.accept()[0] as link:
                    for part in says:
                        link.sendall(part)
                        time.sleep(pause)
            except OSError:
                pass

        threading.Thread(target=talk, daemon=True).start()
        return listener.getsockname()[1]

    yield start
    for listener in listeners:
        listener.close()


def drip() -> Iterator[bytes]:
    return itertools.repeat(b"2")


def smtp(port: int, security: str = "none") -> SmtpTransport:
    settings = SmtpSettings(host="127.0.0.1", port=port, security=security, sender="desk@example.com")
    return SmtpTransport(settings, allow_private=True)


def box(port: int) -> InboxSettings:
    return InboxSettings(host="127.0.0.1", port=port, security="none", username="office", password="x")


def test_a_slow_drip_is_not_waited_for(serve, monkeypatch):
    monkeypatch.setattr(connection, "WHOLE_SECONDS", connection.ANSWER_SECONDS + 0.5)
    monkeypatch.setattr(mailbox, "WHOLE_SECONDS", 0.5)
    began = time.monotonic()
    with pytest.raises(NotSent):
        smtp(serve(drip(), 0.05)).send(MAIL)
    with pytest.raises(MailboxTrouble):
        read_mailbox(box(serve(drip(), 0.05)), {}, allow_private=True)
    assert try_mailbox(box(serve(drip(), 0.05)), allow_private=True) == "imap_connection"
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(("security", "silent_at"), [("none", ""), ("tls", "greeting"), ("starttls", "")])
def test_all_steps_of_a_mail_share_one_deadline(monkeypatch, security, silent_at):
    """Each step by itself would be in time; where TLS is asked for, it is TLS that never comes about."""
    monkeypatch.setattr(connection, "WHOLE_SECONDS", connection.ANSWER_SECONDS + 0.5)
    server = MailServer(silent_at, pause=0.2 if security == "none" else 0.0)
    began = time.monotonic()
    with pytest.raises(NotSent):
        smtp(server.port, security).send(MAIL)
    assert time.monotonic() - began < 5 and server.connections == 1 and server.taken == []
    server.stop()


def test_an_answer_to_the_last_dot_is_waited_for_though_the_rest_took_its_time(monkeypatch):
    monkeypatch.setattr(connection, "WHOLE_SECONDS", 60.0)
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 57.5)
    server = MailServer(pause_at_dot=3.0)
    assert smtp(server.port).send(MAIL).provider_id == server.taken[0]
    server.stop()


def test_a_reply_without_an_end_is_not_kept(serve):
    began = time.monotonic()
    with pytest.raises(NotSent):
        smtp(serve(itertools.repeat(b"220-" + b"hello" * 100 + b"\r\n"), 0)).send(MAIL)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("more", [b"* 1 EXISTS\r\n" * 1_000, b"* OK {4000000000}\r\n" + b"x" * 100_000])
def test_a_mailbox_that_says_too_much_is_left(serve, monkeypatch, more):
    monkeypatch.setattr(mailbox, "MOST_BYTES", 1_000_000)
    says = itertools.chain([b"* OK IMAP4rev1 ready\r\n"], itertools.repeat(more))
    began = time.monotonic()
    assert try_mailbox(box(serve(says, 0)), allow_private=True) == "imap_connection"
    assert time.monotonic() - began < 5


#: What a server answers to each command, by the first word that it stands for; the tag is put in.
_ORDERLY = {
    b"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n",
    b"EXAMINE": b"* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 9]\r\n",
    b"UID SEARCH": b"* SEARCH 8\r\n",
    b"UID FETCH": b'* 1 FETCH (UID 8 INTERNALDATE "22-Nov-2026 16:00:00 +0000" BODY[] {15}\r\nSubject: Hi\r\n\r\n)\r\n',
}


def imap(answers: dict[bytes, bytes]) -> tuple[int, socket.socket]:
    """A server that answers these commands so and the others as they should be answered; its port and its door."""
    door = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        while True:
            try:
                link = door.accept()[0]
            except OSError:
                return
            with link, link.makefile("rb") as said:
                link.sendall(b"* OK ready\r\n")
                for line in said:
                    tag, _, command = line.partition(b" ")
                    named = next((each for each in _ORDERLY if command.startswith(each)), b"")
                    link.sendall(answers.get(named, _ORDERLY.get(named, b"")) + tag + b" OK done\r\n")

    threading.Thread(target=talk, daemon=True).start()
    return door.getsockname()[1], door


@pytest.mark.parametrize(
    ("command", "answer", "is_read"),
    [
        (b"CAPABILITY", b"* CAPABILITY \xff\r\n", False),
        (b"CAPABILITY", b"* CAPABILITY {3}\r\nIMA\r\n", False),
        (b"EXAMINE", b"* UIDVALIDITY {1}\r\n7\r\n", False),
        (b"UID SEARCH", b"* SEARCH {1}\r\n8\r\n", False),
        (b"UID FETCH", _ORDERLY[b"UID FETCH"].replace(b"Nov", b"Xyz"), True),
        (b"UID FETCH", _ORDERLY[b"UID FETCH"].replace(b"22-", b"99-"), True),
        (b"UID FETCH", _ORDERLY[b"UID FETCH"].replace(b"2026", b"9998"), True),
    ],
)
def test_a_mailbox_that_answers_out_of_order_is_in_trouble_and_read_again_later(command, answer, is_read):
    """Work that fails without a code is tried a few times and then dead: nobody would read the mailbox any more."""
    port, door = imap({command: answer})
    with door:
        try:
            read = read_mailbox(box(port), {"validity": 7, "last_uid": 7}, allow_private=True)
        except MailboxTrouble as trouble:
            assert trouble.code == "imap_connection" and not is_read
        else:
            assert [each.raw for each in read.mails] == [b"Subject: Hi\r\n\r\n"] and is_read
            assert read.mails[0].at <= utcnow()
        assert try_mailbox(box(port), allow_private=True) in (None, "imap_connection")
