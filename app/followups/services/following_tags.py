"""Sequences name tags by their words: a tag that is renamed is renamed there too, or they would never fit again."""

from typing import Any

from sqlalchemy import select

from app.core.events import Event
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Sequence, SequenceVersion


def rename_tag(event: Event) -> None:
    """The reaction to a tag that has another name: what asks for it, in rules and at branches, asks for that one.

    In every version of the steps, since leads are on earlier ones too.
    """
    was, now = ((side or {}).get("name", "") for side in (event.before, event.after))
    if not was or not now or was == now:
        return
    here = current_workspace_id()
    for sequence in db.session.scalars(select(Sequence).where(Sequence.workspace_id == here).with_for_update()):
        rule, steps = _renamed(sequence.rule, was, now), _renamed(sequence.steps, was, now)
        if (rule, steps) != (sequence.rule, sequence.steps):
            sequence.rule, sequence.steps = rule, steps
    versions = select(SequenceVersion).where(SequenceVersion.workspace_id == here)
    for version in db.session.scalars(versions):
        steps = _renamed(version.steps, was, now)
        if steps != version.steps:
            version.steps = steps
    db.session.flush()


def _renamed(found: Any, was: str, now: str) -> Any:
    """What is stored of rules and steps, with the tag's new name wherever the old one is asked for."""
    if isinstance(found, list):
        return [_renamed(each, was, now) for each in found]
    if not isinstance(found, dict):
        return found
    is_asked = "tag" in (found.get("fact"), found.get("field")) and found.get("operator") in ("is", "is_not")
    if is_asked and str(found.get("value", "")).strip().casefold() == was.casefold():
        return {**found, "value": now}
    return {key: _renamed(each, was, now) for key, each in found.items()}
