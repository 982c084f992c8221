"""Sequences name tags by their words: where a tag is renamed or merged they follow, or they would never fit again."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.bulk_acts.models import BulkAct
from app.core.events import Event
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Sequence, SequenceVersion

_KEPT = "sequences"


def rename_tag(event: Event) -> None:
    """The reaction to a tag that has another name: what asks for it, in rules and at branches, asks for that one.

    In every version of the steps, since leads are on earlier ones too.
    """
    _rename(event)


def merge_tag(event: Event) -> None:
    """The reaction to a tag that is merged into another: what asks for it asks for that one. The act keeps where."""
    act = _act(event)
    if act is not None:
        act.parameters = {**act.parameters, _KEPT: _rename(event)}


def unmerge_tag(event: Event) -> None:
    """The reaction to a merge that is taken back: what asked for the tag before asks for it again, and nothing else."""
    act = _act(event)
    if act is not None:
        _rename(event, act.parameters.get(_KEPT, {}))


def _act(event: Event) -> BulkAct | None:
    return db.session.get(BulkAct, (current_workspace_id(), UUID(str(event.data["bulk_act_id"]))))


def _rename(event: Event, only: dict[str, list[int]] | None = None) -> dict[str, list[int]]:
    """Let what asks for the tag by its name of before ask by its name now. Returns where, by sequence or version:
    which of the places that ask for tags; with `only` nowhere else.
    """
    was, now = ((side or {}).get("name", "") for side in (event.before, event.after))
    done: dict[str, list[int]] = {}
    if not was or not now or was == now:
        return done
    here = current_workspace_id()
    for model, parts in ((Sequence, ("rule", "steps")), (SequenceVersion, ("steps",))):
        rows = select(model).where(model.workspace_id == here).order_by(model.id).with_for_update()
        for row in db.session.scalars(rows):
            found = [deepcopy(getattr(row, part)) for part in parts]
            among = None if only is None else only.get(str(row.id), [])
            if where := _renamed(found, was, now, among):
                done[str(row.id)] = where
                for part, content in zip(parts, found, strict=True):
                    setattr(row, part, content)
    db.session.flush()
    return done


def _renamed(found: Any, was: str, now: str, among: list[int] | None) -> list[int]:
    """Change what is stored of rules and steps in its place. Returns which places those were."""
    where = []
    for number, asked in enumerate(_asking(found)):
        fits = str(asked.get("value", "")).strip().casefold() == was.casefold()
        if fits and (among is None or number in among):
            asked["value"] = now
            where.append(number)
    return where


def _asking(found: Any) -> Iterator[dict[str, Any]]:
    """What asks for a tag by its whole name, always in the same order."""
    if isinstance(found, dict):
        if "tag" in (found.get("fact"), found.get("field")) and found.get("operator") in ("is", "is_not"):
            yield found
        found = [found[key] for key in sorted(found)]
    if isinstance(found, list):
        for each in found:
            yield from _asking(each)
