"""What gunicorn says, as JSON lines like all others: one for each answer, and what happens to the server itself."""

import json
import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from gunicorn.glogging import Logger

#: What gunicorn says of its processes and listeners, never of a request: told in full as long as what it is filled with
#: is a number, a signal or an address to listen at.
_OF_ITSELF = frozenset(
    {
        "WORKER TIMEOUT (pid:%s)",
        "Worker (pid:%s) was sent %s!",
        "Worker (pid:%s) was sent %s! Perhaps out of memory?",
        "Worker (pid:%s) exited with code %s.",
        "Worker graceful timeout (pid:%s)",
        "Unhandled signal: %s",
        "Connection in use: %s",
        "Invalid address: %s",
        "Can't connect to %s",
    }
)
_HARMLESS = re.compile(
    r"-?\d{1,10}|SIG[A-Z0-9]{1,9}|signal \d{1,3}|\('[\w.:%-]*', \d{1,5}(?:, \d+, \d+)?\)|[\w./-]+\.sock", re.ASCII
)


class ServerLog(Logger):
    """Writes which route was asked for and nothing that stood in the address: a log must tell and let in nobody."""

    def setup(self, cfg: Any) -> None:
        """Take the settings, which say where the lines go."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(_ServerLine())
            handler.addFilter(_is_news)

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """Write the line of an answer, with the request's id where the application gave it one."""
        if not self.cfg.accesslog:
            return
        from app.core.observability import ROUTE  # not before the worker is made: it may be loaded anew

        headers = {name.lower(): value for name, value in resp.headers}
        line = {
            "method": environ.get("REQUEST_METHOD"), "path": environ.get(ROUTE, "unknown"),
            "status": int(str(resp.status).split()[0]), "bytes": getattr(resp, "sent", None),
            "ms": round(request_time.total_seconds() * 1000), "request_id": headers.get("x-request-id"),
        }  # fmt: skip
        self.access_log.info(_line("answered", "info", line))


class _ServerLine(logging.Formatter):
    """A line about the server. Of trouble only where it was met, its kind, and words that are yet to be filled in: what
    they are filled with, or words that are whole already, may quote the request. Its fixed messages about itself are
    told in full.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        facts: dict[str, Any] = {"pid": record.process}
        if record.levelno < logging.WARNING:
            facts["said"] = record.getMessage()
        else:
            facts |= {"at": f"{record.filename}:{record.lineno}", "said": _said(record)}
        failed = record.exc_info[0] if record.exc_info else None
        return _line("server", record.levelname.lower(), facts | ({"error": failed.__name__} if failed else {}))


def _is_news(record: logging.LogRecord) -> bool:
    """A connection that a stop lets go of while somebody waits at it (gevent's name for it) is no error."""
    return not (record.exc_info and record.exc_info[0] and record.exc_info[0].__name__ == "cancel_wait_ex")


def _said(record: logging.LogRecord) -> str | None:
    if not record.args:
        return None
    values = record.args if isinstance(record.args, tuple) else ()
    if record.msg in _OF_ITSELF and values and all(_HARMLESS.fullmatch(str(value)) for value in values):
        return record.getMessage()
    return str(record.msg)


def _line(event: str, level: str, facts: dict[str, Any]) -> str:
    at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return json.dumps({**facts, "event": event, "level": level, "timestamp": at})
