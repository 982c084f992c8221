"""The sheet of a sequence: its steps as the page shows them, with everything that was typed, right or wrong.

The hidden `row` fields say in which order steps stand, and which of them stand in the ways of a branch:
`step:a`, `yes:a`, `step:b`, `no:a`, `step:c`, `end:a`.
"""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from app.core.packed import pack, unpacked
from app.followups.models import Sequence
from app.followups.queries.steps import Condition, Step, steps_of

#: Fields of a step of one line, with the most characters that are read of each.
LINES = {
    "kind": 10, "title": 200, "amount": 10, "unit": 20, "opens": 5, "closes": 5, "template": 60, "text": 60,
    "subject": 300, "stage": 60, "on": 20, "on_stage": 60, "fact": 40, "operator": 20, "value": 200,
}  # fmt: skip
_MOST_BODY = 6_000
TICKS = ("any_hour", "counts")
#: Fields about the sequence itself.
HEAD = {
    "name": 200, "description": 400, "starts": 10, "stage_id": 40, "event": 60, "fact": 40, "operator": 20,
    "value": 200,
}  # fmt: skip
#: What is chosen for the words of a message that are written on the sheet.
WRITTEN = "written"
KINDS = ("email", "sms", "call", "task", "stage", "wait", "branch")
MOST_STEPS, MOST_DEPTH = 40, 3
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(slots=True)
class SheetStep:
    """One step. `yes` and `no` are the ways of a branch, empty for all others."""

    key: str
    texts: dict[str, str]
    ticks: dict[str, bool]
    yes: list["SheetStep"] = field(default_factory=list)
    no: list["SheetStep"] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """What it is: email, sms, call, task, stage, wait or branch."""
        return self.texts["kind"]

    @property
    def is_message(self) -> bool:
        """Whether it sends something."""
        return self.kind in ("email", "sms")

    @property
    def packed(self) -> str:
        """What its fields hold, while it is closed."""
        return pack([*self.texts.items(), *((name, "1") for name in TICKS if self.ticks[name])])


@dataclass(slots=True)
class Sheet:
    """A whole sequence on its sheet: what is said about it, and its steps."""

    texts: dict[str, str]
    ends_with_stage: bool
    steps: list[SheetStep]

    def every(self) -> Iterator[SheetStep]:
        """All steps, those of branches after their branch."""
        return _every(self.steps)


def sheet_of(sequence: Sequence, steps: tuple[Step, ...] | None = None) -> Sheet:
    """The sheet of a sequence as it is stored, or with the steps of another version."""
    rule = sequence.rule or {}
    first = next(iter(rule.get("conditions") or ()), {})
    texts = {
        "name": sequence.name, "description": sequence.description, "starts": sequence.starts,
        "stage_id": str(sequence.stage_id or ""), "event": rule.get("event", ""), "fact": first.get("fact", ""),
        "operator": first.get("operator", ""), "value": str(first.get("value", "")),
    }  # fmt: skip
    stored = steps_of(sequence.steps) if steps is None else steps
    return Sheet(texts, sequence.ends_with_stage, [_stored(step) for step in stored])


def sheet_from(form: "MultiDict[str, str]") -> Sheet:
    """The sheet as it was sent, closed steps included; rows beyond the most and keys that no page of ours made are left
    out.
    """
    form = unpacked(form)
    texts = {name: _line(form.get(name, ""), most) for name, most in HEAD.items()}
    steps: list[SheetStep] = []
    seen: set[str] = set()
    # Each open branch with the list that it stands in; the last list is where the next step goes.
    open_branches: list[tuple[SheetStep, list[SheetStep]]] = []
    here = steps
    for row in form.getlist("row")[: MOST_STEPS * 4]:
        what, _, key = row.partition(":")
        if what == "step" and _KEY.fullmatch(key) and key not in seen and len(seen) < MOST_STEPS:
            seen.add(key)
            here.append(_sent(key, form))
        elif what == "yes" and here and here[-1].key == key and len(open_branches) < MOST_DEPTH:
            open_branches.append((here[-1], here))
            here = here[-1].yes
        elif what in ("no", "end") and open_branches and open_branches[-1][0].key == key:
            branch, around = open_branches[-1]
            here = branch.no if what == "no" else around
            if what == "end":
                open_branches.pop()
    return Sheet(texts, "ends_with_stage" in form, steps)


def new_step(kind: str) -> SheetStep:
    """A step that was not filled in yet."""
    amount = {"stage": "0", "branch": "0"}.get(kind, "3")
    texts = dict.fromkeys((*LINES, "body"), "")
    texts |= {"kind": kind, "amount": amount, "unit": "days", "on": "replied" if kind == "branch" else ""}
    return SheetStep(secrets.token_hex(4), texts, {"any_hour": False, "counts": kind in ("email", "sms", "call")})


def _sent(key: str, form: "MultiDict[str, str]") -> SheetStep:
    texts = {name: _line(form.get(f"{name}_{key}", ""), most) for name, most in LINES.items()}
    texts["body"] = form.get(f"body_{key}", "").replace("\r\n", "\n").replace("\x00", "").strip()[:_MOST_BODY]
    if texts["kind"] not in KINDS:
        texts["kind"] = "task"
    return SheetStep(key, texts, {name: f"{name}_{key}" in form for name in TICKS})


def _stored(step: Step) -> SheetStep:
    by_month = step.delay.unit == "until_month"
    opens, closes = step.window or ("", "")
    asked = step.condition or Condition("")
    texts = {
        "kind": step.kind, "title": step.title, "amount": "" if by_month else str(step.delay.amount),
        "unit": f"month:{step.delay.amount}" if by_month else step.delay.unit, "opens": opens, "closes": closes,
        "template": step.template_key or "", "text": step.text_key or "", "subject": "", "body": "",
        "stage": step.stage_key or "", "on": asked.on,
        "on_stage": asked.value if asked.on == "stage" else "", "fact": asked.field,
        "operator": asked.operator, "value": "" if asked.on == "stage" else asked.value,
    }  # fmt: skip
    ticks = {"any_hour": step.any_hour, "counts": step.counts}
    return SheetStep(step.key, texts, ticks, [_stored(each) for each in step.yes], [_stored(each) for each in step.no])


def _line(text: str, most: int) -> str:
    return " ".join(text.replace("\x00", "").split())[:most]


def _every(steps: list[SheetStep]) -> Iterator[SheetStep]:
    for step in steps:
        yield step
        yield from _every(step.yes)
        yield from _every(step.no)
