"""What bin/run starts: the servers the environment does not name, the release steps, and Sill's processes.

SILL_ENV=demo (the default here) adds a seeded workspace and the far ends: a mailbox that takes mail and SMS,
and a Squeegee. SILL_ENV=development leaves both out.
"""

import errno
import http.client
import os
import secrets
import shutil
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg
from alembic.script import ScriptDirectory

from app.config import ROOT, ConfigError, given_environ, load_config
from app.embedded import EmbeddedServerError, EmbeddedServers, start_embedded
from app.embedded.ports import free_port
from app.embedded.processes import LOOPBACK, write_private
from app.environment import LAST_PORT, MIGRATIONS, envint, told_in_a_line, written
from app.local_secrets import local_secrets
from app.supervisor import ChildFailed, StopAsked, Supervisor, say

PORTS = {"web": 8000, "mailbox": 8025, "smtp": 2525, "squeegee": 8090}
DEMO_LOGIN = "owner@example.com"
DEMO_PASSWORD = "glass-and-ladder-2026"
HOOKS = "hooks.json"
#: What a disk answers that is full, is not to be written to, or belongs to somebody else.
NO_PLACE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST}
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]


def main() -> int:
    """Run until asked to stop or something dies. Returns the exit code: 0 if asked, 1 if not."""
    os.umask(0o077)  # logs and data are for their owner only
    with told_in_a_line():
        given = given_environ()
    given.setdefault("SILL_ENV", "demo")
    if given["SILL_ENV"] not in ("demo", "development"):
        say("bin/run is for trying Sill and for developing it. In production run the processes in Procfile.")
        return 2
    var_dir = Path(given.get("SILL_VAR_DIR") or ROOT / "var").absolute()
    try:
        return _run_until_asked(Supervisor(var_dir / "log", ROOT, given), var_dir)
    except OSError as error:
        if error.errno not in NO_PLACE:
            raise
        say(f"\nSill stops: {error.strerror}: {error.filename or var_dir}. Its data goes there (SILL_VAR_DIR).")
        return 1


def _run_until_asked(supervisor: Supervisor, var_dir: Path) -> int:
    given = supervisor.environ
    supervisor.listen()
    servers: EmbeddedServers | None = None
    code = 1
    try:
        servers = start_embedded(var_dir, not _names(given, "DATABASE_URL"), not _names(given, "REDIS_URL"))
        _run(supervisor, servers, var_dir)
    except StopAsked:
        say("\nStopping.")
        code = 0
    except (ChildFailed, ConfigError, EmbeddedServerError) as error:
        say(f"\nSill stops: {error}")
    finally:
        supervisor.quieten()
        supervisor.stop()
        if servers is not None:
            servers.stop()
            (var_dir / "run.env").unlink(missing_ok=True)
    return code


def _run(supervisor: Supervisor, servers: EmbeddedServers, var_dir: Path) -> None:
    environ = supervisor.environ
    ports = choose_ports(environ)
    is_demo = environ["SILL_ENV"] == "demo"
    settings = {**servers, **_own_settings(environ, ports, var_dir)}
    if is_demo:
        settings |= _far_ends(environ, ports)
    environ.update(settings)
    load_config(environ)
    write_private(var_dir / "run.env", written(settings))
    if is_demo:
        _start_far_ends(supervisor, ports, var_dir)
    if not _is_migrated(environ):
        supervisor.run("migrate", [*FLASK, "db", "upgrade"])
    supervisor.start("web", [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"])
    if is_demo:
        websites = [f"--embed-in=http://{host}:{ports['mailbox']}" for host in (LOOPBACK, "localhost")]
        # While web is starting. The mailbox finds in the file where answers to Sill go.
        supervisor.run("seed", [*FLASK, "seed", "demo", *websites, f"--hooks-into={var_dir / HOOKS}"])
    supervisor.start("worker", [sys.executable, "worker.py"])
    supervisor.start("scheduler", [sys.executable, "worker.py", "scheduler"])
    supervisor.wait_for(lambda: _answers(ports["web"], "/healthz"))
    if is_demo:
        supervisor.wait_for(lambda: all(_listens(ports[it]) for it in ("mailbox", "smtp", "squeegee")))
    _greet(environ, ports, var_dir)
    while (dead := servers.ended()) is None:
        supervisor.pause()
    raise ChildFailed(f"{dead} died. Its log is in {var_dir}.")


def _is_migrated(environ: dict[str, str]) -> bool:
    """Say whether the tables are as the newest migration leaves them, without starting Flask to find out."""
    heads = set(ScriptDirectory(str(MIGRATIONS)).get_heads())
    url = environ.get("MIGRATION_DATABASE_URL") or environ.get("DATABASE_URL", "")
    try:
        with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), connect_timeout=5) as connection:
            return {version for (version,) in connection.execute("select version_num from alembic_version")} == heads
    except psycopg.Error:
        return False  # the migration says what is wrong


