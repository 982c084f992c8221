"""Starting with wrong settings, or beside a server that refuses: one line says what is wrong, and no stack trace."""

import os
import shutil
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import AuthenticationError
from sqlalchemy.exc import OperationalError

from app.config import ROOT, Config
from app.core.refusals import kind_of
from app.embedded.ports import free_port
from app.embedded.postgres import APP, OWNER, SUPERUSER
from tests.support.database import WorkerDatabase

WEB = ["-m", "gunicorn", "--config", "gunicorn.conf.py"]
WORKER = ["worker.py"]
SCHEDULER = ["worker.py", "scheduler"]
KEYS = ["-m", "flask", "--app", "wsgi", "keys", "rewrap"]
SEED = ["-m", "flask", "--app", "wsgi", "seed", "demo"]
UPGRADE = ["-m", "flask", "--app", "wsgi", "db", "upgrade"]
NOBODY = "postgresql://sill:hunter2@127.0.0.1:1/sill"
TINY = "import os\nprint('figures in', os.environ.get('PROMETHEUS_MULTIPROC_DIR'))\napp = print\n"
GIVEN = "PORT=8123\nWEB_HOST=127.0.0.7\nWEB_CONCURRENCY=3\nWEB_GRACEFUL_SECONDS=7\n"


def start(config: Config, command: list[str], **changed: str) -> "subprocess.CompletedProcess[str]":
    """Run a process of Sill to its end."""
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environ_of(config) | changed, check=False, capture_output=True,
        text=True, timeout=120,
    )  # fmt: skip


