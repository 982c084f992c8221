"""Letting a chase rest for a while, and going on where it stopped."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, not_, select, update

from app.core import outbox
from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid
from app.core.ids import new_id
from app.core.permissions import SYSTEM, Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Enrolment, FollowUp
from app.followups.queries.ways import may_go_on_despite
from app.followups.services.ending import end_if_done, locked_enrolment
from app.followups.services.laying_out import DUE, PAUSED, lay_out, resting, rows_of, sequence_of, steps_under_way
from app.followups.services.next_act import refresh_next_act
from app.followups.services.telling import tell
from app.leads.models import Lead
from app.leads.services import get_lead
from app.workspaces.queries import current_workspace

RESUME = "enrolment.resume"
_FURTHEST = timedelta(days=2 * 366)


def pause(
    enrolment_id: UUID, actor: Actor, until: datetime | None = None, *, why: str = "by_person"
) -> Enrolment:  # fmt: skip
    """Let one way of a lead rest, for ever or until a moment: nothing of it is done meanwhile.

    `why` is another code where a pause is taken up again. Raises NotFound, Conflict when it is not under way, Invalid
    naming `until` for a moment that is past or far off.
    """
    enrolment, lead = locked_enrolment(enrolment_id)
    if enrolment.state != "active":
        raise Conflict("This is not under way.")
    if until is not None and not utcnow() < until < utcnow() + _FURTHEST:
        raise Invalid({"until": "Choose a day from tomorrow on, within two years."})
    _rest(enrolment, lead, why, actor, until)
    return enrolment


def pause_chase(lead_id: UUID, why: str, actor: Actor, spared: ColumnElement[bool] | None = None) -> int:
    """Let every sequence that a lead is on rest until a person goes on, also one that rested until a day, or for
    another reason, but for those of which `spared` holds. Returns how many. Raises NotFound.
    """
    lead = get_lead(lead_id, lock=True)
    found = db.session.scalars(
        select(Enrolment)
        .where(
            Enrolment.workspace_id == current_workspace_id(), Enrolment.lead_id == lead_id,
            may_go_on_despite(why), not_(false() if spared is None else spared),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()  # fmt: skip
    for enrolment in found:
        if enrolment.state == "active":
            _rest(enrolment, lead, why, actor, None)
        else:
            _rest_on(enrolment, lead, why, actor)
    return len(found)


def resume(enrolment_id: UUID, actor: Actor) -> Enrolment:
    """Go on: what was still to come keeps its distances, the pause's days later.

    Raises NotFound, or Conflict when it is not paused or the lead is put away.
    """
    enrolment, lead = locked_enrolment(enrolment_id)
    if enrolment.state != "paused" or enrolment.paused_at is None:
        raise Conflict("This is not paused.")
    if lead.shelf != "desk":
        raise Conflict(f"{lead.number} is put away. Put it back first.")
    clock, now = current_workspace().clock(), utcnow()
    days = (now.astimezone(clock.zone).date() - enrolment.paused_at.astimezone(clock.zone).date()).days
    enrolment.counts_from = clock.add_days(enrolment.counts_from, days)
    enrolment.state, enrolment.why, enrolment.paused_at, enrolment.paused_until = "active", None, None, None
    db.session.flush()
    rows = rows_of(enrolment)
    lay_out(enrolment, steps_under_way(enrolment), lead, rows, redate=resting(rows))
    end_if_done(enrolment.id)
    refresh_next_act(lead.id)
    tell(lead, "sequence.resumed", sequence_of(enrolment.sequence_id), actor, enrolment.id, why=None, until=None)
    return enrolment


def resume_when_due(enrolment_id: UUID) -> datetime | None:
    """Go on if the pause ends now; returns when to look again if it lasts longer by now. Raises NotFound."""
    enrolment, lead = locked_enrolment(enrolment_id)
    if enrolment.state != "paused" or enrolment.paused_until is None:
        return None
    if enrolment.paused_until > utcnow():
        return enrolment.paused_until
    if lead.shelf != "desk":
        return None  # it stays paused; a person is told to go on once the lead is back (resting.go_on)
    resume(enrolment_id, SYSTEM)
    return None


def _rest_on(enrolment: Enrolment, lead: Lead, why: str, actor: Actor) -> None:
    """Let what is paused rest for another reason, and without an end."""
    enrolment.why, enrolment.paused_until = why, None
    db.session.flush()
    outbox.cancel(RESUME, [enrolment.id])
    tell(lead, "sequence.paused", sequence_of(enrolment.sequence_id), actor, enrolment.id, why=why, until=None)


def _rest(enrolment: Enrolment, lead: Lead, why: str, actor: Actor, until: datetime | None) -> None:
    now = utcnow()
    enrolment.state, enrolment.why, enrolment.paused_at, enrolment.paused_until = "paused", why, now, until
    db.session.flush()
    ids = db.session.scalars(
        update(FollowUp)
        .where(
            and_(
                FollowUp.workspace_id == current_workspace_id(), FollowUp.lead_id == lead.id,
                FollowUp.enrolment_id == enrolment.id, FollowUp.state == "planned",
            )
        )
        .values(state="cancelled", why=PAUSED, finished_at=now, version=FollowUp.version + 1)
        .returning(FollowUp.id)
        .execution_options(synchronize_session="fetch")
    ).all()  # fmt: skip
    outbox.cancel(DUE, list(ids))
    if until is not None:
        outbox.enqueue(RESUME, enrolment.id, dedupe_key=str(new_id()), run_at=until)
    refresh_next_act(lead.id)
    ends = until.isoformat() if until else None
    tell(lead, "sequence.paused", sequence_of(enrolment.sequence_id), actor, enrolment.id, why=why, until=ends)
