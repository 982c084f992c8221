"""What the small buttons of the sheet do to it: add a step in a place, move one up or down, take one away.

Dragging and the arrow keys do the same in the browser alone; these work without scripts and with a reader.
"""

from app.followups.forms.sheet import KINDS, MOST_DEPTH, MOST_STEPS, Sheet, SheetStep, new_step


def arrange(sheet: Sheet, act: str) -> str:
    """Do one act and return the key of the step to be opened; "" for none.

    `add:<place>:<kind>`, where the place is a step's key (behind it), `yes.<key>` or `no.<key>` (first in that way of
    a branch) or `top`; `up:<key>`, `down:<key>`, `drop:<key>`; `show:<key>` only shows
    what its choices lead to, `open:<key>` its fields.
    """
    what, _, rest = act.partition(":")
    if what == "add":
        place, _, kind = rest.rpartition(":")
        return _add(sheet, place, kind)
    found = _find(sheet.steps, rest, 0)
    if found is None:
        return ""
    around, at, _ = found
    if what == "drop":
        around.pop(at)
        return ""
    if what in ("up", "down"):
        _move(sheet, around, at, -1 if what == "up" else 1)
    return rest if what in ("up", "down", "show", "open") else ""


def _add(sheet: Sheet, place: str, kind: str) -> str:
    if kind not in KINDS or sum(1 for _ in sheet.every()) >= MOST_STEPS:
        return ""
    step = new_step(kind)
    way, _, key = place.rpartition(".")
    if place == "top":
        sheet.steps.insert(0, step)
        return step.key
    found = _find(sheet.steps, key, 0)
    if found is None:
        return ""
    around, at, depth = found
    depth += bool(way)
    if kind == "branch" and depth >= MOST_DEPTH:
        return ""
    if way:
        (around[at].yes if way == "yes" else around[at].no).insert(0, step)
    else:
        around.insert(at + 1, step)
    return step.key


def _move(sheet: Sheet, around: list[SheetStep], at: int, by: int) -> None:
    """One place on; beyond the edge of a branch's way into its other way, or out of it."""
    if 0 <= at + by < len(around):
        around.insert(at + by, around.pop(at))
        return
    owner = _owner(sheet.steps, around)
    if owner is None:
        return
    branch, outer = owner
    step = around.pop(at)
    if by < 0 and around is branch.no:
        branch.yes.append(step)
    elif by > 0 and around is branch.yes:
        branch.no.insert(0, step)
    else:
        outer.insert(outer.index(branch) + (by > 0), step)


def _find(steps: list[SheetStep], key: str, depth: int) -> tuple[list[SheetStep], int, int] | None:
    """Where a step stands: the list, its place there, and in how many branches."""
    for at, step in enumerate(steps):
        if step.key == key:
            return steps, at, depth
        for way in (step.yes, step.no):
            if found := _find(way, key, depth + 1):
                return found
    return None


def _owner(steps: list[SheetStep], way: list[SheetStep]) -> tuple[SheetStep, list[SheetStep]] | None:
    """The branch of which a list is a way, and the list that the branch stands in."""
    for step in steps:
        if step.yes is way or step.no is way:
            return step, steps
        for inner in (step.yes, step.no):
            if found := _owner(inner, way):
                return found
    return None
