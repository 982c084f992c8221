"""A mail server on loopback that falls silent where a test wants it to, and gets well again."""

import contextlib
import socket
import threading
from email import message_from_bytes
from itertools import takewhile

from tests.support.raw_server import end_accepting

#: What it answers to each command, by its first word.
_ANSWERS = {"EHLO": b"250-mail\r\n250 STARTTLS\r\n", "STARTTLS": b"220 go on\r\n", "DATA": b"354 go on\r\n"}


class MailServer:
    """Takes mails, and keeps each Message-ID. `silent_at` is the command, or the dot, that it doesn't answer any more,
    "" for none; `pause` the seconds that it takes over each answer, `pause_at_dot` over that one. TLS it promises and
    never gets to.
    """

    def __init__(self, silent_at: str = "", pause: float = 0.0, pause_at_dot: float = 0.0) -> None:
        self.silent_at, self.pause, self.pause_at_dot = silent_at, pause, pause_at_dot
        self.taken: list[str] = []
        self.connections = 0
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def stop(self) -> None:
        """Take no more calls, and let go of those who still wait for an answer."""
        self._over.set()
        end_accepting(self._listener, self._accepting)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                link = self._listener.accept()[0]
                self.connections += 1
                threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link: socket.socket) -> None:
        with contextlib.suppress(OSError), link, link.makefile("rb") as said:
            self._say(link, "greeting", b"220 mail\r\n")
            while line := said.readline():
                word = line.split()[0].decode("ascii").upper()
                self._say(link, word, _ANSWERS.get(word, b"250 ok\r\n"))
                if word == "STARTTLS":
                    self._fall_silent()
                if word == "DATA":
                    mail = message_from_bytes(b"".join(takewhile(lambda line: line != b".\r\n", said)))
                    self._say(link, ".", b"250 taken\r\n", keep=str(mail["Message-ID"]))

    def _say(self, link: socket.socket, asked: str, answer: bytes, *, keep: str = "") -> None:
        if asked == self.silent_at:
            self._fall_silent()
        self._over.wait(self.pause_at_dot if asked == "." else self.pause)
        if keep:
            self.taken.append(keep)
        link.sendall(answer)

    def _fall_silent(self) -> None:
        self._over.wait()
        raise OSError("it says nothing more")
