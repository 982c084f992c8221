"""Who is told when something happens to a lead: the reactions that app/reactions.py lists."""

from uuid import UUID

from sqlalchemy import select

from app.core.events import Event
from app.core.money import monthly_minor, parse_money
from app.core.permissions import ROLES, SEES
from app.core.tenancy import current_workspace_id, seeing_all
from app.extensions import db
from app.leads.models import FREQUENCIES, Lead
from app.leads.services import get_lead
from app.notifications.services.telling import notify
from app.workspaces.models import Membership
from app.workspaces.queries import current_workspace

_MANAGERS = tuple(role for role, sees in SEES.items() if sees == "all")


def tell_new_owner(event: Event) -> None:
    """The reaction to a lead that changes hands: whoever has it now is told, by whom or why.

    One lead of many that change hands in one go is left to whoever does that, who tells of all of them at once.
    """
    data = event.data
    if event.lead_id is None or data.get("fact") != "owner" or not data.get("now") or data.get("of_many", 1) > 1:
        return
    why = {name: data[name] for name in ("why", "district") if data.get(name)}
    with seeing_all():
        notify(UUID(str(data["now"])), "assigned", lead=get_lead(event.lead_id), actor=event.actor, data=why)


def tell_worth(event: Event) -> None:
    """The reaction to a lead whose monthly value has reached the workspace's threshold: once each time it does.

    Its owner is told; where it is nobody's, or the owner knows since they did it, the managers are.
    """
    threshold = current_workspace().high_value_minor
    if event.lead_id is None or threshold <= 0:
        return
    with seeing_all():
        lead = get_lead(event.lead_id)
        if not _before(event, lead) < threshold <= lead.monthly_minor:
            return
        data = {"monthly_minor": lead.monthly_minor, "threshold_minor": threshold}
        for user_id in _who_cares(lead, event.actor.user_id):
            notify(user_id, "high_value", lead=lead, actor=event.actor, data=data)


def _before(event: Event, lead: Lead) -> int:
    """What the lead was worth a month before the event, in minor units."""
    if event.name == "lead.created":
        return 0
    price, frequency = lead.price_minor, lead.frequency
    if event.name in ("quote.sent", "quote.accepted"):
        before = event.before or {}
        price, frequency = before.get("price_minor"), before.get("frequency")
    elif event.data.get("fact") == "price":
        price = parse_money(str(event.data.get("was") or ""))
    elif event.data.get("fact") == "frequency":
        frequency = event.data.get("was") or None
    if price is None:
        return 0
    return monthly_minor(price, FREQUENCIES.get(frequency) if frequency else None)


def _who_cares(lead: Lead, actor_id: UUID | None) -> list[UUID]:
    """Who is responsible, unless they know since they did it themselves."""
    return managers() if lead.owner_id == actor_id else responsible(lead)


def responsible(lead: Lead) -> list[UUID]:
    """Who is told of what happens to a lead: its owner, or the managers where that is nobody who works here."""
    return [lead.owner_id] if lead.owner_id and works_on(lead.owner_id, lead) else managers()


def works_on(user_id: UUID, lead: Lead) -> bool:
    """Whether somebody is a member who works on leads, and sees this one."""
    query = select(Membership.role).where(
        Membership.workspace_id == current_workspace_id(), Membership.user_id == user_id,
        Membership.deactivated_at.is_(None),
    )  # fmt: skip
    role = db.session.scalar(query)
    if role is None or "leads:write" not in ROLES[role]:
        return False
    return SEES[role] == "all" or lead.owner_id in (None, user_id)


def managers() -> list[UUID]:
    """Those who are told of what has no owner: active owners, admins and managers."""
    query = select(Membership.user_id).where(
        Membership.workspace_id == current_workspace_id(),
        Membership.role.in_(_MANAGERS),
        Membership.deactivated_at.is_(None),
    )
    return list(db.session.scalars(query.order_by(Membership.id)))
