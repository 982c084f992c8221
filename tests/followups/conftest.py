"""Steps of the test's own instead of the defaults, and a look at what they planned."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select

from app.extensions import db
from app.followups.models import FollowUp, Sequence, SequenceVersion
from app.followups.queries.steps import Delay, Step, to_raw
from app.leads.models import Lead
from app.leads.services import stage_by_key
from app.messaging.models import MessageTemplate

MONDAY = datetime(2024, 6, 3, 9, 30, tzinfo=UTC)  # 10:30 in Wells
EMAIL = "hannah.cole@example.com"


@dataclass
class Planned:
    """What a stage is to plan, counted from the entry, as tests say it."""

    days: int
    minutes: int
    step: Step


@pytest.fixture
def rule(world: Any, words: Callable[..., MessageTemplate]) -> Callable[..., Step]:
    """`rule("email", stage="new", days=3)`: a step of the stage's sequence, counted from the entry.

    The default steps of that stage give way at the first.
    """
    cleared: set[str] = set()
    wanted: dict[str, list[Planned]] = defaultdict(list)

    def make(kind: str, stage: str = "new", template: str | None = "", **given: Any) -> Step:
        sequence = db.session.scalars(select(Sequence).where(Sequence.stage_id == stage_by_key(stage).id)).one()
        if template == "":
            template = f"plain_{kind}" if kind in ("email", "sms") else None
            if template and template not in cleared:
                cleared.add(template)
                words(template, "Hello {first_name}, did our quote for {service} reach you?", kind)
        days, minutes = given.pop("days", 0), given.pop("minutes", 0)
        counts, is_active = given.pop("counts_as_attempt", True), given.pop("is_active", True)
        title = given.pop("title", f"A {kind}")
        key = f"{kind}_{len(wanted[stage]) + 1}"
        made = Step(key, kind, title, template_key=template, counts=counts, **given)
        if is_active:
            wanted[stage].append(Planned(days, minutes, made))
        sequence.steps = to_raw(in_a_row(wanted[stage]))
        sequence.version_no += 1
        db.session.add(SequenceVersion(sequence_id=sequence.id, version_no=sequence.version_no, steps=sequence.steps))
        db.session.commit()
        return made

    return make


def in_a_row(wanted: list[Planned]) -> tuple[Step, ...]:
    """Steps whose delays count from the step before, of what is counted from the entry."""
    steps, days, minutes = [], 0, 0
    for each in sorted(wanted, key=lambda each: each.days * 1440 + each.minutes):
        more_days, more_minutes = each.days - days, each.minutes - minutes
        days, minutes = each.days, each.minutes
        delay = Delay(more_days * 1440 + more_minutes, "minutes") if more_minutes else Delay(more_days)
        steps.append(replace(each.step, delay=delay))
    return tuple(steps)


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


@pytest.fixture
def sequence(world: Any, words: Callable[..., Any]) -> Callable[..., Sequence]:
    """`sequence(step, step)`: a sequence of the test's own, begun by hand."""
    words("plain_email", "Hello {first_name}")
    words("plain_sms", "Hello {first_name}", "sms")

    def make(*steps: Step, **given: Any) -> Sequence:
        values = {"key": "own", "name": "Own", "starts": "hand", **given}
        made = Sequence(**values, steps=to_raw(steps))
        db.session.add(made)
        db.session.flush()
        db.session.add(SequenceVersion(sequence_id=made.id, version_no=1, steps=made.steps))
        db.session.commit()
        return made

    return make


@pytest.fixture
def clock(world: Any) -> Any:
    """Monday, 3 June 2024, and it moves only when told."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def lead(clock: Any, make_lead: Any) -> Any:
    """Hannah Cole's, whose stage plans nothing."""
    for each in db.session.scalars(select(Sequence)):
        each.is_active = False
    stage_by_key("new").follow_up_days = None
    db.session.commit()
    return make_lead(email=EMAIL, phone="07700 900318")
