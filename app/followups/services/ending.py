"""Ending what is planned: because the lead left its stage, answered, booked or opted out, or a person says so."""

from collections.abc import Sequence as Many
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, not_, or_, select, true, update
from sqlalchemy.orm import aliased

from app.core import outbox
from app.core.catalogue import known
from app.core.clock import utcnow
from app.core.errors import Conflict
from app.core.events import Event
from app.core.loading import load_one
from app.core.models import fixed, one_among
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Enrolment, FollowUp, Sequence
from app.followups.queries.steps import AUTOMATIC
from app.followups.services.enrolling import UNDER_WAY
from app.followups.services.laying_out import DUE, sequence_of
from app.followups.services.next_act import refresh_next_act
from app.followups.services.telling import tell
from app.leads.models import Lead
from app.leads.services import get_lead
from app.messaging import services as messaging
from app.messaging.models import Message

#: Why something is off whose stage the lead has left.
LEFT_STAGE = "left_stage"


def cancel_planned(event: Event) -> None:
    """The reaction to a lead leaving a stage: what that stage had planned is off. Tasks that people made stay.

    So is every sequence that ends with the stage in which it began; when a person moves the lead, also what it wrote
    and has not left. A move that undoes another ends what that one began, and nothing else. The lead's next act is left
    to `plan_for_stage`, which follows in the table of reactions.
    """
    if event.lead_id is None:
        return
    change_id = UUID(str(event.data["stage_change_id"]))
    undone_id = UUID(str(event.data["undoes"])) if "undoes" in event.data else None
    lasting = [each.id for each in known(Sequence) if not each.ends_with_stage]
    here, lead_id = current_workspace_id(), event.lead_id
    _end_enrolments(
        and_(
            Enrolment.workspace_id == here, Enrolment.lead_id == lead_id, Enrolment.state.in_(UNDER_WAY),
            Enrolment.stage_change_id.is_distinct_from(change_id), _ends(Enrolment, lasting, undone_id),
        ),
        LEFT_STAGE,
    )  # fmt: skip
    of_stage = and_(FollowUp.sequence_id.is_(None), FollowUp.stage_change_id.is_not(None))
    _cancel_rows(
        and_(
            FollowUp.workspace_id == here, FollowUp.lead_id == lead_id, FollowUp.state == fixed("planned"),
            FollowUp.stage_change_id.is_distinct_from(change_id),
            or_(of_stage, and_(FollowUp.sequence_id.is_not(None), _ends(FollowUp, lasting, undone_id))),
        ),
        LEFT_STAGE,
    )  # fmt: skip
    if event.actor.kind == "person":  # a sequence that moves its lead has just written what it wanted to
        of_other_moves = FollowUp.stage_change_id.is_distinct_from(change_id)
        ends = true() if event.data.get("stops_messages") else _ends(FollowUp, lasting, undone_id)
        taken = _take_back(lead_id, event.actor, and_(of_other_moves, ends))
        of_taken = and_(FollowUp.workspace_id == here, FollowUp.message_id == one_among(taken))
        if taken:  # these steps did not happen, unless the move is undone
            _cancel_rows(of_taken, LEFT_STAGE)


def stop_chase(lead_id: UUID, why: str, actor: Actor, spared: ColumnElement[bool] | None = None) -> int:
    """End every sequence that a lead is on, call off what they planned, take back what has not left yet.

    Those of which `spared` holds go on. Returns how many were ended. Raises NotFound.
    """
    lead = get_lead(lead_id, lock=True)
    here = current_workspace_id()
    of_lead = and_(Enrolment.workspace_id == here, Enrolment.lead_id == lead_id)
    chases = and_(of_lead, Enrolment.state.in_(UNDER_WAY), not_(false() if spared is None else spared))
    ended = _end_enrolments(chases, why)
    if ended:
        _cancel_rows(_rows_of(lead_id, [row.id for row in ended]), why)
    _take_back(lead_id, actor)
    if ended:
        refresh_next_act(lead_id)
        for row in ended:
            tell(lead, "sequence.stopped", sequence_of(row.sequence_id), actor, why=why)
    return len(ended)


def stop(enrolment_id: UUID, actor: Actor) -> Enrolment:
    """End one way of a lead. Raises NotFound, or Conflict when it has ended already."""
    enrolment, lead = locked_enrolment(enrolment_id)
    if enrolment.state not in UNDER_WAY:
        raise Conflict("This has ended already.")
    _end_enrolments(and_(Enrolment.workspace_id == enrolment.workspace_id, Enrolment.id == enrolment.id), "by_person")
    _cancel_rows(_rows_of(lead.id, [enrolment.id]), "by_person")
    _take_back(lead.id, actor, FollowUp.enrolment_id == enrolment.id)
    db.session.refresh(enrolment)
    refresh_next_act(lead.id)
    tell(lead, "sequence.stopped", sequence_of(enrolment.sequence_id), actor, why="by_person")
    return enrolment


