"""What came of each step of a sequence: planned, sent, delivered, opened, answered, booked, opted out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, func, lateral, select, true

from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Enrolment, FollowUp
from app.messaging.models import Message

#: For so many days figures reach back.
DAYS = 90
_LEFT = ("sent", "delivered")
#: Why an enrolment ended -> what came of the step before.
_RESULTS = {"replied": "replied", "booked": "booked", "accepted": "booked", "opted_out": "opted_out"}


@dataclass(slots=True)
class StepFigures:
    """How often one step was planned, done, and what came of it."""

    planned: int = 0
    done: int = 0
    sent: int = 0
    delivered: int = 0
    opened: int = 0
    replied: int = 0
    booked: int = 0
    opted_out: int = 0


_ACTS = (
    select(
        FollowUp.step_key,
        func.count().label("planned"),
        func.count().filter(FollowUp.state.in_(("done", "queued"))).label("done"),
        func.count().filter(Message.state.in_(_LEFT)).label("sent"),
        func.count().filter(Message.state == "delivered").label("delivered"),
        func.count().filter(Message.opened_at.isnot(None)).label("opened"),
    )
    .outerjoin(Message, and_(Message.workspace_id == FollowUp.workspace_id, Message.id == FollowUp.message_id))
    .where(
        FollowUp.workspace_id == bindparam("here"), FollowUp.sequence_id == bindparam("sequence"),
        FollowUp.created_at >= bindparam("since"),
    )
    .group_by(FollowUp.step_key)
)  # fmt: skip
_LAST_DONE = lateral(
    select(FollowUp.step_key)
    .where(
        FollowUp.workspace_id == Enrolment.workspace_id, FollowUp.enrolment_id == Enrolment.id,
        FollowUp.state.in_(("done", "queued")), FollowUp.kind.in_(("email", "sms", "call", "task")),
    )
    .order_by(FollowUp.due_at.desc(), FollowUp.id.desc())
    .limit(1)
    .correlate(Enrolment)
).alias("last_done")  # fmt: skip
_ENDS = (
    select(_LAST_DONE.c.step_key, Enrolment.why, func.count())
    .join(_LAST_DONE, true())
    .where(
        Enrolment.workspace_id == bindparam("here"), Enrolment.sequence_id == bindparam("sequence"),
        Enrolment.state == fixed("stopped"), Enrolment.started_at >= bindparam("since"),
        Enrolment.why.in_(tuple(_RESULTS)),
    )
    .group_by(_LAST_DONE.c.step_key, Enrolment.why)
)  # fmt: skip
_BEGUN = select(Enrolment.state, Enrolment.why, func.count()).where(
    Enrolment.workspace_id == bindparam("here"), Enrolment.sequence_id == bindparam("sequence"),
    Enrolment.started_at >= bindparam("since"),
).group_by(Enrolment.state, Enrolment.why)  # fmt: skip


def step_figures(sequence_id: UUID, since: datetime) -> dict[str, StepFigures]:
    """The figures of each step of a sequence, by its key, for what was planned after `since`.

    An answer, booking or opt-out counts for the last step that was done before it.
    """
    given = {"here": current_workspace_id(), "sequence": sequence_id, "since": since}
    found = {
        row.step_key: StepFigures(row.planned, row.done, row.sent, row.delivered, row.opened)
        for row in db.session.execute(_ACTS, given)
        if row.step_key
    }
    for step_key, why, number in db.session.execute(_ENDS, given):
        figures = found.setdefault(step_key, StepFigures())
        result = _RESULTS[why]
        setattr(figures, result, getattr(figures, result) + number)
    return found


def outcomes(sequence_id: UUID, since: datetime) -> tuple[int, dict[str, int]]:
    """How many leads began on a sequence after `since`, and how their ways stand: by state, stopped ones by why."""
    given = {"here": current_workspace_id(), "sequence": sequence_id, "since": since}
    found: dict[str, int] = {}
    for state, why, number in db.session.execute(_BEGUN, given):
        name = (why or "stopped") if state == "stopped" else state
        found[name] = found.get(name, 0) + number
    return sum(found.values()), found
