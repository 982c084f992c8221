"""Reading follow-ups: what is planned with a lead, and the messages that will leave by themselves."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_

from app.contacts.models import Contact
from app.core.keyring import cipher
from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import FollowUp
from app.leads.models import Lead

PAGE = 30
_ICONS = {"email": "mail", "sms": "message-square", "call": "phone", "task": "clipboard-list"}
_WORDS = {"email": "Email", "sms": "SMS", "call": "Call", "task": "Task"}


@dataclass(frozen=True, slots=True)
class PlannedAct:
    """A follow-up that is still to come. `lead_number` and `customer` are given in lists over several leads."""

    id: UUID
    lead_id: UUID
    kind: str
    title: str
    due_at: datetime
    lead_number: str | None = None
    customer: str | None = None

    noun = "follow-up"

    @property
    def icon(self) -> str:
        """The name of its icon."""
        return _ICONS[self.kind]

    @property
    def word(self) -> str:
        """What it is."""
        return _WORDS[self.kind]

    @property
    def is_message(self) -> bool:
        """Whether it leaves by itself when due."""
        return self.kind in ("email", "sms")


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """A page of planned messages; `next_key` is where the next one begins, None on the last."""

    rows: list[PlannedAct]
    next_key: tuple[datetime, UUID] | None


def planned_for(lead_id: UUID) -> list[PlannedAct]:
    """What is planned with a lead, the earliest first."""
    rows = db.session.execute(
        select(FollowUp.id, FollowUp.lead_id, FollowUp.kind, FollowUp.title, FollowUp.due_at)
        .where(
            FollowUp.workspace_id == current_workspace_id(), FollowUp.lead_id == lead_id, FollowUp.state == "planned"
        )
        .order_by(FollowUp.due_at, FollowUp.id)
    )
    return [PlannedAct(*row) for row in rows]


def planned_messages(after: tuple[datetime, UUID] | None = None, limit: int = PAGE) -> PlannedPage:
    """Emails and texts that will leave by themselves, the earliest first, beginning after the key `after`."""
    query = (
        select(
            FollowUp.id, FollowUp.lead_id, FollowUp.kind, FollowUp.title, FollowUp.due_at, Lead.number,
            Contact.id.label("contact_id"), Contact.name_sealed,
        )
        .join(Lead, (Lead.workspace_id == FollowUp.workspace_id) & (Lead.id == FollowUp.lead_id))
        .join(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
        .where(
            FollowUp.workspace_id == current_workspace_id(), FollowUp.state == fixed("planned"),
            FollowUp.kind.in_(("email", "sms")),
        )
    )  # fmt: skip
    if after is not None:
        query = query.where(tuple_(FollowUp.due_at, FollowUp.id) > tuple_(*after))
    query = query.order_by(FollowUp.due_at, FollowUp.id).limit(limit + 1)
    seal = cipher()
    rows = [
        PlannedAct(*row[:6], customer=seal.open(row.name_sealed, "contacts", "name_sealed", row.contact_id))
        for row in db.session.execute(query)
    ]
    more = len(rows) > limit
    rows = rows[:limit]
    return PlannedPage(rows, (rows[-1].due_at, rows[-1].id) if more else None)
