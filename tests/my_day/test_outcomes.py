"""One key, and the call is logged, the act settled and what follows planned."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.activities.models import Activity
from app.activities.services import note_contact
from app.audit.models import AuditEntry
from app.core.clock import utcnow
from app.extensions import db
from app.followups.models import FollowUp
from app.leads.services import get_lead, stage_by_key
from app.messaging.ports.inbound import Inbound
from app.messaging.services.arriving import take_in
from app.my_day.models import LeadClaim
from app.my_day.queries.queue import day_queue


@pytest.fixture
def settle(alice):
    """`settle(lead, "spoke", words="...")`: send an outcome as the page does; returns the answer."""

    def send(lead, outcome, hx=True, act=None, who=alice, **typed):
        act_id = planned(lead)[0].id if act is None else act
        return who.post(f"/w/wells/my-day/{lead.id}/outcome", data={"act": act_id, "outcome": outcome, **typed}, hx=hx)

    return send


def planned(lead):
    db.session.expire_all()
    return db.session.scalars(
        select(FollowUp).where(FollowUp.lead_id == lead.id, FollowUp.state == "planned").order_by(FollowUp.due_at)
    ).all()


def calls(lead):
    db.session.expire_all()
    return [(each.outcome, each.body) for each in db.session.scalars(
        select(Activity).where(Activity.lead_id == lead.id, Activity.kind == "call")
    )]  # fmt: skip


def undo_url(answer) -> str:
    found = re.search(r'action="([^"]+/undo\?[^"]+)"', answer.text)
    assert found, answer.text
    return found[1].replace("&amp;", "&").replace("&#43;", "+")


def test_a_line_break_counts_for_one_character_as_in_the_browser(alice, waiting, settle):
    lead, lines = waiting("First"), ["x" * 99] * 100
    assert settle(lead, "spoke", words="\r\n".join(lines)).status_code == 200
    assert calls(lead) == [("spoke", "\n".join(lines))]


def test_no_answer_plans_the_next_try_and_shows_the_next_lead(alice, waiting, settle):
    lead, _ = waiting("First", price_minor=9000), waiting("Second")
    alice.get("/w/wells/my-day")
    answer = settle(lead, "no_answer morning", words="Rang out")

    assert answer.status_code == 200
    assert "Second</a>" in answer.text
    assert "No answer. Call again" in answer.text
    assert calls(lead) == [("no_answer", "Rang out")]
    again = planned(lead)
    assert [(each.kind, each.title) for each in again] == [("call", "Call back")]
    assert again[0].due_at > utcnow()
    assert get_lead(lead.id).next_act_at == again[0].due_at
    assert lead.id not in db.session.scalars(select(LeadClaim.lead_id)).all()


def test_a_voicemail_is_told_apart(waiting, settle):
    lead = waiting("Ann")
    settle(lead, "no_answer week", voicemail="1")

    assert calls(lead) == [("voicemail", None)]


def test_any_other_time(waiting, settle):
    lead = waiting("Ann")
    at = (utcnow() + timedelta(days=9)).replace(microsecond=0, second=0, tzinfo=None)
    settle(lead, "spoke other", at=at.isoformat(timespec="minutes"), words="After the holidays")

    assert abs(planned(lead)[0].due_at.replace(tzinfo=None) - at) <= timedelta(hours=1)  # British summer or not
    assert calls(lead) == [("spoke", "After the holidays")]


@pytest.mark.parametrize(
    ("outcome", "typed", "said"),
    [
        ("spoke other", {"at": "2020-01-01T10:00"}, "This time is over"),
        ("spoke other", {"at": "soon"}, "Choose a day and a time"),
        ("later never", {}, "Choose when to try again"),
        ("whatever", {}, "Choose what became of it"),
        ("not_interested", {}, "Choose the reason"),
        ("spoke", {"words": "x" * 10_001}, "This is too long"),
    ],
)
def test_what_can_t_be_taken_is_said_and_nothing_typed_is_lost(waiting, settle, outcome, typed, said):
    lead = waiting("Ann")
    answer = settle(lead, outcome, **{"words": "Dog bites", **typed})

    assert answer.status_code == 422
    assert said in answer.text
    assert "Dog bites" in answer.text or "xxx" in answer.text
    assert calls(lead) == []
    assert len(planned(lead)) == 1


def test_booked_moves_the_lead_on(waiting, settle):
    lead = waiting("Ann", price_minor=2400)
    settle(lead, "booked", words="Start in May")

    assert get_lead(lead.id).stage_id == stage_by_key("ready_for_squeegee").id
    assert calls(lead) == [("spoke", "Start in May")]


def test_not_interested_says_why_and_when_to_return(waiting, settle):
    lead = waiting("Ann")
    settle(lead, "not_interested", reason_key="too_expensive")

    lost = get_lead(lead.id)
    assert lost.stage_id == stage_by_key("declined").id
    assert (lost.decline_reason, lost.returns_on is not None) == ("too_expensive", True)


def test_a_task_is_done_with_a_note(waiting, settle):
    lead = waiting("Ann", kind="task")
    assert settle(lead, "done", words="Quote written").status_code == 200

    assert planned(lead) == []
    kinds = db.session.scalars(select(Activity.event).where(Activity.lead_id == lead.id).order_by(Activity.at)).all()
    assert kinds[-2:] == ["follow_up.done", "note.added"]


def test_without_a_button_the_usual_one_is_meant(alice, waiting):
    lead = waiting("Ann")
    alice.post(f"/w/wells/my-day/{lead.id}/outcome", data={"act": planned(lead)[0].id, "default": "spoke"})

    assert calls(lead) == [("spoke", None)]


def test_put_off_and_skipped(waiting, settle):
    put_off, skipped = waiting("Ann"), waiting("Ben")
    assert "Put off until" in settle(put_off, "later week").text
    assert "Skipped" in settle(skipped, "skip").text

    assert planned(put_off)[0].due_at > utcnow() + timedelta(days=6)
    assert planned(skipped) == []
    assert calls(put_off) == calls(skipped) == []


def test_two_people_with_one_act_keep_one_outcome(alice, bob, waiting, settle):
    """Bob had it on his screen for an hour: he is told, and what he wrote is still there."""
    lead = waiting("Ann", owner_id=None)
    act = planned(lead)[0].id
    assert settle(lead, "no_answer morning", act=act).status_code == 200
    answer = settle(lead, "spoke", act=act, who=bob, words="She said yes")

    assert answer.status_code == 409
    assert "settled a moment ago" in answer.text
    assert "She said yes" in answer.text
    assert calls(lead) == [("no_answer", None)]


@pytest.mark.parametrize(
    ("outcome", "typed"),
    [("no_answer morning", {"words": "Rang out"}), ("spoke", {"words": "Yes"}), ("later week", {}), ("skip", {}),
     ("booked", {}), ("not_interested", {"reason_key": "moved"})],
)  # fmt: skip
def test_every_outcome_can_be_taken_back(alice, waiting, settle, outcome, typed):
    lead = waiting("Ann", price_minor=2400)
    before = planned(lead)[0]
    act_id, due_at, stage_id = before.id, before.due_at, lead.stage_id
    url = undo_url(settle(lead, outcome, **typed))
    answer = alice.post(url, hx=True)
    assert alice.post(url, hx=True).status_code in (200, 409), "pressed twice it changes nothing more"

    assert answer.status_code == 200, answer.text
    assert "Taken back" in answer.text
    assert "Ann</a>" in answer.text
    assert [(each.id, each.due_at) for each in planned(lead)] == [(act_id, due_at)]
    assert calls(lead) == []
    assert (get_lead(lead.id).stage_id, get_lead(lead.id).first_contact_at) == (stage_id, None)
    assert [each.act_id for each in day_queue().due] == [act_id]
    logged = select(AuditEntry.actor_id).where(AuditEntry.action == "follow_up.reopened")
    assert db.session.scalars(logged).all() == [alice.user_id]


@pytest.mark.parametrize("outcome", ["spoke", "later week"])
def test_what_was_written_is_there_again_when_the_outcome_is_taken_back(alice, waiting, settle, outcome):
    lead = waiting("Ann")
    answer = alice.post(undo_url(settle(lead, outcome, words="She asked about the gutters")), hx=True)

    assert re.search(r'<textarea[^>]*name="words"[^>]*>She asked about the gutters</textarea>', answer.text)


def test_what_happened_last_is_no_bookkeeping(alice, waiting):
    lead = waiting("Ann")
    alice.post(f"/w/wells/leads/{lead.id}/notes", data={"note": "She likes it", "note_type": "general"}, hx=True)
    for what in ("call", "email", "visit"):
        alice.post(f"/w/wells/leads/{lead.id}/plan", data={"what": what, "again": "morning"}, hx=True)

    assert "She likes it" in alice.get(f"/w/wells/my-day/{lead.id}", hx=True).text


def test_a_call_that_is_taken_back_was_no_contact(alice, waiting, settle):
    """The head of the lead says once more when and how we were in touch before."""
    lead = waiting("Ann")
    at = lead.created_at + timedelta(seconds=1)
    note_contact(get_lead(lead.id), "email", reached=False, at=at)
    db.session.commit()
    answer = settle(lead, "no_answer morning")
    assert get_lead(lead.id).last_contact_method == "phone"

    alice.post(undo_url(answer), hx=True)
    assert (get_lead(lead.id).last_contact_at, get_lead(lead.id).last_contact_method) == (at, "email")


def test_half_a_minute_later_it_stands(alice, waiting, settle):
    lead = waiting("Ann")
    url = undo_url(settle(lead, "spoke"))
    old = (utcnow() - timedelta(minutes=2)).isoformat().replace("+", "%2B")
    stale = re.sub(r"(since|upto)=[^&]+", rf"\1={old}", url)

    assert alice.post(stale, hx=True).status_code == 409
    assert calls(lead) == [("spoke", None)]


def test_nobody_strikes_out_another_s_words(alice, bob, waiting, settle):
    lead = waiting("Ann", owner_id=None)
    bob.post(f"/w/wells/leads/{lead.id}/notes", data={"note": "Bob was here", "note_type": "general"})
    alice.post(undo_url(settle(lead, "spoke")), hx=True)

    assert "note.added" in db.session.scalars(select(Activity.event).where(Activity.lead_id == lead.id)).all()


def test_an_empty_day_says_what_comes_next(alice, waiting):
    assert "Nothing due" in alice.get("/w/wells/my-day").text
    waiting("Ann", late=timedelta(days=-3))
    answer = alice.get("/w/wells/my-day")

    assert re.search(r"Next: \w{3} \d\d:\d\d, Ann", answer.text)
    assert "data-day-next" in answer.text
    assert "to read in the inbox" not in answer.text


def test_an_empty_day_says_how_much_waits_in_the_inbox(alice, make_lead, world):
    make_lead(name="Hannah Cole", phone="07700 900318")
    with world.alice.acting():
        take_in(Inbound("sms", "one", "07700 900318", "Do you do gutters?", utcnow()))
        db.session.commit()
    for hx in (False, True):
        answer = alice.get("/w/wells/my-day", hx=hx).text
        assert re.search(r'href="/w/wells/inbox"><span><span class="num">1</span> to read in the inbox', answer)


def test_who_may_have_a_day(carol, dave, mallory, waiting):
    lead = waiting("Ann")
    for who in (carol, dave):
        assert who.get("/w/wells/my-day").status_code == 403
    assert mallory.get(f"/w/rival/my-day/{lead.id}").status_code == 404
    assert mallory.get(f"/w/wells/my-day/{lead.id}").status_code == 404


def test_how_much_it_asks_of_the_database(alice, waiting, settle, count_sql):
    first, _ = waiting("First", price_minor=9000), waiting("Second")
    act = planned(first)[0].id
    with count_sql() as page:
        alice.get("/w/wells/my-day")
    url = f"/w/wells/my-day/{first.id}/outcome"
    with count_sql() as write:
        alice.post(url, data={"act": act, "outcome": "no_answer morning"}, hx=True)

    assert len(page) <= 8, "\n".join(page)
    assert len(write) <= 20, "\n".join(write)


def test_who_was_spoken_to_is_not_forgotten(alice, make_lead, settle):
    """A new lead with nothing else planned goes to "Contacted", where the next calls are planned, and comes back."""
    lead = make_lead(name="Ann", email=None, phone="01632 960123")
    was = lead.stage_id
    answer = settle(lead, "spoke")
    assert "Call kept, moved to Contacted" in answer.text
    assert get_lead(lead.id).stage_id == stage_by_key("contacted").id
    assert [each.title for each in planned(lead)] == ["Call again", "Decide how to go on"]
    alice.post(undo_url(answer), hx=True)
    assert get_lead(lead.id).stage_id == was
    assert [each.title for each in planned(lead)] == ["First call"]


def test_who_is_to_be_called_again_stays_where_they_are(waiting, settle):
    lead = waiting("Ann")
    was = lead.stage_id
    settle(lead, "spoke", again="week")
    assert get_lead(lead.id).stage_id == was and len(planned(lead)) == 1
