"""What came of each step of a sequence: planned, sent, delivered, opened, answered, booked, opted out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, func, lateral, literal, select, true, union_all

from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Enrolment, FollowUp
from app.messaging.models import Message

#: For so many days figures reach back.
DAYS = 90
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


_NOTHING = literal(0)
_ACTS = (
    select(
        FollowUp.step_key,
        literal("").label("state"),
        literal("").label("why"),
        func.count().label("planned"),
        func.count().filter(FollowUp.state.in_(("done", "queued"))).label("done"),
        func.count(Message.sent_at).label("sent"),
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
        Enrolment.why.in_(tuple(_RESULTS)),
    )
    .order_by(func.coalesce(FollowUp.finished_at, FollowUp.due_at).desc(), FollowUp.id.desc())
    .limit(1)
    .correlate(Enrolment)
).alias("last_done")  # fmt: skip
_ENDS = (
    select(
        _LAST_DONE.c.step_key, Enrolment.state, func.coalesce(Enrolment.why, ""), func.count(),
        *[_NOTHING] * 4,
    )
    .join(_LAST_DONE, true(), isouter=True)
    .where(
        Enrolment.workspace_id == bindparam("here"), Enrolment.sequence_id == bindparam("sequence"),
        Enrolment.started_at >= bindparam("since"),
    )
    .group_by(_LAST_DONE.c.step_key, Enrolment.state, Enrolment.why)
)  # fmt: skip
_FIGURES = union_all(_ACTS, _ENDS)


@dataclass(frozen=True, slots=True)
class SequenceFigures:
    """The figures of a sequence: of each step by its key, how many leads began, and how their ways stand.

    `ends`: by state, those that were stopped by why.
    """

    steps: dict[str, StepFigures]
    begun: int
    ends: dict[str, int]


def figures_of(sequence_id: UUID, since: datetime) -> SequenceFigures:
    """What came of a sequence for the leads that began, and the acts that were planned, after `since`.

    An answer, booking or opt-out counts for the last step that was done before it. One statement.
    """
    steps: dict[str, StepFigures] = {}
    ends: dict[str, int] = {}
    given = {"here": current_workspace_id(), "sequence": sequence_id, "since": since}
    for key, state, why, planned, *rest in db.session.execute(_FIGURES, given):
        if not state:
            if key:
                steps[key] = StepFigures(planned, *rest)
            continue
        name = (why or state) if state == "stopped" else state
        ends[name] = ends.get(name, 0) + planned
        if state == "stopped" and key and why in _RESULTS:
            figures = steps.setdefault(key, StepFigures())
            setattr(figures, _RESULTS[why], getattr(figures, _RESULTS[why]) + planned)
    return SequenceFigures(steps, sum(ends.values()), ends)
