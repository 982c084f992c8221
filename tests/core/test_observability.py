"""Log lines: JSON, with the request's id, and nothing of what people wrote."""

import json
from contextlib import redirect_stderr
from io import StringIO
from typing import Any

from app.core import observability


def test_each_line_of_a_request_has_its_id(alice: Any) -> None:
    try:
        with redirect_stderr(StringIO()) as log:
            observability.configure("INFO")
            paths = ("/w/wells/leads/board", "/w/wells/leads?q=Canary", "/no-such-page")
            answers = [alice.get(path) for path in paths]
    finally:
        observability.configure("WARNING")
    said = log.getvalue()
    lines = [json.loads(line) for line in said.splitlines()]
    ids = [answer.headers["X-Request-Id"] for answer in answers]
    assert len(set(ids)) == 3 and [line["request_id"] for line in lines if line["event"] == "request"] == ids
    assert all(line.get("request_id") in ids for line in lines)
    assert "Canary" not in said
