"""What the platform asks: is it alive, is it ready, and how is it doing."""

import pytest

from app.core import health
from app.extensions import redis_door

TOKEN = "metrics-token-of-the-tests"


@pytest.fixture
def nothing_beats(app):
    redis_door.client.delete(*(f"{health.HEARTBEAT_KEY}{role}" for role in ("worker", "scheduler")))


def test_it_is_alive_without_a_session(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200 and answer.json == {"status": "ok"}
    assert answer.headers["X-Request-Id"]


def test_it_names_each_part_it_needs(client, nothing_beats):
    health.beat("worker")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["checks"] == {"database": "ok", "redis": "ok", "worker": "ok", "scheduler": "no heartbeat"}


def test_it_is_not_ready_before_the_migrations(client, monkeypatch):
    monkeypatch.setattr(health, "_heads", lambda directory: {"a revision that was not run"})
    answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.json["status"] == "unavailable"
    assert "release" in answer.json["checks"]["database"]


@pytest.mark.parametrize("header", ["", "Bearer wrong", f"Basic {TOKEN}"])
def test_the_figures_do_not_exist_for_those_without_the_token(client, header):
    assert client.get("/metrics", headers={"Authorization": header}).status_code == 404


def test_the_figures_count_answers_and_work(client):
    client.get("/healthz")
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert 'sill_requests_total{method="GET",route="/healthz",status="200"}' in answer.text
    assert "sill_open_streams" in answer.text
