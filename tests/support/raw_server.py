"""A TCP server on loopback whose answers, cuts and drips a test decides byte by byte."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n" + b'{"ok":true}'


class RawServer:
    """A TCP server that reads each request whole and lets `behave(connection)` answer it."""

    def __init__(self, behave: Callable[[socket.socket], None], context: ssl.SSLContext | None = None) -> None:
        self.behave, self.context = behave, context
        self.requests: list[bytes] = []
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def stop(self) -> None:
        """Take no more connections."""
        end_accepting(self.listener, self._accepting)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        # A client that gives up in the middle is what several of these tests are about.
        with contextlib.suppress(OSError):
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            with connection:
                head, _, body = read_until(connection, b"\r\n\r\n").partition(b"\r\n\r\n")
                length = next((int(x[15:]) for x in head.split(b"\r\n") if x[:15].lower() == b"content-length:"), 0)
                while len(body) < length:
                    body += connection.recv(65536)
                self.requests.append(head + b"\r\n\r\n" + body)
                self.behave(connection)


def end_accepting(listener: socket.socket, accepting: threading.Thread) -> None:
    """Close a listener once nobody waits at it: the number of a closed one is the next one's, whose callers a thread
    that was just about to wait would take, and answer as the test before wanted.
    """
    with contextlib.suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    accepting.join()
    listener.close()


def read_until(connection: socket.socket, end: bytes) -> bytes:
    data = b""
    while end not in data:
        more = connection.recv(65536)
        if not more:
            raise OSError("closed")
        data += more
    return data


def answer(data: bytes) -> Callable[[socket.socket], None]:
    """A behaviour that sends these bytes and closes."""
    return lambda connection: connection.sendall(data)
