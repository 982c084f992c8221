"""What every workspace table shares: its key, and columns whose text is sealed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, DateTime, ForeignKeyConstraint, LargeBinary, Uuid, any_, literal
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utcnow
from app.core.ids import new_id
from app.core.keyring import cipher
from app.core.sealed_columns import Binding, mark_of
from app.core.tenancy import current_workspace_id
from app.extensions import db


class WorkspaceModel(db.Model):
    """A row behind a workspace's wall. Its id is made here, before sealing, since the seal is bound to it."""

    __abstract__ = True

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)

    def __init__(self, **values: Any) -> None:
        self.workspace_id = values.pop("workspace_id", None) or current_workspace_id()
        self.id = values.pop("id", None) or new_id()
        for name, value in values.items():
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} has no {name}")
            setattr(self, name, value)


class Sealed:
    """Text kept encrypted in the column `<name>_sealed`, bound to workspace, table, column and row.

    Reading a value that was moved from another row or column raises CipherError, never a blank.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.column = f"{name}_sealed"

    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return self
        blob = getattr(row, self.column)
        return cipher().open(blob, row.__tablename__, self.column, row.id) if blob is not None else None

    def __set__(self, row: Any, text: str | None) -> None:
        blob = cipher().seal(text, row.__tablename__, self.column, row.id) if text is not None else None
        setattr(row, self.column, blob)


def sealed_column(nullable: bool = True, binding: Binding = Binding()) -> Mapped[Any]:  # noqa: B008 - it is frozen
    """The column behind a Sealed attribute. `binding` says so where values are sealed for another place than it."""
    return mapped_column(LargeBinary, nullable=nullable, info=mark_of(binding))


def moment(nullable: bool = False, **options: Any) -> Mapped[Any]:
    """A point in time, kept in UTC."""
    return mapped_column(DateTime(timezone=True), nullable=nullable, **options)


def created_moment() -> Mapped[datetime]:
    """When the row was made."""
    return mapped_column(DateTime(timezone=True), nullable=False, default=utcnow)


def fixed(value: str | int) -> ColumnElement[Any]:
    """A value of the program's own that stands in the statement's text instead of being sent beside it.

    Statements are planned without what is sent (core/driver.py), so that an index over the rows of one state
    can only be used when that state stands in the text. How many rows to take had better be sent: the planner then
    prefers what yields the first ones soon.
    """
    return literal(value, literal_execute=True)


def one_among(ids: Iterable[UUID]) -> Any:
    """The right side of `column == one_among(ids)`: one statement, planned once, however many ids there are."""
    return any_(literal(list(ids), ARRAY(Uuid)))


def belongs_to(
    column: str, table: str, *, parent: str = "id", ondelete: str | None = None, may_precede: bool = False
) -> ForeignKeyConstraint:
    """A foreign key that includes the workspace, so that a parent in another workspace is impossible.

    With `may_precede` the parent need only be there at the commit.
    """
    deferred = {"deferrable": True, "initially": "DEFERRED"} if may_precede else {}
    return ForeignKeyConstraint(
        ["workspace_id", column], [f"{table}.workspace_id", f"{table}.{parent}"], ondelete=ondelete, **deferred
    )


def one_of(column: str, values: tuple[str, ...]) -> db.CheckConstraint:
    """A CHECK that `column` is one of `values` (text with a CHECK, since enum comparison is not leakproof)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return db.CheckConstraint(f"{column} in ({listed})", name=column)


