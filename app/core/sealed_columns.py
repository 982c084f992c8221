"""Which columns hold sealed values, and what each value is bound to: read from the models, so none is forgotten."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table

from app.extensions import db

_INFO = "sealed"


@dataclass(frozen=True, slots=True)
class Binding:
    """Table, column and row that a column's values are sealed for: their own, unless they are shown elsewhere too.

    `row` is the column that holds the row's id. `stays`: the table takes no changes, so that a value keeps the key it
    was sealed with.
    """

    table: str | None = None
    column: str | None = None
    row: str = "id"
    stays: bool = False


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One sealed column: `bound_to` is the table and column that `cipher().open` wants, `row` holds the row's id."""

    column: Column[Any]
    bound_to: tuple[str, str]
    row: Column[Any]


def mark_of(binding: Binding) -> dict[str, Any]:
    """What a column's `info` says so that `sealed_columns` finds it."""
    return {_INFO: binding}


def sealed_columns(*, stay: bool = False) -> dict[Table, list[SealedColumn]]:
    """The sealed columns of all tables that take changes, or with `stay` of those whose values stay as they are."""
    found: dict[Table, list[SealedColumn]] = {}
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            binding: Binding | None = column.info.get(_INFO)
            if binding is not None and binding.stays == stay:
                bound_to = binding.table or table.name, binding.column or column.name
                found.setdefault(table, []).append(SealedColumn(column, bound_to, table.c[binding.row]))
    return found
