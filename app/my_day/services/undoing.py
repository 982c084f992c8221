"""Taking an outcome back within half a minute, as if the key had never been pressed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete

from app.activities.models import Activity
from app.activities.services import unnote_contact
from app.core.clock import utcnow
from app.core.errors import Conflict, NotFound
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.keyring import cipher
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import FollowUp
from app.followups.services import call_off, reopen
from app.followups.services.by_hand import take_back_name
from app.leads.models import Lead
from app.leads.services import get_lead, take_back

#: Half a minute, and the way of the last click.
_UNDO = timedelta(seconds=35)
_LINES = ("call", "follow_up", "note")


@dataclass(frozen=True, slots=True)
class Slip:
    """What an outcome did: the act it settled, the lines it wrote from `since` up to `upto`, the call it planned.

    `was_due` is the old time of an act that was put off; `moved` whether the lead changed its stage. Ids and moments
    only: it stands in an address.
    """

    act_id: UUID | None
    since: datetime
    upto: datetime
    planned_id: UUID | None = None
    was_due: datetime | None = None
    moved: bool = False

    def written(self) -> dict[str, str]:
        """As it stands in an address."""
        given = {
            "act": self.act_id, "since": self.since.isoformat(), "upto": self.upto.isoformat(),
            "planned": self.planned_id, "was": self.was_due.isoformat() if self.was_due else None,
            "moved": "1" if self.moved else None,
        }  # fmt: skip
        return {name: str(value) for name, value in given.items() if value is not None}


def undo(lead_id: UUID, slip: Slip, actor: Actor) -> str:
    """Take an outcome back; returns the words that were kept with it. Raises NotFound, or Conflict when that is not
    possible any more.

    The lines leave the timeline; the audit log keeps that they were written and taken back.
    """
    if utcnow() - slip.upto > _UNDO or slip.upto - slip.since > _UNDO:
        raise Conflict("Undo is there for 30 seconds. Open the lead to put it right.")
    lead = take_back(lead_id, actor) if slip.moved else get_lead(lead_id, lock=True)
    if slip.planned_id is not None:
        call_off(act_as_it_is(lead.id, slip.planned_id).id, actor)
    if slip.act_id is not None:
        act = reopen(act_as_it_is(lead.id, slip.act_id).id, actor, due_at=slip.was_due)
        take_back_name(act, slip.since, slip.upto, actor)
    return _strike_out(lead, slip, actor)


def act_as_it_is(lead_id: UUID, act_id: UUID) -> FollowUp:
    """An act of this lead. Raises NotFound."""
    act = db.session.get(FollowUp, (current_workspace_id(), act_id))
    if act is None or act.lead_id != lead_id:
        raise NotFound
    return act


def _strike_out(lead: Lead, slip: Slip, actor: Actor) -> str:
    struck = db.session.execute(
        delete(Activity)
        .where(
            Activity.workspace_id == lead.workspace_id, Activity.lead_id == lead.id, Activity.at >= slip.since,
            Activity.at <= slip.upto, Activity.actor_id == actor.user_id, Activity.kind.in_(_LINES),
        )
        .returning(Activity.id, Activity.kind, Activity.at, Activity.data, Activity.body_sealed)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    lines = sorted(struck, key=lambda line: line.at, reverse=True)
    for line in lines:
        unnote_contact(lead, line.data, slip.since, slip.upto)
    publish(
        Event(
            "outcome.taken_back", lead.workspace_id, actor, "lead", lead.id, lead_id=lead.id,
            topics=frozenset({topic("stage", lead.stage_id)}),
        )
    )  # fmt: skip
    written = (line for line in lines if line.kind in ("call", "note") and line.body_sealed)
    return next((cipher().open(line.body_sealed, "activities", "body_sealed", line.id) or "" for line in written), "")
