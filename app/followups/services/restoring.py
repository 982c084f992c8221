"""What undoing a move restores: all that the move had called off, unless something has ended it since."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.activities.models import Activity
from app.core import outbox
from app.core.clock import utcnow
from app.core.events import Event
from app.core.ids import new_id
from app.core.models import fixed
from app.core.permissions import SYSTEM, Actor
from app.core.tenancy import seeing_all
from app.extensions import db
from app.followups.models import Enrolment, FollowUp
from app.followups.queries.hearing import heard_since
from app.followups.queries.steps import AUTOMATIC, only_remind
from app.followups.queries.ways import DOUBTFUL
from app.followups.services.counting import count_attempt, counts
from app.followups.services.ending import LEFT_STAGE
from app.followups.services.laying_out import DUE, PAUSED, sequence_of, steps_under_way
from app.followups.services.next_act import refresh_next_act
from app.followups.services.pausing import RESUME
from app.followups.services.resting import WHY as SHELVED
from app.followups.services.telling import tell
from app.leads.models import Lead, StageChange
from app.leads.services import get_lead
from app.messaging import services as messaging


@dataclass(frozen=True, slots=True)
class _Undoing:
    """A move that is being undone by another. `heard`: what has come since of chases, as `heard_since` says it;
    `anew`: the sequences that were begun again since, which need no other way.
    """

    lead: Lead
    undone: StageChange
    undoing_id: UUID
    heard: str | None
    anew: frozenset[UUID]

    def adopt(self, row: Enrolment | FollowUp) -> None:
        """What a move had planned belongs to the move that undoes the other; what was begun by hand to none."""
        if row.stage_change_id is not None:
            row.stage_change_id = self.undoing_id


def restore_planned(event: Event) -> None:
    """The reaction to a move being undone: what it had called off is planned again, as it was, and leaves after all.

    Not the chase of somebody who has answered since; after an answer that nobody dares to judge it rests. What people
    wrote leaves only where nothing has come since.
    """
    if event.lead_id is None or "undoes" not in event.data:
        return
    with seeing_all():
        lead = get_lead(event.lead_id, lock=True)
        undone = db.session.get_one(StageChange, (lead.workspace_id, UUID(str(event.data["undoes"]))))
        undoing_id = UUID(str(event.data["stage_change_id"]))
        undoing = _Undoing(lead, undone, undoing_id, heard_since(lead, undone.id), _begun_since(lead, undone.id))
        ways = {way.id: way for way in _ended_by(undoing) if undoing.heard != "stopped" or _reminds(way)}
        for way in ways.values():
            _go_on(way, undoing)
        for row in _called_off_by(undoing):
            if row.message_id is not None:
                _let_leave(row, undoing, event.actor)
            elif row.enrolment_id is None or row.enrolment_id in ways:
                _plan(row, ways.get(row.enrolment_id) if row.enrolment_id else None, undoing)
        if event.data.get("stopped_messages") and undoing.heard is None and lead.shelf == "desk":
            for message_id in messaging.stopped_since(lead.id, undone.at):
                messaging.send_after_all(message_id, event.actor)
        refresh_next_act(lead.id)


def _begun_since(lead: Lead, move_id: UUID) -> frozenset[UUID]:
    """The sequences that the lead was put on after a move, and not by it."""
    query = select(Enrolment.sequence_id).where(
        Enrolment.workspace_id == lead.workspace_id, Enrolment.lead_id == lead.id, Enrolment.id > move_id,
        Enrolment.stage_change_id.is_distinct_from(move_id),
    )  # fmt: skip
    return frozenset(db.session.scalars(query))


def _ended_by(undoing: _Undoing) -> list[Enrolment]:
    query = select(Enrolment).where(
        Enrolment.workspace_id == undoing.lead.workspace_id, Enrolment.lead_id == undoing.lead.id,
        Enrolment.state == fixed("stopped"), Enrolment.why == LEFT_STAGE, Enrolment.ended_at >= undoing.undone.at,
        Enrolment.stage_change_id.is_distinct_from(undoing.undone.id),
    )  # fmt: skip
    found = db.session.scalars(query.with_for_update().execution_options(populate_existing=True))
    return [way for way in found if way.sequence_id not in undoing.anew]


def _called_off_by(undoing: _Undoing) -> list[FollowUp]:
    query = select(FollowUp).where(
        FollowUp.workspace_id == undoing.lead.workspace_id, FollowUp.lead_id == undoing.lead.id,
        FollowUp.state == fixed("cancelled"), FollowUp.why == LEFT_STAGE, FollowUp.finished_at >= undoing.undone.at,
        FollowUp.stage_change_id.is_distinct_from(undoing.undone.id),
    )  # fmt: skip
    return list(db.session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def _go_on(way: Enrolment, undoing: _Undoing) -> None:
    """What was under way is so again; what rested goes on resting, until its day."""
    undoing.adopt(way)
    way.ended_at, now = None, utcnow()
    if undoing.heard == "paused" and not _reminds(way):
        way.state, way.why, way.paused_at, way.paused_until = "paused", DOUBTFUL, way.paused_at or now, None
        db.session.flush()
        tell(undoing.lead, "sequence.paused", sequence_of(way.sequence_id), SYSTEM, way.id, why=DOUBTFUL, until=None)
    elif way.paused_at is not None:
        way.state, way.why = "paused", _why_paused(way)
        if way.paused_until is not None:
            outbox.enqueue(RESUME, way.id, dedupe_key=str(new_id()), run_at=max(way.paused_until, now))
    else:
        way.state, way.why = "active", None
    db.session.flush()


def _reminds(way: Enrolment) -> bool:
    """Whether it only reminds ourselves, whatever the customer said since."""
    return only_remind(steps_under_way(way))


def _why_paused(way: Enrolment) -> str:
    """Why it rested before it was ended, as its lead's timeline says."""
    query = select(Activity.data["why"].as_string()).where(
        Activity.workspace_id == way.workspace_id, Activity.lead_id == way.lead_id,
        Activity.event == "sequence.paused", Activity.subject_id == way.id,
    )  # fmt: skip
    return db.session.scalars(query.order_by(Activity.id.desc()).limit(1)).first() or "by_person"


def _plan(row: FollowUp, way: Enrolment | None, undoing: _Undoing) -> None:
    """Plan it again; where its way or its lead rests, it rests too."""
    undoing.adopt(row)
    if way is not None and way.state == "paused":
        row.why = PAUSED
    elif undoing.lead.shelf != "desk":
        row.why = SHELVED
    else:
        row.state, row.why, row.finished_at = "planned", None, None
        if row.kind in AUTOMATIC:
            key = f"{row.id}/{undoing.undoing_id}"
            outbox.enqueue(DUE, row.id, dedupe_key=key, run_at=max(row.due_at, utcnow()))
    db.session.flush()


def _let_leave(row: FollowUp, undoing: _Undoing, actor: Actor) -> None:
    """Let its message leave after all, which the move had taken back; after a doubtful reply only where its way rests,
    which holds it.
    """
    way = db.session.get(Enrolment, (row.workspace_id, row.enrolment_id), populate_existing=True)
    if undoing.heard == "stopped" or (undoing.heard == "paused" and (way is None or way.state != "paused")):
        return
    if undoing.lead.shelf != "desk" or row.sequence_id in undoing.anew or row.message_id is None:
        return
    if messaging.send_after_all(row.message_id, actor):
        undoing.adopt(row)
        row.state, row.why, row.finished_at = "done", None, utcnow()
        db.session.flush()
        if counts(row):
            count_attempt(undoing.lead)
