"""Sequences that are changed while leads are under way on them."""

from typing import Any

import pytest
from sqlalchemy import select

from app.core.clock import utcnow
from app.extensions import db
from app.followups.models import Enrolment, FollowUp, Sequence
from app.followups.queries.steps import Condition, Delay, Step
from app.followups.services import enrol, move_to_version, save_steps
from app.leads.models import Lead
from app.leads.services import add_tag, archive, restore, stage_by_key, tag_named
from app.leads.services.merging_tags import merge_tags, take_merge_back
from app.messaging.models import Message

EMAIL = "hannah.cole@example.com"


def email(key: str, days: int = 0) -> Step:
    return Step(key, "email", key.title(), Delay(days), template_key="plain_email", any_hour=True)


def states(lead: Lead) -> dict[str | None, str]:
    """By step, the state of what was planned with a lead and why."""
    db.session.expire_all()
    rows = db.session.scalars(select(FollowUp).where(FollowUp.lead_id == lead.id, FollowUp.step_key.is_not(None)))
    return {row.step_key: " ".join(filter(None, (row.state, row.why))) for row in rows}


def asked(name: str) -> dict[str, str]:
    """A rule's question for a tag."""
    return {"fact": "tag", "operator": "is", "value": name}


def branch_on(name: str) -> Step:
    """A branch that asks for a tag."""
    return Step(
        "whose", "branch", "Whose?", condition=Condition("field", "tag", "is_not", name),
        yes=(Step("call", "task", "Look it up"),), no=(Step("thank", "task", "Thank them"),),
    )  # fmt: skip


@pytest.fixture
def quiet(world: Any) -> None:
    """No sequence but those of the test is on."""
    for each in db.session.scalars(select(Sequence)):
        each.is_active = False
    stage_by_key("new").follow_up_days = None
    db.session.commit()


@pytest.fixture
def own(quiet: None, sequence: Any) -> Sequence:
    """A sequence begun by hand: two mails, days apart."""
    return sequence(email("one", 5), email("two", 3))


@pytest.fixture
def way(world: Any, own: Sequence, make_lead: Any) -> Enrolment:
    """A lead's way through it, the lead in the archive."""
    lead = make_lead(email=EMAIL)
    enrolment = enrol(lead, own, world.alice.actor)
    archive(lead.id, world.alice.actor)
    db.session.commit()
    return enrolment


def change(world: Any, own: Sequence, way: Enrolment, *steps: Step) -> None:
    save_steps(own.id, steps, own.version, world.alice.actor)
    db.session.commit()
    assert move_to_version(own.id, [way.id], world.alice.actor) == 1
    db.session.commit()


def test_a_lead_that_is_put_away_rests_on_the_new_version_and_goes_on_by_it(
    world: Any, own: Sequence, way: Enrolment
) -> None:
    lead = db.session.get_one(Lead, (way.workspace_id, way.lead_id))
    change(world, own, way, email("one", 6), email("new", 1), email("three", 4))
    resting = {"one": "cancelled shelved", "new": "cancelled shelved", "three": "cancelled shelved"}
    assert states(lead) == {**resting, "two": "cancelled new_version"}
    assert (way.state, lead.next_act) == ("active", None)

    restore(lead.id, world.alice.actor)
    db.session.commit()
    assert states(lead) == {**dict.fromkeys(resting, "planned"), "two": "cancelled new_version"}
    due = select(FollowUp.due_at).where(FollowUp.enrolment_id == way.id, FollowUp.state == "planned")
    first = db.session.scalars(due.order_by(FollowUp.due_at).limit(1)).one()
    assert (first - utcnow()).days >= 5
    assert (way.state, way.version_no) == ("active", own.version_no)


