"""A mailbox whose server answers, and yet won't give one of its mails: busy for a while, or for good."""

import re
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from app.core.permissions import SYSTEM
from app.extensions import db
from app.messaging.models import Arrival, Message
from app.messaging.ports.settings import InboxSettings
from app.messaging.services.providers import get_provider, save_provider
from app.messaging.transports.mailbox_reading import MOST_REFUSALS
from tests.messaging.inbound import mail
from tests.support.raw_server import end_accepting


class Server:
    """As much of an IMAP server as a reader needs. `refused`: what it says to whoever asks for a mail, by UID;
    `foretells`: whether it says which UID comes next, as all but Courier do; `old`: the mails that came weeks ago.
    """

    def __init__(self) -> None:
        self.mails: dict[int, bytes] = {}
        self.refused: dict[int, str] = {}
        self.foretells, self.validity = True, 7
        self.old: set[int] = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.accepting = threading.Thread(target=self._accept, daemon=True)
        self.accepting.start()

    def settings(self) -> InboxSettings:
        port = self.listener.getsockname()[1]
        return InboxSettings(host="127.0.0.1", port=port, security="none", username="office@example.com", password="x")

    def _accept(self) -> None:
        while True:
            try:
                link = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link: socket.socket) -> None:
        with link, link.makefile("rwb") as talk:
            talk.write(b"* OK IMAP4rev1 ready\r\n")
            talk.flush()
            for line in talk:
                tag, command = line.decode().strip().split(" ", 1)
                talk.write(self._answer(tag, command))
                talk.flush()

    def _answer(self, tag: str, command: str) -> bytes:
        done, asked = f"{tag} OK done\r\n".encode(), re.match(r"UID FETCH (\d+) ", command)
        if asked and int(asked[1]) in self.refused:
            return f"{tag} {self.refused[int(asked[1])]}\r\n".encode()
        if asked:
            return self._mail(int(asked[1]), "BODY" in command) + done
        if command.startswith("UID SEARCH"):
            found = sorted(set(self.mails) - self.old) if "SINCE" in command else sorted(self.mails)
            return f"* SEARCH {' '.join(map(str, found))}\r\n".encode() + done
        if command.startswith("EXAMINE"):
            following = f"* OK [UIDNEXT {max(self.mails, default=0) + 1}]\r\n" if self.foretells else ""
            return f"* OK [UIDVALIDITY {self.validity}]\r\n{following}".encode() + done
        return (b"* CAPABILITY IMAP4rev1\r\n" if command == "CAPABILITY" else b"") + done

    def _mail(self, uid: int, whole: bool) -> bytes:
        raw = self.mails[uid]
        if not whole:
            return f"* 1 FETCH (UID {uid} RFC822.SIZE {len(raw)})\r\n".encode()
        head = f'* 1 FETCH (UID {uid} INTERNALDATE "01-Jun-2026 10:00:00 +0000" BODY[] {{{len(raw)}}}\r\n'
        return head.encode() + raw + b")\r\n"


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    end_accepting(made.listener, made.accepting)


@pytest.fixture
def first_look(server: Server, lead: Any, run_outbox: Any, make_due: Any) -> Any:
    """`first_look()`: let the mailbox be read for the first time; returns how to have it read again."""

    def read_it() -> None:
        make_due("inbox.read")
        run_outbox()

    def look() -> Any:
        save_provider("inbox", "imap", server.settings(), 0, SYSTEM)
        db.session.commit()
        read_it()
        return read_it

    return look


@pytest.fixture
def read(first_look: Any) -> Any:
    """`read()`: let the mailbox be read now. It was looked at once before."""
    return first_look()


def words() -> list[str]:
    """What has come in, in that order."""
    query = select(Message).where(Message.direction == "in").order_by(Message.id)
    return [each.body for each in db.session.scalars(query)]


@pytest.mark.parametrize("says", ["NO [INUSE] try again later", "BAD server is busy"])
def test_a_mail_that_a_busy_server_does_not_give_is_read_once_it_does(server: Server, read: Any, says: str) -> None:
    server.mails = {1: mail("Before it"), 2: mail("Yes please"), 3: mail("After it")}
    server.refused = {2: says}
    read()
    read()
    assert words() == ["Before it"]
    server.refused = {}
    read()
    assert words() == ["Before it", "Yes please", "After it"]
    assert get_provider("inbox").progress["last_uid"] == 3


def test_one_that_it_never_gives_is_told_of_and_holds_no_other_up(server: Server, read: Any) -> None:
    server.mails = {1: mail("Never given"), 2: mail("Yes please")}
    server.refused = {1: "NO it is broken"}
    for _ in range(MOST_REFUSALS):
        assert words() == []
        read()
    assert words() == ["Yes please"]
    waiting = db.session.scalars(select(Arrival).where(Arrival.state == "waiting")).one()
    assert waiting.body == "This mail could not be read. It is in the mailbox."
    read()
    assert len(words()) == 1 and "refused" not in get_provider("inbox").progress


@pytest.mark.parametrize("before", [{}, {4: mail("Years ago")}])
def test_what_lay_there_before_stays_where_the_server_does_not_foretell(
    server: Server, first_look: Any, before: dict[int, bytes]
) -> None:
    server.mails, server.foretells = dict(before), False
    read = first_look()
    server.mails[5] = mail("Yes please")
    read()
    assert words() == ["Yes please"]


@pytest.mark.parametrize("foretells", [True, False])
@pytest.mark.parametrize("recent", [[], [1], [3], [1, 3, 4]])
def test_what_came_long_ago_stays_where_the_server_numbers_its_mails_anew(
    server: Server, read: Any, foretells: bool, recent: list[int]
) -> None:
    """A provider that moves mailboxes copies them in any order."""
    server.foretells = foretells
    server.mails = {uid: mail(f"Mail {uid}") for uid in range(1, 5)}
    server.validity, server.old = 8, set(server.mails) - set(recent)
    for _ in range(3):
        read()
    server.mails[5] = mail("Mail 5")
    read()
    assert words() == [f"Mail {uid}" for uid in (*recent, 5)]


def test_what_came_lately_is_read_a_round_at_a_time_where_the_server_numbers_its_mails_anew(
    server: Server, read: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.messaging.transports.mailbox_reading.MOST", 2)
    server.mails = {uid: mail(f"Mail {uid}") for uid in range(1, 8)}
    server.validity, server.old = 8, {2, 5, 7}
    read()
    read()
    assert words() == ["Mail 1", "Mail 3", "Mail 4", "Mail 6"]
    assert get_provider("inbox").progress["last_uid"] == 7
