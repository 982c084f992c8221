"""What the platform asks: is it alive, is it ready, and how is it doing."""

from base64 import b64encode

import pytest

from app.config import ConfigError
from app.core import health, key_check, release_check
from app.core.crypto import MasterKeys
from app.extensions import redis_door
from app.keys.services import rewrap_keys

TOKEN = "metrics-token-of-the-tests"


@pytest.fixture
def nothing_beats(app):
    redis_door.client.delete(*(f"{health.HEARTBEAT_KEY}{role}" for role in ("worker", "scheduler")))


@pytest.fixture
def an_hour_later():
    """Let what is known of the keys be too old."""
    return lambda: key_check._found.pop("now", None)


def test_it_is_alive_without_a_session(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200 and answer.json == {"status": "ok"}
    assert answer.headers["X-Request-Id"]


def test_it_names_each_part_it_needs(client, nothing_beats):
    health.beat("worker")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["checks"] == {
        "database": "ok", "keys": "ok", "redis": "ok", "worker": "ok", "scheduler": "no heartbeat",
    }  # fmt: skip


def test_it_is_not_ready_before_the_migrations(client, monkeypatch):
    monkeypatch.setattr(release_check, "_heads", lambda: {"a revision that was not run"})
    answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.json["status"] == "unavailable"
    assert "release" in answer.json["checks"]["database"]


@pytest.mark.parametrize(("was_ready", "status"), [(True, 200), (False, 503)])
def test_a_newer_release_migrates_while_the_last_one_still_answers(client, database, monkeypatch, was_ready, status):
    """Who was ready before goes on until it is stopped; who begins now belongs to a release that was taken back."""
    monkeypatch.setattr(health, "_found", set())
    if was_ready:
        assert client.get("/readyz").status_code == 200
    with database.admin() as admin:
        ((head,),) = admin.execute("select version_num from alembic_version").fetchall()
        admin.execute("update alembic_version set version_num = '9999'")
        try:
            answer = client.get("/readyz")
        finally:
            admin.execute("update alembic_version set version_num = %s", [head])
    assert answer.status_code == status
    assert answer.json["checks"]["database"].startswith("migrated by a newer release")


OTHER = b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("master_keys", MasterKeys.parse(f"1:{OTHER}"), "MASTER_KEYS has another"),
        ("master_keys", MasterKeys.parse(f"2:{OTHER}"), "MASTER_KEYS lacks master key 1"),
        ("index_pepper", b"another pepper", "INDEX_PEPPER"),
    ],
)
def test_it_is_not_ready_with_keys_of_another_database(client, world, monkeypatch, setting, value, words):
    monkeypatch.setitem(client.application.extensions, setting, value)
    answer = client.get("/readyz")
    assert answer.status_code == 503 and words in answer.json["checks"]["keys"]
    with pytest.raises(ConfigError, match=words):
        key_check.refuse_wrong_keys()


def test_it_is_ready_in_each_step_of_a_change_of_the_master_key(client, world, monkeypatch, an_hour_later):
    first = client.application.extensions["config"].master_keys
    for listed in (f"2:{OTHER},{first}", f"{first},2:{OTHER}"):
        monkeypatch.setitem(client.application.extensions, "master_keys", MasterKeys.parse(listed))
        an_hour_later()
        assert client.get("/readyz").json["checks"]["keys"] == "ok"
    rewrap_keys()
    an_hour_later()
    assert client.get("/readyz").json["checks"]["keys"] == "ok"
    monkeypatch.setitem(client.application.extensions, "master_keys", MasterKeys.parse(f"2:{OTHER}"))
    an_hour_later()
    assert client.get("/readyz").json["checks"]["keys"] == "ok"


def test_a_workspace_with_other_keys_is_told_of_and_takes_nobody_elses_pages_away(
    client, world, monkeypatch, an_hour_later
):
    assert client.get("/readyz").status_code == 200
    monkeypatch.setitem(client.application.extensions, "master_keys", MasterKeys.parse(f"2:{OTHER}"))
    assert client.get("/readyz").json["checks"]["keys"] == "ok", "it is looked up once a minute"
    an_hour_later()
    answer = client.get("/readyz")
    assert answer.status_code == 200 and "lacks master key 1" in answer.json["checks"]["keys"]
    key_check.refuse_wrong_keys()  # a worker goes on as well


@pytest.mark.parametrize("header", ["", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"bearer{TOKEN}"])
def test_the_figures_do_not_exist_for_those_without_the_token(client, header):
    assert client.get("/metrics", headers={"Authorization": header}).status_code == 404


def test_the_figures_count_answers_and_work(client):
    client.get("/healthz")
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert 'sill_requests_total{method="GET",route="/healthz",status="200"}' in answer.text
    assert "sill_open_streams" in answer.text


def test_methods_that_somebody_makes_up_are_one_figure(client):
    for method in ("BREW", "CANARY1", "CANARY2"):
        client.open("/healthz", method=method)
    told = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert 'sill_requests_total{method="other"' in told
    assert "BREW" not in told and "CANARY" not in told
