"""One connection to the mail server: opened, secured, signed in, kept for a while, every step under a limit."""

import smtplib
import socket
import ssl
import time
import weakref

from app.messaging.ports import NotSent
from app.messaging.ports.settings import SmtpSettings
from app.messaging.transports.sockets import connect

STEP_SECONDS = 10.0
#: A hand-over must end well inside the lease of the outbox (45 s), or a second worker takes the message over.
WHOLE_SECONDS = 30.0
#: Servers hang up on idle clients; common limits begin at a minute.
IDLE_SECONDS = 30.0


class Connection:
    """What `smtplib` needs, under one deadline. Not for several threads at once."""

    def __init__(self, settings: SmtpSettings, allow_private: bool) -> None:
        self._settings, self._allow_private = settings, allow_private
        self._open: list[smtplib.SMTP] = []  # the one connection, or none
        self._used = 0.0
        self._deadline = 0.0
        weakref.finalize(self, _close, self._open)  # also when the process ends

    def open(self) -> None:
        """Make the connection ready for a mail. Raises NotSent, OSError or SMTPException."""
        self._deadline = time.monotonic() + WHOLE_SECONDS
        if self._open and not self._still_good():
            self.drop()
        if not self._open:
            self._connect()
        self._used = time.monotonic()

    def command(self, verb: str, rest: str = "") -> int:
        """Send one command and return the code of the reply."""
        return self._timed().docmd(verb, rest)[0]

    def write(self, content: bytes) -> None:
        """Send the content, without the dot that ends it: until that dot the server has no mail."""
        self._timed().send(content if content.endswith(b"\r\n") else content + b"\r\n")

    def end_of_data(self) -> int:
        """Send the dot and return the code of the reply."""
        smtp = self._timed()
        smtp.send(b".\r\n")
        code = smtp.getreply()[0]
        self._used = time.monotonic()
        return code

    def drop(self) -> None:
        """Close the connection, whatever state it is in."""
        _close(self._open)

    def _still_good(self) -> bool:
        if time.monotonic() - self._used > IDLE_SECONDS:
            return False
        try:
            return self.command("RSET") == 250
        except (OSError, smtplib.SMTPException):
            return False

    def _connect(self) -> None:
        settings = self._settings
        smtp = _Smtp(settings, self._allow_private)
        self._open.append(smtp)
        self._timed().ehlo()
        if settings.security == "starttls":
            # Never in the clear when TLS was asked for: a server that lacks it raises here.
            smtp.starttls(context=ssl.create_default_context())
            self._timed().ehlo()
        if settings.username:
            self._sign_in()

    def _sign_in(self) -> None:
        try:
            self._timed().login(self._settings.username, self._settings.password)
        except smtplib.SMTPAuthenticationError:
            raise NotSent("smtp_sign_in") from None

    def _timed(self) -> smtplib.SMTP:
        """The connection, its next step limited. Raises TimeoutError when the whole has taken too long."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        [smtp] = self._open
        if smtp.sock is not None:
            smtp.sock.settimeout(min(STEP_SECONDS, left))
        return smtp


class _Smtp(smtplib.SMTP):
    """smtplib over a socket that goes to a vetted address only, within TLS from the start where that is asked for."""

    def __init__(self, settings: SmtpSettings, allow_private: bool) -> None:
        self._security, self._allow_private = settings.security, allow_private
        super().__init__(settings.host, settings.port, timeout=STEP_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # what smtplib connects by
        return connect(host, port, timeout, tls=self._security == "tls", allow_private=self._allow_private)


def _close(connections: list[smtplib.SMTP]) -> None:
    while connections:
        connections.pop().close()
