"""Moving many leads: each is a move of its own, with what a stage plans and calls off."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from app.core.errors import Conflict, NotFound
from app.core.permissions import Actor
from app.leads.models import Lead
from app.leads.services import get_stage, locked_leads, move_to_stage, take_back


def move(lead_ids: Sequence[UUID], parameters: Mapping[str, Any], actor: Actor) -> dict[UUID, dict[str, Any]]:
    """Move leads to the top of `stage_id`, in the order they are given; into "declined" for `reason_key`.

    Returns what each moved lead was before. Leads that stand there already keep their place. Raises NotFound when the
    stage is gone.
    """
    target = get_stage(UUID(parameters["stage_id"]))
    standing = {lead.id: lead for lead in locked_leads(lead_ids)}
    before = {}
    for lead_id in reversed([each for each in lead_ids if each in standing]):  # the first one ends on top
        lead = standing[lead_id]
        if lead.stage_id == target.id:
            continue
        before[lead_id] = {"stage_id": str(lead.stage_id)}
        move_to_stage(lead_id, target.id, actor, **_farewell(parameters))
    return before


def put_back_moved(before: Mapping[UUID, Mapping[str, Any]], parameters: Mapping[str, Any], actor: Actor) -> set[UUID]:
    """Put moved leads back to where they came from, unless someone has moved them on. Returns those put back."""
    back = set()
    for lead in locked_leads(before):
        if str(lead.stage_id) == parameters["stage_id"] and _take_back(lead, UUID(before[lead.id]["stage_id"]), actor):
            back.add(lead.id)
    return back


def _take_back(lead: Lead, from_stage_id: UUID, actor: Actor) -> bool:
    try:
        take_back(lead.id, actor, within=None, from_stage_id=from_stage_id)
    except (Conflict, NotFound):
        return False
    return True


def _farewell(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What the mover said about leads that are lost: why, and the day they are asked again (True: the reason's own)."""
    if not parameters.get("reason_key"):
        return {}
    returns_on = parameters.get("returns_on", True)
    return {
        "reason_key": parameters["reason_key"],
        "returns_on": date.fromisoformat(returns_on) if isinstance(returns_on, str) else returns_on,
    }
