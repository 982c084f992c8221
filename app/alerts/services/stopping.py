"""What the hand-over to Squeegee can't do alone: told at once to whoever began it, or to the managers."""

from uuid import UUID

from sqlalchemy import select

from app.alerts.services.once import Mark, first_time
from app.core.events import Event
from app.core.permissions import ROLES
from app.core.tenancy import current_workspace_id, seeing_all
from app.extensions import db
from app.leads.services import get_lead
from app.notifications.services import managers, notify
from app.squeegee.models import Transfer
from app.workspaces.models import Membership
from app.workspaces.queries import today_here


def tell_transfer_stopped(event: Event) -> None:
    """The reaction to an automatic transfer that failed, is left in parts or unclear: whoever started it is told.

    Where that is nobody, or somebody who has left, the managers are.
    """
    if event.lead_id is None or event.data.get("method") != "api":
        return
    with seeing_all():
        lead = get_lead(event.lead_id)
        state = event.name.removeprefix("transfer.")
        data = {name: str(event.data.get(name) or "") for name in ("reason", "transfer_id")}
        data |= {"state": state, "number": lead.number}
        for user_id in _beginner(UUID(str(event.data["transfer_id"]))) or managers():
            notify(user_id, "transfer_stopped", lead=lead, actor=event.actor, data=data)


def tell_squeegee_silent(event: Event) -> None:
    """The reaction to a Squeegee that answers no more: the managers, once a day and reason."""
    reason = str(event.data.get("reason") or "")
    rule = "squeegee_token" if reason == "token_refused" else "squeegee_silent"
    if not first_time([Mark(rule, current_workspace_id(), today_here(), 1)]):
        return
    with seeing_all():
        for user_id in managers():
            notify(user_id, "squeegee_silent", actor=event.actor, data={"reason": reason})


def _beginner(transfer_id: UUID) -> list[UUID]:
    """Who started a transfer, if they may still hand leads over."""
    row = db.session.execute(
        select(Membership.user_id, Membership.role)
        .join(
            Transfer,
            (Transfer.workspace_id == Membership.workspace_id) & (Transfer.created_by == Membership.user_id),
        )
        .where(
            Membership.workspace_id == current_workspace_id(), Transfer.workspace_id == current_workspace_id(),
            Transfer.id == transfer_id, Membership.deactivated_at.is_(None),
        )
    ).first()  # fmt: skip
    return [row.user_id] if row is not None and "leads:transfer" in ROLES[row.role] else []
