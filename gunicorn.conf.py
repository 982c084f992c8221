"""The web process under gunicorn. Each open page holds one event stream, hence gevent."""

from gevent import monkey

# Before anything else is imported: ssl, sockets and psycopg's waiting must be the cooperative ones.
monkey.patch_all()

import os  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from contextlib import suppress  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from gunicorn.arbiter import Arbiter  # noqa: E402
from gunicorn.workers.ggevent import GeventWorker  # noqa: E402

from app.core.server_log import ServerLog  # noqa: E402
from app.environment import LAST_PORT, envint, envstr, given_environ, told_in_a_line  # noqa: E402

#: So long, in seconds, the first request of a new connection may be on its way over a slow line.
PATIENCE = 2.0


class WebWorker(GeventWorker):
    """Answers until told to stop; then finishes what it was asked, and lets go of whoever asks nothing.

    Neither an event stream nor a connection that is kept for the next request ever ends by itself. Each would hold a
    stopping worker until its grace is over, and so each deployment, and Ctrl-C.
    """

    def load_wsgi(self) -> None:
        """Load the application; it is called once a request's body is there, or the beginning of a large one."""
        from app.core.bodies import steady  # not before the sockets are the cooperative ones
        from app.core.heads import short_headed

        try:
            super().load_wsgi()
        except SystemExit as end:  # wsgi.py has said what is wrong: no further process would fare better
            print(end, file=sys.stderr, flush=True)  # noqa: T201
            raise SystemExit(Arbiter.WORKER_BOOT_ERROR) from None
        self.wsgi = short_headed(steady(self.wsgi))

    def run(self) -> None:
        """Serve; returns once all requests are answered, or the grace is over."""
        self._waiting_since: dict[socket.socket, float] = {}
        gevent.spawn(self._let_go)
        super().run()

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        """Serve one connection."""
        self._waiting_since[client] = time.monotonic()
        try:
            super().handle(listener, client, addr)
        finally:
            self._waiting_since.pop(client, None)

    def handle_request(self, listener_name: Any, req: Any, sock: socket.socket, addr: Any) -> Any:
        """Answer one request; before and after it the connection waits for one."""
        self._waiting_since.pop(sock, None)
        try:
            return super().handle_request(listener_name, req, sock, addr)
        finally:
            self._waiting_since[sock] = time.monotonic()

    def _let_go(self) -> None:
        from app.core.live import hub  # not before the application is loaded

        while self.alive:
            gevent.sleep(0.1)
        while True:
            hub.end()
            for client, since in self._waiting_since.copy().items():
                if since < time.monotonic() - PATIENCE:
                    with suppress(OSError):  # gone already. What has arrived is still read, and answered
                        client.shutdown(socket.SHUT_RD)
            gevent.sleep(0.1)


wsgi_app = "wsgi:app"
with told_in_a_line():
    environ = given_environ()
    host, port = envstr(environ, "WEB_HOST", "0.0.0.0"), envint(environ, "PORT", 8000, least=1, most=LAST_PORT)  # noqa: S104
    workers = envint(environ, "WEB_CONCURRENCY", 2, least=1)
    # So long requests in hand may take to be finished.
    graceful_timeout = envint(environ, "WEB_GRACEFUL_SECONDS", 20)
bind = [f"{host}:{port}"]
# prometheus_client looks for it there, and before any setting of ours is read.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = envstr(environ, "PROMETHEUS_MULTIPROC_DIR", "")
if not os.environ["PROMETHEUS_MULTIPROC_DIR"]:
    del os.environ["PROMETHEUS_MULTIPROC_DIR"]  # empty, it would be the folder we are in
worker_class = WebWorker
# Each open page holds one; requests need room beside a thousand of them.
worker_connections = 4000
reload = environ.get("SILL_ENV") == "development"
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
timeout = 60
# Longer than a load balancer keeps its side open, or it would send into a closed connection.
keepalive = 75
# Its control socket would lie in the home folder, outside of what `bin/run` owns; nothing uses it.
control_socket_disable = True
logger_class = ServerLog
accesslog = "-"


def on_starting(server: Any) -> None:
    """Refuse wrong settings once and in a line, before processes are made that each would end by them."""
    if server.app.app_uri == wsgi_app and not reload:  # what is loaded here is never loaded anew
        from app.config import load_config

        with told_in_a_line():
            load_config()


def pre_request(worker: Any, req: Any) -> None:
    """Let the other connections have their turn first.

    Answers of the database mostly come before others may run (app/core/driver.py). A client that sends its next
    request at once would be served again and again, and nobody else: gevent looks at the sockets only after many
    such turns, so that sleep(0) alone does not help. A timer that is due at once makes it look.
    """
    hub = gevent.get_hub()
    with hub.loop.timer(0) as soon:
        hub.wait(soon)


def child_exit(server: Any, worker: Any) -> None:
    """Let the figures of a worker that is gone be counted on, but not as a live one."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
