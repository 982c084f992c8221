"""From the steps of a sequence to follow-ups that stand on a lead: everything up to the next open branch."""

from collections.abc import Sequence as Many
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app.core import outbox
from app.core.catalogue import known
from app.core.clock import utcnow
from app.core.ids import new_id
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Enrolment, FollowUp, Sequence, SequenceVersion
from app.followups.queries.chosen import chosen_times
from app.followups.queries.steps import AUTOMATIC, MESSAGES, Step, steps_of, way
from app.followups.services.dating import Reckoned, reckon
from app.followups.words import KIND_WORDS
from app.leads.models import Lead
from app.workspaces.queries import current_workspace

DUE = "follow_up.due"
#: Why a follow-up lies still while its enrolment is paused.
PAUSED = "paused"


def sequence_of(sequence_id: UUID) -> Sequence:
    """A sequence for reading, from memory."""
    return next(each for each in known(Sequence) if each.id == sequence_id)


def steps_under_way(enrolment: Enrolment) -> tuple[Step, ...]:
    """The steps of the version that the enrolment is on."""
    return steps_of_version(enrolment.sequence_id, enrolment.version_no)


def steps_of_version(sequence_id: UUID, version_no: int) -> tuple[Step, ...]:
    """The steps of a version: the present one from memory, an earlier one by one statement."""
    sequence = sequence_of(sequence_id)
    if sequence.version_no == version_no:
        return steps_of(sequence.steps)
    stored = db.session.execute(
        select(SequenceVersion.steps).where(
            SequenceVersion.workspace_id == current_workspace_id(),
            SequenceVersion.sequence_id == sequence_id,
            SequenceVersion.version_no == version_no,
        )
    ).scalar_one()
    return steps_of(stored)


def rows_of(enrolment: Enrolment) -> list[FollowUp]:
    """What was planned on this way so far, whatever became of it."""
    query = select(FollowUp).where(
        FollowUp.workspace_id == current_workspace_id(), FollowUp.enrolment_id == enrolment.id
    )
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def answers_of(rows: Many[FollowUp]) -> dict[str, bool]:
    """What the branches that are decided were answered with."""
    return {str(row.step_key): row.why == "yes" for row in rows if row.kind == "branch" and row.state == "done"}


def lay_out(
    enrolment: Enrolment,
    steps: tuple[Step, ...],
    lead: Lead,
    rows: Many[FollowUp] = (),
    *,
    redate: frozenset[str] = frozenset(),
    hold: timedelta = timedelta(),
) -> list[FollowUp]:
    """Plan every step up to the next open branch that is not planned yet; returns all that is planned. None is due
    before now, nor while what planned it is held back.

    Steps ahead of the last one that stands are past, also when they were put in later. Those of the keys `redate` are
    reckoned anew, but for what a person has put on a day that is still to come. Messages that count stop at what is
    left of the workspace's limit.
    """
    by_key = {str(row.step_key): row for row in rows}
    standing = {key: row.due_at for key, row in by_key.items() if key not in redate}
    path = way(steps, answers_of(rows))
    past = max((at for at, step in enumerate(path) if step.key in standing), default=-1)
    places = {step.key: at for at, step in enumerate(path)}
    workspace = current_workspace()
    left = workspace.max_follow_ups - lead.follow_up_count - _still_counting(by_key, standing, path)
    planned = [row for row in rows if row.state == "planned" and row.step_key in standing]
    now = utcnow()
    times = standing | chosen_times([row for row in rows if row.step_key in redate], now)
    for each in reckon(path, enrolment.counts_from, workspace, lead=lead, known=times, not_before=now + hold):
        step = each.step
        is_past = places[step.key] < past and step.key not in redate
        if step.kind == "wait" or each.kind is None or step.key in standing or is_past:
            continue
        if step.counts and each.kind in MESSAGES:
            left -= 1
            if left < 0:
                continue
        planned.append(_row(enrolment, each, by_key.get(step.key)))
    _store(planned, standing)
    return planned


def enqueue(rows: Many[FollowUp], *, again: bool = False) -> None:
    """Leave to the worker what Sill does by itself; `again` when the same rows had work before."""
    for row in rows:
        if row.kind in AUTOMATIC:
            key = str(new_id()) if again else None
            outbox.enqueue(DUE, row.id, dedupe_key=key, run_at=max(row.due_at, utcnow()) if again else row.due_at)


def put_off_the_rest(put_off: FollowUp, enrolment: Enrolment, steps: tuple[Step, ...], lead: Lead) -> None:
    """Move what comes behind a follow-up that was put off, where it would be due before it."""
    db.session.flush()
    rows = rows_of(enrolment)
    path = [step.key for step in way(steps, answers_of(rows))]
    behind = set(path[path.index(str(put_off.step_key)) + 1 :]) if put_off.step_key in path else set()
    early = {
        str(row.step_key)
        for row in rows
        if row.state == "planned" and row.step_key in behind and row.due_at <= put_off.due_at
    }
    if early:
        lay_out(enrolment, steps, lead, rows, redate=frozenset(early))


def resting(rows: Many[FollowUp]) -> frozenset[str]:
    """The keys of the steps that lie still while their enrolment is paused."""
    return frozenset(str(row.step_key) for row in rows if row.state == "cancelled" and row.why == PAUSED)


def _still_counting(by_key: dict[str, FollowUp], standing: dict[str, object], path: list[Step]) -> int:
    """How many messages that count are planned already and keep their place."""
    return sum(
        1
        for step in path
        if step.counts and step.key in standing and by_key[step.key].state == "planned"
        and by_key[step.key].kind in MESSAGES
    )  # fmt: skip


def _row(enrolment: Enrolment, each: Reckoned, row: FollowUp | None) -> FollowUp:
    """The follow-up of a step; one that was there before keeps its row."""
    step = each.step
    if row is None:
        row = FollowUp(
            lead_id=enrolment.lead_id, enrolment_id=enrolment.id, sequence_id=enrolment.sequence_id,
            stage_change_id=enrolment.stage_change_id, step_key=step.key, created_at=utcnow(), version=1,
        )  # fmt: skip
    row.kind, row.title, row.due_at = str(each.kind), step.title or KIND_WORDS[step.kind], each.at
    row.state, row.why, row.finished_at = "planned", None, None
    return row


def _store(planned: list[FollowUp], standing: dict[str, object]) -> None:
    fresh = [row for row in planned if row.step_key not in standing]
    moved = [row for row in fresh if row in db.session]
    new = [row for row in fresh if row not in db.session]
    db.session.add_all(new)
    db.session.flush()
    outbox.cancel(DUE, [row.id for row in moved])
    enqueue(new)
    enqueue(moved, again=True)
