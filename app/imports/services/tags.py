"""Hanging tags on the leads of a piece: the tag of the whole import and those of each row; and what undoing takes away
of those that the import has made.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import exists, not_, select

from app.core.errors import Invalid
from app.core.many_rows import insert_rows
from app.core.models import one_among
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.imports.models import Import
from app.imports.services.setting import Setting
from app.leads.models import LeadTag, Tag
from app.leads.queries.tagging import all_tags
from app.leads.services import tag_named
from app.leads.services.tag_list import delete_tag

#: Among the figures of an import: the ids of the tags that it has made.
_MADE = "made_tags"


def hang_tags(
    made: Import, setting: Setting, wanted: Mapping[UUID, Sequence[str]], actor: Actor
) -> dict[UUID, dict[UUID, str]]:  # fmt: skip
    """Hang tags on leads, by each lead's id the names its rows have, besides the tag of the import.

    What a lead has already stays; what there is no room for in the workspace is left out. Returns the names of those
    that were hung, by lead and tag.
    """
    ids: dict[str, UUID | None] = {}
    here, had, known = current_workspace_id(), _had(wanted), {tag.id for tag in all_tags()}
    hung: dict[UUID, dict[UUID, str]] = {}
    for lead_id, names in wanted.items():
        for name in filter(None, (setting.tag, *names)):
            tag_id = _tag_id(name, ids, actor)
            if tag_id is not None and (lead_id, tag_id) not in had:
                hung.setdefault(lead_id, {}).setdefault(tag_id, name)
    rows = [{"workspace_id": here, "lead_id": lead_id, "tag_id": tag} for lead_id, tags in hung.items() for tag in tags]
    insert_rows(LeadTag.__table__, rows)
    if new := {str(tag_id) for tag_id in ids.values() if tag_id and tag_id not in known}:
        made.figures = {**made.figures, _MADE: [*made.figures.get(_MADE, ()), *sorted(new)]}
    return hung


def delete_made(made: Import, actor: Actor) -> None:
    """Delete the tags that the import has made, as far as nobody has changed them or hung them on another lead."""
    hangs = exists().where(LeadTag.workspace_id == Tag.workspace_id, LeadTag.tag_id == Tag.id)
    unused = db.session.scalars(
        select(Tag)
        .where(Tag.workspace_id == made.workspace_id, Tag.id == one_among(map(UUID, made.figures.get(_MADE, ()))))
        .where(Tag.version == 1, not_(hangs))
    ).all()
    for tag in unused:
        delete_tag(tag.id, tag.version, actor)


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
