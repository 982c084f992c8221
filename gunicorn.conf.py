"""The web process under gunicorn. Each open page holds one event stream, hence gevent."""

from gevent import monkey

# Before anything else is imported: ssl, sockets and psycopg's waiting must be the cooperative ones.
monkey.patch_all()

import os  # noqa: E402
import re  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from gunicorn.glogging import Logger  # noqa: E402

OPAQUE = re.compile(r"(?<=/)[A-Za-z0-9_-]{20,}(?=/|$)")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class AccessLogger(Logger):
    """Writes neither query strings nor the keys in customers' links: a log must let nobody in."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> dict[str, Any]:
        """Return the parts of a line, long path segments masked unless they are plain ids."""
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        atoms["U"] = OPAQUE.sub(lambda it: it[0] if UUID.fullmatch(it[0]) else "…", str(atoms["U"] or ""))
        return atoms


wsgi_app = "wsgi:app"
bind = [f"{os.environ.get('WEB_HOST', '0.0.0.0')}:{os.environ.get('PORT', '8000')}"]  # noqa: S104
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gevent"
# Each open page holds one; requests need room beside a thousand of them.
worker_connections = 4000
reload = os.environ.get("SILL_ENV") == "development"
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
timeout = 60
# Requests in hand are finished; an event stream never is, and its page reconnects.
graceful_timeout = int(os.environ.get("WEB_GRACEFUL_SECONDS", "20"))
# Longer than a load balancer keeps its side open, or it would send into a closed connection.
keepalive = 75
# Its control socket would lie in the home folder, outside of what `bin/run` owns; nothing uses it.
control_socket_disable = True
logger_class = AccessLogger
accesslog = "-"
access_log_format = '"%(m)s %(U)s" %(s)s %(B)s %(M)sms'


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
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
