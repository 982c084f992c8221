"""Messages that a sequence wrote and that could not leave at once: may they leave now?

Between the writing and the leaving lie seconds, or the night in which a provider was away.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, select

from app.core.models import one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Enrolment, FollowUp
from app.followups.queries.steps import find
from app.followups.services.dating import allowed
from app.followups.services.laying_out import steps_under_way
from app.workspaces.queries import current_workspace

#: A message of a chase that rests until a person goes on is looked at again after this.
_LOOK_AGAIN = timedelta(hours=1)


def held_until(message_ids: Iterable[UUID], now: datetime) -> dict[UUID, datetime]:
    """Those of messages about to leave that must wait, and until when: their chase rests, or the hours of their step
    are over. What no sequence wrote is not held here.
    """
    rows = db.session.execute(
        select(FollowUp.message_id, FollowUp.kind, FollowUp.step_key, Enrolment)
        .join(
            Enrolment,
            and_(Enrolment.workspace_id == FollowUp.workspace_id, Enrolment.id == FollowUp.enrolment_id),
        )
        .where(FollowUp.workspace_id == current_workspace_id(), FollowUp.message_id == one_among(message_ids))
        .execution_options(populate_existing=True)
    ).all()
    held: dict[UUID, datetime] = {}
    clock = current_workspace().clock() if rows else None
    for message_id, kind, step_key, enrolment in rows:
        if enrolment.state == "paused":
            held[message_id] = now + _LOOK_AGAIN
            continue
        step = find(steps_under_way(enrolment), step_key)
        later = allowed(step, kind, clock, now) if step is not None and clock is not None else now
        if later > now:
            held[message_id] = later
    return held
