"""The figures as Prometheus gets them: from a real gunicorn, whose processes share a folder of figures."""

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.config import ROOT, Config
from app.core import outbox
from app.core.clock import utcnow
from app.embedded.ports import free_port
from app.extensions import db
from tests.support.waiting import wait_for

TOKEN = "metrics-token-of-the-tests"
#: So often the figures are asked for, each time over a new connection, so that it's never one process that answers.
OFTEN = 6
#: Every label that a figure has; one by another name fails the test.
ORDER = ("state", "method", "route", "status", "le")


@pytest.fixture
def port(config: Config, tmp_path: Path) -> Iterator[int]:
    """Where two web processes answer together."""
    figures, port = tmp_path / "figures", free_port()
    figures.mkdir()
    environ = os.environ | {
        "SILL_ENV": "test", "SILL_VAR_DIR": str(tmp_path), "PUBLIC_URL": config.public_url,
        "DATABASE_URL": config.database_url, "REDIS_URL": config.redis_url, "SECRET_KEY": config.secret_key,
        "INDEX_PEPPER": config.index_pepper, "MASTER_KEYS": config.master_keys, "METRICS_TOKEN": TOKEN,
        "PROMETHEUS_MULTIPROC_DIR": str(figures), "WEB_HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "2",
    }  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"]
    with (tmp_path / "log").open("wb") as output:
        server = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=output, stderr=output)
    try:
        wait_for(lambda: answers(port), 180, "the web server")
        yield port
    finally:
        server.terminate()
        server.wait(120)


@pytest.mark.commits
def test_work_that_was_dead_once_is_not_dead_for_ever(world: Any, make_lead: Any, port: int) -> None:
    item = outbox.enqueue("quote.expire", make_lead().id, run_at=utcnow())
    item.state = "dead"
    db.session.commit()
    for _ in range(OFTEN):
        assert figures(port)["sill_outbox_items"]["dead"] == 1
    outbox.replay(item)
    db.session.commit()
    waits = sum(1 for each in db.session.query(outbox.OutboxItem.state) if each.state == "ready")
    for _ in range(OFTEN):
        assert figures(port)["sill_outbox_items"] == {"ready": waits, "leased": 0, "dead": 0}
    assert figures(port)["sill_open_streams"] == {"": 0}
    told = figures(port)["sill_requests_total"]
    assert told["GET /metrics 200"] >= 2 * OFTEN  # counted over both processes


def figures(port: int) -> dict[str, dict[str, float]]:
    """What /metrics says: by a figure's name, then by its labels' values. Each family and each figure stands once."""
    status, text = ask(port, "/metrics")
    assert status == 200
    types = [line for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(types) == len(set(types)), "a family stands there twice"
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = " ".join(sample.labels[name] for name in sorted(sample.labels, key=ORDER.index))
            by_labels = found.setdefault(sample.name, {})
            assert labels not in by_labels, (sample.name, labels)
            by_labels[labels] = sample.value
    return found


def answers(port: int) -> bool:
    """Whether the web server answers yet."""
    try:
        return ask(port, "/healthz")[0] == 200
    except OSError:
        return False


def ask(port: int, path: str) -> tuple[int, str]:
    """Ask over a connection of its own; returns the status and the text."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}", "Connection": "close"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
