"""The sequences that a new workspace starts with, written down."""

from collections.abc import Mapping
from uuid import UUID

from app.extensions import db
from app.followups.defaults import SEQUENCES
from app.followups.models import Sequence, SequenceVersion
from app.followups.queries.steps import to_raw


def add_default_sequences(stages: Mapping[str, UUID]) -> None:
    """Add the sequences of app/followups/defaults.py; `stages` are the workspace's stages by key."""
    made = [
        Sequence(
            key=each.key, name=each.name, description=each.description, starts="stage" if each.stage else "rule",
            stage_id=stages[each.stage] if each.stage else None, rule=each.rule, ends_with_stage=True,
            is_active=each.is_on, version_no=1, steps=to_raw(each.steps), position=position,
        )
        for position, each in enumerate(SEQUENCES, start=1)
    ]  # fmt: skip
    db.session.add_all(made)
    db.session.flush()
    db.session.add_all(SequenceVersion(sequence_id=each.id, version_no=1, steps=each.steps) for each in made)
    db.session.flush()
