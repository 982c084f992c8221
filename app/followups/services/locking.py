"""Holding a follow-up, and with it its lead, until the commit."""

from uuid import UUID

from sqlalchemy import select

from app.core.errors import NotFound
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import FollowUp
from app.leads.models import Lead


def locked(follow_up_id: UUID) -> tuple[FollowUp, Lead]:
    """A follow-up and its lead as they stand now, both locked until the commit. Raises NotFound.

    The lead first: whoever moves it to another stage takes the two in that order as well.
    """
    here = current_workspace_id()
    lead = db.session.scalars(
        select(Lead)
        .join(FollowUp, (FollowUp.workspace_id == Lead.workspace_id) & (FollowUp.lead_id == Lead.id))
        .where(FollowUp.workspace_id == here, FollowUp.id == follow_up_id)
        .with_for_update(of=Lead, key_share=True)
        .execution_options(populate_existing=True)
    ).first()
    if lead is None:
        raise NotFound
    follow_up = db.session.scalars(
        select(FollowUp)
        .where(FollowUp.workspace_id == here, FollowUp.id == follow_up_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    return follow_up, lead
