"""Keeping the workspace's list of tags: added, renamed, recoloured, deleted."""

from uuid import UUID

from sqlalchemy import delete

from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import Event, publish
from app.core.holding import hold_list
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import TAG_COLOURS, Tag
from app.leads.queries.tagging import all_tags
from app.leads.services.tagging import TAGS, tag_fault, tag_named

_STALE = "Someone else changed this tag while you had it open. Look at it, then try again."


def add_to_list(name: str, colour: str, actor: Actor) -> Tag:
    """Add a tag. Raises Invalid for a name that is blank, too long or there already, or an unknown colour."""
    hold_list(TAGS)
    name = _checked(name, colour, None)
    tag = tag_named(name, actor)
    tag.colour = colour
    db.session.flush()
    return tag


def change_tag(tag_id: UUID, name: str, colour: str, version: int, actor: Actor) -> Tag:
    """Give a tag another name or colour, on every lead at once. Raises NotFound, Conflict and Invalid."""
    hold_list(TAGS)
    tag = held_tag(tag_id, version)
    name = _checked(name, colour, tag_id)
    before = {"name": tag.name, "colour": tag.colour}
    after = {"name": name, "colour": colour}
    if before != after:
        tag.name, tag.colour = name, colour
        db.session.flush()
        tell_of_tag("tag.changed", tag, actor, before, after)
    return tag


def delete_tag(tag_id: UUID, version: int, actor: Actor) -> str:
    """Take a tag off every lead and out of the list. Returns the name it had. Raises NotFound and Conflict."""
    tag = held_tag(tag_id, version)
    name = tag.name
    remove_tag_row(tag)
    tell_of_tag("tag.deleted", tag, actor, {"name": name}, None)
    return name


def held_tag(tag_id: UUID, version: int) -> Tag:
    """A tag that still is as its editor saw it, its row held. Raises NotFound and Conflict."""
    tag = db.session.get(Tag, (current_workspace_id(), tag_id), with_for_update=True, populate_existing=True)
    if tag is None:
        raise NotFound
    if tag.version != version:
        raise Conflict(_STALE, now=tag)
    return tag


def _checked(typed: str, colour: str, own_id: UUID | None) -> str:
    name, known = " ".join(typed.split()), all_tags()
    errors = {}
    if not name:
        errors["name"] = "Enter a name."
    elif any(tag.name.casefold() == name.casefold() and tag.id != own_id for tag in known):
        errors["name"] = "There is a tag of this name already. You can merge the two."
    elif (fault := tag_fault(name)) and name not in (tag.name for tag in known if tag.id == own_id):
        errors["name"] = fault
    if colour not in TAG_COLOURS:
        errors["colour"] = "Choose a colour."
    if errors:
        raise Invalid(errors)
    return name


def remove_tag_row(tag: Tag) -> None:
    """Delete a tag; the rows that hang it on leads go with it."""
    db.session.execute(
        delete(Tag)
        .where(Tag.workspace_id == tag.workspace_id, Tag.id == tag.id)
        .execution_options(synchronize_session=False)
    )


def tell_of_tag(
    name: str, tag: Tag, actor: Actor, before: dict | None, after: dict | None, act_id: UUID | None = None
) -> None:  # fmt: skip
    """Publish what was done with a tag; `act_id` is the act by which a merge can be taken back."""
    data = {"bulk_act_id": str(act_id)} if act_id else {}
    publish(
        Event(
            name, tag.workspace_id, actor, "tag", tag.id, before=before, after=after, data=data,
            topics=frozenset({"tags"}),
        )
    )  # fmt: skip
