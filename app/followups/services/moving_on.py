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
from app.followups.services.resting import WHY as SHELVED
from app.followups.services.resting import put_to_rest
from app.leads.models import Lead


def move_to_version(sequence_id: UUID, enrolment_ids: Iterable[UUID], actor: Actor) -> int:
    """Let these ways through a sequence go on by its newest version. Returns how many were moved.

    What has happened stays; what was planned gets its new time, or is called off when its step is gone; new steps are
    planned unless they stand ahead of what has happened. With a lead that is put away all of it rests until that is
    back. Ways that have ended, or are there already, stay as they are.
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
    to_come = [row for row in rows if row.state == "planned" or (row.state == "cancelled" and row.why == SHELVED)]
    gone = [row for row in to_come if row.step_key not in kept]
    for row in gone:
        row.state, row.why, row.finished_at = "cancelled", "new_version", utcnow()
    db.session.flush()
    outbox.cancel(DUE, [row.id for row in gone])
    if enrolment.state == "active":  # a paused one is laid out when it goes on
        # What was missed since its lead is put away stays missed.
        moved = {str(row.step_key) for row in to_come if row.state == "planned" or row.due_at > utcnow()}
        lay_out(enrolment, steps, lead, rows, redate=frozenset(moved.intersection(kept)))
        if lead.shelf == "desk":
            end_if_done(enrolment.id)
        else:
            put_to_rest([lead.id])
    refresh_next_act(lead.id)
    record_activity(
        lead, "follow_up", "sequence.renewed", actor, subject_id=enrolment.id,
        topics=(topic("lead", lead.id), "sequences", "outbox"),
        data={
            "title": sequence.name, "kind": "sequence", "sequence_id": str(sequence.id),
            "version_no": sequence.version_no,
        },
    )  # fmt: skip
