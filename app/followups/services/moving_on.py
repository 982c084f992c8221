"""Moving leads that are under way to the newest version of their sequence."""

from collections.abc import Iterable
from uuid import UUID

from app.activities.services import record_activity
from app.core import outbox
from app.core.clock import utcnow
from app.core.errors import NotFound
from app.core.fragments import topic
from app.core.permissions import Actor
from app.extensions import db
from app.followups.models import Enrolment
from app.followups.queries.steps import every, steps_of
from app.followups.services.ending import end_if_done, locked_enrolment
from app.followups.services.enrolling import UNDER_WAY
from app.followups.services.laying_out import DUE, lay_out, rows_of, sequence_of
from app.followups.services.next_act import refresh_next_act
from app.leads.models import Lead


def move_to_version(sequence_id: UUID, enrolment_ids: Iterable[UUID], actor: Actor) -> int:
    """Let these ways through a sequence go on by its newest version. Returns how many were moved.

    What has happened stays; what was planned gets its new time, or is called off when its step is gone; new steps are
    planned unless they stand ahead of what has happened. Ways that have ended, or are there already, stay as they are.
    """
    moved = 0
    for enrolment_id in sorted(enrolment_ids):
        try:
            enrolment, lead = locked_enrolment(enrolment_id)
        except NotFound:
            continue
        sequence = sequence_of(sequence_id)
        if (
            enrolment.sequence_id == sequence_id and enrolment.state in UNDER_WAY
            and enrolment.version_no != sequence.version_no
        ):  # fmt: skip
            _move(enrolment, lead, actor)
            moved += 1
    return moved


def _move(enrolment: Enrolment, lead: Lead, actor: Actor) -> None:
    sequence = sequence_of(enrolment.sequence_id)
    steps = steps_of(sequence.steps)
    kept = {step.key: step for step in every(steps)}
    enrolment.version_no = sequence.version_no
    rows = rows_of(enrolment)
    planned = [row for row in rows if row.state == "planned"]
    gone = [row for row in planned if row.step_key not in kept]
    for row in gone:
        row.state, row.why, row.finished_at = "cancelled", "new_version", utcnow()
    db.session.flush()
    outbox.cancel(DUE, [row.id for row in gone])
    if enrolment.state == "active":  # a paused one is laid out when it goes on
        lay_out(
            enrolment, steps, lead, rows, redate=frozenset(str(row.step_key) for row in planned if row not in gone)
        )
        end_if_done(enrolment.id)
    refresh_next_act(lead.id)
    record_activity(
        lead, "follow_up", "sequence.renewed", actor, subject_id=enrolment.id,
        topics=(topic("lead", lead.id), "sequences", "outbox"),
        data={
            "title": sequence.name, "kind": "sequence", "sequence_id": str(sequence.id),
            "version_no": sequence.version_no,
        },
    )  # fmt: skip
