"""Bringing rows in, a piece at a time. Each piece is one transaction: its leads, and what is kept of its rows.

So an import that is cut off goes on where it was, and no row is brought in twice, whoever goes on with it.
"""

from collections.abc import Sequence
from uuid import UUID

from app.contacts.services import hold
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.permissions import Actor
from app.extensions import db
from app.followups.services import plan_for_stage
from app.imports.models import Import, ImportRow
from app.imports.services.adding import add_to_leads
from app.imports.services.choosing import locked_import
from app.imports.services.ending import end
from app.imports.services.making import Made, make_leads
from app.imports.services.matching import Book, Decision
from app.imports.services.pieces import count, keep_outcomes, next_rows
from app.imports.services.setting import Setting, setting_of


def bring_in_some(import_id: UUID, actor: Actor, size: int) -> bool:
    """Make leads of the next `size` rows. Returns whether there may be more."""
    made = locked_import(import_id)
    if made.state != "running":
        return False
    setting = setting_of(made)
    rows = next_rows(made, setting, ImportRow.outcome, None, size)
    if rows:
        hold([key for row in rows for key in row.keys.shared])
        book = Book(setting, made.id)
        book.load(rows)
        decisions = [book.decide(row) for row in rows]
        outcomes = [_outcome(each, setting) for each in decisions]
        leads = make_leads(made, setting, list(zip(decisions, outcomes, strict=True)), actor)
        joined = [each for each, outcome in zip(decisions, outcomes, strict=True) if outcome == "joined"]
        add_to_leads(made, setting, joined, actor)
        keep_outcomes(made, decisions, outcomes)
        count(made, outcomes)
        _tell(made, outcomes, leads, joined, actor)
        if setting.begins_sequences:
            _begin_sequences(setting, leads, actor)
    more = len(rows) == size
    if not more:
        end(made, "done", actor)
    db.session.flush()
    return more


def fail_next(import_id: UUID) -> None:
    """Set the next row aside: bringing it in alone has failed."""
    made = locked_import(import_id)
    if made.state != "running":
        return
    rows = next_rows(made, setting_of(made), ImportRow.outcome, None, 1)
    for row in rows:
        failed = Decision(row, "invalid", codes=[{"field": "row", "code": "failed"}])
        keep_outcomes(made, [failed], ["failed"])
        count(made, ["failed"])
    db.session.flush()


def _outcome(decision: Decision, setting: Setting) -> str:
    if decision.finding == "invalid":
        return "failed"
    if decision.finding == "ready":
        return "created"
    return "skipped" if decision.is_repeat or setting.skips_duplicates else "joined"


def _tell(
    made: Import, outcomes: Sequence[str], leads: Sequence[Made], joined: Sequence[Decision], actor: Actor
) -> None:  # fmt: skip
    """One line of the audit log and one hint to open pages for the whole piece."""
    figures = {word: outcomes.count(word) for word in ("created", "joined", "skipped", "failed")}
    changed = {topic("stage", each.lead.stage_id) for each in leads}
    changed |= {topic("lead", each.lead_id) for each in joined if each.lead_id}
    publish(
        Event(
            "leads.imported", made.workspace_id, actor, "import", made.id,
            data=figures, topics=frozenset({topic("import", made.id), "imports", "board", *changed}),
        )
    )  # fmt: skip


def _begin_sequences(setting: Setting, leads: Sequence[Made], actor: Actor) -> None:
    """Plan what the stage of each lead starts, as for an enquiry that has just come in; ended ones plan nothing."""
    for each in leads:
        if each.lead.stage_id not in setting.final:
            plan_for_stage(
                Event(
                    "lead.created", each.lead.workspace_id, actor, "lead", each.lead.id, lead_id=each.lead.id,
                    data={"stage_id": str(each.lead.stage_id), "stage_change_id": str(each.change.id)},
                )
            )  # fmt: skip
