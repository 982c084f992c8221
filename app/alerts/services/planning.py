"""The work of a day, planned once for each workspace: a look at what is late, and the digest."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import utcnow
from app.core.ids import new_id
from app.core.models import fixed
from app.core.outbox import OutboxItem, enqueue
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.reconciliation.services import NIGHTLY
from app.workspaces.queries import current_workspace

LOOK, DIGEST, READY = "alerts.look", "alerts.digest", "alerts.ready"
#: When what is known of Squeegee is compared with the leads as they have become, before anybody is told of it.
_NIGHT = time(3, 30)
#: Work that begins sooner may have looked before what is written now can be seen.
_TOO_SOON = timedelta(seconds=30)


def plan_day(day: date) -> None:
    """Plan a day's work for the workspace in scope. A second time, by whatever scheduler, changes nothing.

    On a day when the business is closed it is planned as well, and finds then that there is nothing to do.
    """
    workspace = current_workspace()
    clock = workspace.clock()
    opens, _ = clock.weekly_hours(day.weekday()) or (workspace.opens, workspace.closes)
    for kind, at in ((NIGHTLY, _NIGHT), (LOOK, opens), (DIGEST, workspace.digest_at)):
        plan_once(kind, f"{day:%Y-%m-%d}", _moment(day, at, clock.zone))


def plan_once(kind: str, key: str, run_at: datetime) -> None:
    """Put work for the workspace into the outbox, unless it is there under this key already. The sweep finds it."""
    here: UUID = current_workspace_id()
    item = insert(OutboxItem).values(
        workspace_id=here, id=new_id(), kind=kind, subject_id=here, dedupe_key=key, run_at=run_at, state="ready",
        attempts=0, lease_token=0, created_at=utcnow(),
    )  # fmt: skip
    db.session.execute(item.on_conflict_do_nothing())


def plan_soon(kind: str, run_at: datetime) -> None:
    """Put work for the workspace into the outbox, unless some of that kind is about to be done anyway.

    Of two that plan it at once both may: the work itself must do nothing twice.
    """
    here: UUID = current_workspace_id()
    waits = select(OutboxItem.id).where(
        OutboxItem.workspace_id == here, OutboxItem.state == fixed("ready"), OutboxItem.kind == kind,
        OutboxItem.run_at > utcnow() + _TOO_SOON, OutboxItem.run_at <= run_at,
    )  # fmt: skip
    if db.session.execute(waits.limit(1)).first() is None:
        enqueue(kind, here, dedupe_key=str(new_id()), run_at=run_at)


def _moment(day: date, at: time, zone: object) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)  # type: ignore[arg-type]
