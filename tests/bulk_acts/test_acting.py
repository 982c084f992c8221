"""Acts on many leads at once, and taking them back."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from app.activities.models import Activity
from app.bulk_acts.models import BulkAct
from app.core.clock import utcnow
from app.extensions import db
from app.followups.models import Enrolment, FollowUp, Sequence, SequenceVersion
from app.followups.queries.steps import Delay, Step, to_raw
from app.followups.services import stop
from app.leads.models import Lead, StageCounter, Tag
from app.leads.queries.tagging import tags_of
from app.leads.services import get_lead, restore, set_priority, stage_by_key, tag_named
from app.notifications.models import Notification


def act_on(browser, leads, act: str, **more):
    """Press a button of the bar with some leads selected."""
    ids = ",".join(map(str, leads))
    return browser.post(f"/w/{browser.slug}/bulk", data={"act": act, "leads": ids, **more}, hx=True)


def undo(browser):
    """Press Undo on the last act."""
    newest = db.session.scalars(select(BulkAct).order_by(BulkAct.created_at.desc()).limit(1)).one()
    return browser.post(f"/w/{browser.slug}/bulk/{newest.id}/undo", hx=True)


@pytest.fixture
def leads(make_lead):
    """The ids of three leads of nobody's."""
    return [make_lead(name=name).id for name in ("Ann Ash", "Ben Birch", "Cat Cedar")]


def values(leads, name: str) -> list:
    """A column of the leads as they are now."""
    db.session.expire_all()
    return [getattr(get_lead(lead_id), name) for lead_id in leads]


@pytest.mark.parametrize(
    ("act", "column", "after", "words"),
    [
        ("assign:{bob}", "owner_id", "{bob}", "3 leads now with Bob"),
        ("priority:urgent", "priority", "urgent", "3 leads now urgent priority"),
        ("archive", "shelf", "archive", "3 leads archived"),
        ("bin", "shelf", "bin", "3 leads in the bin"),
        ("move:{contacted}", "stage_id", "{contacted}", "3 leads moved to Contacted"),
    ],
)
def test_an_act_changes_all_and_undo_puts_each_back(world, alice, leads, act, column, after, words):
    known = {"bob": str(world.bob.user_id), "contacted": str(stage_by_key("contacted").id)}
    before = values(leads, column)

    answer = act_on(alice, leads, act.format(**known))

    assert answer.status_code == 200
    assert words in answer.text
    assert "/undo" in answer.text
    assert [str(each) for each in values(leads, column)] == [after.format(**known)] * 3

    answer = undo(alice)

    assert "Undone: 3 leads as before." in answer.text
    assert values(leads, column) == before


def test_tags_go_on_and_off_and_undo_leaves_what_was_there(world, alice, leads):
    act_on(alice, leads[:1], "tag:new", tag=" Corner  house ")
    tag = tag_named("corner house", world.alice.actor)

    answer = act_on(alice, leads, f"tag:{tag.id}")
    assert "2 leads tagged Corner house. 1 was so already." in answer.text
    undo(alice)

    assert set(tags_of(leads)) == {leads[0]}
    act_on(alice, leads, f"untag:{tag.id}")
    assert tags_of(leads) == {}
    undo(alice)
    assert set(tags_of(leads)) == {leads[0]}


@pytest.fixture
def spring(world):
    """A tag whose rule puts leads on a sequence of one call."""
    steps = to_raw((Step("ring", "call", "Ring", Delay(3)),))
    rule = {"event": "lead.tagged", "conditions": [{"fact": "tag", "operator": "is", "value": "Spring"}]}
    made = Sequence(key="own", name="Own", starts="rule", rule=rule, steps=steps)
    db.session.add(made)
    db.session.flush()
    db.session.add(SequenceVersion(sequence_id=made.id, version_no=1, steps=steps))
    tag = tag_named("Spring", world.alice.actor)
    db.session.commit()
    return tag


