"""A lead's way through the pipeline: how long it stayed where, and which stages stand around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from app.core.clock import utcnow
from app.core.human_time import duration


class _Stage(Protocol):
    id: UUID
    name: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class Move:
    """Entering a stage, in the name of then."""

    stage_id: UUID
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the stepper. `state`: done, now or todo; `spent` in words, blank where the lead never was."""

    id: UUID
    name: str
    state: str
    spent: str

    @property
    def about(self) -> str:
        """The time spent in its largest unit: "1 day" for "1 day 5 h"."""
        return " ".join(self.spent.split()[:2]) if self.spent[:1].isdigit() else self.spent


def time_in_stages(moves: Sequence[Move], lead: Any) -> dict[UUID, int]:
    """Seconds spent in each stage, the present one up to now. Moves in order, the oldest first."""
    spent: dict[UUID, int] = {}
    now = utcnow()
    for move, until in zip(moves, [*(each.at for each in moves[1:]), now], strict=False):
        spent[move.stage_id] = spent.get(move.stage_id, 0) + max(0, int((until - move.at).total_seconds()))
    if lead.stage_id not in spent:  # older than the moves that are read
        spent[lead.stage_id] = max(0, int((now - lead.stage_entered_at).total_seconds()))
    return spent


def steps_around(stages: Sequence[_Stage], present: UUID, spent: dict[UUID, int]) -> list[Step]:
    """The open stages, five around the present one, each with the time spent there."""
    shown = [stage for stage in stages if not stage.is_final or stage.id == present]
    at = next((i for i, stage in enumerate(shown) if stage.id == present), 0)
    start = max(0, min(at - 2, len(shown) - 5))
    steps = [
        Step(
            stage.id, stage.name, "now" if i == at else "done" if i < at else "todo",
            duration(spent[stage.id]) if stage.id in spent else "",
        )
        for i, stage in enumerate(shown)
    ]  # fmt: skip
    return steps[start : start + 5]


def spans_of(moves: Sequence[Move], lead: Any) -> list[tuple[str, str]]:
    """(stage in the name of then, time spent there) in the order of the way, the present one last."""
    names = {move.stage_id: move.name for move in moves}
    return [(names.get(stage_id, ""), duration(seconds)) for stage_id, seconds in time_in_stages(moves, lead).items()]
