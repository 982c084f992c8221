"""Reading the bell of one member."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_

from app.accounts.models import User
from app.contacts.models import Contact
from app.core.keyring import cipher
from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.notifications.models import Notification
from app.notifications.words import Line, line_for
from app.workspaces.models import Membership

#: Lines of one page, and of the panel under the bell.
PAGE, PANEL = 30, 8
#: The bell says "99+" above this; counting on would only cost time.
MOST_COUNTED = 100

#: Kinds that lead to a page of their own where they name no lead.
LISTED = (
    "arrival_waiting", "discrepancies", "export_done", "overdue", "provider_failed", "squeegee_silent", "untouched",
)  # fmt: skip

Key = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class NotificationView:
    """One line of the bell. `name` is the lead's, None when there is no lead or it is not theirs to see any more."""

    id: UUID
    line: Line
    lead_id: UUID | None
    name: str | None
    created_at: datetime
    is_read: bool
    bulk_act_id: str | None = None
    quote_id: str | None = None
    kind: str = ""
    transfer_id: str | None = None
    import_id: str | None = None
    noun: str = "notification"

    @property
    def leads_on(self) -> bool:
        """Whether there is somewhere to go from here: to a lead, an act, a list or a setting."""
        is_somewhere = bool(self.lead_id or self.bulk_act_id or self.import_id)
        return is_somewhere or (not self.line.names_lead and self.kind in LISTED)


@dataclass(frozen=True, slots=True)
class Told:
    """Lines, newest first, and where the next ones begin."""

    rows: list[NotificationView]
    next_key: Key | None


def told_to(user_id: UUID, *, unread: bool = False, after: Key | None = None, limit: int = PAGE) -> Told:
    """What a member was told, newest first; `unread` leaves out what they have read; `after` goes on from there."""
    query = _lines(user_id).limit(limit + 1)
    if unread:
        query = query.where(Notification.read_at.is_(None))
    if after:
        query = query.where(tuple_(Notification.created_at, Notification.id) < tuple_(*after))
    rows = db.session.execute(query).all()
    shown = [_view(row) for row in rows[:limit]]
    return Told(shown, (shown[-1].created_at, shown[-1].id) if len(rows) > limit else None)


def one_told(user_id: UUID, notification_id: UUID) -> NotificationView | None:
    """One of the member's own lines, or None."""
    row = db.session.execute(_lines(user_id).where(Notification.id == notification_id)).one_or_none()
    return _view(row) if row else None


def gets_digest(user_id: UUID) -> bool:
    """Whether the member wants the digest of a morning."""
    query = select(Membership.gets_digest).where(
        Membership.workspace_id == current_workspace_id(), Membership.user_id == user_id
    )
    return bool(db.session.scalar(query))


def count_unread(user_id: UUID) -> int:
    """How many lines the member has not read, up to MOST_COUNTED."""
    some = (
        select(fixed(1))
        .where(
            Notification.workspace_id == current_workspace_id(),
            Notification.user_id == user_id,
            Notification.read_at.is_(None),
        )
        .limit(MOST_COUNTED)
    )
    return db.session.execute(select(func.count()).select_from(some.subquery())).scalar_one()


def _lines(user_id: UUID) -> Select[Any]:
    return (
        select(
            Notification.id, Notification.kind, Notification.data, Notification.created_at, Notification.read_at,
            Lead.id.label("lead_id"), Lead.contact_id, Contact.name_sealed, User.name.label("who"),
        )
        .select_from(Notification)
        .outerjoin(Lead, (Lead.workspace_id == Notification.workspace_id) & (Lead.id == Notification.lead_id))
        .outerjoin(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
        .outerjoin(User, User.id == Notification.actor_id)
        .where(Notification.workspace_id == current_workspace_id(), Notification.user_id == user_id)
        .order_by(Notification.created_at.desc(), Notification.id.desc())
    )  # fmt: skip


def _view(row: Any) -> NotificationView:
    name = None
    if row.name_sealed is not None:
        name = cipher().open(row.name_sealed, "contacts", "name_sealed", row.contact_id)
    line = line_for(row.kind, row.data, row.who)
    return NotificationView(
        row.id,
        line,
        row.lead_id,
        name,
        row.created_at,
        row.read_at is not None,
        row.data.get("bulk_act_id"),
        row.data.get("quote_id"),
        row.kind,
        row.data.get("transfer_id"),
        row.data.get("import_id"),
    )
