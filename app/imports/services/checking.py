"""The dry run: what each row is, before anything is made. Each piece commits by itself."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from uuid import UUID

from app.core.fragments import topic
from app.core.live import announce
from app.core.permissions import Actor
from app.extensions import db
from app.imports.models import Import, ImportRow
from app.imports.queries import has_remarks
from app.imports.services.choosing import locked_import
from app.imports.services.matching import Book
from app.imports.services.pieces import count, keep_findings, next_rows, rows_between
from app.imports.services.setting import Setting, setting_of

#: Imports whose books a process keeps between two turns.
_MOST_KEPT = 3


@dataclass(slots=True)
class _Kept:
    """The book of a dry run, and the row that it has got to."""

    book: Book
    position: int = 0


_books: OrderedDict[tuple[UUID, datetime | None], _Kept] = OrderedDict()
_lock = Lock()


def check_some(import_id: UUID, actor: Actor, size: int) -> bool:
    """Say of the next `size` rows what they are. Returns whether there may be more.

    Rows are compared with those above them too. What those bring is in no table yet: it stays in the process's memory,
    and whoever goes on without it reads the rows above again.
    """
    made = locked_import(import_id)
    if made.state != "checking":
        return False
    setting = setting_of(made)
    rows = next_rows(made, setting, ImportRow.finding, None, size)
    if rows:
        kept = _book(made, setting, rows[0].position)
        _catch_up(made, setting, kept, rows[0].position, size)
        kept.book.load(rows)
        kept.position = rows[-1].position  # before, since one that fails half-way has taken rows in as well
        decisions = [kept.book.decide(row) for row in rows]
        keep_findings(made, decisions)
        count(made, [each.finding for each in decisions])
        remarked = sum(each.finding == "ready" and has_remarks(each.problems) for each in decisions)
        made.figures = {**made.figures, "remarked": made.figures.get("remarked", 0) + remarked}
    more = len(rows) == size
    if not more:
        made.state = "checked"
        _forget(made)
    announce({topic("import", made.id), "imports"})
    db.session.flush()
    return more


def _catch_up(made: Import, setting: Setting, kept: _Kept, position: int, size: int) -> None:
    """Let the book know of the rows above that another process, or one that is gone, has looked at."""
    while kept.position < position - 1:
        rows = rows_between(made.id, setting, kept.position, position, size)
        if not rows:
            return
        kept.book.load(rows)
        kept.position = rows[-1].position
        for row in rows:
            kept.book.decide(row)


def _book(made: Import, setting: Setting, position: int) -> _Kept:
    """The book, which knows of no row from `position` on: a piece that was rolled back has left its rows in there."""
    key = (made.id, made.started_at)
    with _lock:
        kept = _books.pop(key, None)
        if kept is None or kept.position >= position:
            kept = _Kept(Book(setting, made.id))
        _books[key] = kept
        while len(_books) > _MOST_KEPT:
            _books.popitem(last=False)
    return kept


def _forget(made: Import) -> None:
    with _lock:
        _books.pop((made.id, made.started_at), None)
