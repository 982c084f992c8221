"""Taking a stage out of the pipeline: its leads move on to another, and what has happened keeps its name.

Leads move on in the background, some hundreds at a time, each batch in a transaction of its own. Nothing is sent to
anybody and nothing that is planned changes: the stage goes, the work with its leads does not.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from app.activities.services import record_for_each, touch_all
from app.bulk_acts.models import BulkAct
from app.core import outbox
from app.core.clock import utcnow
from app.core.errors import Invalid, NotFound
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.models import fixed
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, Stage, StageChange
from app.leads.queries.stages import stages
from app.leads.services.stages import NEEDED, facts_of, hold_pipeline, renumber, stage_in_use

MOVE_ON = "stage.empty"
#: Leads that move on in one transaction.
BATCH = 250


def retire_stage(stage_id: UUID, to_stage_id: UUID | None, actor: Actor) -> Stage:
    """Take a stage off the board; the leads in it move on to `to_stage_id`, a stage of the same kind (final or not).

    Raises NotFound, and Invalid({"to": ...}) when it can't go or its leads have nowhere to go.
    """
    hold_pipeline()
    stage = stage_in_use(stage_id)
    if stage.key in NEEDED:
        raise Invalid({"to": f"{stage.name} can't be retired, since {NEEDED[stage.key]}. You can rename it."})
    others = [each for each in stages() if each.id != stage.id and each.is_final == stage.is_final]
    target = next((each for each in others if each.id == to_stage_id), None)
    total = _count(stage.id)
    if total and target is None:
        raise Invalid({"to": "Choose the stage that its leads move on to."})
    stage.retired_at = utcnow()
    db.session.flush()
    renumber()
    data = {"name": stage.name, "leads": total, "to": target.name if target and total else None}
    _tell("stage.retired", stage, actor, data)
    if total and target and actor.user_id:
        act = BulkAct(
            user_id=actor.user_id, kind="move", total=total, state="running",
            parameters={"retired_stage_id": str(stage.id), "to": str(target.id)},
        )  # fmt: skip
        db.session.add(act)
        db.session.flush()
        outbox.enqueue(MOVE_ON, act.id)
    return stage


def bring_back_stage(stage_id: UUID, actor: Actor) -> Stage:
    """Put a retired stage back at the end of its kind. Raises NotFound, and Invalid while its leads still move on."""
    hold_pipeline()
    stage = db.session.get(Stage, (current_workspace_id(), stage_id), populate_existing=True)
    if stage is None or stage.retired_at is None:
        raise NotFound
    if stage.id in {UUID(act.parameters["retired_stage_id"]) for act in moving_on()}:
        raise Invalid({"stage": "Its leads are still moving on. Try again in a minute."})
    names = {each.name.casefold() for each in stages()}
    if stage.name.casefold() in names:
        raise Invalid({"stage": f"There is another stage called {stage.name} now. Rename that one first."})
    stage.retired_at, stage.position = None, len(names) + 1
    db.session.flush()
    renumber()
    _tell("stage.brought_back", stage, actor, {"name": facts_of(stage).name})
    return stage


def moving_on() -> list[BulkAct]:
    """The retirements whose leads are still on their way."""
    query = select(BulkAct).where(
        BulkAct.workspace_id == current_workspace_id(), BulkAct.kind == "move", BulkAct.state == "running",
        BulkAct.parameters.has_key("retired_stage_id"),
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(BulkAct.created_at)))


def move_on(act: BulkAct) -> bool:
    """Move the next batch of a retired stage's leads on. Returns whether there may be more."""
    from_stage = db.session.get_one(Stage, (act.workspace_id, UUID(act.parameters["retired_stage_id"])))
    target = _standing_in(UUID(act.parameters["to"]), from_stage.is_final)
    leads = _next_leads(from_stage.id)
    if not leads:
        act.state, act.finished_at, act.total = "done", utcnow(), act.done
        db.session.flush()
        return False
    _move(leads, from_stage, target, Actor("person", act.user_id))
    act.done += len(leads)
    act.total = max(act.total, act.done)
    db.session.flush()
    return True


def _standing_in(stage_id: UUID, is_final: bool) -> Stage:
    """The stage to move on to; where that was retired as well meanwhile, the first that is left of its kind."""
    known = [stage for stage in stages() if stage.is_final == is_final]
    return next((stage for stage in known if stage.id == stage_id), known[0])


def _next_leads(stage_id: UUID) -> list[Lead]:
    """Some leads of the stage, held: those on the desk first, then those put away."""
    found = select(Lead).where(Lead.workspace_id == current_workspace_id(), Lead.stage_id == stage_id).limit(BATCH)
    held = {"populate_existing": True}
    for part, order in (
        (Lead.shelf == fixed("desk"), (Lead.rank, Lead.id)),
        (Lead.shelf != fixed("desk"), (Lead.shelf, Lead.shelved_at, Lead.id)),
    ):
        query = found.where(part).order_by(*order).with_for_update(of=Lead, key_share=True).execution_options(**held)
        if leads := list(db.session.scalars(query)):
            return leads
    return []


def _move(leads: Sequence[Lead], from_stage: Stage, target: Stage, actor: Actor) -> None:
    now = utcnow()
    changes = {
        lead.id: StageChange(
            lead_id=lead.id, from_stage_id=from_stage.id, to_stage_id=target.id, from_name=from_stage.name,
            to_name=target.name, actor_kind=actor.kind, actor_id=actor.user_id, at=now,
            seconds_in_stage=max(0, int((now - lead.stage_entered_at).total_seconds())),
        )
        for lead in leads
    }  # fmt: skip
    db.session.add_all(changes.values())
    touch_all(leads, {"stage_id": target.id, "stage_entered_at": now, "updated_at": now}, is_edit=True)
    record_for_each(
        leads, "stage_changed", "lead.moved_on", actor,
        lambda lead: {
            "from": from_stage.name, "to": target.name, "from_stage_id": str(from_stage.id),
            "stage_id": str(target.id), "stage_key": target.key, "retired": True,
            "stage_change_id": str(changes[lead.id].id), "seconds_in_stage": changes[lead.id].seconds_in_stage,
        },
        topics=(topic("stage", from_stage.id), "board", "pipeline"),
    )  # fmt: skip


def _count(stage_id: UUID) -> int:
    parts = [
        select(func.count()).select_from(Lead).where(
            Lead.workspace_id == current_workspace_id(), part, Lead.stage_id == stage_id
        ).scalar_subquery()
        for part in (Lead.shelf == fixed("desk"), Lead.shelf != fixed("desk"))
    ]  # fmt: skip
    return sum(db.session.execute(select(*parts)).one())


def _tell(name: str, stage: Stage, actor: Actor, data: dict) -> None:
    topics = frozenset({"pipeline", "board"})
    publish(Event(name, stage.workspace_id, actor, "stage", stage.id, data=data, topics=topics))
