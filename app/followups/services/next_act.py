"""The next act of a lead: the earliest that is planned, kept on its row for lists and boards."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from app.activities.services import set_quietly
from app.core.models import fixed, one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import FollowUp
from app.followups.queries.steps import UNSEEN
from app.leads.models import Lead
from app.leads.services import get_lead


def refresh_next_act(lead_id: UUID) -> None:
    """Keep the lead's next act: the earliest that is planned, or none."""
    lead = get_lead(lead_id)
    db.session.flush()
    earliest = db.session.execute(
        select(FollowUp.title, FollowUp.words_sealed, FollowUp.due_at)
        .where(
            FollowUp.workspace_id == current_workspace_id(), FollowUp.lead_id == lead_id,
            FollowUp.state == fixed("planned"), FollowUp.kind.not_in(UNSEEN),
        )
        .order_by(FollowUp.due_at, FollowUp.id)
        .limit(1)
    ).one_or_none()  # fmt: skip
    _keep(lead, *(earliest or (None, None, None)))


def keep_first(lead: Lead, planned: Sequence[FollowUp]) -> None:
    """Keep the earliest of these: for a lead with which nothing else can be planned yet."""
    seen = [each for each in planned if each.kind not in UNSEEN]
    first = min(seen, key=lambda each: (each.due_at, each.id), default=None)
    _keep(lead, *((first.title, first.words_sealed, first.due_at) if first else (None, None, None)))


def refresh_next_acts(lead_ids: Sequence[UUID]) -> None:
    """Keep the next act of many leads by one statement: the earliest that is planned, or none."""

    def first(column: ColumnElement) -> ColumnElement:
        return (
            select(column)
            .where(
                FollowUp.workspace_id == Lead.workspace_id, FollowUp.lead_id == Lead.id,
                FollowUp.state == fixed("planned"), FollowUp.kind.not_in(UNSEEN),
            )
            .order_by(FollowUp.due_at, FollowUp.id)
            .limit(1)
            .correlate(Lead)
            .scalar_subquery()
        )  # fmt: skip

    db.session.execute(
        update(Lead)
        .where(Lead.workspace_id == current_workspace_id(), Lead.id == one_among(lead_ids))
        .values(
            next_act=first(FollowUp.title), next_words_sealed=first(FollowUp.words_sealed),
            next_act_at=first(FollowUp.due_at),
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    for held in list(db.session.identity_map.values()):
        if isinstance(held, Lead) and held.id in lead_ids:
            db.session.expire(held, ["next_act", "next_words_sealed", "next_act_at"])


def _keep(lead: Lead, title: str | None, words_sealed: bytes | None, due_at: datetime | None) -> None:
    """Write it when it is another."""
    if (lead.next_act, lead.next_words_sealed, lead.next_act_at) != (title, words_sealed, due_at):
        set_quietly(lead, {"next_act": title, "next_words_sealed": words_sealed, "next_act_at": due_at})
