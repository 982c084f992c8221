"""Telling each thing once: a row for every rule, subject, day and level, that no two can write."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import utcnow
from app.core.ids import new_id
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.notifications.models import Alert

#: What was told so long ago may be told again.
_KEPT = timedelta(days=120)
#: Marks of one statement, which takes 65,535 values at most.
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Mark:
    """What is told: by which rule, about what, of which day; `level` 0 to who looks after it, 1 to the managers."""

    rule: str
    subject_id: UUID
    day: date
    level: int = 0


def first_time(marks: Iterable[Mark]) -> set[Mark]:
    """Those of the marks that nobody has set yet; they are set now."""
    wanted = list(marks)
    return set().union(*(_first_time(wanted[at : at + _AT_ONCE]) for at in range(0, len(wanted), _AT_ONCE)))


def _first_time(marks: Sequence[Mark]) -> set[Mark]:
    here, now = current_workspace_id(), utcnow()
    rows = [
        {"workspace_id": here, "id": new_id(), "rule": each.rule, "subject_id": each.subject_id, "day": each.day,
         "level": each.level, "created_at": now}
        for each in marks
    ]  # fmt: skip
    told = db.session.execute(
        insert(Alert).values(rows).on_conflict_do_nothing()
        .returning(Alert.rule, Alert.subject_id, Alert.day, Alert.level)
    )  # fmt: skip
    return {Mark(*row) for row in told}


def forget_old() -> None:
    """Forget what was told long ago."""
    db.session.execute(
        delete(Alert)
        .where(Alert.workspace_id == current_workspace_id(), Alert.created_at < utcnow() - _KEPT)
        .execution_options(synchronize_session=False)
    )
