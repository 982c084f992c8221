"""The far ends as real processes, on ports that the app's settings name before they run."""

import sys
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

from app.config import ROOT
from app.core import http

TWILIO_ACCOUNT = "AC00000000000000000000000000000001"
TWILIO_TOKEN = "twilio-token-of-the-tests"
TWILIO_FROM = "+447700900000"
SQUEEGEE_TOKEN = "PARTNER-0b9c2f5e-0000-4000-8000-00000000abcd"


class FarEnd:
    """One simulator's process and its control door."""

    def __init__(self, module: str, url: str, *arguments: str) -> None:
        self.url = url
        self.process = Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, stdout=PIPE, text=True)
        ready = self.process.stdout.readline() if self.process.stdout else ""
        assert f" ready {url}" in ready, f"{module} did not start: {ready!r}"

    def state(self) -> dict[str, Any]:
        """What arrived, as counts (see the simulator's `/_state`)."""
        return self._get("/_state")

    def reset(self) -> None:
        """Forget what arrived and turn every switch off."""
        self._post("/_reset", {})

    def switch(self, **wanted: Any) -> None:
        """Turn faults on and off, as the simulator's `/_switches` takes them."""
        self._post("/_switches", wanted)

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.communicate(timeout=60)

    def _get(self, path: str) -> Any:
        answer = http.request("GET", self.url + path, allow_private=True, max_bytes=10**7)
        assert answer.status == 200, answer.status
        return answer.json()

    def _post(self, path: str, payload: Any) -> http.Response:
        answer = http.request("POST", self.url + path, json=payload, allow_private=True)
        assert answer.status < 300, (path, answer.status)
        return answer


class Mailbox(FarEnd):
    """Mail by SMTP and SMS through Twilio's API. `switch(smtp={...}, twilio={...})`."""

    def __init__(self, http_port: int, smtp_port: int, folder: Path) -> None:
        super().__init__(
            "simulators.mailbox", f"http://127.0.0.1:{http_port}", "--http-port", str(http_port),
            "--smtp-port", str(smtp_port), "--data", str(folder), "--twilio-token", TWILIO_TOKEN,
        )  # fmt: skip

    def messages(self, to: str = "") -> dict[str, Any]:
        """`{"mail": [...], "sms": [...]}`, newest first, to one recipient when named."""
        from urllib.parse import quote

        return self._get(f"/_messages?to={quote(to)}")

    def mails(self, to: str = "") -> list[dict[str, Any]]:
        """The mails to one recipient (or all), newest first."""
        return self.messages(to)["mail"]

    def texts(self, to: str = "") -> list[dict[str, Any]]:
        """The SMS to one number (or all), newest first."""
        return self.messages(to)["sms"]


class Squeegee(FarEnd):
    """Squeegee's partner API. `switch(slow=2, status_500={"step": "job"})`."""

    def __init__(self, port: int, folder: Path) -> None:
        super().__init__(
            "simulators.squeegee", f"http://127.0.0.1:{port}", "--port", str(port), "--data", str(folder),
            "--token", SQUEEGEE_TOKEN, "--read-back",
        )  # fmt: skip
        self.token = SQUEEGEE_TOKEN

    def services(self) -> dict[str, str]:
        """The ids of its services by name."""
        return {each["name"]: each["id"] for each in self._get("/_services")}

    def confirm(self, **which: Any) -> http.Response:
        """Make it send a booking confirmation to Sill (`/_confirm`)."""
        return self._post("/_confirm", which)
