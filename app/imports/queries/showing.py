"""An import as its pages show it: how far it is, what may be done with it, and each row in short."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.accounts.models import User
from app.extensions import db
from app.imports.models import Import
from app.imports.queries.reading import RowView

LAYOUTS = {"plain": "A table", "notion": "Notion table", "squeegee": "Squeegee’s customers"}
STATES: dict[str, tuple[str, str]] = {  # state: words, tone of the badge
    "uploaded": ("Not checked yet", ""),
    "checking": ("Checking", "info"),
    "checked": ("Waits for you", "warn"),
    "running": ("Bringing in", "info"),
    "done": ("Done", "good"),
    "undoing": ("Undoing", "info"),
    "undone": ("Undone", ""),
    "cancelled": ("Called off", ""),
    "failed": ("Stopped", "bad"),
}
#: What rows are listed by, before and after: key, words, whether it is a finding of the dry run or an outcome.
FINDINGS = (
    ("ready", "Ready"), ("remarked", "With a remark"), ("duplicate", "Known already"),
    ("invalid", "Can’t be brought in"),
)  # fmt: skip
OUTCOMES = (
    ("created", "New leads"), ("joined", "Joined to a lead there was"), ("skipped", "Left out"),
    ("failed", "Could not be brought in"), ("undone", "Taken back"), ("kept", "Kept, since somebody worked on them"),
)  # fmt: skip
#: Outcomes of rows, under which the figures count them.
_HAD_THEIR_TURN = tuple(key for key, _ in OUTCOMES)
#: The figure that says that rows without a lead have been let go of.
FORGOTTEN = "forgotten"
_GOING_ON = ("checking", "running", "undoing")
_AFTER = ("running", "done", "undoing", "undone")


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import as pages show it."""

    id: UUID
    name: str
    layout: str
    state: str
    header: list[str]
    mapping: Mapping[str, str]
    options: Mapping[str, Any]
    total: int
    done: int
    figures: Mapping[str, Any]
    error: str | None
    by: UUID
    created_at: datetime
    finished_at: datetime | None
    version: int

    noun = "import"

    @classmethod
    def of(cls, row: Import) -> "ImportView":
        """The view of a row."""
        return cls(
            row.id, row.file_name, row.layout, row.state, row.header, row.mapping, row.options, row.total, row.done,
            row.figures, row.error, row.created_by, row.created_at, row.finished_at, row.version,
        )  # fmt: skip

    @property
    def badge(self) -> tuple[str, str]:
        """How it stands, in words, and the tone of its badge."""
        return STATES[self.state]

    @property
    def is_going_on(self) -> bool:
        """Whether a worker is at it."""
        return self.state in _GOING_ON

    @property
    def is_open(self) -> bool:
        """Whether its columns may still be changed."""
        return self.state in ("uploaded", "checked")

    @property
    def has_begun(self) -> bool:
        """Whether rows have been brought in."""
        return self.state in _AFTER or self.may_be_undone

    @property
    def tabs(self) -> list[tuple[str, str, int]]:
        """Key, words and number of each kind of row that there is."""
        kinds = OUTCOMES if self.has_begun else FINDINGS
        return [(key, words, self.count(key)) for key, words in kinds if self.count(key)]

    @property
    def to_bring_in(self) -> int:
        """Rows that bringing in would still do something with; those that can't be read are left as they are."""
        found = self.count("ready") + self.count("duplicate")
        return max(0, found - sum(map(self.count, _HAD_THEIR_TURN)))

    @property
    def may_go_on(self) -> bool:
        """Whether what was stopped or called off may still be brought in."""
        return self.state in ("cancelled", "failed") and self.to_bring_in > 0 and not self.count(FORGOTTEN)

    @property
    def may_be_undone(self) -> bool:
        """Whether there is something to take back."""
        return self.state in ("done", "cancelled", "failed") and bool(self.count("created") or self.count("joined"))

    def count(self, key: str) -> int:
        """How many rows the figures have of a kind."""
        return int(self.figures.get(key, 0) or 0)


@dataclass(frozen=True, slots=True)
class RowInShort:
    """A row as a list shows it: who, where, and the rest as it stood in the file, by title."""

    row: RowView
    who: str
    where: str
    rest: list[tuple[str, str]]


def in_short(view: ImportView, rows: Iterable[RowView]) -> list[RowInShort]:
    """The rows of an import in short."""
    return [_short(view, row) for row in rows]


def names_of(user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of people."""
    wanted = set(user_ids)
    if not wanted:
        return {}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def _short(view: ImportView, row: RowView) -> RowInShort:
    by_key: dict[str, list[str]] = {}
    for position, cell in enumerate(row.cells):
        if cell and (key := view.mapping.get(str(position))):
            by_key.setdefault(key, []).append(cell)
    parts = ("name",) if by_key.get("name") else ("title", "first_name", "last_name")
    who = " ".join(text for key in parts for text in by_key.get(key, []))
    where = ", ".join(text for key in ("address", "address_line1", "town", "postcode") for text in by_key.get(key, []))
    rest = [(title, cell) for title, cell in zip(view.header, row.cells, strict=False) if cell]
    if not who and not where:
        where = ", ".join(cell for _, cell in rest[:3])
    return RowInShort(row, who[:80], where[:120], rest)
