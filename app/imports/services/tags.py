"""Hanging tags on the leads of a piece: the tag of the whole import and those of each row."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from app.core.errors import Invalid
from app.core.many_rows import insert_rows
from app.core.models import one_among
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.imports.services.setting import Setting
from app.leads.models import LeadTag
from app.leads.services import tag_named


def hang_tags(setting: Setting, wanted: Mapping[UUID, Sequence[str]], actor: Actor) -> dict[UUID, dict[UUID, str]]:
    """Hang tags on leads, by each lead's id the names its rows have, besides the tag of the import.

    What a lead has already stays; what there is no room for in the workspace is left out. Returns the names of those
    that were hung, by lead and tag.
    """
    ids: dict[str, UUID | None] = {}
    here, had = current_workspace_id(), _had(wanted)
    hung: dict[UUID, dict[UUID, str]] = {}
    for lead_id, names in wanted.items():
        for name in filter(None, (setting.tag, *names)):
            tag_id = _tag_id(name, ids, actor)
            if tag_id is not None and (lead_id, tag_id) not in had:
                hung.setdefault(lead_id, {}).setdefault(tag_id, name)
    rows = [{"workspace_id": here, "lead_id": lead_id, "tag_id": tag} for lead_id, tags in hung.items() for tag in tags]
    insert_rows(LeadTag.__table__, rows)
    return hung


def _had(wanted: Mapping[UUID, Sequence[str]]) -> set[tuple[UUID, UUID]]:
    query = select(LeadTag.lead_id, LeadTag.tag_id).where(
        LeadTag.workspace_id == current_workspace_id(), LeadTag.lead_id == one_among(wanted)
    )
    return {(lead_id, tag_id) for lead_id, tag_id in db.session.execute(query)}


def _tag_id(name: str, ids: dict[str, UUID | None], actor: Actor) -> UUID | None:
    if name not in ids:
        try:
            ids[name] = tag_named(name, actor).id
        except Invalid:  # there are as many as there may be
            ids[name] = None
    return ids[name]
