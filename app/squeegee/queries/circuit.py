"""Whether Squeegee answers, as pages show it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from app.core.clock import utcnow
from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.squeegee.models import SqueegeeCircuit, Transfer

#: Reasons that only a change of the settings can mend: no trial goes by itself.
NEEDS_SETTINGS = frozenset({"token_refused"})
_MOST_COUNTED = 1_000
_WAITING = (
    select(Transfer.id)
    .where(
        Transfer.workspace_id == bindparam("here"), Transfer.state == fixed("pending"), Transfer.method == fixed("api")
    )
    .limit(_MOST_COUNTED)
    .subquery()
)
#: One statement, whether there is a row or not; the transfers are only counted while it is open.
_CIRCUIT = select(
    SqueegeeCircuit.opened_at, SqueegeeCircuit.trial_at, SqueegeeCircuit.reason, SqueegeeCircuit.failures,
    select(func.count()).select_from(_WAITING).scalar_subquery().label("waiting"),
).where(SqueegeeCircuit.workspace_id == bindparam("here"), SqueegeeCircuit.opened_at.is_not(None))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Circuit:
    """How it stands. `is_open`: nothing is sent. `trial_at`: when one transfer tries; None: only after a change.

    `reason` is a code for words.reason_words; `waiting` how many transfers wait (counted up to a thousand).
    """

    is_open: bool = False
    opened_at: datetime | None = None
    trial_at: datetime | None = None
    reason: str | None = None
    waiting: int = 0

    @property
    def needs_settings(self) -> bool:
        """Whether it waits for somebody to change the settings."""
        return self.is_open and self.trial_at is None

    @property
    def is_due(self) -> bool:
        """Whether the trial may go now."""
        return self.trial_at is not None and self.trial_at <= utcnow()


def circuit() -> Circuit:
    """How the API of the workspace in scope stands, by one statement."""
    row = db.session.execute(_CIRCUIT, {"here": current_workspace_id()}).one_or_none()
    if row is None:
        return Circuit()
    return Circuit(True, row.opened_at, row.trial_at, row.reason, row.waiting)