def _names(environ: dict[str, str], name: str) -> bool:
    """Say whether the environment names this server, itself or by a file."""
    return bool(environ.get(name) or environ.get(f"{name}_FILE"))


def choose_ports(environ: Mapping[str, str]) -> dict[str, int]:
    """Return where each process listens: at its usual port, or the next free one, saying so.

    Raises ChildFailed, and ConfigError for a PORT that is none.
    """
    ports: dict[str, int] = {}
    for name, usual in PORTS.items():
        wanted = envint(environ, "PORT", usual, least=1, most=LAST_PORT - 50) if name == "web" else usual
        near = range(wanted, wanted + 50)
        port = next((each for each in near if each not in ports.values() and free_port(each) == each), None)
        if port is None:
            raise ChildFailed(f"All ports from {near[0]} to {near[-1]} are taken: {name} has nowhere to listen.")
        if port != wanted:
            say(f"Port {wanted} is taken: {name} listens on {port}.")
        ports[name] = port
    return ports


def _own_settings(environ: dict[str, str], ports: dict[str, int], var_dir: Path) -> dict[str, str]:
    """Return the settings of Sill's own processes, secrets that were not given included."""
    figures = var_dir / "figures"
    shutil.rmtree(figures, ignore_errors=True)  # those of processes that are gone
    figures.mkdir()
    return {
        "SILL_ENV": environ["SILL_ENV"],
        "SILL_VAR_DIR": str(var_dir),
        "PUBLIC_URL": environ.get("PUBLIC_URL") or f"http://{LOOPBACK}:{ports['web']}",
        "WEB_HOST": LOOPBACK,
        "PORT": str(ports["web"]),
        "WEB_GRACEFUL_SECONDS": "5",
        "PROMETHEUS_MULTIPROC_DIR": str(figures),
        **local_secrets(var_dir, environ),
    }


def _far_ends(environ: dict[str, str], ports: dict[str, int]) -> dict[str, str]:
    """Return the settings that lead mail, SMS and jobs to the demo's far ends, unless the user set others."""
    ends = {
        "SQUEEGEE_SIMULATOR_URL": f"http://{LOOPBACK}:{ports['squeegee']}",
        "ALLOW_PRIVATE_OUTBOUND": "1",
    }
    if not environ.get("SMTP_HOST"):
        ends |= {
            "SMTP_HOST": LOOPBACK,
            "SMTP_PORT": str(ports["smtp"]),
            "SMTP_STARTTLS": "0",
            "SMTP_FROM": "desk@example.com",
            "SMTP_HONOURS_MESSAGE_ID": "1",
        }
    if not environ.get("TWILIO_ACCOUNT_SID"):
        ends |= {
            "TWILIO_API_BASE": f"http://{LOOPBACK}:{ports['mailbox']}/twilio",
            "TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
            "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
            "TWILIO_FROM": "+447700900000",  # of the numbers Ofcom keeps for drama
            "TWILIO_HONOURS_IDEMPOTENCY": "1",
        }
    return ends


def _start_far_ends(supervisor: Supervisor, ports: dict[str, int], var_dir: Path) -> None:
    """Start the mailbox and the Squeegee; they outlast Sill, whose last job may still be sending to them."""
    squeegee = ["--port", str(ports["squeegee"]), "--data", str(var_dir / "squeegee")]
    supervisor.start("squeegee", [sys.executable, "-m", "simulators.squeegee", *squeegee], outlasts=True)
    mailbox = ["--http-port", str(ports["mailbox"]), "--smtp-port", str(ports["smtp"])]
    mailbox += ["--data", str(var_dir / "mailbox")]
    mailbox += ["--form-url", f"{supervisor.environ['PUBLIC_URL']}/q/somerset-demo"]
    mailbox += ["--hooks", str(var_dir / HOOKS)]
    supervisor.start("mailbox", [sys.executable, "-m", "simulators.mailbox", *mailbox], outlasts=True)


def _listens(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _greet(environ: dict[str, str], ports: dict[str, int], var_dir: Path) -> None:
    url = environ["PUBLIC_URL"]
    say(f"\nSill runs at {url}    (Ctrl-C stops it; data in {var_dir}, logs in {var_dir / 'log'})")
    if environ["SILL_ENV"] == "demo":
        mailbox = f"http://{LOOPBACK}:{ports['mailbox']}"
        say(
            f"\n  Board        {url}/w/somerset/leads/board"
            f"\n  Public form  {url}/q/somerset-demo"
            f"\n  Embedded     {mailbox}/embed-demo"
            f"\n  Mailbox      {mailbox}/"
            f"\n  Sign in      {DEMO_LOGIN} / {DEMO_PASSWORD}\n"
        )


if __name__ == "__main__":
    sys.exit(main())