def environ_of(config: Config) -> dict[str, str]:
    """What a process needs to run as the tests do."""
    return {
        "PATH": os.environ["PATH"], "SILL_ENV": "test", "SILL_VAR_DIR": str(config.var_dir),
        "PUBLIC_URL": config.public_url, "DATABASE_URL": config.database_url, "REDIS_URL": config.redis_url,
        "SECRET_KEY": config.secret_key, "INDEX_PEPPER": config.index_pepper, "MASTER_KEYS": config.master_keys,
        "WEB_HOST": "127.0.0.1", "PORT": str(free_port()),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("command", "changed", "said"),
    [
        (WEB, {"WEB_GRACEFUL_SECONDS": "5s"}, "WEB_GRACEFUL_SECONDS must be a whole number"),
        (WEB, {"PORT": "http"}, "PORT must be a whole number from 1 to 65535."),
        (WEB, {"MASTER_KEYS": "foo"}, "MASTER_KEYS must be"),
        (WORKER, {"REDIS_URL": "redis://:hunter2@127.0.0.1:84x9/0"}, "REDIS_URL has a host or port"),
        (SCHEDULER, {"SECRET_KEY": "hunter2"}, "SECRET_KEY must have"),
        (KEYS, {"DATABASE_URL": "postgresql://sill:hunter2@127.0.0.1:84x0/sill"}, "DATABASE_URL has a host or port"),
        (KEYS, {"DATABASE_URL": NOBODY}, "PostgreSQL: nothing listens there."),
        (UPGRADE, {"MIGRATION_DATABASE_URL": NOBODY}, "PostgreSQL: nothing listens there."),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    config: Config, command: list[str], changed: dict[str, str], said: str
) -> None:
    ended = start(config, command, **changed)
    last = ended.stderr.splitlines()[-1]
    assert ended.returncode == 1 and last.startswith("Sill: ") and said in last
    told = ended.stdout + ended.stderr
    assert "Traceback" not in told and "hunter2" not in told


def test_an_app_that_may_not_change_tables_says_so_in_a_line(app: Any, config: Config) -> None:
    ended = start(config, ["-m", "flask", "--app", "wsgi", "db", "downgrade"])  # as the role of DATABASE_URL
    assert ended.returncode == 1 and "Traceback" not in ended.stderr
    assert "MIGRATION_DATABASE_URL must name the one that owns the tables (SQLSTATE 42501)" in ended.stderr


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_can_not_keep_every_letter_is_refused(
    config: Config, database: WorkerDatabase, encoding: str
) -> None:
    name = f"{database.name}_letters"
    made = f"create database {name} encoding {encoding!r} locale 'C' template template0"
    with database.postgres.admin("postgres") as admin:
        admin.execute(made)  # type: ignore[arg-type]
    ended = start(config, UPGRADE, MIGRATION_DATABASE_URL=database.postgres.url(SUPERUSER, name))
    database.postgres.drop_database(name)
    assert ended.returncode == 1 and "Traceback" not in ended.stderr
    assert f"Sill: the database has the encoding {encoding}." in ended.stderr


def test_data_that_has_no_place_is_told_in_a_line(config: Config, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = start(config, ["-m", "app.launch"], SILL_ENV="demo", SILL_VAR_DIR=str(tmp_path / "file" / "var"))
    assert ended.returncode == 1 and ended.stderr == ""
    assert ended.stdout.startswith(f"\nSill stops: Not a directory: {tmp_path}")


@pytest.mark.parametrize(("name", "lost"), [("embedded.json", "passwords"), ("secrets.json", "keys")])
def test_a_file_that_a_power_cut_emptied_is_told(config: Config, tmp_path: Path, name: str, lost: str) -> None:
    (tmp_path / name).touch()
    ended = start(config, ["-m", "app.launch"], SILL_ENV="demo", SILL_VAR_DIR=str(tmp_path), SECRET_KEY="")
    assert ended.returncode == 1 and ended.stderr == ""
    assert f"\nSill stops: {tmp_path / name} is damaged, and holds the {lost} " in ended.stdout
    assert (tmp_path / name).read_text() == ""


@pytest.mark.commits
@pytest.mark.parametrize("command", [WORKER, SCHEDULER, SEED])
def test_with_keys_of_another_database_nothing_works_in_the_background(
    world: Any, config: Config, command: list[str]
) -> None:
    ended = start(config, command, MASTER_KEYS=f"2:{b64encode(bytes(32)).decode()}")
    assert ended.returncode == 1
    assert ended.stderr.startswith("Sill: MASTER_KEYS lacks master key 1") and ended.stderr.count("\n") == 1


def test_a_clone_may_lie_in_a_folder_of_any_name(tmp_path: Path) -> None:
    place = tmp_path / "it's 100 % ü"
    for folder in ("app", "migrations", "templates", "static"):
        ignored = shutil.ignore_patterns("__pycache__", "data" if folder == "app" else "")
        shutil.copytree(ROOT / folder, place / folder, ignore=ignored)
    shutil.copy(ROOT / "wsgi.py", place)
    environ = {"PATH": os.environ["PATH"], "SILL_ENV": "demo", "DATABASE_URL": NOBODY, "REDIS_URL": "redis://127.0.0.1:1"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "heads"]
    told = subprocess.run(command, cwd=place, env=environ, check=False, capture_output=True, text=True, timeout=120)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.endswith(" (head)\n")


@pytest.fixture
def empty(database: WorkerDatabase) -> Iterator[dict[str, str]]:
    """A database that was never migrated, for both roles."""
    name = f"{database.name}_empty"
    database.postgres.create_database(name)
    url = database.postgres.url
    yield {"DATABASE_URL": url(APP, name), "MIGRATION_DATABASE_URL": url(OWNER, name)}
    database.postgres.drop_database(name)


@pytest.mark.parametrize("command", [KEYS, SEED])
def test_a_command_before_the_first_migration_says_what_is_to_be_run(
    config: Config, empty: dict[str, str], command: list[str]
) -> None:
    ended = start(config, command, **empty)
    assert ended.returncode == 1
    assert ended.stderr.startswith("Sill: migrations are not at head: run the release command (flask --app wsgi db up")
    assert ended.stderr.count("\n") == 1


def test_of_two_release_commands_at_once_the_second_waits(config: Config, empty: dict[str, str]) -> None:
    command, environ = [sys.executable, *UPGRADE], environ_of(config) | empty
    both = [subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [each.communicate(timeout=120)[0] for each in both]
    assert [each.returncode for each in both] == [0, 0]
    assert sorted("Up to 0001" in each for each in told) == [False, True], "one of them ran the migrations"


@pytest.mark.parametrize("command", [WORKER, SCHEDULER])
def test_what_is_started_before_the_release_command_waits_for_it(
    config: Config, empty: dict[str, str], command: list[str]
) -> None:
    running = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=environ_of(config) | empty, stderr=subprocess.PIPE, text=True
    )
    assert running.stderr is not None
    said = running.stderr.readline()
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)
    assert '"event": "waits_for_release_command"' in said
    assert running.returncode in (0, -signal.SIGTERM)


@pytest.mark.parametrize("command", [[*WEB, "--print-config"], ["-m", "app.launch"]])
def test_a_file_of_settings_that_is_no_text_is_told_in_a_line(tmp_path: Path, command: list[str]) -> None:
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__", "data"))
    shutil.copy(ROOT / "gunicorn.conf.py", tmp_path)
    (tmp_path / ".env").write_text("SMTP_FROM=Büro <office@example.com>\n", encoding="latin-1")
    told = subprocess.run(
        [sys.executable, *command], cwd=tmp_path, env={"PATH": os.environ["PATH"]}, check=False, capture_output=True,
        text=True, timeout=120,
    )  # fmt: skip
    assert told.returncode == 1
    assert told.stderr == f"Sill: {tmp_path / '.env'} cannot be read (UnicodeDecodeError). Save it as UTF-8 text.\n"


def test_gunicorns_own_settings_may_stand_in_the_file(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__", "data"))
    shutil.copy(ROOT / "gunicorn.conf.py", tmp_path)
    (tmp_path / "tiny.py").write_text(TINY)
    (tmp_path / ".env").write_text(f"{GIVEN}PROMETHEUS_MULTIPROC_DIR={tmp_path}\n")
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "--print-config", "tiny:app"]
    environ = {"PATH": os.environ["PATH"], "WEB_CONCURRENCY": "4"}  # which goes before the file
    told = subprocess.run(command, cwd=tmp_path, env=environ, check=False, capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stderr
    lines = {" ".join(line.split()) for line in told.stdout.splitlines()}
    assert {"bind = ['127.0.0.7:8123']", "graceful_timeout = 7", "workers = 4", f"figures in {tmp_path}"} <= lines


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ('connection failed: FATAL:  password authentication failed for user "sill"', "password"),
        ('connection failed: FATAL:  database "canary" does not exist', "no_such_database"),
        ("failed to resolve host 'canary': [Errno -2] Name or service not known", "no_such_host"),
        ("connection failed: Connection refused\n\tIs the server running", "refused"),
        ("connection timeout expired", "timeout"),
        ("the connection is closed", "cut"),
        ("canary", "unknown"),
    ],
)
def test_the_log_gets_the_kind_of_a_refusal_and_not_its_words(message: str, kind: str) -> None:
    assert kind_of(OperationalError("", {}, Exception(message))) == kind


def test_redis_refuses_for_its_own_reasons() -> None:
    assert kind_of(AuthenticationError("invalid username-password pair or user is disabled.")) == "password"
