"""What tests of keys share: the commands, other processes' memories, and a look past all walls."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from app.core import keyring
from app.core.crypto import MasterKeys, new_key
from app.extensions import db
from app.files.ports.disk import DiskStore


@pytest.fixture(autouse=True)
def store_of_its_own(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The worlds of all tests are one workspace, and what lies in their store is never rolled back."""
    monkeypatch.setitem(app.extensions, "file_store", DiskStore(tmp_path))


@pytest.fixture
def flask_keys(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`flask_keys("rewrap")`: the command, as an operator gives it, without the wait for other processes."""
    monkeypatch.setattr(keyring, "KNOWN_WITHIN_SECONDS", 0.0)

    def run(*arguments: str) -> Result:
        db.session.commit()
        result = app.test_cli_runner().invoke(args=["keys", *arguments])
        db.session.expire_all()
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


@pytest.fixture
def masters(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Restart with other MASTER_KEYS: `masters(1, 2)` lists the tests' own and a second, `masters(2)` the second,
    `masters(-1)` another key under the number of the tests' own.
    """
    first = app.extensions["config"].master_keys
    known = {1: first, **{number: f"{number}:{b64encode(new_key()).decode()}" for number in (2, 3)}}
    known[-1] = f"1:{b64encode(new_key()).decode()}"

    def restart(*numbers: int) -> None:
        listed = ",".join(known[number] for number in numbers)
        monkeypatch.setitem(app.extensions, "master_keys", MasterKeys.parse(listed))
        keyring.forget_keys()

    return restart


@contextmanager
def another_process(kept: dict[Any, Any] | None = None) -> Iterator[None]:
    """Run a block with the memory that another process has of the keys (none, or a copy of `keyring._cache`)."""
    mine = keyring._cache.copy()
    keyring.forget_keys()
    keyring._cache.update(kept or {})
    try:
        yield
    finally:
        keyring.forget_keys()
        keyring._cache.update(mine)


#: How a value begins that the first data key has sealed: as PostgreSQL writes bytea, and in base64 within an address.
UNDER_THE_FIRST = re.compile(r"\\x0100000001|AQAAAA[E-H]")


def places_under_the_first_key(workspace_id: Any) -> set[str]:
    """`table.column` of every place in the database where something of the workspace is under its first data key.

    Every column of every table is looked at, whatever the models say of it; the scope has to be that workspace.
    """
    columns = db.session.execute(
        text(
            "select table_name, column_name from information_schema.columns where table_schema = 'public'"
            " and table_name in (select table_name from information_schema.columns where column_name = 'workspace_id')"
            " and table_name <> 'workspace_keys'"
        )
    ).all()
    found = set()
    for table, column in columns:
        values = db.session.scalars(
            text(f"select {column}::text from {table} where workspace_id = :here and {column} is not null"),
            {"here": workspace_id},
        )
        if any(UNDER_THE_FIRST.search(value) for value in values):
            found.add(f"{table}.{column}")
    return found
