"""A working Tuesday at opening time, and leads that have lain for so long."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from app.extensions import db
from app.followups.models import FollowUp
from app.leads.models import Lead
from app.notifications.models import Notification

#: Tuesday 8 December 2026, nine in the morning; London has the same hours as UTC then.
TUESDAY = datetime(2026, 12, 8, 9, tzinfo=UTC)


@pytest.fixture
def lying(make_lead: Callable[..., Any]) -> Callable[..., Any]:
    """A lead whose next act, a call unless `kind` says another, was due so many days before Tuesday, with nothing else
    planned; `kept` sets further columns.
    """

    def make(days: float, *, owner_id: UUID | None = None, kind: str = "call", **kept: Any) -> Any:
        lead = make_lead(owner_id=owner_id)
        at = TUESDAY - timedelta(days=days)
        db.session.execute(delete(FollowUp).where(FollowUp.lead_id == lead.id))
        title = kept.get("next_act", "Call")
        if title:
            db.session.add(FollowUp(lead_id=lead.id, kind=kind, title=title, due_at=at, state="planned"))
        values = {"next_act": "Call", "next_act_at": at, "last_activity_at": at, "created_at": at, **kept}
        db.session.execute(update(Lead).where(Lead.id == lead.id).values(**values))
        db.session.commit()
        return lead

    return make


@pytest.fixture
def told() -> Callable[..., list[tuple[str, UUID | None]]]:
    """What a member was told, as (kind, lead), in order."""

    def read(member: Any) -> list[tuple[str, UUID | None]]:
        db.session.commit()
        with member.acting():
            query = select(Notification.kind, Notification.lead_id).where(
                Notification.user_id == member.user_id,
                Notification.kind.in_(("overdue", "untouched", "ready_to_hand_over")),
            )
            return [(kind, lead_id) for kind, lead_id in db.session.execute(query.order_by(Notification.created_at))]

    return read
