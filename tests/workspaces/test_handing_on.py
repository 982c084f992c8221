"""A member who leaves: what they had is counted, handed on, and until then told to the managers."""

import re
from typing import Any

import pytest
from sqlalchemy import select, update

from app.activities.models import Activity
from app.audit.models import AuditEntry
from app.bulk_acts.models import BulkAct
from app.core.clock import utcnow
from app.core.tenancy import acting_in, current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import get_lead, move_to_stage, stage_by_key
from app.messaging.models import Conversation
from app.messaging.services import releasing
from app.messaging.services.receiving import receive
from app.notifications.models import Notification
from app.workspaces.models import Membership
from tests.support.client import Client
from tests.support.world import World

SETTINGS = "/w/wells/settings"


@pytest.fixture
def leads(world: World, make_lead: Any, settle: Any) -> list[Any]:
    """Three of Bob's, the last one lost, each with a conversation of his."""
    found = [make_lead(owner_id=world.bob.user_id) for _ in range(3)]
    for lead in found:
        write(lead)
    move_to_stage(found[2].id, stage_by_key("declined").id, world.alice.actor)
    db.session.commit()
    settle()
    return found


def test_open_leads_and_their_conversations_are_handed_on(
    alice: Client, world: World, leads: list[Any], settle: Any, run_outbox: Any
) -> None:
    add_dave(world)
    assert "hand-on" not in alice.get(SETTINGS).text
    shut_out(alice, world.bob)
    run_outbox()
    page = alice.get(SETTINGS).text
    assert "Bob Baker: 2 open leads</summary>" in page and "all 3, closed ones too" in page
    answer = alice.post("/w/wells/bulk", data=form_of(page, f"assign:{world.dave.user_id}"))
    assert answer.status_code == 303 and "2 leads" in alice.get(answer.headers["Location"]).text
    assert owners(leads) == [world.dave.user_id] * 2 + [world.bob.user_id]
    assert talkers(leads) == [world.dave.user_id] * 2 + [None]
    lines = db.session.scalars(select(Activity.event).where(Activity.lead_id == leads[0].id)).all()
    assert "lead.fact_changed" in lines
    audited = db.session.scalars(select(AuditEntry.action)).all()
    assert {"member.deactivated", "conversations.released", "bulk_act.done"} <= set(audited)
    settle()
    page = alice.get(SETTINGS).text
    assert "open leads</summary>" not in page and "1 closed lead</summary>" in page


def test_they_can_be_left_to_nobody_and_taken_back(alice: Client, world: World, leads: list[Any], settle: Any) -> None:
    shut_out(alice, world.bob)
    page = alice.get(SETTINGS).text
    assert world.bob.name not in re.findall(r'<option value="assign:[^"]+">([^<]+)', page)
    assert alice.post("/w/wells/bulk", data=form_of(page, "assign:nobody")).status_code == 303
    assert owners(leads) == [None, None, world.bob.user_id] and talkers(leads)[:2] == [None, None]
    act = db.session.scalars(select(BulkAct)).one()
    assert alice.post(f"/w/wells/bulk/{act.id}/undo").status_code == 303
    assert owners(leads) == [world.bob.user_id] * 3


def test_who_gets_a_role_that_works_on_no_leads_leaves_them_too(
    alice: Client, world: World, leads: list[Any], run_outbox: Any
) -> None:
    bob = member(world.bob)
    alice.post(f"{SETTINGS}/members/{bob.id}/role", data={"role": "crew"})
    run_outbox()
    assert "2 open leads</summary>" in alice.get(SETTINGS).text
    assert talkers(leads) == [world.bob.user_id] * 2 + [None]


def test_conversations_about_others_leads_go_to_them_some_at_a_time(
    alice: Client, world: World, make_lead: Any, run_outbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releasing, "BATCH", 2)
    found = [make_lead(owner_id=owner_id) for owner_id in (world.alice.user_id, None, world.alice.user_id)]
    for lead in found:
        write(lead)
    db.session.execute(update(Conversation).values(owner_id=world.bob.user_id))
    db.session.commit()
    shut_out(alice, world.bob)
    run_outbox()
    assert talkers(found) == [world.alice.user_id, None, world.alice.user_id]


def test_until_then_the_managers_hear_of_what_customers_say(alice: Client, world: World, leads: list[Any]) -> None:
    assert told("reply") == {world.bob.user_id}
    shut_out(alice, world.bob)
    write(leads[0])
    assert told("reply") == {world.bob.user_id, world.alice.user_id}


def test_only_who_assigns_leads_is_offered_it(alice: Client, dave: Client, world: World, leads: list[Any]) -> None:
    shut_out(alice, world.bob)
    assert "hand-on" in alice.get(SETTINGS).text
    page = dave.get(SETTINGS)
    assert page.status_code == 200 and "hand-on" not in page.text


def write(lead: Any) -> None:
    found = get_lead(lead.id, lock=True)
    receive(found, "email", sender=found.contact.email, subject="Re", body="Yes please", at=utcnow())
    db.session.commit()


def add_dave(world: World) -> None:
    db.session.execute(update(Membership).where(Membership.user_id == world.dave.user_id).values(role="sales"))
    db.session.commit()


def shut_out(client: Client, who: Any) -> None:
    assert client.post(f"{SETTINGS}/members/{member(who).id}/deactivate").status_code == 303


def member(who: Any) -> Membership:
    return db.session.scalars(select(Membership).where(Membership.user_id == who.user_id)).one()


def form_of(page: str, act: str) -> dict[str, str]:
    """What the form sends with the first choice of leads, as a browser without scripts does."""
    query = re.search(r'<option value="(owner=[^"]+)">[\d,]+ open lead', page)
    assert query is not None and f'value="{act}"' in page
    return {"all": "1", "shelf": "desk", "query": query[1].replace("&amp;", "&"), "act": act}


def owners(leads: list[Any]) -> list[Any]:
    db.session.expire_all()
    found = dict(map(tuple, db.session.execute(select(Lead.id, Lead.owner_id))))
    return [found[lead.id] for lead in leads]


def talkers(leads: list[Any]) -> list[Any]:
    found = dict(map(tuple, db.session.execute(select(Conversation.lead_id, Conversation.owner_id))))
    return [found[lead.id] for lead in leads]


def told(kind: str) -> set[Any]:
    with acting_in(current_workspace_id()):  # nobody's eyes but the worker's see every bell
        return set(db.session.scalars(select(Notification.user_id).where(Notification.kind == kind)))
