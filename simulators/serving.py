"""What both simulators need to serve: a Flask app on loopback that can cut a connection, and a quiet stop."""

import signal
import socket
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Cut(Exception):
    """Raised in a view to close the connection without an answer."""


def make_app(name: str) -> Flask:
    """A Flask app with the simulators' templates, styles, headers and error answers."""
    app = Flask(
        name, template_folder=HERE / "templates", static_folder=HERE / "static", static_url_path="/_static"
    )
    app.config["MAX_CONTENT_LENGTH"] = 1_000_000
    app.jinja_env.filters.update(clock=clock, hour=hour)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_error_handler(Cut, _cut_connection)
    app.register_error_handler(HTTPException, _plain_error)
    app.after_request(_with_headers)
    return app


def serve(app: Flask, port: int, ready: Callable[[int], str], stop: Callable[[], None] | None = None) -> None:
    """Serve on 127.0.0.1 until SIGTERM or Ctrl-C. `ready(port)` gives the one line that is printed then."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=QuietHandler)

    def end(*_: object) -> None:
        # shutdown() waits for the loop that this very signal interrupts, hence a thread.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    print(ready(server.server_port), flush=True)
    server.serve_forever()
    server.server_close()
    if stop:
        stop()
    sys.exit(0)


def clock(moment: str) -> str:
    """An ISO time in UTC as the trade reads it: "Fri 20 Nov, 14:05:09", London time."""
    return _in_london(moment).strftime("%a %-d %b, %H:%M:%S")


def hour(moment: str) -> str:
    """An ISO time in UTC as a short London time: "14:05"."""
    return _in_london(moment).strftime("%H:%M")


def wants_page() -> bool:
    """Whether a button on the page was pressed, rather than a script posting JSON."""
    return not request.is_json


def _in_london(moment: str) -> datetime:
    try:
        zone: ZoneInfo | None = ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:
        zone = None  # the machine's own zone, on systems without zone data
    return datetime.fromisoformat(moment).astimezone(zone)


def _cut_connection(_: Cut) -> Response:
    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return Response(status=500)  # nobody can receive it any more


def _plain_error(error: HTTPException) -> tuple[Response, int]:
    return jsonify(success=False, message=error.description), error.code or 500


def _with_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    if not request.path.startswith("/_static/"):
        response.headers["Cache-Control"] = "no-store"
    return response


class QuietHandler(WSGIRequestHandler):
    """Serves without a log."""

    def log(self, *_: object) -> None:
        """Nothing: paths carry telephone numbers and references, and the store keeps the log that matters."""
