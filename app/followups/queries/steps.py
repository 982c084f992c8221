"""The steps of a sequence: read from what is stored, written back, and walked in the order in which they happen.

Pure: nothing here asks the database. After the arms of a branch the way goes on with the branch's next sibling; there
are no loops, so that a step happens at most once on each way.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: Those that Sill does when their time comes, those that wait for a person, and those without an act of their own.
AUTOMATIC = ("email", "sms", "stage", "branch")
BY_PEOPLE = ("call", "task")
#: What Sill does for itself in passing is no act that anybody waits for.
UNSEEN = ("branch", "stage", "wait")
STEP_KINDS = ("email", "sms", "call", "task", "stage", "wait", "branch")
MESSAGES = ("email", "sms")
#: What the customer notices, and a move for their silence.
CHASES = (*MESSAGES, "call", "stage")
#: What a delay is counted in. "until_month": until the next 1st of the month `amount` (1 to 12).
UNITS = ("minutes", "hours", "days", "business_hours", "business_days", "until_month")
#: What a branch looks at.
CONDITIONS = ("replied", "no_reply", "opened", "stage", "field")


@dataclass(frozen=True, slots=True)
class Delay:
    """How long after the step before it, or after the start, a step's time comes."""

    amount: int = 0
    unit: str = "days"


@dataclass(frozen=True, slots=True)
class Condition:
    """What a branch asks. `field`, `operator` and `value` as services/conditions.py knows them; `stage` has a value."""

    on: str
    field: str = ""
    operator: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `key` names it for good within its sequence.

    `window` are local times ("09:30", "12:00") between which it happens; `any_hour` lifts the opening hours; `counts`
    makes a message an attempt. `text_key` names the words of the text that takes an email's place for who has a mobile
    number only. `yes` and `no` are the arms of a branch.
    """

    key: str
    kind: str
    title: str = ""
    delay: Delay = Delay()
    window: tuple[str, str] | None = None
    any_hour: bool = False
    counts: bool = True
    template_key: str | None = None
    text_key: str | None = None
    stage_key: str | None = None
    condition: Condition | None = None
    yes: tuple["Step", ...] = ()
    no: tuple["Step", ...] = ()

    @property
    def is_message(self) -> bool:
        """Whether it is an email or a text."""
        return self.kind in MESSAGES

    def words_key(self, kind: str) -> str | None:
        """The template of what it sends as `kind`, which is `sms` for an email whose place a text takes."""
        return self.text_key if kind == "sms" != self.kind else self.template_key

    @property
    def is_spaced(self) -> bool:
        """Whether the workspace's gap between two messages to one person holds for it: an acknowledgement may follow
        at once, and others may follow it.
        """
        return self.is_message and (self.counts or not self.any_hour)


def steps_of(raw: list[Any]) -> tuple[Step, ...]:
    """The steps that are stored as JSON. Raises KeyError or TypeError for what `to_raw` did not write."""
    return tuple(_step(each) for each in raw)


def to_raw(steps: tuple[Step, ...]) -> list[dict[str, Any]]:
    """The steps as JSON, without what is not set."""
    return [_raw(step) for step in steps]


def every(steps: tuple[Step, ...]) -> Iterator[Step]:
    """All steps, those in the arms of branches included, from top to bottom."""
    for step in steps:
        yield step
        yield from every(step.yes)
        yield from every(step.no)


def only_remind(steps: tuple[Step, ...]) -> bool:
    """Whether the customer notices nothing of them, being tasks of ours: no answer ends these."""
    return all(step.kind not in CHASES for step in every(steps))


def find(steps: tuple[Step, ...], key: str | None) -> Step | None:
    """The step of that key, wherever it stands."""
    return next((step for step in every(steps) if step.key == key), None)


@dataclass(slots=True)
class _Walk:
    """A walk stands still at the first branch that nobody has answered."""

    answers: Mapping[str, bool]
    stopped: bool = False

    def along(self, steps: tuple[Step, ...]) -> Iterator[Step]:
        for step in steps:
            yield step
            if step.kind == "branch":
                if step.key not in self.answers:
                    self.stopped = True
                    return
                yield from self.along(step.yes if self.answers[step.key] else step.no)
                if self.stopped:
                    return


def way(steps: tuple[Step, ...], answers: Mapping[str, bool] | None = None) -> list[Step]:
    """The steps in the order in which they happen, up to and including the first branch without an answer.

    `answers` says of each branch, by its key, whether it was answered with yes.
    """
    return list(_Walk(answers or {}).along(steps))


def _step(raw: Mapping[str, Any]) -> Step:
    delay, asked = raw.get("delay"), raw.get("condition")
    opens, closes = raw.get("window") or (None, None)
    return Step(
        key=raw["key"], kind=raw["kind"], title=raw.get("title", ""),
        delay=Delay(delay["amount"], delay["unit"]) if delay else Delay(),
        window=(opens, closes) if opens and closes else None, any_hour=raw.get("any_hour", False),
        counts=raw.get("counts", True), template_key=raw.get("template_key"),
        text_key=raw.get("text_key"), stage_key=raw.get("stage_key"),
        condition=Condition(**asked) if asked else None,
        yes=steps_of(raw.get("yes", [])), no=steps_of(raw.get("no", [])),
    )  # fmt: skip


def _raw(step: Step) -> dict[str, Any]:
    raw: dict[str, Any] = {"key": step.key, "kind": step.kind, "title": step.title}
    if step.delay.amount:
        raw["delay"] = {"amount": step.delay.amount, "unit": step.delay.unit}
    if step.window:
        raw["window"] = list(step.window)
    if step.any_hour:
        raw["any_hour"] = True
    if not step.counts:
        raw["counts"] = False
    keys = ("template_key", "text_key", "stage_key")
    raw |= {name: found for name in keys if (found := getattr(step, name)) is not None}
    if step.condition:
        asked = step.condition
        raw["condition"] = {"on": asked.on, "field": asked.field, "operator": asked.operator, "value": asked.value}
    return raw | {arm: to_raw(found) for arm in ("yes", "no") if (found := getattr(step, arm))}
