"""The pipeline as its workspace wants it: stages added, changed, put in order, retired and brought back.

Every change holds the pipeline's row, so that two people at once can't give two stages one place or one name. Final
stages always stand after the others.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import select

from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import Event, publish
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Pipeline, Stage
from app.leads.queries.stages import stages

#: The names of the sixteen colours and how each is kept; templates/shared/_stage.html knows the same.
COLOURS = {
    "blue": "#3B82F6", "indigo": "#6366F1", "violet": "#8B5CF6", "pink": "#EC4899", "red": "#EF4444",
    "crimson": "#DC2626", "orange": "#F97316", "amber": "#F59E0B", "lime": "#84CC16", "green": "#10B981",
    "emerald": "#059669", "teal": "#14B8A6", "cyan": "#06B6D4", "silver": "#9CA3AF", "grey": "#6B7280",
    "slate": "#374151",
}  # fmt: skip
#: Stages that leads enter by themselves -> when they do. They may be renamed, but neither retired nor made (un)final.
NEEDED = {
    "new": "a new enquiry comes in here",
    "quote_sent": "a lead comes here when its quote goes out",
    "ready_for_squeegee": "a lead comes here when its quote is accepted",
    "transferred_to_squeegee": "a lead comes here when Squeegee has it",
    "booking_confirmed": "a lead comes here when its first clean has a date",
    "declined": "a lead comes here when its quote is declined",
    "not_in_area": "enquiries from elsewhere come in here",
}
LONGEST_NAME = 40
LONGEST_DESCRIPTION = 160
MOST_DAYS = 365
MOST_STAGES = 30
_STALE = "Someone else changed this stage while you had it open. Look at both, then save again to keep yours."


@dataclass(frozen=True, slots=True)
class StageFacts:
    """What people decide about a stage. `follow_up_days`: after how many days in it a follow-up is planned."""

    name: str
    description: str = ""
    colour: str = "grey"
    follow_up_days: int | None = None
    is_final: bool = False


def add_stage(facts: StageFacts, actor: Actor) -> Stage:
    """Add a stage at the end of its kind. Raises Invalid naming each field that can't be taken."""
    pipeline = hold_pipeline()
    known = stages()
    if len(known) >= MOST_STAGES:
        raise Invalid({"name": f"There are {MOST_STAGES} stages already. Retire one first."})
    _check(facts, known)
    stage = Stage(pipeline_id=pipeline.id, key=_free_key(facts.name), position=len(known) + 1)
    _write(stage, facts)
    db.session.add(stage)
    db.session.flush()
    renumber()
    _tell("stage.added", stage, actor, None, asdict(facts))
    return stage


def change_stage(stage_id: UUID, facts: StageFacts, version: int, actor: Actor) -> Stage:
    """Change a stage that still is as its editor saw it. What has happened keeps the name of then.

    Raises NotFound, Invalid, and Conflict with the stage as it is `now`.
    """
    hold_pipeline()
    stage = stage_in_use(stage_id)
    if stage.version != version:
        raise Conflict(_STALE, now=stage)
    _check(facts, [each for each in stages() if each.id != stage.id])
    if stage.key in NEEDED and facts.is_final != stage.is_final:
        raise Invalid({"is_final": f"This stays as it is, since {NEEDED[stage.key]}."})
    before = facts_of(stage)
    if before == facts:
        return stage
    _write(stage, facts)
    db.session.flush()
    renumber()
    _tell("stage.changed", stage, actor, asdict(before), asdict(facts))
    return stage


