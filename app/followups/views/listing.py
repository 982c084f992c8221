"""The list of sequences: what starts each, its steps in a line, who is under way; making one, switching one."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, flash, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import page, redirect_to
from app.core.permissions import permit
from app.followups.models import Sequence
from app.followups.queries.steps import Delay, Step, every, steps_of
from app.followups.queries.ways import known_sequences, way_counts
from app.followups.services import setting_up
from app.followups.views import bp
from app.followups.words import EVENT_WORDS, KIND_ICONS, KIND_WORDS, MONTHS
from app.leads.models import Stage
from app.leads.queries.stages import known_stages
from app.messaging.services.unheard import unheard_channels
from app.workspaces.layout import desk

#: As many steps of a sequence stand in its line.
MOST_MARKS = 8
_BACK = {
    "steps": "followups.sequence", "trial": "followups.trial", "under_way": "followups.under_way",
    "versions": "followups.versions",
}  # fmt: skip
_GROUPS = (("stage", "When a lead enters a stage"), ("rule", "When something happens"), ("hand", "By hand"))


@dataclass(frozen=True, slots=True)
class Mark:
    """A step in the line of a sequence: its icon, when in two words, and its name."""

    icon: str
    when: str
    title: str


@dataclass(frozen=True, slots=True)
class SequenceLine:
    """A sequence in the list."""

    sequence: Sequence
    starts: str
    stage: Stage | None
    marks: list[Mark]
    more: int
    active: int
    paused: int


@bp.get("/w/<slug>/sequences")
@permit("messages:read")
def sequences(slug: str) -> Response:
    """All sequences, by what starts them."""
    return _page()


@bp.post("/w/<slug>/sequences", endpoint="add_sequence")
@permit("settings:write")
def add(slug: str) -> Response:
    """Make an empty one and go on to its page."""
    name = " ".join(request.form.get("name", "").split())[:200]
    try:
        sequence = setting_up.add_sequence(name, web.actor())
    except Invalid as error:
        return _page(422, name=name, errors=error.errors)
    return redirect_to(url_for("followups.sequence", sequence_id=sequence.id))


@bp.post("/w/<slug>/sequences/<uuid:sequence_id>/copy", endpoint="copy_sequence")
@permit("settings:write")
def copy(slug: str, sequence_id: UUID) -> Response:
    """Make another like this one and go on to its page."""
    try:
        sequence = setting_up.copy_sequence(sequence_id, web.actor())
    except Invalid as error:
        return _page(422, errors=error.errors)
    flash("This is the copy. It is switched off until you switch it on.", "good")
    return redirect_to(url_for("followups.sequence", sequence_id=sequence.id))


@bp.post("/w/<slug>/sequences/<uuid:sequence_id>/switch", endpoint="switch_sequence")
@permit("settings:write")
def switch(slug: str, sequence_id: UUID) -> Response:
    """Switch a sequence on (`on`) or off."""
    try:
        sequence = setting_up.switch_sequence(sequence_id, bool(request.form.get("on")), web.actor())
        words = "is on: leads begin on it from now on" if sequence.is_active else "is off: no more leads begin on it"
        flash(f"{sequence.name} {words}", "good")
    except Invalid as error:
        flash(next(iter(error.errors.values())), "bad")
    back = _BACK.get(request.form.get("back", ""))
    return redirect_to(url_for(back, sequence_id=sequence_id) if back else url_for("followups.sequences"))


@bp.post("/w/<slug>/sequences/<uuid:sequence_id>/delete", endpoint="delete_sequence")
@permit("settings:write")
def delete(slug: str, sequence_id: UUID) -> Response:
    """Delete one that nobody was ever on."""
    try:
        name = setting_up.delete_sequence(sequence_id, web.actor())
    except Conflict as error:
        flash(error.message, "bad")
        return redirect_to(url_for("followups.sequence", sequence_id=sequence_id))
    flash(f"{name} is deleted", "good")
    return redirect_to(url_for("followups.sequences"))


def starts_words(sequence: Sequence) -> tuple[str, Stage | None]:
    """What starts a sequence, in a sentence, and the stage if it is one."""
    if sequence.starts == "stage":
        stage = next((each for each in known_stages() if each.id == sequence.stage_id), None)
        return (f"When a lead enters {stage.name}" if stage else "A stage that is retired", stage)
    if sequence.starts == "rule":
        return EVENT_WORDS.get((sequence.rule or {}).get("event", ""), "When something happens"), None
    return "By hand", None


def marks_of(steps: tuple[Step, ...]) -> tuple[list[Mark], int]:
    """The steps in a line, each with the time since the start as far as it can be told; and how many more there are."""
    days, marks = 0, []
    for step in steps:
        days, when = _since_start(days, step.delay)
        if step.kind != "wait":
            marks.append(Mark(KIND_ICONS[step.kind], when, step.title or KIND_WORDS[step.kind]))
    inner = sum(1 for step in every(steps) if step.kind != "wait") - len(marks)
    return marks[:MOST_MARKS], max(0, len(marks) - MOST_MARKS) + inner


def _since_start(days: int, delay: Delay) -> tuple[int, str]:
    if delay.unit == "until_month":
        return days, MONTHS[delay.amount - 1][:3] if delay.amount else "at once"
    if delay.unit in ("days", "business_days"):
        days += delay.amount
    elif delay.amount:
        return days, f"+{delay.amount} {'min' if delay.unit == 'minutes' else 'h'}"
    return days, f"day {days}" if days else "at once"


def _line(sequence: Sequence, counts: dict[UUID, dict[str, int]]) -> SequenceLine:
    words, stage = starts_words(sequence)
    marks, more = marks_of(steps_of(sequence.steps))
    under_way = counts.get(sequence.id, {})
    return SequenceLine(sequence, words, stage, marks, more, under_way.get("active", 0), under_way.get("paused", 0))


def _deaf_ways(found: list[Sequence]) -> list[str]:
    """By which of the channels that sequences write by nobody here sees the answer, at which they should end."""
    used = {step.kind for each in found if each.is_active for step in every(steps_of(each.steps)) if step.is_message}
    return [channel for channel in unheard_channels() if channel in used] if used else []


def _page(status: int = 200, *, name: str = "", errors: dict[str, str] | None = None) -> Response:
    counts = way_counts()
    places = {stage.id: at for at, stage in enumerate(known_stages())}
    found = sorted(known_sequences(), key=lambda each: (places.get(each.stage_id, 99), each.position))
    groups: list[dict[str, Any]] = [
        {"key": key, "title": title, "lines": [_line(each, counts) for each in found if each.starts == key]}
        for key, title in _GROUPS
    ]
    return page(
        "followups/sequences/list.html", status, **desk("sequences"), groups=groups, typed=name, errors=errors or {},
        may_write=g.viewer.can("settings:write"), deaf=_deaf_ways(found),
    )  # fmt: skip