def chased(leads) -> list[UUID]:
    """Those of the leads that a rule has put on a sequence."""
    by_rule = (Enrolment.state == "active", Enrolment.started_how == "rule")
    return sorted(db.session.scalars(select(Enrolment.lead_id).where(*by_rule, Enrolment.lead_id.in_(leads))))


def test_undone_tags_end_the_chases_they_began_and_begin_none(world, alice, leads, spring):
    act_on(alice, leads[:1], f"tag:{spring.id}")
    act_on(alice, leads, f"tag:{spring.id}")
    assert chased(leads) == sorted(leads)
    undo(alice)
    assert (set(tags_of(leads)), chased(leads)) == ({leads[0]}, leads[:1])

    by_rule = select(Enrolment.id).where(Enrolment.state == "active", Enrolment.started_how == "rule")
    stop(db.session.scalars(by_rule).one(), world.alice.actor)
    db.session.commit()
    act_on(alice, leads, f"untag:{spring.id}")
    assert tags_of(leads) == {}
    undo(alice)
    assert (set(tags_of(leads)), chased(leads)) == ({leads[0]}, [])


def test_each_lead_tells_of_it_in_its_timeline(world, alice, leads):
    act_on(alice, leads, f"assign:{world.bob.user_id}")

    told = db.session.execute(
        select(Activity.lead_id, Activity.data["now_name"].as_string()).where(Activity.event == "lead.fact_changed")
    ).all()
    assert {row.lead_id for row in told} == set(leads)
    assert "Bob" in told[0][1]


def test_who_is_given_many_leads_is_told_once(world, alice, leads):
    act_on(alice, leads, f"assign:{world.bob.user_id}")

    with world.bob.acting():
        told = db.session.scalars(select(Notification)).all()
    assert [(each.kind, each.data["count"]) for each in told] == [("assigned", 3)]


def test_undo_leaves_alone_what_someone_changed_since(world, alice, leads):
    act_on(alice, leads, "priority:urgent")
    with world.bob.acting() as bob:
        set_priority([leads[1]], "low", bob)
        db.session.commit()

    answer = undo(alice)

    assert "Undone: 2 leads as before. 1 changed by someone since and left as it is." in answer.text
    assert values(leads, "priority") == ["normal", "low", "normal"]


def test_undo_is_for_the_one_who_acted_and_for_a_minute(alice, bob, leads):
    act_on(alice, leads, "priority:urgent")
    assert undo(bob).status_code == 404
    db.session.execute(text("update bulk_acts set undo_until = :past"), {"past": utcnow() - timedelta(seconds=1)})

    answer = undo(alice)

    assert answer.status_code == 409
    assert "too late" in answer.text
    assert values(leads, "priority") == ["urgent"] * 3


def test_undo_twice_is_told(alice, leads):
    act_on(alice, leads, "priority:urgent")
    undo(alice)

    assert undo(alice).status_code == 409
    assert values(leads, "priority") == ["normal"] * 3


def test_undone_moves_bring_back_what_was_planned(alice, leads):
    planned = select(func.count()).select_from(FollowUp).where(FollowUp.state == "planned")
    before = db.session.scalar(planned)

    act_on(alice, leads, f"move:{stage_by_key('declined').id}", reason_key="too_expensive")
    assert values(leads, "decline_reason") == ["too_expensive"] * 3
    assert None not in values(leads, "returns_on")
    undo(alice)

    assert db.session.scalar(planned) == before
    assert values(leads, "decline_reason") == [None] * 3


def test_leads_that_are_put_away_leave_the_counts_and_rest(alice, leads, settle):
    count = select(func.sum(StageCounter.leads))
    settle()
    assert db.session.scalar(count) == 3

    act_on(alice, leads, "bin")
    settle()

    assert db.session.scalar(count) == 0
    assert values(leads, "next_act_at") == [None] * 3
    undo(alice)
    settle()
    assert db.session.scalar(count) == 3
    assert None not in values(leads, "next_act_at")