def locked_enrolment(enrolment_id: UUID) -> tuple[Enrolment, Lead]:
    """An enrolment and its lead as they stand now, the lead's row locked first. Raises NotFound."""
    here = current_workspace_id()
    query = select(Enrolment).where(Enrolment.workspace_id == here, Enrolment.id == enrolment_id)
    lead = get_lead(load_one(query).lead_id, lock=True)
    return load_one(query, lock=True), lead


def end_if_done(enrolment_id: UUID | None) -> None:
    """Close an enrolment with which nothing is planned any more."""
    if enrolment_id is None:
        return
    db.session.flush()
    left = select(FollowUp.id).where(
        FollowUp.workspace_id == Enrolment.workspace_id, FollowUp.enrolment_id == Enrolment.id,
        FollowUp.state == fixed("planned"),
    )  # fmt: skip
    db.session.execute(
        update(Enrolment)
        .where(
            Enrolment.workspace_id == current_workspace_id(), Enrolment.id == enrolment_id,
            Enrolment.state == fixed("active"), ~left.exists(),
        )
        .values(state="finished", why="finished", ended_at=utcnow(), version=Enrolment.version + 1)
        .execution_options(synchronize_session="fetch")
    )  # fmt: skip


def go_on_again(enrolment_id: UUID | None) -> None:
    """Take up an enrolment that was through, since one of its steps is to be done after all; unless the lead has begun
    the same sequence anew meanwhile.
    """
    if enrolment_id is None:
        return
    other = aliased(Enrolment)
    again = select(other.id).where(
        other.workspace_id == Enrolment.workspace_id, other.sequence_id == Enrolment.sequence_id,
        other.lead_id == Enrolment.lead_id, other.state.in_(UNDER_WAY),
    )  # fmt: skip
    db.session.execute(
        update(Enrolment)
        .where(
            Enrolment.workspace_id == current_workspace_id(), Enrolment.id == enrolment_id,
            Enrolment.state == fixed("finished"), ~again.exists(),
        )
        .values(state="active", why=None, ended_at=None, version=Enrolment.version + 1)
        .execution_options(synchronize_session="fetch")
    )  # fmt: skip


def _ends(model: Any, lasting: list[UUID], undone_id: UUID | None) -> ColumnElement[bool]:
    """Whether a row's sequence ends with its stage; when a move is undone, whether that had begun it."""
    if undone_id is not None:
        return model.stage_change_id == undone_id  # type: ignore[no-any-return]
    return model.sequence_id.not_in(lasting) if lasting else true()


def _end_enrolments(which: ColumnElement[bool], why: str) -> Many[Any]:
    return db.session.execute(
        update(Enrolment)
        .where(which)
        .values(state="stopped", why=why, ended_at=utcnow(), version=Enrolment.version + 1)
        .returning(Enrolment.id, Enrolment.sequence_id)
        .execution_options(synchronize_session=False)
    ).all()


def _cancel_rows(which: ColumnElement[bool], why: str) -> None:
    rows = db.session.execute(
        update(FollowUp)
        .where(which)
        .values(state="cancelled", why=why, finished_at=utcnow(), version=FollowUp.version + 1)
        .returning(FollowUp.id, FollowUp.kind)
        .execution_options(synchronize_session="fetch")
    ).all()
    outbox.cancel(DUE, [row.id for row in rows if row.kind in AUTOMATIC])


def _rows_of(lead_id: UUID, enrolment_ids: list[UUID]) -> ColumnElement[bool]:
    return and_(
        FollowUp.workspace_id == current_workspace_id(), FollowUp.lead_id == lead_id,
        FollowUp.state == fixed("planned"), FollowUp.enrolment_id == one_among(enrolment_ids),
    )  # fmt: skip


def _take_back(lead_id: UUID, actor: Actor, which: ColumnElement[bool] | None = None) -> Many[UUID]:
    """Take back messages of sequences that have not left; what a person wrote is theirs to take back. Which it were."""
    query = (
        select(Message.id)
        .join(FollowUp, (FollowUp.workspace_id == Message.workspace_id) & (FollowUp.message_id == Message.id))
        .where(
            Message.workspace_id == current_workspace_id(), Message.lead_id == lead_id,
            FollowUp.enrolment_id.is_not(None),
        )
    )  # fmt: skip
    return messaging.take_back(query if which is None else query.where(which), actor)
