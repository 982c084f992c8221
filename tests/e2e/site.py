"""Sill as `bin/run` starts it, in a folder of its own and on free ports, to be walked through in a browser."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from dotenv import dotenv_values

from app.config import ROOT
from app.embedded.processes import start, tail
from tests.support.waiting import wait_for

READY_SECONDS = 240.0
SLUG, FORM_KEY = "somerset", "somerset-demo"


class Site:
    """Web, worker, scheduler, mailbox and Squeegee with the demo's data; all of it ends with one signal."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sill-e2e-"))
        self.folder.chmod(0o711)  # PostgreSQL runs as another account when we are root
        self.log = self.folder / "run.log"
        self.process = self._start()
        try:
            self.url = wait_for(self._address, READY_SECONDS, "Sill")
            settings = dotenv_values(self.folder / "var" / "run.env", interpolate=False)
        except BaseException:
            self.stop()
            raise
        self.mailbox_url = str(settings["TWILIO_API_BASE"]).removesuffix("/twilio")
        self.squeegee_url = str(settings["SQUEEGEE_SIMULATOR_URL"])

    def _start(self) -> subprocess.Popen[bytes]:
        ours = ("COV_", "PYTEST_", "SILL_", "PORT", "DATABASE_URL", "REDIS_URL", "SMTP_", "TWILIO_", "PUBLIC_URL")
        given = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        environ = given | {"SILL_VAR_DIR": str(self.folder / "var"), "WEB_CONCURRENCY": "1"}
        # SIGTERM when we die, however we die: it then stops what it started, as on Ctrl-C.
        return start([sys.executable, "-m", "app.launch"], self.log, cwd=ROOT, environ=environ)

    def _address(self) -> str | None:
        assert self.process.poll() is None, f"Sill did not start:\n{tail(self.log, 40)}"
        found = re.search(r"Sill runs at (\S+)", self.log.read_text(errors="replace"))
        return found[1] if found else None

    @property
    def form_url(self) -> str:
        """The address of the demo's public form."""
        return f"{self.url}/q/{FORM_KEY}"

    def desk(self, path: str = "") -> str:
        """The address of one of the demo workspace's pages."""
        return f"{self.url}/w/{SLUG}/{path}"

    def mails(self, address: str) -> list[dict[str, Any]]:
        """The mails an address has, newest first."""
        return ask(f"{self.mailbox_url}/_messages?to={quote(address)}")["mail"]

    def mail_about(self, address: str, words: str, seconds: float = 120.0) -> dict[str, Any]:
        """The mail to an address whose subject or text says `words`; waits for it."""

        def look() -> dict[str, Any] | None:
            mails = self.mails(address)
            return next((mail for mail in mails if words in f"{mail['subject']}\n{mail['text']}"), None)

        return wait_for(look, seconds, f"a mail about {words!r}")

    def squeegee(self) -> dict[str, Any]:
        """What Squeegee holds."""
        return ask(f"{self.squeegee_url}/_state")

    def confirm_booking(self, reference: str) -> dict[str, Any]:
        """Let Squeegee confirm the booking of a lead, as its office would."""
        return ask(f"{self.squeegee_url}/_confirm", {"reference": reference})

    def stop(self) -> int:
        """End all of it; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(120)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        return code


def ask(url: str, payload: Any = None) -> Any:
    """Ask a simulator: GET, or POST with a payload; returns what its JSON says."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if payload is None:
            connection.request("GET", path)
        else:
            connection.request("POST", path, json.dumps(payload), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status < 300, (path, answer.status, body[:300])
        return json.loads(body)
    finally:
        connection.close()
