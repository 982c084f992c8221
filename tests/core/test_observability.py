"""Log lines: JSON, with the request's id, and nothing of what people wrote."""

import json
from typing import Any

import pytest

from app.core import observability


def test_each_line_of_a_request_has_its_id(alice: Any, capsys: pytest.CaptureFixture[str]) -> None:
    observability.configure("INFO")
    try:
        answers = [alice.get("/w/wells/leads/board"), alice.get("/w/wells/leads?q=Canary"), alice.get("/no-such-page")]
    finally:
        said = capsys.readouterr().err
        observability.configure("WARNING")
    lines = [json.loads(line) for line in said.splitlines()]
    ids = [answer.headers["X-Request-Id"] for answer in answers]
    assert len(set(ids)) == 3 and [line["request_id"] for line in lines if line["event"] == "request"] == ids
    assert all(line.get("request_id") in ids for line in lines)
    assert "Canary" not in said
