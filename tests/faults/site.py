"""A whole installation of its own: real servers, web, worker, scheduler and mailbox, to be killed at will."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import redis

from app.config import ROOT
from app.embedded import start_embedded
from app.embedded.ports import free_port
from app.embedded.processes import start as start_process
from tests.support import simulators, waiting

WEB = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"]
WORKER = [sys.executable, "worker.py"]
SCHEDULER = [sys.executable, "worker.py", "scheduler"]
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
DEAD_REDIS = "redis://127.0.0.1:1/0"

#: What a customer who wants a quote fills in.
FORM = {
    "name": "Hannah Cole", "postcode": "BA5 2QJ", "property_type": "semi", "bedrooms": "3",
    "service": "window_cleaning", "frequency": "8_weekly", "preferred_method": "email",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: dict[str, str]
    text: str


class Site:
    """The installation. Processes are started by name and ended by their process groups."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sill-faults-"))
        self.folder.chmod(0o711)
        self.processes: list[subprocess.Popen[bytes]] = []
        self.logs: dict[int, Path] = {}
        self.mailbox: simulators.Mailbox | None = None
        self.servers = start_embedded(self.folder, True, True, durable=False)
        assert self.servers.postgres and self.servers.redis
        self.postgres, self.redis = self.servers.postgres, self.servers.redis
        try:
            self._set_up()
        except BaseException:
            self.stop()
            raise

    def _set_up(self) -> None:
        ports = {name: free_port() for name in ("web", "mailbox", "smtp")}
        self.port = ports["web"]
        self.environ = self._environ(ports)
        self.mailbox = simulators.Mailbox(ports["mailbox"], ports["smtp"], self.folder / "mailbox")
        self.run([*FLASK, "db", "upgrade"])
        given = json.loads(self.run([sys.executable, "-m", "tests.faults.seed"]))
        self.people, self.pages, self.lead_id = given["people"], given["pages"], given["lead_id"]
        self.form_path, self.slug = f"/q/{given['form_key']}", given["slug"]
        self.web = self.start_web(self.port)
        self.worker = self.start(WORKER)
        self.scheduler = self.start(SCHEDULER)

    def _environ(self, ports: dict[str, int]) -> dict[str, str]:
        (self.folder / "mailbox").mkdir()
        given = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "PYTEST_"))}
        return given | {
            **self.servers,
            "SILL_ENV": "test",
            "SILL_VAR_DIR": str(self.folder / "var"),
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "WEB_HOST": "127.0.0.1",
            "WEB_GRACEFUL_SECONDS": "2",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(ports["smtp"]),
            "SMTP_FROM": "desk@example.com",
            "SMTP_HONOURS_MESSAGE_ID": "1",
            "ALLOW_PRIVATE_OUTBOUND": "1",
            "PYTHONPATH": str(ROOT),
        }

    def run(self, command: list[str]) -> str:
        """Run a command to its end and return what it printed."""
        done = subprocess.run(command, cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def start(self, command: list[str], **environ: str) -> subprocess.Popen[bytes]:
        """Start one of Sill's processes; its output is kept in log/."""
        log = self.folder / "log" / f"{len(self.processes):02}-{Path(command[-1]).stem}.log"
        log.parent.mkdir(exist_ok=True)
        process = start_process(command, log, cwd=ROOT, environ=self.environ | environ)
        self.processes.append(process)
        self.logs[process.pid] = log
        return process

    def said(self, process: subprocess.Popen[bytes]) -> str:
        """What one of Sill's processes has logged."""
        return self.logs[process.pid].read_text()

    def start_web(self, port: int, **environ: str) -> subprocess.Popen[bytes]:
        """Start a web server and wait until it answers."""
        process = self.start(WEB, PORT=str(port), **environ)
        wait_for(lambda: self.answers(port), 180, "the web server")
        return process

    def answers(self, port: int) -> bool:
        """Whether a web server answers."""
        try:
            return self.ask("GET", "/healthz", port=port).status == 200
        except (OSError, http.client.HTTPException):
            return False

    def ask(
        self,
        method: str,
        path: str,
        data: dict[str, str] | None = None,
        *,
        who: str = "",
        port: int = 0,
        **headers: str,
    ) -> Answer:  # fmt: skip
        """Make one request on a connection of its own, as a stranger or as one of the people."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if who:
            sent |= {"Cookie": self.people[who]["cookie"], "X-CSRFToken": self.people[who]["csrf"]}
        body = urlencode(data).encode() if data is not None else None
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=120)
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            return Answer(answer.status, {key.lower(): value for key, value in answer.getheaders()}, text)
        finally:
            connection.close()

    def send_form(self, email: str, *, port: int = 0, **more: str) -> Answer:
        """Send the public form once, from a page of its own."""
        token = more.pop("token", "") or self.pages.pop()
        return self.ask("POST", self.form_path, {**FORM, "email": email, "token": token, **more}, port=port)

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database as the superuser."""
        with self.postgres.admin() as connection:
            cursor = connection.execute(statement, values or None)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def holding(self, statement: str) -> Iterator[None]:
        """Hold the locks that a statement takes, as the superuser, until the block ends."""
        with self.postgres.admin() as connection, connection.transaction():
            connection.execute(statement)  # type: ignore[arg-type]
            yield

    def failures(self) -> list[str]:
        """The lines in which Sill's processes logged that something failed."""
        lines = [line for file in sorted((self.folder / "log").iterdir()) for line in file.read_text().splitlines()]
        return [line for line in lines if '"error"' in line]

    def redis_client(self) -> redis.Redis:
        """A client of the site's Redis."""
        return redis.Redis.from_url(self.redis.url)

    def mails(self, address: str) -> int:
        """How many mails an address has."""
        assert self.mailbox
        return int(self.mailbox.state()["mail"]["by_recipient"].get(address, 0))

    def stop(self) -> None:
        """End all of it and remove what it kept."""
        for process in self.processes:
            kill(process)
        if self.mailbox:
            self.mailbox.stop()
        self.servers.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9 of a process and all it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(ready: Callable[[], object], seconds: float, what: str) -> float:
    """Ask again and again until `ready()`; returns how many seconds it took. Fails the test when time is up."""
    begun = time.monotonic()
    waiting.wait_for(ready, seconds, what)
    return time.monotonic() - begun


def all_have_one(site: Site, addresses: Iterable[str]) -> bool:
    """Whether every address has its mail."""
    assert site.mailbox
    arrived = site.mailbox.state()["mail"]["by_recipient"]
    return all(arrived.get(address, 0) >= 1 for address in addresses)
