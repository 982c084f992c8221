"""Overdue follow-ups and untouched leads: told to who looks after them, then to the managers, each once a day."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.alerts import jobs, queries
from app.alerts.services import look
from app.core import outbox
from app.core.tenancy import acting_in
from app.extensions import db
from app.leads.models import Lead
from app.messaging.models import Message
from app.workspaces.models import Workspace
from tests.alerts.conftest import TUESDAY


def mails() -> list[tuple[str, str, str]]:
    """Who was mailed what: recipient, subject, text."""
    db.session.commit()
    found = db.session.scalars(select(Message).where(Message.lead_id.is_(None)).order_by(Message.created_at))
    return [(each.recipient, each.subject or "", each.body) for each in found]


def test_who_looks_after_a_late_lead_is_told_once_a_day(world: Any, lying: Any, told: Any) -> None:
    late = lying(1.5, owner_id=world.bob.user_id)
    lying(0.5, owner_id=world.bob.user_id)
    assert look(TUESDAY) == 1
    assert look(TUESDAY + timedelta(minutes=5)) == 0
    assert told(world.bob) == [("overdue", late.id)] and told(world.alice) == []
    [(recipient, subject, body)] = mails()
    assert (recipient, subject) == (world.bob.email, "1 follow-up is late")
    assert "Hannah Cole: 1 day late" in body and f"/w/wells/leads/{late.id}" in body
    assert look(TUESDAY + timedelta(days=1)) == 2 + 1  # the next day both, and the first to the managers


def test_the_managers_hear_of_it_after_their_days(world: Any, lying: Any, told: Any) -> None:
    late = lying(2.1, owner_id=world.bob.user_id)
    look(TUESDAY)
    assert told(world.bob) == told(world.alice) == [("overdue", late.id)]
    assert "2 days late, with Bob" in next(body for who, _, body in mails() if who == world.alice.email)


def test_what_is_nobodys_is_the_managers(world: Any, lying: Any, told: Any) -> None:
    late = lying(1.2)
    look(TUESDAY)
    assert told(world.alice) == [("overdue", late.id)] and told(world.bob) == told(world.carol) == []


def test_a_heap_is_told_as_a_heap(world: Any, lying: Any, told: Any) -> None:
    for _ in range(8):
        lying(1.2, owner_id=world.bob.user_id)
    assert look(TUESDAY) == 8
    lines = told(world.bob)
    assert len(lines) == 6 and lines[-1][1] is None
    assert mails()[0][1] == "8 follow-ups are late"


def test_nothing_is_told_when_the_business_is_closed(lying: Any) -> None:
    lying(9)
    assert look(datetime(2026, 12, 6, 9, tzinfo=UTC)) == 0  # Sunday
    assert look(datetime(2026, 12, 25, 9, tzinfo=UTC)) == 0


def test_valuable_leads_that_lie_untouched_are_told_once(world: Any, lying: Any, told: Any) -> None:
    worth = {"monthly_minor": 12_000, "annual_minor": 144_000, "next_act": None, "next_act_at": None}
    lead = lying(3.1, owner_id=world.bob.user_id, **worth)
    lying(3.1, owner_id=world.bob.user_id, **{**worth, "monthly_minor": 9_000, "annual_minor": 108_000})
    lying(2.9, owner_id=world.bob.user_id, **worth)
    assert look(TUESDAY) == 1 and told(world.bob) == [("untouched", lead.id)]
    again = TUESDAY + timedelta(days=1)
    assert look(again) == 2  # the managers hear of the first, Bob of the last
    assert [lead_id for _, lead_id in told(world.alice)] == [lead.id]
    db.session.execute(update(Workspace).values(untouched_days=0))
    db.session.commit()
    assert look(again + timedelta(days=1)) == 0


def test_a_heap_of_one_s_hides_no_late_lead_of_another_s(
    world: Any, lying: Any, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST", 2)
    for _ in range(3):
        lying(9, owner_id=world.alice.user_id)
    late = lying(1.2, owner_id=world.bob.user_id)
    look(TUESDAY)
    assert told(world.bob) == [("overdue", late.id)]


def test_what_was_told_once_hides_no_valuable_lead_that_lies_as_well(
    world: Any, lying: Any, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST", 2)
    worth = {"monthly_minor": 12_000, "annual_minor": 144_000, "next_act": None, "next_act_at": None}
    leads = [lying(days, owner_id=world.bob.user_id, **worth) for days in (3.3, 3.2, 3.1)]
    for days in range(3):
        look(TUESDAY + timedelta(days=days))
    assert sorted(told(world.bob)) == sorted(("untouched", lead.id) for lead in leads)
    assert sorted(told(world.alice)) == sorted(("untouched", lead.id) for lead in leads)


def test_a_workspace_whose_day_can_not_be_planned_keeps_no_other_from_its_own(world: Any, app: Any) -> None:
    for workspace_id, planned in ((world.workspace_id, 1), (world.other_workspace_id, 0)):
        zone = "Europe/Nowhere" if planned else "Europe/London"
        with acting_in(workspace_id):
            db.session.execute(update(Workspace).where(Workspace.id == workspace_id).values(time_zone=zone))
            db.session.commit()
    assert jobs.plan_days() == 1
    with acting_in(world.other_workspace_id):
        assert db.session.scalar(select(func.count()).select_from(outbox.OutboxItem)) >= 2


def test_a_day_is_planned_once_however_many_schedulers_there_are(world: Any, app: Any) -> None:
    assert jobs.plan_days() == 2  # both workspaces
    assert jobs.plan_days() == 0
    planned = select(outbox.OutboxItem.kind).where(outbox.OutboxItem.kind.like("alerts.%"))
    assert sorted(db.session.scalars(planned)) == ["alerts.digest", "alerts.look"]
    from app.alerts.services import plan_day
    from app.core.clock import utcnow

    plan_day(utcnow().date())
    assert len(db.session.scalars(planned).all()) == 2


def test_a_look_costs_the_same_however_much_lies_there(world: Any, lying: Any, count_sql: Any) -> None:
    for _ in range(6):
        lying(1.1, owner_id=world.bob.user_id)
    with count_sql() as statements:
        look(TUESDAY)
    few = len(statements)
    db.session.execute(update(Lead).values(next_act_at=TUESDAY - timedelta(hours=25)))
    for _ in range(6):
        lying(1.1, owner_id=world.bob.user_id)
    with count_sql() as statements:
        look(TUESDAY + timedelta(days=1, minutes=1))
    assert len(statements) <= 2 * few + 4
