"""What a customer who wants no more messages of ours ends: the chase of each of their leads."""

from uuid import UUID

from sqlalchemy import select

from app.core.events import Event
from app.core.tenancy import current_workspace_id, seeing_all
from app.extensions import db
from app.followups.models import Enrolment
from app.followups.queries.reminding import only_reminds
from app.followups.services.ending import stop_chase
from app.followups.services.enrolling import UNDER_WAY
from app.leads.models import Lead
from app.leads.services import get_lead

_MOST = 20


def end_unwanted(event: Event) -> None:
    """The reaction to somebody changing what we may write about: without messages about their quote the chase ends in
    the same transaction. Who wants no advertising only is chased on: that is refused by itself.
    """
    ended = [purpose for _, purpose, granted in event.data.get("changes", ()) if not granted]
    if event.lead_id is None or "service" not in ended:
        return
    with seeing_all():
        for lead_id in sorted({event.lead_id, *_also_chased(event.lead_id)}):
            stop_chase(lead_id, "opted_out", event.actor, only_reminds())


def _also_chased(lead_id: UUID) -> list[UUID]:
    here = current_workspace_id()
    query = (
        select(Lead.id)
        .join(Enrolment, (Enrolment.workspace_id == Lead.workspace_id) & (Enrolment.lead_id == Lead.id))
        .where(
            Lead.workspace_id == here, Lead.contact_id == get_lead(lead_id).contact_id, Enrolment.state.in_(UNDER_WAY)
        )
        .distinct()
        .limit(_MOST)
    )
    return list(db.session.scalars(query))
