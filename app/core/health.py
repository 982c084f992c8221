"""Is it alive, is it ready: for the platform's probes."""

import time

from flask import Blueprint, Flask, Response, jsonify
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.core import key_check, release_check
from app.extensions import limiter, redis_door

bp = Blueprint("health", __name__)
HEARTBEAT_KEY = "heartbeat:"
HEARTBEAT_SECONDS = 30
#: While a release is rolled out its migration has run, and only the processes of the last one can answer: a platform
#: that took them out of rotation then would take the site away.
_STILL_SERVES = "migrated by a newer release, of which this process is not"
_found: set[str] = set()


def init_app(app: Flask) -> None:
    """Mount the probes; they are never throttled."""
    limiter.exempt(bp)
    app.register_blueprint(bp)


def beat(role: str) -> None:
    """Say that a process of this role is alive."""
    redis_door.client.set(f"{HEARTBEAT_KEY}{role}", int(time.time()), ex=HEARTBEAT_SECONDS)


@bp.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Database, migrations, keys, Redis and workers, each by name; 503 while the product can't do its work.

    A missing worker is told but does not take the web process out of rotation: pages still work and lose nothing.
    """
    database = _database()
    checks = {
        "database": database, "keys": _keys() if database in ("ok", _STILL_SERVES) else "unknown", "redis": _redis(),
        "worker": _alive("worker"), "scheduler": _alive("scheduler"),
    }  # fmt: skip
    fits = checks["keys"] == "ok" or key_check.was_right()
    ready = database in ("ok", _STILL_SERVES) and fits and checks["redis"] == "ok"
    return jsonify(status="ok" if ready else "unavailable", checks=checks), 200 if ready else 503


def _database() -> str:
    try:
        found = release_check.tables()
    except SQLAlchemyError:
        return "unreachable"
    if found == release_check.AT_HEAD:
        _found.add(found)
        return "ok"
    if found == release_check.BEHIND:
        return found
    if release_check.AT_HEAD in _found:
        return _STILL_SERVES
    return "migrated by a newer release: this one does not know its tables"


def _keys() -> str:
    try:
        return key_check.verdict()
    except SQLAlchemyError:
        return "unknown"


def _redis() -> str:
    try:
        redis_door.client.ping()
    except RedisError:
        return "unreachable"
    return "ok"


def _alive(role: str) -> str:
    try:
        return "ok" if redis_door.client.exists(f"{HEARTBEAT_KEY}{role}") else "no heartbeat"
    except RedisError:
        return "unknown"
