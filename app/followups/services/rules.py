"""What entering a stage plans, as its workspace wants it: after how many days, and whether at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.core.errors import Invalid
from app.core.events import Event, publish
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import FollowUpRule

MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class RuleWish:
    """How a member wants a rule: `days` as typed, and whether it counts."""

    days: str
    is_active: bool


def rules_by_stage() -> dict[UUID, list[FollowUpRule]]:
    """The rules of each stage that has any, in order, also those that are switched off."""
    query = (
        select(FollowUpRule)
        .where(FollowUpRule.workspace_id == current_workspace_id())
        .order_by(FollowUpRule.position, FollowUpRule.id)
    )
    found: dict[UUID, list[FollowUpRule]] = {}
    for rule in db.session.scalars(query):
        found.setdefault(rule.stage_id, []).append(rule)
    return found


def change_rules(stage_id: UUID, wishes: Mapping[UUID, RuleWish], actor: Actor) -> None:
    """Change when a stage's rules are due and which count; what was planned before stays as it is.

    Rules that `wishes` leaves out stay. Raises Invalid with `days_<rule id>` for what is no number of days.
    """
    query = select(FollowUpRule).where(
        FollowUpRule.workspace_id == current_workspace_id(), FollowUpRule.stage_id == stage_id
    )
    rules = [rule for rule in db.session.scalars(query.with_for_update()) if rule.id in wishes]
    days = {rule.id: _days(wishes[rule.id].days) for rule in rules}
    errors = {
        f"days_{rule_id}": f"Enter a whole number from 0 to {MOST_DAYS}."
        for rule_id, number in days.items()
        if number is None
    }
    if errors:
        raise Invalid(errors)
    before, after = {}, {}
    for rule in rules:
        wanted = (days[rule.id], wishes[rule.id].is_active)
        if (rule.delay_days, rule.is_active) != wanted:
            before[rule.title] = f"{rule.delay_days} days, {'on' if rule.is_active else 'off'}"
            rule.delay_days, rule.is_active = wanted
            after[rule.title] = f"{rule.delay_days} days, {'on' if rule.is_active else 'off'}"
    if after:
        db.session.flush()
        here = current_workspace_id()
        publish(Event("stage.plan_changed", here, actor, "stage", stage_id, before=before, after=after))


def _days(typed: str) -> int | None:
    text = typed.strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 3):
        return None
    return int(text) if int(text) <= MOST_DAYS else None
