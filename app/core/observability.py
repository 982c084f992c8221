"""Structured logs without customer data: fixed event names, ids and codes, a request id in every line."""

import logging
import sys
import time
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, request

from app.core.ids import new_id
from app.core.static_files import is_static

#: Where a request's environ says to the server's log which route it was.
ROUTE = "sill.route"
#: Fields whose text would be anybody's guess. Exceptions are logged by type and place, never by message.
_FORBIDDEN = {"exception", "exc_info", "message", "body", "email", "phone", "name", "postcode", "params"}


def init_app(app: Flask) -> None:
    """Configure logging for the process and number each request."""
    configure(app.config["LOG_LEVEL"])
    app.before_request(_begin)
    app.after_request(_finish)


def configure(level: str) -> None:
    """JSON lines on standard error; the root logger's own lines pass through the same redaction."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _place_of_exception,
            _redact,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(file=_StandardError()),  # type: ignore[arg-type]
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [_Bare()]
    root.setLevel(max(getattr(logging, level.upper()), logging.WARNING))


class _StandardError:
    """Standard error as it is when a line is written: a command that was run meanwhile may have put another there."""

    def write(self, text: str) -> int:
        """Write the line."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Let it be seen."""
        sys.stderr.flush()


class _Bare(logging.Handler):
    """Lines of libraries, by logger and place only: their messages may quote SQL parameters or addresses."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        structlog.get_logger(record.name).log(
            record.levelno, "library_line", logger=record.name, at=f"{record.filename}:{record.lineno}", error=error
        )


def _place_of_exception(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    info = event.pop("exc_info", None)
    if info:
        kind, _, trace = sys.exc_info() if info is True else (type(info), info, info.__traceback__)
        places = []
        while trace is not None:
            places.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["error"] = event.get("error") or (kind.__name__ if kind else None)
        event["trace"] = [place for place in places if place.startswith("app.")] + places[-3:]
    return event


def _redact(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: value for key, value in event.items() if key not in _FORBIDDEN}


def _begin() -> None:
    g.request_id = str(new_id())
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    request.environ[ROUTE] = request.url_rule.rule if request.url_rule else _known_part(request.path)
    if not is_static() and request.endpoint != "health.healthz":
        structlog.get_logger("sill.request").info(
            "request",
            method=request.method,
            route=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        )
    return response


def _known_part(path: str) -> str:
    """What may be told of an address that leads nowhere, since anything may stand in it: where it begins, if known."""
    first = path.split("/")[1] if path.startswith("/") else ""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return f"/{first}/…" if first in _beginnings(app) else "unknown"


@lru_cache(maxsize=1)
def _beginnings(app: Flask) -> frozenset[str]:
    """The first parts of all routes."""
    return frozenset(rule.rule.split("/")[1] for rule in app.url_map.iter_rules()) - {""}