def order_stages(stage_ids: Sequence[UUID], actor: Actor, *, instead_of: Sequence[UUID] = ()) -> list[Stage]:
    """Put the stages into this order; final ones still come last. Raises Conflict when they are others by now.

    With `instead_of`, as when this is taken back, also when they stand in another order than that by now.
    """
    hold_pipeline()
    known = {stage.id: stage for stage in stages()}
    if instead_of and list(instead_of) != list(known):
        raise Conflict("Someone else put the stages in order since, so they stay as they are. Reload the page to see.")
    if len(stage_ids) != len(known) or set(stage_ids) != set(known):
        raise Conflict("The stages were changed meanwhile. Reload the page, then put them in order again.")
    before = [stage.name for stage in known.values()]
    for position, stage_id in enumerate(stage_ids, start=1):
        known[stage_id].position = position
    db.session.flush()
    ordered = renumber()
    after = [stage.name for stage in ordered]
    if after != before:
        _tell("stages.ordered", ordered[0], actor, {"order": before}, {"order": after})
    return ordered


def facts_of(stage: Stage) -> StageFacts:
    """What was decided about a stage, its colour by name."""
    names = {kept: name for name, kept in COLOURS.items()}
    colour = names.get(stage.colour.upper(), stage.colour if stage.colour in COLOURS else "grey")
    return StageFacts(stage.name, stage.description, colour, stage.follow_up_days, stage.is_final)


def hold_pipeline() -> Pipeline:
    """The pipeline, its row held until the transaction ends, and its stages to be read anew."""
    query = select(Pipeline).where(Pipeline.workspace_id == current_workspace_id()).order_by(Pipeline.position).limit(1)
    pipeline = db.session.scalars(query.with_for_update()).first()
    if pipeline is None:
        raise NotFound
    for stage in [row for row in db.session if isinstance(row, Stage)]:
        db.session.expire(stage)
    return pipeline


def stage_in_use(stage_id: UUID) -> Stage:
    """A stage as it stands now, its row held. Raises NotFound for one that is retired."""
    stage = db.session.get(Stage, (current_workspace_id(), stage_id), populate_existing=True, with_for_update=True)
    if stage is None or stage.retired_at is not None:
        raise NotFound
    return stage


def renumber() -> list[Stage]:
    """Count the places of the stages in use anew, final ones last; returns them in order."""
    ordered = sorted(stages(), key=lambda stage: (stage.is_final, stage.position, stage.id))
    for position, stage in enumerate(ordered, start=1):
        stage.position = position
    db.session.flush()
    return ordered


def _check(facts: StageFacts, others: Sequence[Stage]) -> None:
    errors = {}
    if not facts.name:
        errors["name"] = "Enter a name."
    elif len(facts.name) > LONGEST_NAME:
        errors["name"] = f"Keep the name under {LONGEST_NAME} characters."
    elif facts.name.casefold() in {other.name.casefold() for other in others}:
        errors["name"] = "There is a stage of this name already."
    if len(facts.description) > LONGEST_DESCRIPTION:
        errors["description"] = f"Keep it under {LONGEST_DESCRIPTION} characters."
    if facts.colour not in COLOURS:
        errors["colour"] = "Choose a colour."
    if facts.follow_up_days is not None and not 1 <= facts.follow_up_days <= MOST_DAYS:
        errors["follow_up_days"] = f"Enter a whole number of days from 1 to {MOST_DAYS}, or leave it empty."
    if errors:
        raise Invalid(errors)


def _write(stage: Stage, facts: StageFacts) -> None:
    stage.name, stage.description, stage.is_final = facts.name, facts.description, facts.is_final
    stage.colour = COLOURS[facts.colour]
    stage.follow_up_days = None if facts.is_final else facts.follow_up_days


def _free_key(name: str) -> str:
    """A key for addresses and answers: the first name in plain letters, numbered when it is taken."""
    stem = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")[:30] or "stage"
    taken = {stage.key for stage in stages(with_retired=True)}
    return next(key for key in (stem, *(f"{stem}_{number}" for number in range(2, 1000))) if key not in taken)


def _tell(name: str, stage: Stage, actor: Actor, before: dict | None, after: dict | None) -> None:
    topics = frozenset({"pipeline", "board"})
    publish(Event(name, stage.workspace_id, actor, "stage", stage.id, before=before, after=after, topics=topics))
