"""What the builder's small buttons do to a sheet: move, leave out, ask again, write a question of one's own.

Dragging and the arrow keys do the same in the browser alone; these work without scripts and with a reader.
"""

import secrets
from collections.abc import Callable

from app.lead_forms.forms.sheet import Sheet, SheetQuestion, SheetStep
from app.lead_forms.services.content import OWN_KINDS, STANDARD, YES_NO

MOST_STEPS, MOST_OWN = 12, 12


def arrange(sheet: Sheet, act: str) -> str:
    """Do one act, like `up:bedrooms`, and return what it was about, to be opened; "" for one that can't be done."""
    what, _, name = act.partition(":")
    done = _ACTS.get(what)
    return done(sheet, name) if done else ""


def _move(sheet: Sheet, key: str, by: int) -> str:
    """One place up or down; beyond the edge of a step into the next one."""
    for at, step in enumerate(sheet.steps):
        if key not in step.keys:
            continue
        place = step.keys.index(key) + by
        if 0 <= place < len(step.keys):
            step.keys.insert(place, step.keys.pop(place - by))
        elif 0 <= at + by < len(sheet.steps):
            step.keys.remove(key)
            other = sheet.steps[at + by].keys
            other.insert(len(other) if by < 0 else 0, key)
        return key
    return ""


def _move_step(sheet: Sheet, number: str, by: int) -> str:
    at = _place(sheet, number)
    if at is not None and 0 <= at + by < len(sheet.steps):
        sheet.steps.insert(at + by, sheet.steps.pop(at))
    return ""


def _leave_out(sheet: Sheet, key: str) -> str:
    question = sheet.questions.get(key)
    for step in sheet.steps:
        if question and not question.is_fixed and key in step.keys:
            step.keys.remove(key)
            sheet.left_out.append(key)
    return ""


def _ask(sheet: Sheet, key: str) -> str:
    """Ask it again: beside the questions it stands with in the form as it comes, else in the last step."""
    if key not in sheet.left_out:
        return ""
    sheet.left_out.remove(key)
    neighbours = next((step.questions for step in STANDARD.steps if key in step.questions), ())
    step = next((each for each in sheet.steps if set(each.keys) & set(neighbours)), sheet.steps[-1])
    before = neighbours[: neighbours.index(key)] if key in neighbours else ()
    behind = [at for at, each in enumerate(step.keys, 1) if each in before]
    step.keys.insert(behind[-1] if behind else (0 if neighbours else len(step.keys)), key)
    return key


def _write(sheet: Sheet, kind: str) -> str:
    """A new question of the workspace's own, in the step before people say who they are."""
    if kind not in OWN_KINDS or sum(question.is_own for question in sheet.questions.values()) >= MOST_OWN:
        return ""
    key = f"own_{secrets.token_hex(4)}"
    offers = tuple(value for value, _ in YES_NO) if kind == "yes_no" else ()
    sheet.questions[key] = SheetQuestion(key, kind, "", offers=offers)
    asks_name = next((at for at, step in enumerate(sheet.steps) if "name" in step.keys), len(sheet.steps))
    sheet.steps[max(0, asks_name - 1)].keys.append(key)
    return key


def _drop(sheet: Sheet, key: str) -> str:
    """Forget an own question; what was answered stays with the leads."""
    question = sheet.questions.get(key)
    if question and question.is_own:
        for keys in (*(step.keys for step in sheet.steps), sheet.left_out):
            if key in keys:
                keys.remove(key)
        del sheet.questions[key]
    return ""


def _add_step(sheet: Sheet, _: str) -> str:
    """An empty step before the last one, to be filled by moving questions into it."""
    if len(sheet.steps) < MOST_STEPS:
        number = max(step.number for step in sheet.steps) + 1
        sheet.steps.insert(len(sheet.steps) - 1, SheetStep(number, ""))
    return ""


def _join(sheet: Sheet, number: str) -> str:
    """Take a step away; its questions go to the end of the one before (the first step's: to the start of the next)."""
    at = _place(sheet, number)
    if at is None or len(sheet.steps) == 1:
        return ""
    gone = sheet.steps.pop(at)
    if at:
        sheet.steps[at - 1].keys.extend(gone.keys)
    else:
        sheet.steps[0].keys[:0] = gone.keys
    return ""


def _place(sheet: Sheet, number: str) -> int | None:
    return next((at for at, step in enumerate(sheet.steps) if str(step.number) == number), None)


def _open(sheet: Sheet, key: str) -> str:
    return key if key in sheet.questions else ""


_ACTS: dict[str, Callable[[Sheet, str], str]] = {
    "up": lambda sheet, key: _move(sheet, key, -1),
    "down": lambda sheet, key: _move(sheet, key, 1),
    "step-up": lambda sheet, number: _move_step(sheet, number, -1),
    "step-down": lambda sheet, number: _move_step(sheet, number, 1),
    "out": _leave_out,
    "in": _ask,
    "add": _write,
    "drop": _drop,
    "add-step": _add_step,
    "join": _join,
    "open": _open,
}
