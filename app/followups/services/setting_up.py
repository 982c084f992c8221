"""Sequences as their workspace wants them: made, copied, named, started by this or that, switched on and off."""

import secrets
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.core.errors import Conflict, Invalid
from app.core.events import Event, publish
from app.core.loading import load_one
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import STARTS, Enrolment, Sequence, SequenceVersion
from app.followups.services.conditions import check_condition
from app.followups.words import EVENT_WORDS

MOST_SEQUENCES = 60
LONGEST_NAME, LONGEST_DESCRIPTION = 60, 160
_STALE = "Someone else changed this sequence while you had it open. Look at both, then save again to keep yours."


@dataclass(frozen=True, slots=True)
class SequenceFacts:
    """What people decide about a sequence besides its steps. `rule`: the event and what must hold, as it is stored."""

    name: str
    description: str = ""
    starts: str = "hand"
    stage_id: UUID | None = None
    rule: dict[str, Any] = field(default_factory=dict)
    ends_with_stage: bool = True


def get_sequence(sequence_id: UUID, *, lock: bool = False) -> Sequence:
    """One sequence. Raises NotFound."""
    query = select(Sequence).where(Sequence.workspace_id == current_workspace_id(), Sequence.id == sequence_id)
    return load_one(query, lock=lock)


def add_sequence(name: str, actor: Actor) -> Sequence:
    """Make a sequence without steps, switched off, begun by hand. Raises Invalid naming `name`."""
    facts = SequenceFacts(name)
    _check(facts)
    sequence = Sequence(key=f"own_{secrets.token_hex(6)}", is_active=False, position=_next_position(), steps=[])
    _write(sequence, facts)
    return _kept(sequence, actor, "sequence.added")


def copy_sequence(sequence_id: UUID, actor: Actor) -> Sequence:
    """Make another with the same steps, switched off. Raises NotFound, Invalid when there are too many."""
    like = get_sequence(sequence_id)
    sequence = Sequence(
        key=f"own_{secrets.token_hex(6)}", is_active=False, position=_next_position(), steps=list(like.steps)
    )
    _write(sequence, SequenceFacts(_name_of_copy(like.name), like.description, "hand"))
    return _kept(sequence, actor, "sequence.added")


def change_facts(sequence_id: UUID, facts: SequenceFacts, seen_version: int, actor: Actor) -> Sequence:
    """Change what is said about a sequence that still is as its editor saw it; leads under way go on as they are.

    Raises NotFound, Invalid naming each field that can't be taken, Conflict when someone else was first.
    """
    sequence = get_sequence(sequence_id, lock=True)
    if sequence.version != seen_version:
        raise Conflict(_STALE)
    _check(facts, sequence)
    before = facts_of(sequence)
    if before == facts:
        return sequence
    _write(sequence, facts)
    db.session.flush()
    _tell("sequence.changed", sequence, actor, _plain(before), _plain(facts))
    return sequence


def switch_sequence(sequence_id: UUID, on: bool, actor: Actor) -> Sequence:
    """Let leads begin on it, or no more of them. Those under way go on.

    Raises NotFound, and Invalid when it can't be switched on yet.
    """
    sequence = get_sequence(sequence_id, lock=True)
    if sequence.is_active == on:
        return sequence
    if on and not sequence.steps:
        raise Invalid({"steps": "Add a step before you switch it on."})
    sequence.is_active = on
    db.session.flush()
    _tell("sequence.changed", sequence, actor, {"is_active": not on}, {"is_active": on})
    return sequence


def delete_sequence(sequence_id: UUID, actor: Actor) -> str:
    """Delete one that no lead has ever been on; returns its name. Raises NotFound, Conflict."""
    sequence = get_sequence(sequence_id, lock=True)
    used = select(Enrolment.id).where(
        Enrolment.workspace_id == current_workspace_id(), Enrolment.sequence_id == sequence_id
    )
    if db.session.scalar(used.limit(1)) is not None or not sequence.key.startswith("own_"):
        raise Conflict("Leads have been on this sequence, so it stays. Switch it off instead.")
    name = sequence.name
    _tell("sequence.deleted", sequence, actor, _plain(facts_of(sequence)), None)
    db.session.delete(sequence)
    db.session.flush()
    return name


