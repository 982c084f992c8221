"""Tags on leads, for one lead or many."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.activities.services import record_for_each
from app.core.errors import Invalid, NotFound
from app.core.events import Event, publish
from app.core.holding import hold_list
from app.core.models import one_among
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import TAG_COLOURS, Lead, LeadTag, Tag
from app.leads.queries.tagging import TagView, all_tags, tags_like
from app.leads.services.reading import locked_leads

LONGEST_TAG = 40
#: What stands between tags in a file, and so in none.
_BETWEEN_TAGS = frozenset(",;|")
MOST_TAGS = 300
#: The list that is held while a name in it is taken.
TAGS = "tags"


class TagDoubted(Exception):
    """No tag has the name, and `alike` are perhaps what is meant."""

    def __init__(self, alike: list[TagView]) -> None:
        super().__init__(len(alike))
        self.alike = alike


def tag_fault(name: str) -> str | None:
    """What is wrong with the name of a new tag, if anything."""
    if not name:
        return "Enter a tag."
    if len(name) > LONGEST_TAG:
        return f"Keep a tag under {LONGEST_TAG} characters."
    if _BETWEEN_TAGS & set(name):
        return "Add one tag at a time, without “,”, “;” or “|”."
    return None


def tag_named(typed: str, actor: Actor, *, is_sure: bool = True) -> Tag:
    """The tag of that name, made now if there is none; upper and lower case are the same name.

    Raises Invalid({"tag": ...}) for a name that no tag can have, and when the workspace has MOST_TAGS already;
    TagDoubted, unless the person is sure, where a tag's name is nearly this one.
    """
    name = " ".join(typed.split())
    known = all_tags()
    found = _called(name, known)
    if found is None:
        if fault := tag_fault(name):
            raise Invalid({"tag": fault})
        if not is_sure and (alike := tags_like(name, known)):
            raise TagDoubted(alike)
        hold_list(TAGS)
        known = all_tags()
        found = _called(name, known)
    if found is None:
        if len(known) >= MOST_TAGS:
            raise Invalid({"tag": f"There are {MOST_TAGS} tags already. Merge or delete some in the settings first."})
        return _make(name, TAG_COLOURS[len(known) % len(TAG_COLOURS)], actor)
    return get_tag(found.id)


def get_tag(tag_id: UUID) -> Tag:
    """A tag by its id. Raises NotFound."""
    tag = db.session.get(Tag, (current_workspace_id(), tag_id))
    if tag is None:
        raise NotFound
    return tag


def add_tag(lead_ids: Sequence[UUID], tag: Tag, actor: Actor, *, undoes: bool = False) -> list[Lead]:
    """Hang a tag on leads. Returns those that did not have it. `undoes`: it was only just taken off, by mistake."""
    leads = locked_leads(lead_ids)
    having = _having(leads, tag)
    changed = [lead for lead in leads if lead.id not in having]
    if changed:
        here = current_workspace_id()
        rows = [{"workspace_id": here, "lead_id": lead.id, "tag_id": tag.id} for lead in changed]
        db.session.execute(insert(LeadTag).on_conflict_do_nothing(), rows)
        _record("lead.tagged", changed, tag, actor, {"undoes": True} if undoes else {})
    return changed


def remove_tag(lead_ids: Sequence[UUID], tag: Tag, actor: Actor) -> list[Lead]:
    """Take a tag off leads. Returns those that had it."""
    leads = locked_leads(lead_ids)
    having = _having(leads, tag)
    changed = [lead for lead in leads if lead.id in having]
    if changed:
        db.session.execute(
            delete(LeadTag)
            .where(
                LeadTag.workspace_id == current_workspace_id(), LeadTag.tag_id == tag.id,
                LeadTag.lead_id == one_among(lead.id for lead in changed),
            )
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        _record("lead.untagged", changed, tag, actor, {})
    return changed


def _having(leads: Sequence[Lead], tag: Tag) -> set[UUID]:
    """Which of the leads have the tag; their rows are locked, so it stays true."""
    query = select(LeadTag.lead_id).where(
        LeadTag.workspace_id == current_workspace_id(), LeadTag.tag_id == tag.id,
        LeadTag.lead_id == one_among(lead.id for lead in leads),
    )  # fmt: skip
    return set(db.session.scalars(query))


def _record(event: str, leads: Sequence[Lead], tag: Tag, actor: Actor, more: dict[str, bool]) -> None:
    data = {"fact": "tag", "tag": tag.name, "tag_id": str(tag.id), **more}
    record_for_each(leads, "fact_changed", event, actor, lambda lead: data)


def _called(name: str, known: Sequence[TagView]) -> TagView | None:
    return next((tag for tag in known if tag.name.casefold() == name.casefold()), None)


def _make(name: str, colour: str, actor: Actor) -> Tag:
    """Make a tag, whose list is held."""
    tag = Tag(name=name, colour=colour)
    db.session.add(tag)
    db.session.flush()
    made = Event("tag.made", tag.workspace_id, actor, "tag", tag.id, after={"name": name}, topics=frozenset({"tags"}))
    publish(made)
    return tag
