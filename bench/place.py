"""Where the measuring happens: servers of its own under var/bench, leads made once, and Sill as in production."""

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
import redis

from app.embedded import EmbeddedServers, start_embedded
from app.embedded.ports import free_port
from app.embedded.processes import LOOPBACK, start, stop, tail
from app.local_secrets import local_secrets

ROOT = Path(__file__).resolve().parent.parent
HOST = "bench.example.com"


class Place:
    """Running servers, and the environment in which Sill finds them."""

    def __init__(self, var_dir: Path, servers: EmbeddedServers) -> None:
        assert servers.postgres and servers.redis
        self.var_dir = var_dir
        self.postgres = servers.postgres
        self.redis = servers.redis
        figures = var_dir / "figures"
        figures.mkdir(exist_ok=True)
        for left in figures.iterdir():
            left.unlink()
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
        self.environ = {
            **inherited,
            **servers,
            **local_secrets(var_dir, {}),
            "SILL_ENV": "production",
            "SILL_VAR_DIR": str(var_dir),
            "PUBLIC_URL": f"https://{HOST}",
            # The load says where each request comes from, so that the limits of rates are at work but not in the way.
            "TRUSTED_PROXIES": "1",
            "FORM_SENDINGS_PER_MINUTE": "1000000",
            "PROMETHEUS_MULTIPROC_DIR": str(figures),
            "WEB_HOST": LOOPBACK,
            "WEB_GRACEFUL_SECONDS": "2",
            "SMTP_STARTTLS": "0",
        }

    def flask(self, *arguments: str) -> None:
        """Run a command of Sill to its end. Raises CalledProcessError when it fails."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.environ, check=True)

    def admin(self) -> psycopg.Connection:
        """A connection that sees all rows, for preparing and counting; nothing is measured through it."""
        return self.postgres.admin()

    def tell(self, workspace_id: str, topic: str) -> None:
        """Announce a topic to the workspace's open pages, as app/core/live.py does after a commit."""
        with redis.Redis.from_url(self.environ["REDIS_URL"]) as client:
            client.publish(f"live:{workspace_id}", json.dumps({"topics": [topic], "by": None}))

    @contextlib.contextmanager
    def serving(self, name: str, command: Sequence[str], **environ: str) -> Iterator["Web"]:
        """Run web processes on a free port until the block ends. Raises RuntimeError when they do not come up."""
        port = free_port()
        log = self.var_dir / f"{name}.log"
        log.unlink(missing_ok=True)
        process = start(command, log, cwd=ROOT, environ={**self.environ, "PORT": str(port), **environ})
        try:
            _wait_for(port, process, log)
            yield Web(process.pid, port)
        finally:
            stop(process, ask=15)

    def sill(self, workers: int = 2, **environ: str) -> contextlib.AbstractContextManager["Web"]:
        """Sill's web process as the Procfile starts it."""
        command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"]
        return self.serving("web", command, WEB_CONCURRENCY=str(workers), **environ)


class Web:
    """A listening gunicorn: its first process and its port."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid = pid
        self.port = port


@contextlib.contextmanager
def place(var_dir: Path = ROOT / "var" / "bench") -> Iterator[Place]:
    """Start the servers and bring the schema up to date; stop them at the end."""
    var_dir.mkdir(parents=True, exist_ok=True, mode=0o711)
    with start_embedded(var_dir, True, True) as servers:
        here = Place(var_dir, servers)
        here.flask("db", "upgrade")
        yield here


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.05)
    raise RuntimeError(f"Nothing answers. {log} ends:\n{tail(log, 25)}")
