"""The simulators' own sqlite file: one connection, one lock, every write durable before the answer."""

import json
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


class Database:
    """A small sqlite store; `schema` is run at every start, so each statement says IF NOT EXISTS."""

    def __init__(self, folder: Path, name: str, schema: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self._connection = sqlite3.connect(folder / name, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + schema)

    def run(self, statement: str, *values: Any) -> int:
        """Execute one writing statement; returns the number of the row it inserted."""
        with self.lock:
            cursor = self._connection.execute(statement, values)
            return cursor.lastrowid or 0

    def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """All rows of a query; a `payload` column is read as JSON."""
        with self.lock:
            found = [dict(row) for row in self._connection.execute(statement, values)]
        for row in found:
            if row.get("payload"):
                row["payload"] = json.loads(row["payload"])
        return found

    def one(self, statement: str, *values: Any) -> dict[str, Any] | None:
        """The first row of a query, or None."""
        return next(iter(self.rows(statement, *values)), None)


def now() -> str:
    """The present moment in UTC, as ISO text."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
