"""What arrived for the customers: mail per recipient, SMS, and how often something came a second time."""

from pathlib import Path
from typing import Any

from simulators.database import Database, now

SCHEMA = """
CREATE TABLE IF NOT EXISTS mails (
  number INTEGER PRIMARY KEY, at TEXT NOT NULL, message_id TEXT, sender TEXT NOT NULL,
  recipient TEXT NOT NULL, raw BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS mails_by_message_id ON mails (message_id, recipient);
CREATE TABLE IF NOT EXISTS texts (
  number INTEGER PRIMARY KEY, at TEXT NOT NULL, sid TEXT NOT NULL UNIQUE, account TEXT NOT NULL,
  sender TEXT NOT NULL, recipient TEXT NOT NULL, body TEXT NOT NULL, segments INTEGER NOT NULL,
  direction TEXT NOT NULL, status TEXT NOT NULL, error_code INTEGER, key TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS texts_by_key ON texts (account, key) WHERE key IS NOT NULL;
CREATE VIEW IF NOT EXISTS sent AS SELECT * FROM texts WHERE direction = 'outbound-api';
CREATE TABLE IF NOT EXISTS repeats (
  number INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
  recipient TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS callbacks (
  number INTEGER PRIMARY KEY, at TEXT NOT NULL, sid TEXT NOT NULL, status TEXT NOT NULL,
  outcome TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS answers (
  number INTEGER PRIMARY KEY, at TEXT NOT NULL, mail_number INTEGER NOT NULL, kind TEXT NOT NULL,
  body TEXT NOT NULL, outcome TEXT NOT NULL);
"""

TEXT_COLUMNS = (
    *("sid", "account", "sender", "recipient", "body"),
    *("segments", "direction", "status", "error_code", "key"),
)
INSERT_TEXT = (
    "INSERT INTO texts "
    "(at, sid, account, sender, recipient, body, segments, direction, status, error_code, key) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Store:
    """The mailbox's database in `folder`/mailbox.sqlite."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(folder, "mailbox.sqlite", SCHEMA)

    def deliver_mail(self, message_id: str | None, sender: str, recipient: str, raw: bytes, again: bool) -> bool:
        """Keep a mail for one recipient; False when it was there already and only counted.

        `again` keeps even a repeat, as a server does that does not look at the Message-ID.
        """
        with self.database.lock:
            known = "SELECT 1 FROM mails WHERE message_id = ? AND recipient = ?"
            if message_id and self.database.one(known, message_id, recipient):
                self._count_repeat("mail", message_id, recipient)
                if not again:
                    return False
            statement = "INSERT INTO mails (at, message_id, sender, recipient, raw) VALUES (?, ?, ?, ?, ?)"
            self.database.run(statement, now(), message_id, sender, recipient, raw)
            return True

    def deliver_text(self, text: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        """Keep an SMS (columns of `texts` but number and at); returns it as kept, and whether it is new."""
        with self.database.lock:
            known = "SELECT * FROM texts WHERE account = ? AND key = ?"
            if text["key"] and (kept := self.database.one(known, text["account"], text["key"])):
                self._count_repeat("sms", text["key"], text["recipient"])
                return kept, False
            self.database.run(INSERT_TEXT, now(), *(text[name] for name in TEXT_COLUMNS))
            return self.text(text["sid"]) or {}, True

    def text(self, sid: str) -> dict[str, Any] | None:
        return self.database.one("SELECT * FROM texts WHERE sid = ?", sid)

    def set_text_status(self, sid: str, status: str, error_code: int | None) -> None:
        self.database.run("UPDATE texts SET status = ?, error_code = ? WHERE sid = ?", status, error_code, sid)

    def add_callback(self, sid: str, status: str, outcome: str) -> None:
        """Note a status callback to Sill and what came back."""
        statement = "INSERT INTO callbacks (at, sid, status, outcome) VALUES (?, ?, ?, ?)"
        self.database.run(statement, now(), sid, status, outcome)

    def add_answer(self, mail_number: int, kind: str, body: str, outcome: str) -> None:
        """Note what was sent back for a mail and what came of it."""
        statement = "INSERT INTO answers (at, mail_number, kind, body, outcome) VALUES (?, ?, ?, ?, ?)"
        self.database.run(statement, now(), mail_number, kind, body, outcome)

    def answers(self, mail_number: int) -> list[dict[str, Any]]:
        """What was sent back for a mail, the first first."""
        return self.database.rows("SELECT * FROM answers WHERE mail_number = ? ORDER BY number", mail_number)

    def mail(self, number: int) -> dict[str, Any] | None:
        return self.database.one("SELECT * FROM mails WHERE number = ?", number)

    def mails(self, limit: int = -1, recipient: str = "") -> list[dict[str, Any]]:
        """Newest first; of one recipient when named."""
        statement = "SELECT * FROM mails WHERE ? IN ('', recipient) ORDER BY number DESC LIMIT ?"
        return self.database.rows(statement, recipient, limit)

    def texts(self, limit: int = -1, recipient: str = "", sender: str = "") -> list[dict[str, Any]]:
        """Newest first; to and from one number when named."""
        statement = "SELECT * FROM texts WHERE ? IN ('', recipient) AND ? IN ('', sender) ORDER BY number DESC LIMIT ?"
        return self.database.rows(statement, recipient, sender, limit)

    def conversation(self, number: str) -> list[dict[str, Any]]:
        """All SMS to and from a customer's number (digits only), oldest first."""
        statement = "SELECT * FROM texts WHERE ltrim(recipient, '+') = ?1 OR ltrim(sender, '+') = ?1 ORDER BY number"
        return self.database.rows(statement, number)

    def reset(self) -> None:
        with self.database.lock:
            for table in ("mails", "texts", "repeats", "callbacks", "answers"):
                self.database.run(f"DELETE FROM {table}")  # noqa: S608 - the names stand above

    def state(self) -> dict[str, Any]:
        """Counts by recipient, message ids and keys, and the repeats of each, as plain data."""
        rows = self.database.rows
        callbacks = rows("SELECT sid, status, outcome FROM callbacks ORDER BY number")
        mail = {
            "count": len(rows("SELECT 1 FROM mails")),
            "by_recipient": self._counted("SELECT recipient AS k, count(*) AS n FROM mails GROUP BY 1"),
            "by_message_id": self._counted("SELECT message_id AS k, count(*) AS n FROM mails GROUP BY 1"),
        }
        sms = {
            "count": len(rows("SELECT 1 FROM sent")),
            "by_recipient": self._counted("SELECT recipient AS k, count(*) AS n FROM sent GROUP BY 1"),
            "by_key": self._counted("SELECT key AS k, count(*) AS n FROM sent WHERE key IS NOT NULL GROUP BY 1"),
            "sids": [row["sid"] for row in rows("SELECT sid FROM sent ORDER BY number")],
            "callbacks": callbacks,
        }
        for kind, part in (("mail", mail), ("sms", sms)):
            repeated = "SELECT key AS k, count(*) AS n FROM repeats WHERE kind = ? GROUP BY 1"
            part["repeats_by_key"] = self._counted(repeated, kind)
            part["repeats"] = sum(part["repeats_by_key"].values())
        return {"mail": mail, "sms": sms}

    def _count_repeat(self, kind: str, key: str, recipient: str) -> None:
        statement = "INSERT INTO repeats (at, kind, key, recipient) VALUES (?, ?, ?, ?)"
        self.database.run(statement, now(), kind, key, recipient)

    def _counted(self, statement: str, *values: str) -> dict[str, int]:
        return {row["k"] or "": row["n"] for row in self.database.rows(statement, *values)}
