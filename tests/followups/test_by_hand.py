"""What people plan with a lead by hand: it is seen everywhere, can be moved, renamed and taken back."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.activities.models import Activity
from app.core.clock import utcnow
from app.core.crypto import CipherError
from app.extensions import db
from app.followups.models import FollowUp
from app.leads.models import Lead


@pytest.fixture
def lead(make_lead):
    """A lead with nothing planned but what the test plans."""
    lead = make_lead(stage_key="declined")
    return lead


def _plan(browser, lead, **typed):
    url = f"/w/{browser.slug}/leads/{lead.id}/plan"
    return browser.post(url, data={"what": "call", "again": "morning", **typed}, hx=True)


def _act(lead):
    query = select(FollowUp).where(FollowUp.lead_id == lead.id, FollowUp.state == "planned")
    return db.session.scalars(query.order_by(FollowUp.created_at.desc())).first()


def _next(lead):
    return db.session.get(Lead, (lead.workspace_id, lead.id)).next_name


def _undo(browser, answer):
    return browser.post(re.search(r'hx-post="([^"]*/undo[^"]*)"', answer.text)[1].replace("&amp;", "&"), hx=True)


def _change(browser, act, **typed):
    url = f"/w/{browser.slug}/follow-ups/{act.id}/change"
    return browser.post(url, data={"version": str(act.version), **typed}, hx=True)


def test_a_task_in_own_words_shows_wherever_acts_show(world, alice, lead, count_sql):
    with count_sql() as statements:
        answer = _plan(alice, lead, what="task", title="  Ask about   the gate ")

    assert answer.status_code == 200 and "Ask about the gate" in answer.text and len(statements) <= 20
    assert (_next(lead), _act(lead).kind) == ("Ask about the gate", "task")
    for page in (f"leads/board?open={lead.stage_id}", "leads", f"leads/{lead.id}/planned"):
        assert "Ask about the gate" in alice.get(f"/w/{alice.slug}/{page}", hx="planned" in page).text, page
    assert "Task: planned" in alice.get(f"/w/{alice.slug}/leads/{lead.id}/timeline", hx=True).text
    due = db.session.scalars(select(FollowUp).where(FollowUp.lead_id == lead.id)).one()
    due.due_at = utcnow() - timedelta(minutes=1)
    db.session.commit()
    assert "Ask about the gate" in alice.get(f"/w/{alice.slug}/my-day/{lead.id}").text


def test_own_words_are_sealed_wherever_they_are_kept(alice, lead):
    """Acts, leads and lines as the database has them: the words of no plan, and of none that was renamed."""
    _plan(alice, lead, what="task", title="Ring Zephyrine on 07700 900123")
    _change(alice, _act(lead), title="Ring Zephyrine about the ferret")

    kept = [
        str(row) for table in (FollowUp, Lead, Activity) for row in db.session.execute(select(table.__table__)).all()
    ]
    assert not [row for row in kept if "Zephyrine" in row or "900123" in row]
    assert _next(lead) == _act(lead).name == "Ring Zephyrine about the ferret"


def test_own_words_open_for_no_other_lead(alice, lead, make_lead):
    other = make_lead()
    _plan(alice, lead, what="task", title="Mind the ferret")
    db.session.get(Lead, (other.workspace_id, other.id)).next_words_sealed = _act(lead).words_sealed
    db.session.commit()

    with pytest.raises(CipherError):
        _next(other)


def test_own_words_come_and_go_with_the_next_act_of_many(world, alice, lead):
    """Put away and taken back, many leads get their next act by one statement."""
    _plan(alice, lead, what="task", title="Mind the ferret")
    ids = {"ids": str(lead.id)}
    alice.post(f"/w/{alice.slug}/leads/{lead.id}/archive", data=ids, hx=True)
    assert _next(lead) is None
    alice.post(f"/w/{alice.slug}/leads/{lead.id}/restore", data=ids, hx=True)
    assert _next(lead) == "Mind the ferret"


def test_own_words_are_in_no_log(alice, lead):
    _plan(alice, lead, what="task", title="Mind the ferret")
    alice.post(f"/w/{alice.slug}/follow-ups/{_act(lead).id}/done")

    lines = db.session.scalars(select(Activity).where(Activity.kind == "follow_up")).all()
    assert len(lines) == 2 and not any("ferret" in str(line.data) for line in lines)
    assert all(line.body == "Mind the ferret" for line in lines)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"what": "task"}, "Say what is to be done"),
        ({"title": "x" * 81}, "Keep it under 80"),
        ({"again": ""}, "Choose when"),
        ({"again": "other", "at": "2020-01-01T10:00"}, "This time is over"),
        ({"what": "party"}, "Choose what"),
    ],
)
def test_what_cannot_be_planned_is_said_beside_it(alice, lead, typed, said):
    answer = _plan(alice, lead, **typed)

    assert answer.status_code == 422 and said in answer.text and _act(lead) is None


def test_what_was_planned_says_what_it_is_and_to_the_hour(alice, lead):
    on, later = utcnow() + timedelta(days=9), utcnow() + timedelta(days=400)
    answer = _plan(alice, lead, what="visit", title="Look at the roof", again="other", at=f"{on:%Y-%m-%d}T10:30")

    assert re.search(rf"Planned for \w+ {on.day} {on:%b}( {on:%Y})? 10:30", answer.text), answer.text
    assert "Look at the roof <span class=\"muted\">· Visit</span>" in answer.text
    moved = _change(alice, _act(lead), title="Look at the roof", again="other", at=f"{later:%Y-%m-%d}T14:00")
    assert f"Moved to {later:%a} {later.day} {later:%b %Y} 14:00" in moved.text


def test_what_happened_last_is_no_bookkeeping(alice, lead):
    alice.post(f"/w/{alice.slug}/leads/{lead.id}/notes", data={"note": "She likes it", "note_type": "general"}, hx=True)
    _plan(alice, lead, what="visit")

    for url in ("", "?live=1"):
        drawer = alice.get(f"/w/{alice.slug}/leads/{lead.id}{url}", hx=True).text
        [last] = re.findall(r'id="lead-[^"]*-last">.*?</p>', drawer)
        assert "She likes it" in last and "planned" not in last


def test_planning_is_taken_back(alice, lead):
    answer = _plan(alice, lead)
    assert _act(lead).title == "Call"

    assert _undo(alice, answer).status_code == 200
    assert _act(lead) is None


def test_an_act_is_moved_and_renamed_and_both_taken_back(alice, lead):
    _plan(alice, lead, what="visit")
    was = _act(lead).due_at
    chosen = (utcnow() + timedelta(days=9)).strftime("%Y-%m-%dT10:30")

    answer = _change(alice, _act(lead), title="Look at the roof", again="other", at=chosen)

    assert (_act(lead).name, f"{_act(lead).due_at:%Y-%m-%d}") == ("Look at the roof", chosen[:10])
    _undo(alice, answer)
    assert (_act(lead).name, _act(lead).due_at) == ("Visit", was)
    assert _next(lead) == "Visit"


def test_who_was_slower_is_told_and_changes_nothing(alice, lead):
    _plan(alice, lead)
    act = _act(lead)
    assert _change(alice, act, again="week").status_code == 200
    moved = _act(lead).due_at

    answer = alice.post(
        f"/w/{alice.slug}/follow-ups/{act.id}/change", data={"version": "1", "title": "Mine", "again": "days"}, hx=True
    )
    assert answer.status_code == 409 and "Someone else changed this" in answer.text and "Mine" in answer.text
    assert _act(lead).due_at == moved


def test_a_stages_act_can_be_moved_but_keeps_its_name(alice, make_lead):
    lead = make_lead(stage_key="hot_lead")
    assert 'name="title"' not in alice.get(f"/w/{alice.slug}/follow-ups/{_act(lead).id}/change", hx=True).text

    was = _act(lead).due_at
    _change(alice, _act(lead), title="Other", again="week")
    assert _act(lead).title == "Call to book" and _act(lead).due_at > was


def test_sales_plan_for_their_own_only_and_crew_for_nobody(world, alice, bob, carol, make_lead):
    theirs = make_lead(owner_id=world.alice.user_id)

    assert _plan(bob, theirs).status_code == 404
    assert _plan(carol, theirs).status_code in (403, 404)
    assert "+ Plan" in alice.get(f"/w/{alice.slug}/leads/{theirs.id}/planned", hx=True).text
