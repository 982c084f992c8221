"""A report as a table: columns, rows, and the line that adds them up."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.core.human_time import working_time

#: What a cell holds: a text, a count, None where it can't be known (opens that are not noted).
Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `of` names the column that its counts are a share of; `kind`: text, count or minutes."""

    key: str
    label: str
    kind: str = "count"
    of: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Rows in order; `groups` gives for each row the heading that it begins, blank within one."""

    columns: Sequence[Column]
    rows: list[dict[str, Cell]]
    total: dict[str, Cell] | None = None
    groups: list[str] = field(default_factory=list)

    def percent(self, row: dict[str, Cell], column: Column) -> int | None:
        """The share of a count in the column that it is of, in percent; None without one, or of nothing."""
        part, whole = row.get(column.key), row.get(column.of)
        if not column.of or not part or not isinstance(part, int) or not isinstance(whole, int) or whole <= 0:
            return None
        return min(100, round(100 * part / whole))

    def shown(self, row: dict[str, Cell], column: Column) -> str:
        """A cell as people read it."""
        value = row.get(column.key)
        if value is None:
            return "–"
        if column.kind == "minutes":
            return working_time(int(value))
        return f"{value:,}" if isinstance(value, int) else value


def added_up(rows: Sequence[dict[str, Cell]], columns: Sequence[Column]) -> dict[str, Cell]:
    """The sum of each column of counts; what is unknown in every row stays unknown."""
    total: dict[str, Cell] = {}
    for column in columns:
        known = [row[column.key] for row in rows if isinstance(row.get(column.key), int)]
        if column.kind == "count":
            total[column.key] = sum(known) if known else None  # type: ignore[arg-type]
    return total
