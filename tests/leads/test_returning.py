"""The day on which a lead comes back, set and changed by hand."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update

from app.core.human_time import short_date
from app.core.tenancy import acting_in
from app.extensions import db
from app.followups.models import FollowUp
from app.leads.models import Lead
from app.leads.services import archive, get_lead, move_to_stage, restore, stage_by_key, take_back
from app.notifications.models import Notification
from app.workspaces.queries import current_workspace, today_here
from tests.support.client import Client
from tests.support.world import World


def set_day(desk: Client, lead: Lead, day: date | None, was: date | None) -> Any:
    """Type a day into the fact "Comes back"."""
    typed = {"value": day.isoformat() if day else "", "was": was.isoformat() if was else ""}
    return desk.post(f"/w/{desk.slug}/leads/{lead.id}/facts/returns_on", data=typed, hx=True)


def tasks(lead: Lead) -> list[tuple[str, date]]:
    query = select(FollowUp).where(FollowUp.lead_id == lead.id, FollowUp.state == "planned", FollowUp.kind == "task")
    return [(each.title, each.due_at.date()) for each in db.session.scalars(query)]


def lost(make_lead: Any, world: World) -> Lead:
    lead = make_lead(name="Hannah Cole", owner_id=world.bob.user_id)
    move_to_stage(lead.id, stage_by_key("declined").id, world.alice.actor, reason_key="too_expensive")
    db.session.commit()
    return get_lead(lead.id)


def monday(weeks: int) -> date:
    """The Monday in so many weeks, or the first working day after it where that is a holiday."""
    today = today_here()
    sunday = today + timedelta(days=7 * weeks - today.weekday() - 1)
    return current_workspace().clock().working_day_after(sunday)


def rings(lead: Lead, day: date | None, run_outbox: Any, make_due: Any) -> int:
    """How often the bell has rung for the lead's return once its day has come."""
    if day is not None:
        db.session.execute(update(Lead).values(returns_on=today_here()))
        db.session.commit()
    make_due("lead.return")
    run_outbox()
    query = select(Notification).where(Notification.kind == "lead_returned", Notification.lead_id == lead.id)
    with acting_in(lead.workspace_id):  # it is a colleague's line
        return len(db.session.scalars(query).all())


def test_another_day_moves_the_task_and_the_bell(alice, world, make_lead, run_outbox, make_due) -> None:
    lead = lost(make_lead, world)

    answer = set_day(alice, lead, monday(2), lead.returns_on)

    assert answer.status_code == 200 and short_date(monday(2)) in answer.text
    assert tasks(lead) == [("Offer the reviewed price", monday(2))]
    assert get_lead(lead.id).next_act_at.date() == monday(2)
    assert rings(lead, monday(2), run_outbox, make_due) == 1


def test_no_day_takes_both_off(alice, world, make_lead, run_outbox, make_due) -> None:
    lead = lost(make_lead, world)

    assert set_day(alice, lead, None, lead.returns_on).status_code == 200

    assert tasks(lead) == [] and get_lead(lead.id).next_act is None
    assert rings(lead, None, run_outbox, make_due) == 0
    assert set_day(alice, lead, monday(3), None).status_code == 200  # and on again
    assert tasks(lead) == [("Offer the reviewed price", monday(3))]


def test_a_lead_that_was_never_lost_has_a_day_too(alice, world, make_lead, run_outbox, make_due) -> None:
    lead = make_lead(name="Hannah Cole", owner_id=world.bob.user_id)

    assert set_day(alice, lead, monday(4), None).status_code == 200

    assert ("Ask again", monday(4)) in tasks(lead)
    move_to_stage(lead.id, stage_by_key("contacted").id, world.alice.actor)
    assert "Ask again" not in [title for title, _ in tasks(lead)] and get_lead(lead.id).returns_on is None
    take_back(lead.id, world.alice.actor)
    db.session.commit()
    assert ("Ask again", monday(4)) in tasks(lead) and get_lead(lead.id).returns_on == monday(4)
    assert rings(lead, monday(4), run_outbox, make_due) == 1


def test_a_day_changed_while_the_lead_is_put_away_is_the_one_it_comes_back_with(alice, world, make_lead) -> None:
    lead = lost(make_lead, world)
    archive(lead.id, world.alice.actor)
    db.session.commit()

    assert set_day(alice, lead, monday(2), lead.returns_on).status_code == 200
    assert tasks(lead) == [] and get_lead(lead.id).next_act is None
    restore(lead.id, world.alice.actor)
    db.session.commit()
    assert tasks(lead) == [("Offer the reviewed price", monday(2))]


def test_a_day_taken_away_while_the_lead_is_put_away_stays_away(alice, world, make_lead) -> None:
    lead = lost(make_lead, world)
    archive(lead.id, world.alice.actor)
    db.session.commit()

    assert set_day(alice, lead, None, lead.returns_on).status_code == 200
    restore(lead.id, world.alice.actor)
    db.session.commit()
    assert tasks(lead) == [] and get_lead(lead.id).next_act is None


def test_a_day_set_while_the_lead_is_put_away_waits_for_it(alice, world, make_lead) -> None:
    lead = make_lead(name="Hannah Cole")
    archive(lead.id, world.alice.actor)
    db.session.commit()

    assert set_day(alice, lead, monday(4), None).status_code == 200
    assert tasks(lead) == [] and get_lead(lead.id).next_act is None
    restore(lead.id, world.alice.actor)
    db.session.commit()
    assert ("Ask again", monday(4)) in tasks(lead)
