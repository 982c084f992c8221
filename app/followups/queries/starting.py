"""What entering a stage starts, for the page of the stages."""

from dataclasses import dataclass
from uuid import UUID

from app.core.catalogue import known
from app.followups.models import Sequence
from app.followups.queries.steps import steps_of
from app.followups.words import KIND_WORDS, delay_words


@dataclass(frozen=True, slots=True)
class StagePlan:
    """A sequence that a stage starts: its steps, each with when it comes after the one before it, in words."""

    id: UUID
    name: str
    is_active: bool
    steps: tuple[tuple[str, str], ...]


def sequences_by_stage() -> dict[UUID, list[StagePlan]]:
    """The sequences that each stage starts, in order, also those that are switched off."""
    found: dict[UUID, list[StagePlan]] = {}
    for each in sorted(known(Sequence), key=lambda each: (each.position, each.id)):
        if each.starts == "stage" and each.stage_id is not None:
            lines = tuple(
                (step.title or KIND_WORDS[step.kind], delay_words(step.delay.amount, step.delay.unit))
                for step in steps_of(each.steps)
            )
            found.setdefault(each.stage_id, []).append(StagePlan(each.id, each.name, each.is_active, lines))
    return found
