"""The access log of a real gunicorn: JSON with the request's id and route, without anything of its address."""

import http.client
import json
import logging
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask

from app.core.observability import ROUTE
from app.core.server_log import _is_news, _ServerLine
from app.embedded.ports import free_port
from tests.support.client import Client

ROOT = Path(__file__).resolve().parent.parent
APP = """
def app(environ, start_response):
    if environ["PATH_INFO"].startswith("/q/"):
        environ["sill.route"] = "/q/<key>"
    if environ["PATH_INFO"] == "/broken":
        raise RuntimeError("canary")
    start_response("200 OK", [("X-Request-Id", "id-of-the-request")])
    return [b""]
"""
KEY = "pQ3-xyzzy_canary_key_in_a_link"
FORGED = "/zz%0a%7b%22event%22:%22signed_in%22%7d%0d%1b[2J%00"


def test_the_log_tells_routes_and_ids_and_keeps_paths_and_queries_to_itself(tmp_path: Path) -> None:
    (tmp_path / "tiny.py").write_text(APP)
    port = free_port()
    environ = os.environ | {"WEB_HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "tiny:app"]
    log = tmp_path / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=output, stderr=output)
    try:
        for path in (f"/q/{KEY}?name=canary-name", "/Jane.canary@leak.example", FORGED):
            assert get(port, path) == 200
        assert get(port, "/broken?name=canary-name") == 500
        with socket.create_connection(("127.0.0.1", port), 60) as odd:
            odd.sendall(b"GET /q/canary-key?name=canary NOT-HTTP\r\nX-Canary canary\r\n\r\n")
            assert odd.recv(12) == b"HTTP/1.1 400"
    finally:
        server.terminate()
        server.wait(120)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    answered = [line for line in lines if line["event"] == "answered"]
    assert [line["path"] for line in answered[:2]] == ["/q/<key>", "unknown"]
    assert all((line["status"], line["request_id"]) == (200, "id-of-the-request") for line in answered[:3])
    assert [line["error"] for line in lines if "error" in line] == ["RuntimeError"]
    assert [line for line in lines if line["level"] == "warning" and line["at"]], "the broken request is told of"
    assert "canary" not in log.read_text() and "\x1b" not in log.read_text()


def get(port: int, path: str, seconds: float = 120) -> int:
    deadline = time.monotonic() + seconds
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        finally:
            connection.close()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/w/wells/leads/canary", "/w/…"),
        ("/w/wells/leads", "/w/<slug>/leads"),
        ("/q/canary", "/q/<key>"),
        ("/Jane.canary@leak.example", "unknown"),
        ("/w-canary/", "unknown"),
        ("//canary/x", "unknown"),
        ("/healthz", "/healthz"),
    ],
)
def test_the_app_tells_the_server_routes_and_no_addresses(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch, path: str, told: str
) -> None:
    answer, seen = app.wsgi_app, []
    monkeypatch.setattr(app, "wsgi_app", lambda environ, start: [seen.append(environ), answer(environ, start)][1])
    client.get(path)
    assert seen[0][ROUTE] == told


def test_a_connection_that_is_let_go_of_at_a_stop_is_no_error() -> None:
    kind = type("cancel_wait_ex", (OSError,), {})
    for error, is_told in ((kind(9, "File descriptor was closed in another greenlet"), False), (OSError(9), True)):
        info = (type(error), error, None)
        record = logging.LogRecord("gunicorn.error", logging.ERROR, "x", 1, "Socket error", (), info)
        assert _is_news(record) is is_told


TUPLE = "('0.0.0.0', 8000)"


@pytest.mark.parametrize(
    ("message", "values", "said"),
    [
        ("Worker (pid:%s) was sent %s!", (4711, "SIGABRT"), "Worker (pid:4711) was sent SIGABRT!"),
        ("Worker (pid:%s) exited with code %s.", (4711, -1), "Worker (pid:4711) exited with code -1."),
        ("WORKER TIMEOUT (pid:%s)", (4711,), "WORKER TIMEOUT (pid:4711)"),
        ("Connection in use: %s", (TUPLE,), f"Connection in use: {TUPLE}"),
        ("Connection in use: %s", ("('::', 8000, 0, 0)",), "Connection in use: ('::', 8000, 0, 0)"),
        ("Connection in use: %s", ("Jane canary",), "Connection in use: %s"),
        ("Error handling request %s", ("/q/4711",), "Error handling request %s"),
        ("Control server error: %s", (4711,), "Control server error: %s"),
        (f"Connection in use: {TUPLE}", (), None),
    ],
)
def test_the_server_says_which_process_and_which_address_and_nothing_of_requests(
    message: str, values: tuple[object, ...], said: str | None
) -> None:
    record = logging.LogRecord("gunicorn.error", logging.ERROR, "glogging.py", 1, message, values, None)
    assert json.loads(_ServerLine().format(record))["said"] == said


def test_the_server_names_the_address_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "tiny:app"]
        environ = os.environ | {"WEB_HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "1"}
        with subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True) as server:
            assert server.stderr is not None
            first = next(json.loads(line) for line in server.stderr if '"error"' in line)
            server.kill()
    assert first["said"] == f"Connection in use: ('127.0.0.1', {port})"
