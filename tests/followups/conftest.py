"""Rules of the test's own instead of the defaults, and a look at what they planned."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.extensions import db
from app.followups.models import FollowUp, FollowUpRule
from app.leads.models import Lead
from app.leads.services import stage_by_key
from app.messaging.models import MessageTemplate
from app.messaging.services import template_by_key


@pytest.fixture
def rule(world: Any, words: Callable[..., MessageTemplate]) -> Callable[..., FollowUpRule]:
    """`rule("email", stage="new", days=3)`: a rule; the default ones of that stage are put to rest at the first."""
    cleared: set[str] = set()

    def make(kind: str, stage: str = "new", template: str | None = "", **given: Any) -> FollowUpRule:
        stage_id = stage_by_key(stage).id
        if stage not in cleared:
            cleared.add(stage)
            for old in db.session.scalars(select(FollowUpRule).where(FollowUpRule.stage_id == stage_id)):
                old.is_active = False
        if template == "":
            template = f"plain_{kind}" if kind in ("email", "sms") else None
            if template and template not in cleared:
                cleared.add(template)
                words(template, "Hello {first_name}, did our quote for {service} reach you?", kind)
        found = template_by_key(template) if template else None
        values = {
            "position": 1, "title": f"A {kind}", "delay_days": given.pop("days", 0),
            "delay_minutes": given.pop("minutes", 0), "template_id": found.id if found else None,
        }  # fmt: skip
        made = FollowUpRule(stage_id=stage_id, kind=kind, **{**values, **given})
        db.session.add(made)
        db.session.commit()
        return made

    return make


@pytest.fixture
def words(world: Any) -> Callable[..., MessageTemplate]:
    """`words("key", "Hello {town}")`: a template of the test's own."""

    def make(key: str, body: str, channel: str = "email") -> MessageTemplate:
        made = MessageTemplate(key=key, name=key.title(), channel=channel, subject="Hello", body=body)
        db.session.add(made)
        db.session.commit()
        return made

    return make


@pytest.fixture
def planned() -> Callable[..., list[FollowUp]]:
    """The follow-ups of a lead, the earliest first: all, or those in one state."""

    def read(lead: Lead, state: str | None = None) -> list[FollowUp]:
        query = select(FollowUp).where(FollowUp.lead_id == lead.id).order_by(FollowUp.due_at, FollowUp.id)
        if state:
            query = query.where(FollowUp.state == state)
        return list(db.session.scalars(query.execution_options(populate_existing=True)))

    return read


@pytest.fixture
def next_act() -> Callable[[Lead], tuple[Any, ...]]:
    """Next act, its time and the count of attempts, as the database has them."""

    def read(lead: Lead) -> tuple[Any, ...]:
        query = select(Lead.next_act, Lead.next_act_at, Lead.follow_up_count, Lead.version).where(Lead.id == lead.id)
        return tuple(db.session.execute(query).one())

    return read


@pytest.fixture
def stage_id() -> Callable[[str], UUID]:
    """The id of a stage by its key."""
    return lambda key: stage_by_key(key).id
