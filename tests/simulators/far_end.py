"""Sill's side of a callback: a small HTTP server that keeps what it was sent."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FarEnd:
    """Listens on loopback; `received` holds (path, lower-case headers, body)."""

    def __init__(self, status: int = 204) -> None:
        received: list[tuple[str, dict[str, str], bytes]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.received = received
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?of=sill"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait_for(self, count: int, seconds: float = 60) -> list[tuple[str, dict[str, str], bytes]]:
        """What was received, once there are `count` of them."""
        end = time.monotonic() + seconds
        while len(self.received) < count and time.monotonic() < end:
            threading.Event().wait(0.02)
        assert len(self.received) >= count, f"only {len(self.received)} of {count} arrived"
        return self.received

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