def test_all_that_match_are_taken_without_naming_them(alice, make_lead, leads):
    stranger = make_lead(name="Dot Dale", postcode="BS1 4DJ").id

    answer = alice.post(
        f"/w/{alice.slug}/bulk", data={"act": "priority:high", "all": "1", "query": "area=BA5"}, hx=True
    )

    assert "3 leads now high priority" in answer.text
    assert values([*leads, stranger], "priority") == ["high"] * 3 + ["normal"]


def test_sales_act_on_what_they_see_and_assign_nothing(world, alice, bob, make_lead, leads):
    hers = make_lead(name="Her Own", owner_id=world.alice.user_id).id

    answer = act_on(bob, [*leads, hers], "priority:high")
    assert "3 leads now high priority" in answer.text
    assert values([hers], "priority") == ["normal"]
    assert act_on(bob, leads, f"assign:{world.bob.user_id}").status_code == 403


@pytest.mark.parametrize(
    ("act", "words"),
    [("priority:whatever", "Choose a priority"), ("explode", "Choose what to do"), ("tag:new", "Enter a tag")],
)
def test_what_can_not_be_taken_is_said(alice, leads, act, words):
    answer = act_on(alice, leads, act)

    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.scalar(select(func.count()).select_from(BulkAct)) == 0


def test_nothing_selected_is_said(alice, leads):
    assert "Nothing is selected" in act_on(alice, [], "archive").text


def test_what_others_own_can_not_be_named(alice, mallory, world, leads):
    with world.mallory.acting():
        stage = str(stage_by_key("contacted").id)
        tag = str(tag_named("Hers", world.mallory.actor).id)
        db.session.commit()
    for act in (f"move:{stage}", f"tag:{tag}", f"untag:{tag}", f"assign:{world.mallory.user_id}", "move:", "assign:"):
        assert act_on(alice, leads, act).status_code == 404, act
    assert "Nothing is selected" in act_on(mallory, leads, "bin").text


@pytest.mark.parametrize("act", ["assign:{bob}", "priority:high", "tag:new", "archive", "bin"])
def test_statements_do_not_grow_with_the_leads(world, alice, make_lead, leads, count_sql, act):
    act_on(alice, leads[:1], "priority:low")
    more = [make_lead().id for _ in range(8)]
    act, counts = act.format(bob=world.bob.user_id), []
    for some in (leads[:2], more):
        with count_sql() as statements:
            assert act_on(alice, some, act, tag="Corner").status_code == 200
        counts.append(len(statements))

    assert counts[1] <= counts[0], "\n".join(statements)


def test_a_lead_fetched_back_by_someone_stays_when_binning_is_undone(world, alice, leads):
    act_on(alice, leads, "bin")
    restore(leads[0], world.alice.actor)
    db.session.commit()

    assert "1 changed by someone since" in undo(alice).text
    assert set(values(leads, "shelf")) == {"desk"}
    assert db.session.scalar(select(func.count()).select_from(Lead).where(Lead.shelf == "bin")) == 0


def test_the_bar_stays_small_with_many_tags_and_each_is_found_by_its_name(alice, world, leads):
    names = [*(f"Nobody remembers what it was for {number:03}" for number in range(299)), "Solar panels"]
    db.session.add_all(Tag(name=name) for name in names)
    db.session.commit()
    bar = alice.get(f"/w/{alice.slug}/bulk/bar", hx=True)
    assert len(bar.data) < 60_000 and bar.text.count('class="bulk-tag"') == 40 and "260 more" in bar.text

    def found(typed: str) -> list[str]:
        answer = alice.post(f"/w/{alice.slug}/bulk/tags", data={"tag": typed}, hx=True)
        assert len(answer.data) < 60_000
        return re.findall(r'value="tag:[^>]*><span class="tag [^"]*">([^<]+)', answer.text)

    assert found("PANELS sol") == ["Solar panels"]
    assert found("28 body") == [name for name in names if "28" in name]
    assert found("") == found("nobody") and found("no such") == []
    tag = tag_named("Solar panels", world.alice.actor)
    assert "3 leads tagged Solar panels" in act_on(alice, leads, f"tag:{tag.id}").text
