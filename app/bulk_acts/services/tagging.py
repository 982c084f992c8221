"""Hanging a tag on many leads, or taking it off, and taking that back: with the sequences that its rules begin."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.errors import Conflict, NotFound
from app.core.ids import new_id
from app.core.models import fixed, one_among
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups import services as followups
from app.followups.models import Enrolment
from app.leads.models import Tag
from app.leads.services import add_tag, get_tag, locked_leads, remove_tag

Before = dict[UUID, dict[str, Any]]
Parameters = Mapping[str, Any]


def tag(lead_ids: Sequence[UUID], parameters: Parameters, actor: Actor) -> Before:
    """Hang the tag on leads. Returns of each that did not have it the ways on which that has put it; raises NotFound.
    """
    leads, before = locked_leads(lead_ids), new_id()  # from here on nobody else puts them on a sequence
    changed = add_tag([lead.id for lead in leads], _tag(parameters), actor)
    begun: Before = {lead.id: {"begun": []} for lead in changed}
    query = select(Enrolment.lead_id, Enrolment.id).where(
        Enrolment.workspace_id == current_workspace_id(), Enrolment.lead_id == one_among(begun), Enrolment.id > before,
        Enrolment.started_how == fixed("rule"),
    )  # fmt: skip
    for lead_id, enrolment_id in db.session.execute(query):
        begun[lead_id]["begun"].append(str(enrolment_id))
    return begun


def untag(lead_ids: Sequence[UUID], parameters: Parameters, actor: Actor) -> Before:
    """Take the tag off leads. Returns those that had it; raises NotFound."""
    return {lead.id: {} for lead in remove_tag(lead_ids, _tag(parameters), actor)}


def tag_no_more(before: Mapping[UUID, Mapping[str, Any]], parameters: Parameters, actor: Actor) -> set[UUID]:
    """Undo `tag`: the tag goes, and what it began ends as far as it has not ended by itself."""
    back = {lead.id for lead in remove_tag(list(before), _tag(parameters), actor)}
    for lead_id in sorted(back):
        for enrolment_id in before[lead_id].get("begun", ()):
            try:
                followups.stop(UUID(enrolment_id), actor)
            except (Conflict, NotFound):
                continue
    return back


def tag_again(before: Mapping[UUID, Any], parameters: Parameters, actor: Actor) -> set[UUID]:
    """Undo `untag`: the tag hangs there as before, which begins nothing."""
    return {lead.id for lead in add_tag(list(before), _tag(parameters), actor, undoes=True)}


def _tag(parameters: Parameters) -> Tag:
    return get_tag(UUID(parameters["tag_id"]))
