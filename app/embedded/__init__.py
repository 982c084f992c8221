"""The servers Sill brings along, for when the environment names none.

`start_embedded` gives real PostgreSQL and Redis under `var/`: the same SQL and the same commands as in
production, no second dialect. The one who starts them owns them; others use the URLs.
"""

import fcntl
import json
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from app.embedded.postgres import APP, OWNER, SUPERUSER, EmbeddedPostgres
from app.embedded.processes import EmbeddedServerError, write_private
from app.embedded.redis import EmbeddedRedis

__all__ = ["EmbeddedPostgres", "EmbeddedRedis", "EmbeddedServerError", "EmbeddedServers", "start_embedded"]


class EmbeddedServers(dict[str, str]):
    """The environment variables that lead to the servers, and the servers themselves."""

    def __init__(self, lock: int) -> None:
        """Take the descriptor of the lock that says who owns the folder."""
        super().__init__()
        self._lock = lock
        self.postgres: EmbeddedPostgres | None = None
        self.redis: EmbeddedRedis | None = None

    def ended(self) -> str | None:
        """Return the name of a server that died, None while all that were started run."""
        for name, server in (("postgres", self.postgres), ("redis", self.redis)):
            if server is not None and server.has_ended:
                return name
        return None

    def stop(self) -> None:
        """Stop what was started and give the folder free. A second call does nothing."""
        if self._lock < 0:
            return
        for server in (self.redis, self.postgres):
            if server is not None:
                server.stop()
        os.close(self._lock)
        self._lock = -1

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the servers."""
        self.stop()


def start_embedded(
    var_dir: Path, want_pg: bool, want_redis: bool, *, durable: bool = True
) -> EmbeddedServers:
    """Start the wanted servers under `var_dir` and return the variables that lead to them, with `.stop()`.

    DATABASE_URL is of the role that owns nothing, MIGRATION_DATABASE_URL of the owner. `durable=False` is
    for tests. Raises EmbeddedServerError if one does not start or another process runs them there.
    """
    var_dir = var_dir.absolute()
    # Others may pass through (PostgreSQL runs as another account when we are root), not look around.
    var_dir.mkdir(parents=True, exist_ok=True, mode=0o711)
    servers = EmbeddedServers(_own(var_dir))
    state = _state(var_dir)
    try:
        if want_pg:
            passwords = {role: state["passwords"][role] for role in (SUPERUSER, OWNER, APP)}
            servers.postgres = EmbeddedPostgres(var_dir / "postgres", passwords, durable=durable)
            servers.postgres.start(state["ports"].get("postgres"))
            state["ports"]["postgres"] = servers.postgres.port
            servers["DATABASE_URL"] = servers.postgres.url(APP)
            servers["MIGRATION_DATABASE_URL"] = servers.postgres.url(OWNER)
        if want_redis:
            servers.redis = EmbeddedRedis(var_dir / "redis", state["passwords"]["redis"], durable=durable)
            servers.redis.start(state["ports"].get("redis"))
            state["ports"]["redis"] = servers.redis.port
            servers["REDIS_URL"] = servers.redis.url
    except psycopg.Error as error:
        servers.stop()
        raise EmbeddedServerError(f"PostgreSQL refuses ({type(error).__name__}); its data is in {var_dir}.") from None
    except BaseException:
        servers.stop()
        raise
    write_private(var_dir / "embedded.json", json.dumps(state, indent=2))
    return servers


def _own(var_dir: Path) -> int:
    """Take the folder's lock, which the kernel frees when we die. Raises EmbeddedServerError if taken."""
    descriptor = os.open(var_dir / "embedded.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise EmbeddedServerError(
            f"Sill runs already from this folder ({var_dir}): stop that one first, or set SILL_VAR_DIR."
        ) from None
    return descriptor


def _state(var_dir: Path) -> dict[str, dict[str, str]]:
    """Return the passwords and the last ports, the passwords made at the first start and kept before use."""
    file = var_dir / "embedded.json"
    if file.exists():
        try:
            state: dict[str, dict[str, str]] = json.loads(file.read_text())
            return state
        except ValueError:
            raise EmbeddedServerError(
                f"{file} is damaged, and holds the passwords of the servers: put a copy of it there, or move"
                f" {var_dir} away to begin anew."
            ) from None
    passwords = {name: secrets.token_hex(24) for name in (SUPERUSER, OWNER, APP, "redis")}
    state = {"passwords": passwords, "ports": {}}
    write_private(file, json.dumps(state, indent=2))
    return state