def facts_of(sequence: Sequence) -> SequenceFacts:
    """What was decided about a sequence."""
    return SequenceFacts(
        sequence.name, sequence.description, sequence.starts, sequence.stage_id, dict(sequence.rule or {}),
        sequence.ends_with_stage,
    )  # fmt: skip


def _kept(sequence: Sequence, actor: Actor, told: str) -> Sequence:
    db.session.add(sequence)
    db.session.flush()
    db.session.add(
        SequenceVersion(sequence_id=sequence.id, version_no=1, steps=sequence.steps, created_by=actor.user_id)
    )
    db.session.flush()
    _tell(told, sequence, actor, None, _plain(facts_of(sequence)))
    return sequence


def _check(facts: SequenceFacts, sequence: Sequence | None = None) -> None:
    errors: dict[str, str] = {}
    if not facts.name:
        errors["name"] = "Give it a name."
    elif len(facts.name) > LONGEST_NAME:
        errors["name"] = f"Use at most {LONGEST_NAME} characters."
    elif _is_taken(facts.name, sequence):
        errors["name"] = "Another sequence has this name."
    if len(facts.description) > LONGEST_DESCRIPTION:
        errors["description"] = f"Use at most {LONGEST_DESCRIPTION} characters."
    if facts.starts not in STARTS:
        errors["starts"] = "Choose what starts it."
    elif facts.starts == "stage" and facts.stage_id is None:
        errors["stage_id"] = "Choose the stage."
    elif facts.starts == "rule" and facts.rule.get("event") not in EVENT_WORDS:
        errors["event"] = "Choose what happens."
    if facts.starts == "rule":
        conditions = facts.rule.get("conditions", [])
        faults = [check_condition(each["fact"], each["operator"], each["value"]) for each in conditions]
        if found := next(filter(None, faults), None):
            errors["value"] = found
    if errors:
        raise Invalid(errors)


def _name_of_copy(name: str) -> str:
    """A name that no other sequence has: a second copy could not be saved under that of the first."""
    query = select(func.lower(Sequence.name)).where(Sequence.workspace_id == current_workspace_id())
    taken = set(db.session.scalars(query))
    ends = (" (copy)", *(f" (copy {number})" for number in range(2, MOST_SEQUENCES + 2)))
    names = (f"{name[: LONGEST_NAME - len(end)]}{end}" for end in ends)
    return next(each for each in names if each.lower() not in taken)


def _is_taken(name: str, sequence: Sequence | None) -> bool:
    query = select(Sequence.id).where(
        Sequence.workspace_id == current_workspace_id(), func.lower(Sequence.name) == name.lower()
    )
    found = set(db.session.scalars(query))
    return bool(found - {sequence.id} if sequence is not None else found)


def _write(sequence: Sequence, facts: SequenceFacts) -> None:
    sequence.name, sequence.description, sequence.starts = facts.name, facts.description, facts.starts
    sequence.stage_id = facts.stage_id if facts.starts == "stage" else None
    sequence.rule = facts.rule if facts.starts == "rule" else {}
    sequence.ends_with_stage = facts.ends_with_stage


def _next_position() -> int:
    here = Sequence.workspace_id == current_workspace_id()
    number, last = db.session.execute(select(func.count(), func.max(Sequence.position)).where(here)).one()
    if number >= MOST_SEQUENCES:
        raise Invalid({"name": f"There are {MOST_SEQUENCES} sequences already. Delete one you do not use first."})
    return int(last or 0) + 1


def _plain(facts: SequenceFacts) -> dict[str, Any]:
    return {**asdict(facts), "stage_id": str(facts.stage_id) if facts.stage_id else None}


def _tell(name: str, sequence: Sequence, actor: Actor, before: dict | None, after: dict | None) -> None:
    publish(
        Event(
            name, sequence.workspace_id, actor, "sequence", sequence.id, before=before, after=after,
            topics=frozenset({"sequences"}),
        )
    )  # fmt: skip
