"""Keeping the steps of a sequence: judged, and written as a new version."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.catalogue import known
from app.core.errors import Conflict, Invalid
from app.core.events import Event, publish
from app.core.loading import load_one
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Sequence, SequenceVersion
from app.followups.queries.steps import CONDITIONS, MESSAGES, STEP_KINDS, UNITS, Step, every, to_raw
from app.followups.services.conditions import check_condition
from app.followups.services.dating import never_opens
from app.leads.models import Stage
from app.messaging.queries.templates import list_templates
from app.workspaces.queries import current_workspace

MOST_STEPS, MOST_DEPTH, LONGEST_TITLE = 60, 3, 80
#: The longest delay by unit: about two years.
MOST = {
    "minutes": 10_000, "hours": 2_000, "days": 730, "business_hours": 2_000, "business_days": 500, "until_month": 12,
}  # fmt: skip
_STALE = "Someone else changed this sequence while you had it open. Look at both, then save again to keep yours."


def save_steps(sequence_id: UUID, steps: tuple[Step, ...], seen_version: int, actor: Actor) -> Sequence:
    """Write the steps as a new version, which leads that begin from now on get; the same steps make none.

    Raises NotFound, Conflict when someone else was first, Invalid naming each `steps.<key>.<field>` that can't be
    taken (title, delay, window, template_key, text_key, stage_key, condition) or `steps` for the whole.
    """
    query = select(Sequence).where(Sequence.workspace_id == current_workspace_id(), Sequence.id == sequence_id)
    sequence = load_one(query, lock=True)
    if sequence.version != seen_version:
        raise Conflict(_STALE)
    errors = _errors(steps, sequence)
    if errors:
        raise Invalid(errors)
    raw = to_raw(steps)
    if raw == sequence.steps:
        return sequence
    before = len(sequence.steps)
    sequence.steps, sequence.version_no = raw, sequence.version_no + 1
    if not raw:
        sequence.is_active = False
    db.session.add(
        SequenceVersion(
            sequence_id=sequence.id, version_no=sequence.version_no, steps=raw, created_by=actor.user_id
        )
    )  # fmt: skip
    db.session.flush()
    publish(
        Event(
            "sequence.steps_saved", sequence.workspace_id, actor, "sequence", sequence.id,
            before={"steps": before}, after={"steps": len(raw)}, data={"version_no": sequence.version_no},
            topics=frozenset({"sequences"}),
        )
    )  # fmt: skip
    return sequence


def _errors(steps: tuple[Step, ...], sequence: Sequence) -> dict[str, str]:
    all_steps = list(every(steps))
    errors: dict[str, str] = {}
    if len(all_steps) > MOST_STEPS:
        errors["steps"] = f"A sequence has at most {MOST_STEPS} steps."
    if len({step.key for step in all_steps}) < len(all_steps):
        errors["steps"] = "Two steps have the same key. Load the page again."
    if _depth(steps) > MOST_DEPTH:
        errors["steps"] = f"Branches stand at most {MOST_DEPTH} deep in each other."
    templates = _templates()
    stages = {each.key for each in known(Stage) if each.retired_at is None}
    for step in all_steps:
        found = {
            "title": _title(step), "delay": _delay(step), "window": _window(step),
            "template_key": _template(step, templates), "text_key": _text(step, templates),
            "stage_key": _stage(step, stages), "condition": _condition(step, stages),
        }  # fmt: skip
        errors |= {f"steps.{step.key}.{name}": words for name, words in found.items() if words}
    return errors | (_lost_behind_a_move(steps) if sequence.ends_with_stage else {})


def _templates() -> dict[str, str]:
    """The channel of each template that is in use, by key; those that Sill comes with need not be stored."""
    return {each.key: each.channel for each in list_templates()}


def _depth(steps: tuple[Step, ...]) -> int:
    return max((1 + max(_depth(step.yes), _depth(step.no)) for step in steps if step.kind == "branch"), default=0)


def _title(step: Step) -> str | None:
    if len(step.title) > LONGEST_TITLE:
        return f"Use at most {LONGEST_TITLE} characters."
    return "Say what is to be done." if step.kind in ("call", "task") and not step.title.strip() else None


def _delay(step: Step) -> str | None:
    if step.kind not in STEP_KINDS or step.delay.unit not in UNITS:
        return "Choose what it is counted in."
    least = 1 if step.delay.unit == "until_month" else 0
    most = MOST[step.delay.unit]
    return None if least <= step.delay.amount <= most else f"Enter a whole number from {least} to {most:,}."


def _window(step: Step) -> str | None:
    if step.window is None:
        return None
    if step.window[0] >= step.window[1]:
        return "It must open before it closes."
    if never_opens(step, current_workspace()):
        return "This lies outside your hours on every day."
    return None


def _template(step: Step, templates: dict[str, str]) -> str | None:
    if step.kind not in MESSAGES:
        return None
    if not step.template_key:
        return "Choose what it says."
    return None if templates.get(step.template_key) == step.kind else "This template is not there any more."


def _text(step: Step, templates: dict[str, str]) -> str | None:
    """What is wrong with the words that take an email's place."""
    is_there = step.text_key is None or (step.kind == "email" and templates.get(step.text_key) == "sms")
    return None if is_there else "This template is not there any more."


def _stage(step: Step, stages: set[str]) -> str | None:
    return "Choose a stage." if step.kind == "stage" and step.stage_key not in stages else None


def _condition(step: Step, stages: set[str]) -> str | None:
    if step.kind != "branch":
        return None
    asked: Any = step.condition
    if asked is None or asked.on not in CONDITIONS:
        return "Choose what decides."
    if asked.on == "stage":
        return None if asked.value in stages else "Choose a stage."
    return check_condition(asked.field, asked.operator, asked.value) if asked.on == "field" else None


def _lost_behind_a_move(steps: tuple[Step, ...]) -> dict[str, str]:
    """A move ends a sequence that ends with its stage: what stands behind it would never happen."""
    errors: dict[str, str] = {}
    for at, step in enumerate(steps):
        if step.kind == "stage" and at + 1 < len(steps):
            errors[f"steps.{step.key}.stage_key"] = (
                "Moving the lead ends this sequence, so nothing can come after it. Put it last, or let the sequence go"
                " on when the stage changes."
            )
        errors |= _lost_behind_a_move(step.yes) | _lost_behind_a_move(step.no)
    return errors
