"""Putting leads away: into the archive, into the bin, back onto the desk, and out of the world."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.activities.services import record_for_each, touch_all
from app.core.clock import utcnow
from app.core.errors import NotFound
from app.core.events import Event, publish
from app.core.permissions import SYSTEM, Actor
from app.core.tenancy import current_workspace_id, seeing_all
from app.leads.models import SHELVES, Lead
from app.leads.services.emptying import plan_emptying
from app.leads.services.reading import locked_leads

_EVENTS = {"archive": "lead.archived", "bin": "lead.binned", "desk": "lead.restored"}


def archive(lead_id: UUID, actor: Actor) -> Lead:
    """Take a lead off the desk for as long as nobody fetches it back. Raises NotFound."""
    return _one(lead_id, "archive", actor)


def put_in_bin(lead_id: UUID, actor: Actor) -> Lead:
    """Take a lead off the desk and delete it for good after the workspace's time. Raises NotFound."""
    return _one(lead_id, "bin", actor)


def restore(lead_id: UUID, actor: Actor) -> Lead:
    """Put a lead back onto the desk with what was planned for it. Raises NotFound."""
    return _one(lead_id, "desk", actor)


def put_on_shelf(lead_ids: Sequence[UUID], shelf: str, actor: Actor) -> dict[UUID, dict[str, Any]]:
    """Put leads on a shelf: 'desk', 'archive' or 'bin'. What was planned for them rests until they are back.

    Returns what each changed lead was before, as `put_back` takes it; leads that lie there already, or that the scope
    does not see, are not among them.
    """
    assert shelf in SHELVES
    leads = [lead for lead in locked_leads(lead_ids) if lead.shelf != shelf]
    before = {lead.id: {"shelf": lead.shelf} for lead in leads}
    was = {lead.id: lead.shelf for lead in leads}
    now = utcnow()
    away = shelf != "desk"
    touch_all(
        leads,
        {
            "shelf": shelf, "shelved_at": now if away else None, "shelved_by": actor.user_id if away else None,
            "updated_at": now,
        },
        is_edit=True,
    )  # fmt: skip
    if not leads:
        return before
    record_for_each(
        leads, "fact_changed", _EVENTS[shelf], actor,
        lambda lead: {"fact": "shelf", "was": was[lead.id], "now": shelf},
        topics=("board", "shelves"),
    )  # fmt: skip
    _tell_together("leads.shelved" if away else "leads.unshelved", leads, actor)
    if shelf == "bin":
        plan_emptying()
    return before


def bring_back(event: Event) -> None:
    """The reaction to what a customer does: a lead that was put away is wanted on the desk again."""
    assert event.lead_id is not None
    with seeing_all():
        put_on_shelf([event.lead_id], "desk", SYSTEM)


def _one(lead_id: UUID, shelf: str, actor: Actor) -> Lead:
    put_on_shelf([lead_id], shelf, actor)
    found = locked_leads([lead_id])
    if not found:
        raise NotFound
    return found[0]


def _tell_together(name: str, leads: Sequence[Lead], actor: Actor) -> None:
    """One event for them all, for those who pause or resume things by the set."""
    here = current_workspace_id()
    publish(Event(name, here, actor, "workspace", here, data={"lead_ids": [str(lead.id) for lead in leads]}))
