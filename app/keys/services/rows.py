"""Sealing the rows of one table anew, a few at a time, each few in a transaction of their own.

A row that somebody holds is passed over, so that this never waits while it holds others; who calls comes back for it.
One that was free is held while its values are opened and sealed, so that no change can come between. Only the sealed
columns are written, by a plain UPDATE: no version, no time, nothing that a page would be told of.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table, and_, bindparam, case, func, literal, or_, select, update

from app.core.crypto import CryptoError
from app.core.keyring import cipher
from app.core.models import one_among
from app.core.sealed_columns import SealedColumn
from app.core.tenancy import current_workspace_id
from app.core.transactions import transaction
from app.extensions import db

_LOOKED_FOR = 500
_MOST_ROWS = 100
#: A mail or a whole table may be in one value: no more of them are in memory at once, but for one that is larger.
_MOST_BYTES = 8 * 1024**2


@dataclass(slots=True)
class Tally:
    """Values sealed anew, rows that somebody held, and values that don't open, by column."""

    done: int = 0
    held: int = 0
    closed: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Count another's in."""
        self.done += other.done
        self.held += other.held
        self.closed.update(other.closed)


def reseal_rows(table: Table, columns: Sequence[SealedColumn]) -> Tally:
    """Go once over the table's rows in the workspace in scope; seal anew what an older data key has sealed."""
    tally = Tally()
    for ids in _batches(table, columns):
        with transaction():
            rows = db.session.execute(_held_rows(table, columns, ids)).all()
            tally.held += len(ids) - len(rows)
            changed = [values for row in rows if (values := _sealed_anew(row, columns, tally))]
            if changed:
                db.session.connection().execute(_update(table, columns), changed)
    return tally


def _batches(table: Table, columns: Sequence[SealedColumn]) -> Iterator[list[UUID]]:
    """Ids of rows that hold something older, by the table's key, in lots that fit into memory."""
    last: UUID | None = None
    while True:
        with transaction():
            header = cipher().newest_header
            found = db.session.execute(_older_rows(table, columns, header, last)).all()
        lot: list[UUID] = []
        size = 0
        for row in found:
            if lot and (len(lot) >= _MOST_ROWS or size + row.size > _MOST_BYTES):
                yield lot
                lot, size = [], 0
            lot.append(row.id)
            size += row.size
        if lot:
            yield lot
        if len(found) < _LOOKED_FOR:
            return
        last = found[-1].id


def _older_rows(table: Table, columns: Sequence[SealedColumn], header: bytes, last: UUID | None):  # type: ignore[no-untyped-def]
    older = [_is_older(each, header) for each in columns]
    sizes = [
        case((is_older, func.octet_length(each.column)), else_=0)
        for each, is_older in zip(columns, older, strict=True)
    ]
    query = select(table.c.id, sum(sizes[1:], sizes[0]).label("size")).where(
        table.c.workspace_id == current_workspace_id(), or_(*older)
    )
    if last is not None:
        query = query.where(table.c.id > last)
    return query.order_by(table.c.id).limit(_LOOKED_FOR)


def _is_older(each: SealedColumn, header: bytes) -> ColumnElement[bool]:
    begins = func.substr(each.column, 1, len(header))
    return and_(each.column.is_not(None), begins != literal(header))


def _held_rows(table: Table, columns: Sequence[SealedColumn], ids: list[UUID]):  # type: ignore[no-untyped-def]
    """The rows that nobody holds, held until the end of the transaction; who refers to them need not wait."""
    sealed = [each.column for each in columns]
    bound = [each.row.label(f"row_of_{each.column.name}") for each in columns]
    return (
        select(table.c.id, *sealed, *bound)
        .where(table.c.workspace_id == current_workspace_id(), table.c.id == one_among(ids))
        .with_for_update(skip_locked=True, key_share=True)
    )


def _sealed_anew(row: Row, columns: Sequence[SealedColumn], tally: Tally) -> dict[str, object] | None:
    """The values of a row's sealed columns under the newest key; None where nothing changes."""
    seal, values, done = cipher(), {}, 0
    for each in columns:
        name = each.column.name
        blob = values[f"new_{name}"] = getattr(row, name)
        row_id = getattr(row, f"row_of_{name}")
        try:
            if blob is not None and seal.key_no(blob) != seal.active:
                plain = seal.open_bytes(blob, *each.bound_to, row_id)
                values[f"new_{name}"] = seal.seal_bytes(plain, *each.bound_to, row_id)
                done += 1
        except CryptoError:
            tally.closed[f"{each.column.table.name}.{name}"] += 1
    tally.done += done
    return {"here": current_workspace_id(), "row": row.id, **values} if done else None


def _update(table: Table, columns: Sequence[SealedColumn]):  # type: ignore[no-untyped-def]
    values = {each.column.name: bindparam(f"new_{each.column.name}") for each in columns}
    return (
        update(table)
        .where(table.c.workspace_id == bindparam("here"), table.c.id == bindparam("row"))
        .values(values)
    )
