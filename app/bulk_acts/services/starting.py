"""Beginning a bulk act: what is asked is checked, which leads it is about is written down, and it is begun."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Uuid, func, insert, literal, select

from app.bulk_acts.models import BulkAct, BulkActLead
from app.bulk_acts.services.kinds import KINDS
from app.bulk_acts.services.running import MOST_AT_ONCE, RUN, do_some
from app.bulk_acts.services.writing import template_for_many
from app.core import outbox
from app.core.days import read_day
from app.core.errors import Forbidden, Invalid, NotFound
from app.core.ids import parse_id
from app.core.models import one_among
from app.core.permissions import Actor, Viewer
from app.core.tenancy import current_workspace_id, seeing_all
from app.extensions import db
from app.followups.services.setting_up import get_sequence
from app.leads.models import PRIORITIES, Lead
from app.leads.queries.filtering import LeadFilter
from app.leads.queries.shelving import in_bin
from app.leads.services import DECLINED, REASONS, get_stage, get_tag, tag_named
from app.leads.services.returning import checked_return
from app.leads.words import PRIORITY_WORDS
from app.workspaces.queries import member_choices, today_here

#: As many leads as one act takes.
MOST = 20_000
#: As many as can be picked one by one.
MOST_PICKED = 2_000
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for. Either `lead_ids` are picked, or all leads on `shelf` that `narrowed` lets through, or
    all that have lain in the bin since `binned_until` or longer.

    `value` is the member's, stage's or tag's id, "new" with a tag's name in `words`, or the priority.
    """

    kind: str
    value: str = ""
    words: str = ""
    reason_key: str = ""
    returns_on: str = ""
    lead_ids: tuple[UUID, ...] = ()
    narrowed: LeadFilter | None = None
    shelf: str = "desk"
    binned_until: datetime | None = None


def start_act(asked: Request, viewer: Viewer, actor: Actor) -> BulkAct:
    """Begin a bulk act: few leads are done when this returns, many are left to the worker.

    Raises Invalid for what can't be taken, Forbidden without the permission that the kind takes, NotFound for a
    member, stage or tag that is not there.
    """
    if asked.kind not in KINDS:
        raise Invalid({"kind": "Choose what to do."})
    kind = KINDS[asked.kind]
    if not viewer.can(kind.permission):
        raise Forbidden
    parameters = _PARAMETERS.get(asked.kind, _nothing)(asked, actor)
    act = BulkAct(user_id=viewer.user_id, kind=asked.kind, parameters=parameters)
    db.session.add(act)
    db.session.flush()
    act.total = _write_down(act, asked)
    if not act.total:
        raise Invalid({"lead": "Nothing is selected any more. Select some leads first."})
    act.state = "running"
    db.session.flush()
    if act.total <= kind.at_once:
        do_some(act.id, viewer, actor, size=MOST_AT_ONCE)
    else:
        outbox.enqueue(RUN, act.id, dedupe_key=f"{act.id}/0")
    return act


def _write_down(act: BulkAct, asked: Request) -> int:
    """Keep which leads the act is about, by one statement; returns how many.

    Of a bin with more than MOST those that have lain there longest.
    """
    here = current_workspace_id()
    which, most = _which(asked)
    emptying = asked.binned_until is not None
    order = (Lead.shelved_at, Lead.id) if emptying else (Lead.created_at.desc(), Lead.id.desc())
    found = (
        select(
            literal(here, Uuid), literal(act.id, Uuid), Lead.id,
            func.row_number().over(order_by=order).cast(Integer),
        )
        .where(Lead.workspace_id == here, *which)
        .order_by(*(order if emptying else ()))
        .limit(most if emptying else most + 1)
    )  # fmt: skip
    columns = ["workspace_id", "bulk_act_id", "lead_id", "position"]
    written = insert(BulkActLead.__table__).from_select(columns, found, include_defaults=False)
    total = db.session.execute(written, execution_options={"preserve_rowcount": True}).rowcount
    if total > most:
        raise Invalid({"lead": f"These are more than {most:,} leads, too many for one go. Narrow them down first."})
    return int(total)


def selected_ids(asked: Request) -> list[UUID]:
    """The leads that an act would be about, the newest first, as far as the scope sees them. Raises Invalid for too
    many picked one by one.
    """
    which, most = _which(asked)
    query = select(Lead.id).where(Lead.workspace_id == current_workspace_id(), *which)
    return list(db.session.scalars(query.order_by(Lead.created_at.desc(), Lead.id.desc()).limit(most)))


def _which(asked: Request) -> tuple[list[Any], int]:
    """What the leads must meet, and how many there may be at most."""
    if asked.binned_until is not None:
        return [in_bin(), Lead.shelved_at <= asked.binned_until], MOST
    if asked.narrowed is not None:
        return list(asked.narrowed.conditions(asked.shelf)), MOST
    if len(asked.lead_ids) > MOST_PICKED:
        raise Invalid({"lead": f"Select at most {MOST_PICKED:,} leads one by one, or all that match."})
    return [Lead.id == one_among(asked.lead_ids)], MOST_PICKED


def _template(asked: Request, actor: Actor) -> dict[str, Any]:
    template = template_for_many(asked.value)
    return {"template_key": template.key, "name": template.name}


def _sequence(asked: Request, actor: Actor) -> dict[str, Any]:
    sequence = get_sequence(parse_id(asked.value) or _missing())
    if asked.kind == "enrol" and not (sequence.is_active and sequence.steps):
        raise Invalid({"sequence": f"{sequence.name} is switched off."})
    return {"sequence_id": str(sequence.id), "name": sequence.name}


def _nothing(asked: Request, actor: Actor) -> dict[str, Any]:
    return {}


def _member(asked: Request, actor: Actor) -> dict[str, Any]:
    if asked.value == NOBODY:
        return {"owner_id": None, "name": "nobody"}
    with seeing_all():
        names = dict(member_choices())
    if asked.value not in names:
        raise NotFound
    return {"owner_id": asked.value, "name": names[asked.value]}


def _stage(asked: Request, actor: Actor) -> dict[str, Any]:
    stage = get_stage(parse_id(asked.value) or _missing())
    found = {"stage_id": str(stage.id), "name": stage.name}
    if stage.key != DECLINED or not asked.reason_key:
        return found
    if asked.reason_key not in REASONS:
        raise Invalid({"reason_key": "Choose the reason that comes nearest."})
    if asked.returns_on:
        day = read_day(asked.returns_on)
        if day is None:
            raise Invalid({"returns_on": "Enter a day, like 1 March 2027."})
        checked_return(day, today_here())
        found["returns_on"] = day.isoformat()
    return {**found, "reason_key": asked.reason_key}


def _tag(asked: Request, actor: Actor) -> dict[str, Any]:
    if asked.value == "new" and asked.kind == "tag":
        tag = tag_named(asked.words, actor)
    else:
        tag = get_tag(parse_id(asked.value) or _missing())
    return {"tag_id": str(tag.id), "name": tag.name}


def _priority(asked: Request, actor: Actor) -> dict[str, Any]:
    if asked.value not in PRIORITIES:
        raise Invalid({"priority": "Choose a priority."})
    return {"priority": asked.value, "name": PRIORITY_WORDS[asked.value].lower()}


def _missing() -> UUID:
    raise NotFound


_PARAMETERS = {
    "assign": _member, "move": _stage, "tag": _tag, "untag": _tag, "priority": _priority, "message": _template,
    "enrol": _sequence, "pause_chase": _sequence, "resume_chase": _sequence, "stop_chase": _sequence,
}  # fmt: skip
