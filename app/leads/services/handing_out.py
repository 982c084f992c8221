"""Giving many leads to somebody, or another priority, at once."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.accounts.models import User
from app.activities.services import record_for_each, touch_all
from app.core.clock import utcnow
from app.core.permissions import Actor
from app.extensions import db
from app.leads.models import PRIORITIES, Lead
from app.leads.services.reading import locked_leads


def give_to(lead_ids: Sequence[UUID], owner_id: UUID | None, actor: Actor) -> dict[UUID, dict[str, Any]]:
    """Give leads to a member who works on leads, or to nobody. That it is one, the caller has seen to.

    Returns what each changed lead was before; those that are theirs already, or out of sight, are not among them.
    """
    leads = [lead for lead in locked_leads(lead_ids) if lead.owner_id != owner_id]
    ids = {lead.owner_id for lead in leads} | {owner_id}
    names = dict(map(tuple, db.session.execute(select(User.id, User.name).where(User.id.in_(filter(None, ids))))))

    def said(lead: Lead, was: UUID | None) -> dict[str, Any]:
        return {
            "fact": "owner", "was": _text(was), "now": _text(owner_id), "was_name": names.get(was, ""),
            "now_name": names.get(owner_id, ""),
        }  # fmt: skip

    return _set(leads, "owner_id", owner_id, said, actor)


def set_priority(lead_ids: Sequence[UUID], priority: str, actor: Actor) -> dict[UUID, dict[str, Any]]:
    """Give leads a priority of PRIORITIES. Returns what each changed lead was before."""
    assert priority in PRIORITIES
    leads = [lead for lead in locked_leads(lead_ids) if lead.priority != priority]

    def said(lead: Lead, was: str) -> dict[str, Any]:
        return {"fact": "priority", "was": was, "now": priority}

    return _set(leads, "priority", priority, said, actor)


def _set(
    leads: list[Lead], column: str, value: Any, said: Callable[[Lead, Any], dict[str, Any]], actor: Actor
) -> dict[UUID, dict[str, Any]]:
    was = {lead.id: getattr(lead, column) for lead in leads}
    if leads:
        touch_all(leads, {column: value, "updated_at": utcnow()}, is_edit=True)
        record_for_each(
            leads, "fact_changed", "lead.fact_changed", actor, lambda lead: said(lead, was[lead.id]),
            topics=("board",) if column == "owner_id" else (),
        )  # fmt: skip
    return {lead_id: {column: _text(value) if isinstance(value, UUID) else value} for lead_id, value in was.items()}


def _text(user_id: UUID | None) -> str:
    return str(user_id) if user_id else ""
