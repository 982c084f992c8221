"""What becomes of the conversations of somebody who works on leads no more: they are with whoever has the lead."""

from uuid import UUID

from sqlalchemy import case, null, or_, select, update

from app.core import outbox
from app.core.events import Event, publish
from app.core.ids import new_id
from app.core.live import announce
from app.core.models import fixed, one_among
from app.core.permissions import SYSTEM
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.queries.owned import open_stages
from app.messaging.models import Conversation
from app.messaging.services.conversations import INBOX
from app.workspaces.models import Membership
from app.workspaces.services.sharing_out import may_take_leads

RELEASE = "conversations.release"
#: Conversations that change hands in one transaction.
BATCH = 500


def plan_releasing(event: Event) -> None:
    """The reaction to a member who left, or has another role: work, since they may have many conversations."""
    member = _member(event.subject_id)
    if member is not None and not may_take_leads(member):
        outbox.enqueue(RELEASE, member.id, dedupe_key=str(new_id()))


def release_some(member_id: UUID) -> int:
    """Give some conversations of a member who works on leads no more to who has their lead; how many that were.

    Those about open leads of the member's own wait: they go with the lead, to whomever that is handed on.
    """
    member = _member(member_id)
    if member is None or may_take_leads(member):
        return 0
    here, theirs = current_workspace_id(), Lead.owner_id == member.user_id
    waits = theirs & (Lead.shelf == fixed("desk")) & (Lead.stage_id == one_among(open_stages()))
    of_lead = (Lead.workspace_id == Conversation.workspace_id) & (Lead.id == Conversation.lead_id)
    some = (
        select(Conversation.id)
        .join(Lead, of_lead)
        .where(
            Conversation.workspace_id == here, Conversation.owner_id == member.user_id,
            or_(Lead.owner_id.is_(None), ~waits),
        )
        .limit(BATCH)
        .with_for_update(of=Conversation)
    )  # fmt: skip
    released = db.session.execute(
        update(Conversation)
        .where(Conversation.workspace_id == here, Conversation.id.in_(some), of_lead)
        .values(owner_id=case((theirs, null()), else_=Lead.owner_id), version=Conversation.version + 1)
        .execution_options(synchronize_session=False)
    ).rowcount  # type: ignore[attr-defined]
    if released:
        publish(
            Event(
                "conversations.released", here, SYSTEM, "member", member.id,
                data={"user_id": str(member.user_id), "count": released},
            )
        )  # fmt: skip
        announce({INBOX})
    return int(released)


def _member(member_id: UUID) -> Membership | None:
    return db.session.get(Membership, (current_workspace_id(), member_id), populate_existing=True)