def test_it_is_written_to_once_it_is_back(
    world: Any, own: Sequence, way: Enrolment, make_due: Any, run_outbox: Any, mailbox: Any
) -> None:
    change(world, own, way, email("one", 6))
    restore(way.lead_id, world.alice.actor)
    db.session.commit()
    make_due("follow_up.due")
    run_outbox()
    lead = db.session.get_one(Lead, (way.workspace_id, way.lead_id))
    assert states(lead)["one"] == "done"
    assert [each.state for each in db.session.scalars(select(Message).where(Message.lead_id == lead.id))] == ["sent"]


def test_one_whose_steps_are_all_gone_has_ended_when_its_lead_is_back(
    world: Any, own: Sequence, way: Enrolment
) -> None:
    change(world, own, way, Step("stop", "wait", "Wait"))
    restore(way.lead_id, world.alice.actor)
    db.session.commit()
    lead = db.session.get_one(Lead, (way.workspace_id, way.lead_id))
    assert states(lead) == {"one": "cancelled new_version", "two": "cancelled new_version"}
    assert (way.state, way.why) == ("finished", "finished")


@pytest.mark.parametrize("to", [{"starts": "hand"}, {"starts": "stage", "stage": "contacted"}])
def test_leads_under_way_go_on_though_something_else_starts_their_sequence_now(
    alice: Any, quiet: None, sequence: Any, make_lead: Any, make_due: Any, run_outbox: Any, to: dict[str, str]
) -> None:
    own = sequence(email("one", 5), starts="stage", stage_id=stage_by_key("new").id)
    lead = make_lead(email=EMAIL)
    assert states(lead) == {"one": "planned"}
    own.starts = to["starts"]
    own.stage_id = stage_by_key(to["stage"]).id if "stage" in to else None
    db.session.commit()
    make_due("follow_up.due")
    run_outbox()
    assert states(lead) == {"one": "done"}


def test_a_tag_that_is_renamed_starts_and_parts_as_before(
    alice: Any, world: Any, quiet: None, sequence: Any, make_lead: Any, make_due: Any, run_outbox: Any
) -> None:
    sequence(branch_on("VIP"), starts="rule", rule={"event": "lead.tagged", "conditions": [asked("vip")]})
    tag = tag_named("VIP", world.alice.actor)
    earlier, later = make_lead(), make_lead()
    add_tag([earlier.id], tag, world.alice.actor)
    db.session.commit()
    typed = {"name": "Very important", "colour": tag.colour, "version": tag.version}
    assert alice.post(f"/w/wells/settings/tags/{tag.id}", data=typed).status_code == 303
    add_tag([later.id], tag_named("Very important", world.alice.actor), world.alice.actor)
    db.session.commit()
    make_due("follow_up.due")
    run_outbox()
    assert states(earlier) == states(later) == {"whose": "done no", "thank": "planned"}


def test_a_tag_that_is_merged_starts_and_parts_as_before_and_again_when_that_is_undone(
    world: Any, quiet: None, sequence: Any, make_lead: Any, make_due: Any, run_outbox: Any
) -> None:
    actor = world.alice.actor
    vip, trade = tag_named("VIP", actor), tag_named("Trade", actor)
    made = [
        sequence(branch_on(name), key=name, starts="rule", rule={"event": "lead.tagged", "conditions": [asked(name)]})
        for name in ("VIP", "Trade")
    ]

    def named() -> list[tuple[str, str]]:
        db.session.expire_all()
        return [(each.rule["conditions"][0]["value"], each.steps[0]["condition"]["value"]) for each in made]

    act = merge_tags(vip.id, trade.id, vip.version, actor)
    db.session.commit()
    assert named() == [("Trade", "Trade"), ("Trade", "Trade")]
    lead = make_lead()
    add_tag([lead.id], trade, actor)
    db.session.commit()
    assert db.session.query(Enrolment).filter_by(lead_id=lead.id).count() == 2
    take_merge_back(act.id, actor)
    db.session.commit()
    assert named() == [("VIP", "VIP"), ("Trade", "Trade")]
