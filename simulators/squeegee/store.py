"""What Squeegee keeps: customers, their jobs and quotes, and every request with whether it was accepted."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any
from uuid import uuid4

from simulators.database import Database, now

SCHEMA = """
CREATE TABLE IF NOT EXISTS customers (
  id TEXT PRIMARY KEY, reference TEXT, payload TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS work (
  id TEXT PRIMARY KEY, step TEXT NOT NULL, customer_id TEXT NOT NULL REFERENCES customers (id),
  payload TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS requests (
  number INTEGER PRIMARY KEY, at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, step TEXT NOT NULL,
  body TEXT NOT NULL, status INTEGER, outcome TEXT NOT NULL DEFAULT 'in hand',
  accepted INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS callbacks (
  number INTEGER PRIMARY KEY, at TEXT NOT NULL, webhook_id TEXT NOT NULL, customer_id TEXT NOT NULL,
  job_id TEXT NOT NULL, first_service_date TEXT NOT NULL, outcome TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """Squeegee's database in `folder`/squeegee.sqlite."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(folder, "squeegee.sqlite", SCHEMA)

    def begin_request(self, method: str, path: str, step: str, body: str) -> int:
        """Note a request the moment it arrives; returns its number."""
        statement = "INSERT INTO requests (at, method, path, step, body) VALUES (?, ?, ?, ?, ?)"
        return self.database.run(statement, now(), method, path, step, body)

    def end_request(self, number: int, status: int | None, outcome: str, accepted: bool) -> None:
        """Note how a request ended; `status` None means that no answer was given."""
        statement = "UPDATE requests SET status = ?, outcome = ?, accepted = ? WHERE number = ?"
        self.database.run(statement, status, outcome, int(accepted), number)

    def add_customer(self, payload: dict[str, Any]) -> str:
        """Keep a customer and return its id; a reference that is there already makes a second customer."""
        customer_id = str(uuid4())
        statement = "INSERT INTO customers VALUES (?, ?, ?, ?)"
        self.database.run(statement, customer_id, payload.get("reference"), json.dumps(payload), now())
        return customer_id

    def add_work(self, step: str, customer_id: str, payload: dict[str, Any]) -> str:
        """Keep a job or a quote and return its id."""
        work_id = str(uuid4())
        statement = "INSERT INTO work VALUES (?, ?, ?, ?, ?)"
        self.database.run(statement, work_id, step, customer_id, json.dumps(payload), now())
        return work_id

    def has_customer(self, customer_id: str) -> bool:
        return self.database.one("SELECT 1 FROM customers WHERE id = ?", customer_id) is not None

    def customers(self, reference: str | None = None) -> list[dict[str, Any]]:
        if reference is None:
            return self.database.rows("SELECT * FROM customers ORDER BY rowid DESC")
        return self.database.rows(
            "SELECT * FROM customers WHERE reference = ? ORDER BY rowid DESC", reference
        )

    def work(self, step: str, customer_id: str | None = None) -> list[dict[str, Any]]:
        """Jobs or quotes, newest first, of one customer or of all."""
        if customer_id is None:
            return self.database.rows("SELECT * FROM work WHERE step = ? ORDER BY rowid DESC", step)
        return self.database.rows(
            "SELECT * FROM work WHERE step = ? AND customer_id = ? ORDER BY rowid DESC", step, customer_id
        )

    def requests(self) -> list[dict[str, Any]]:
        return self.database.rows("SELECT * FROM requests ORDER BY rowid DESC")

    def add_callback(self, webhook_id: str, data: dict[str, Any], outcome: str) -> None:
        """Note a confirmation that was sent to Sill, or could not be."""
        statement = (
            "INSERT INTO callbacks (at, webhook_id, customer_id, job_id, first_service_date, outcome) "
            "VALUES (?, ?, ?, ?, ?, ?)"
        )
        values = (data["customer_id"], data["job_id"], data["first_service_date"], outcome)
        self.database.run(statement, now(), webhook_id, *values)

    def callbacks(self) -> list[dict[str, Any]]:
        return self.database.rows("SELECT * FROM callbacks ORDER BY rowid DESC")

    def setting(self, name: str) -> str | None:
        found = self.database.one("SELECT value FROM settings WHERE name = ?", name)
        return found["value"] if found else None

    def set_setting(self, name: str, value: str) -> None:
        self.database.run("INSERT OR REPLACE INTO settings VALUES (?, ?)", name, value)

    def reset(self) -> None:
        """Forget everything but the settings."""
        with self.database.lock:
            for table in ("work", "customers", "requests", "callbacks"):
                self.database.run(f"DELETE FROM {table}")  # noqa: S608 - the names stand above

    def state(self) -> dict[str, Any]:
        """All of it as plain data, with the ids found under each reference."""
        customers, jobs, quotes, requests = (
            self.customers(),
            self.work("job"),
            self.work("quote"),
            self.requests(),
        )
        by_reference: dict[str, dict[str, list[str]]] = defaultdict(
            lambda: {"customers": [], "jobs": [], "quotes": []}
        )
        reference_of = {row["id"]: row["reference"] or "" for row in customers}
        for row in customers:
            by_reference[row["reference"] or ""]["customers"].append(row["id"])
        for name, rows in (("jobs", jobs), ("quotes", quotes)):
            for row in rows:
                by_reference[reference_of[row["customer_id"]]][name].append(row["id"])
        counts = {
            "customers": len(customers),
            "jobs": len(jobs),
            "quotes": len(quotes),
            "requests": len(requests),
        }
        counts["accepted"] = sum(row["accepted"] for row in requests)
        return {
            "counts": counts,
            "by_reference": by_reference,
            "customers": customers,
            "jobs": jobs,
            "quotes": quotes,
            "requests": requests,
            "callbacks": self.callbacks(),
        }
