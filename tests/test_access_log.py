"""The access log, by a real gunicorn: neither query strings nor the keys in customers' links."""

import http.client
import os
import subprocess
import sys
import time
from pathlib import Path

from app.embedded.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
APP = "def app(environ, start_response):\n    start_response('200 OK', [])\n    return [b'']\n"
KEY = "pQ3-xyzzy_canary_key_in_a_link"
ID = "0192f1c8-7a3b-7c1d-8e2f-0123456789ab"


def test_the_log_tells_paths_and_ids_and_keeps_keys_and_queries_to_itself(tmp_path: Path) -> None:
    (tmp_path / "tiny.py").write_text(APP)
    port = free_port()
    environ = os.environ | {"WEB_HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "tiny:app"]
    log = tmp_path / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=output, stderr=output)
    try:
        for path in (f"/q/{KEY}?name=canary-name", f"/w/somerset/leads/{ID}"):
            assert get(port, path) == 200
    finally:
        server.terminate()
        server.wait(120)
    text = log.read_text()
    assert "GET /q/…" in text
    assert f"GET /w/somerset/leads/{ID}" in text
    assert "canary" not in text


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
