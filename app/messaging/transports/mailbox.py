"""Reaching a mailbox by IMAP (RFC 9051), under a time limit, at a vetted address only."""

import imaplib
import io
import socket

from app.messaging.ports.settings import InboxSettings
from app.messaging.transports.sockets import Deadline, Said, TimedTls, connect

#: How long to wait for a connection, and for each piece of what the server says.
SECONDS = 10.0
#: Everything with one mailbox together ends inside the lease of the outbox (45 s), and fits into memory.
WHOLE_SECONDS, MOST_BYTES = 30.0, 96 * 1024 * 1024
_LONGEST_LINE = 1_000_000
#: How imaplib fails at a server that is away, and at one that says what no server says.
BROKEN = (OSError, imaplib.IMAP4.error, ValueError, TypeError, AttributeError, LookupError)


class Mailbox(imaplib.IMAP4):
    """imaplib over a socket that goes to a vetted address only, within TLS from the start where that is asked for."""

    def __init__(self, settings: InboxSettings, *, allow_private: bool = False) -> None:
        """Connect and secure; nobody is signed in yet. Raises one of BROKEN."""
        self._security, self._allow_private = settings.security, allow_private
        self._deadline = Deadline(WHOLE_SECONDS)
        self._reader: tuple[socket.socket, io.BufferedReader] | None = None
        super().__init__(settings.host, settings.port, timeout=SECONDS)
        if settings.security == "starttls":
            self.starttls(TimedTls(self._deadline))  # type: ignore[arg-type]

    def _create_socket(self, timeout: float | None) -> socket.socket:  # what imaplib connects by
        tls = self._security == "tls"
        deadline = Deadline(min(SECONDS, self._deadline.left()))
        return connect(self.host, self.port, deadline, tls=tls, allow_private=self._allow_private)

    def read(self, size: int) -> bytes:
        """What imaplib reads a mail with: so many bytes, as the server announced them."""
        if size > MOST_BYTES:
            raise ConnectionError("the server says too much")
        return self._said().read(size)

    def readline(self) -> bytes:
        """What imaplib reads everything else with."""
        line = self._said().readline(_LONGEST_LINE + 1)
        if len(line) > _LONGEST_LINE:
            raise self.error("the line is too long")
        return line

    def _said(self) -> io.BufferedReader:
        """What the server says over the socket of now: STARTTLS puts another in its place."""
        if self._reader is None or self._reader[0] is not self.sock:
            said = Said(self.sock, self._deadline, MOST_BYTES, SECONDS)
            self._reader = (self.sock, io.BufferedReader(said))
        return self._reader[1]


def try_mailbox(settings: InboxSettings, *, allow_private: bool = False) -> str | None:
    """Sign in and look into the folder without changing anything; a code of trouble, None when it went well."""
    try:
        box = Mailbox(settings, allow_private=allow_private)
    except BROKEN:
        return "imap_connection"
    try:
        try:
            box.login(quoted(settings.username), settings.password)
        except (imaplib.IMAP4.error, ValueError):  # ValueError: letters that the protocol has no place for
            return "imap_sign_in"
        state, _ = box.select(quoted(settings.folder), readonly=True)
        return None if state == "OK" else "imap_folder"
    except BROKEN:
        return "imap_connection"
    finally:
        box.shutdown()


def quoted(text: str) -> str:
    """A quoted string of the protocol (RFC 9051, section 4.3); imaplib leaves this to its caller."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
