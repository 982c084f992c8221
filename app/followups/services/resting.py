"""What is planned with leads that are put away rests, and goes on when they are back."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, case, or_, select, update

from app.core import outbox
from app.core.clock import utcnow
from app.core.events import Event
from app.core.models import fixed, one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Enrolment, FollowUp
from app.followups.queries.steps import AUTOMATIC, MESSAGES
from app.followups.services.laying_out import DUE, PAUSED
from app.followups.services.next_act import refresh_next_acts
from app.workspaces.queries import current_workspace

WHY = "shelved"
#: A message whose time passed longer ago than this does not leave by itself any more; a person picks the lead up.
LATE = timedelta(hours=1)


def rest(event: Event) -> None:
    """The reaction to leads being put away: nothing planned with them is done, by Sill or by people."""
    lead_ids = _leads(event)
    put_to_rest(lead_ids)
    refresh_next_acts(lead_ids)


def put_to_rest(lead_ids: Sequence[UUID]) -> None:
    """Let what is planned with leads that are put away rest; their next acts are the caller's."""
    stopped = db.session.scalars(
        update(FollowUp)
        .where(_of(lead_ids), FollowUp.state == fixed("planned"))
        .values(state="cancelled", why=WHY, finished_at=utcnow(), version=FollowUp.version + 1)
        .returning(FollowUp.id)
        .execution_options(synchronize_session=False)
    ).all()
    outbox.cancel(DUE, list(stopped))


def go_on(event: Event) -> None:
    """The reaction to leads being put back: what rested is planned again.

    Messages whose time has passed stay away, so that nobody hears from us out of the blue, and a pause that was over
    meanwhile lasts until a person goes on; a lead that is left with nothing by that gets a task. What the customer or a
    person ended or paused meanwhile stays so.
    """
    lead_ids = _leads(event)
    _heed_what_happened(lead_ids)
    resting = and_(_of(lead_ids), FollowUp.state == "cancelled", FollowUp.why == WHY)
    too_late = and_(FollowUp.kind.in_(MESSAGES), FollowUp.due_at < utcnow() - LATE)
    missed = set(_changed(and_(resting, too_late), {"why": "missed_while_away"}))
    back = _changed(resting, {"state": "planned", "why": None, "finished_at": None})
    for row in back:
        if row.kind in AUTOMATIC:
            outbox.enqueue(DUE, row.id, dedupe_key=f"{row.id}/{row.version}", run_at=row.due_at)
    forlorn = {*(row.lead_id for row in missed), *_overslept(lead_ids)} - {row.lead_id for row in back}
    due_at = current_workspace().clock().next_open(utcnow())
    db.session.add_all(
        FollowUp(lead_id=lead_id, kind="task", title="Pick this up again", due_at=due_at, state="planned")
        for lead_id in sorted(forlorn)
    )
    db.session.flush()
    _end_what_is_through(lead_ids)
    refresh_next_acts(lead_ids)


def _heed_what_happened(lead_ids: Sequence[UUID]) -> None:
    """Leave what rested to its enrolment where that is not under way any more: what was paused with it is planned when
    it goes on, what was ended with it stays off.
    """
    was_ended, is_paused = Enrolment.state == fixed("stopped"), Enrolment.state == fixed("paused")
    db.session.execute(
        update(FollowUp)
        .where(
            _of(lead_ids), FollowUp.state == fixed("cancelled"), FollowUp.why == WHY,
            Enrolment.workspace_id == FollowUp.workspace_id, Enrolment.id == FollowUp.enrolment_id,
            or_(was_ended, is_paused),
        )
        .values(why=case((is_paused, PAUSED), else_=Enrolment.why), finished_at=utcnow(), version=FollowUp.version + 1)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def _overslept(lead_ids: Sequence[UUID]) -> Sequence[UUID]:
    """The leads with a chase whose pause ended while they were put away. It has no end any more."""
    return db.session.scalars(
        update(Enrolment)
        .where(
            Enrolment.workspace_id == current_workspace_id(), Enrolment.lead_id == one_among(lead_ids),
            Enrolment.state == fixed("paused"), Enrolment.paused_until <= utcnow(),
        )
        .values(paused_until=None, version=Enrolment.version + 1)
        .returning(Enrolment.lead_id)
        .execution_options(synchronize_session=False)
    ).all()


def _end_what_is_through(lead_ids: Sequence[UUID]) -> None:
    """Close the enrolments whose last steps were missed, or have gone with an earlier version."""
    left = select(FollowUp.id).where(
        FollowUp.workspace_id == Enrolment.workspace_id, FollowUp.enrolment_id == Enrolment.id,
        FollowUp.state == fixed("planned"),
    )  # fmt: skip
    db.session.execute(
        update(Enrolment)
        .where(
            Enrolment.workspace_id == current_workspace_id(), Enrolment.lead_id == one_among(lead_ids),
            Enrolment.state == fixed("active"), ~left.exists(),
        )
        .values(state="finished", why="finished", ended_at=utcnow(), version=Enrolment.version + 1)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def _changed(where: ColumnElement[bool], values: dict) -> Sequence[Row]:
    return db.session.execute(
        update(FollowUp)
        .where(where)
        .values(**values, version=FollowUp.version + 1)
        .returning(FollowUp.id, FollowUp.lead_id, FollowUp.kind, FollowUp.due_at, FollowUp.version)
        .execution_options(synchronize_session=False)
    ).all()


def _of(lead_ids: Sequence[UUID]) -> ColumnElement[bool]:
    return and_(FollowUp.workspace_id == current_workspace_id(), FollowUp.lead_id == one_among(lead_ids))


def _leads(event: Event) -> list[UUID]:
    return [UUID(each) for each in event.data["lead_ids"]]
