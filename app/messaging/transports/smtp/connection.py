"""One connection to the mail server: opened, secured, signed in, kept for a while, each mail under one deadline."""

import io
import smtplib
import socket
import time
import weakref

from app.messaging.ports import NotSent
from app.messaging.ports.settings import SmtpSettings
from app.messaging.transports.sockets import Deadline, Said, TimedTls, connect

#: All steps of a mail together: name lookup, connecting, TLS, signing in, the mail, the answer to it. Other workspaces'
#: work waits meanwhile, and it must end well inside the lease of the outbox (45 s), or a second worker takes over.
WHOLE_SECONDS = 15.0
#: The part of it that is kept for the answer to the last dot: without one nobody knows whether the mail was taken.
ANSWER_SECONDS = 3.0
#: Servers hang up on idle clients; common limits begin at a minute.
IDLE_SECONDS = 30.0
#: "Service not available, closing" (RFC 5321, section 4.2.3), which may have been said long before it is read.
_HANGS_UP = 421
#: Bytes of one reply, which may have many lines.
_LONGEST_REPLY = 65_536


class Connection:
    """What `smtplib` needs, under one deadline. Not for several threads at once."""

    def __init__(self, settings: SmtpSettings, allow_private: bool) -> None:
        self._settings, self._allow_private = settings, allow_private
        self._open: list[smtplib.SMTP] = []  # the one connection, or none
        self._used = 0.0
        self._deadline = Deadline()
        weakref.finalize(self, _close, self._open)  # also when the process ends

    def envelope(self, sender: str, recipient: str) -> tuple[int, int, int]:
        """Say from whom a mail comes and for whom it is, and ask to send it; the codes of the three replies.

        A server that hung up since the last mail is called once more. Raises NotSent, OSError or SMTPException.
        """
        self._deadline.begin(WHOLE_SECONDS - ANSWER_SECONDS)
        if self._open and time.monotonic() - self._used > IDLE_SECONDS:
            self.drop()
        if self._open:
            try:
                codes = self._ask(sender, recipient)
                if codes[0] != _HANGS_UP:
                    return codes
            except (OSError, smtplib.SMTPException):
                pass
            self.drop()
        self._connect()
        return self._ask(sender, recipient)

    def _ask(self, sender: str, recipient: str) -> tuple[int, int, int]:
        """The three commands, in one go where the server takes them so (RFC 2920).

        A server that refuses the recipient may still wait for the content then; who gives up drops the connection.
        """
        smtp = self._timed()
        commands = (f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA")
        if not smtp.has_extn("pipelining"):
            codes = []
            for command in commands:
                codes.append(self._timed().docmd(command)[0])
                if codes[-1] >= 400:
                    break
            return codes[0], codes[min(1, len(codes) - 1)], codes[-1]
        if any("\r" in command or "\n" in command for command in commands):
            raise ValueError("a command is one line")
        smtp.send("".join(f"{command}\r\n" for command in commands))
        return self._timed().getreply()[0], self._timed().getreply()[0], self._timed().getreply()[0]

    def write(self, content: bytes) -> None:
        """Send the content, without the dot that ends it: until that dot the server has no mail."""
        self._timed().send(content if content.endswith(b"\r\n") else content + b"\r\n")

    def end_of_data(self) -> int:
        """Send the dot and return the code of the reply."""
        self._deadline.extend(ANSWER_SECONDS)
        smtp = self._timed()
        smtp.send(b".\r\n")
        code = smtp.getreply()[0]
        self._used = time.monotonic()
        return code

    def drop(self) -> None:
        """Close the connection, whatever state it is in."""
        _close(self._open)

    def _connect(self) -> None:
        settings = self._settings
        smtp = _Smtp(settings, self._allow_private, self._deadline)
        self._open.append(smtp)
        if smtp.sock is not None:  # the dot goes out alone, after the content, and must not wait for its receipt
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._timed().ehlo()
        if settings.security == "starttls":
            # Never in the clear when TLS was asked for: a server that lacks it raises here.
            smtp.starttls(context=TimedTls(self._deadline))  # type: ignore[arg-type]
            self._timed().ehlo()
        if settings.username:
            self._sign_in()

    def _sign_in(self) -> None:
        try:
            self._timed().login(self._settings.username, self._settings.password)
        except smtplib.SMTPAuthenticationError:
            raise NotSent("smtp_sign_in") from None

    def _timed(self) -> smtplib.SMTP:
        """The connection, its next step limited. Raises TimeoutError when there is no time left."""
        left = self._deadline.left()
        [smtp] = self._open
        if smtp.sock is not None:
            smtp.sock.settimeout(left)
        return smtp


class _Smtp(smtplib.SMTP):
    """smtplib over a socket that goes to a vetted address only, within TLS from the start where that is asked for."""

    def __init__(self, settings: SmtpSettings, allow_private: bool, deadline: Deadline) -> None:
        self._security, self._allow_private = settings.security, allow_private
        self._deadline = deadline
        self._said: Said | None = None
        super().__init__(settings.host, settings.port, timeout=deadline.left())

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # what smtplib connects by
        tls = self._security == "tls"
        return connect(host, port, self._deadline, tls=tls, allow_private=self._allow_private)

    def getreply(self) -> tuple[int, bytes]:
        """A reply, read within the deadline and of bounded length. Raises TimeoutError where smtplib would call a
        server that is silent one that hung up.
        """
        if self.file is None and self.sock is not None:
            self._said = Said(self.sock, self._deadline, _LONGEST_REPLY)
            self.file = io.BufferedReader(self._said)
        if self._said is not None:
            self._said.room = _LONGEST_REPLY
        try:
            return super().getreply()
        except smtplib.SMTPServerDisconnected as error:
            if isinstance(error.__context__, TimeoutError):
                raise error.__context__ from None
            raise


def _close(connections: list[smtplib.SMTP]) -> None:
    while connections:
        connections.pop().close()
