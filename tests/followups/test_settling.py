"""A person does or skips what is planned, on the lead's page."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.activities.models import Activity
from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid
from app.extensions import db
from app.followups.services import finish_follow_up, plan_task, skip


def activities(lead):
    query = select(Activity.kind, Activity.event, Activity.outcome).where(Activity.lead_id == lead.id)
    return [tuple(row) for row in db.session.execute(query.order_by(Activity.at.desc(), Activity.id.desc()))]


def test_the_plan_is_shown_with_what_can_be_done(alice, rule, make_lead):
    rule("email", days=1, title="Chase by mail")
    rule("call", days=2, title="Chase by phone")
    rule("task", days=3, title="Look up the map")
    lead = make_lead()
    text = alice.get(f"/w/wells/leads/{lead.id}/planned", hx=True).text
    for words in ("Chase by mail", "Chase by phone", "Look up the map", "leaves by itself", "No answer", "Done"):
        assert words in text
    assert f'data-live="lead-{lead.id}"' in text
    assert "Don&#39;t send" in text or "Don't send" in text


def test_a_call_that_was_made_goes_to_the_timeline_with_its_outcome(alice, rule, make_lead, planned, next_act):
    rule("call", days=1)
    lead = make_lead()
    [call] = planned(lead)
    answer = alice.post(f"/w/wells/follow-ups/{call.id}/done", data={"outcome": "no_answer"}, hx=True)
    assert answer.status_code == 200
    assert planned(lead)[0].state == "done"
    assert next_act(lead)[:2] == (None, None)
    assert activities(lead)[0] == ("call", "call.logged", "no_answer")


@pytest.mark.parametrize("outcome", ["x", "-1", "no_answer whenever", "x morning"])
def test_an_outcome_that_there_is_not_is_refused_in_words(alice, rule, make_lead, planned, outcome):
    rule("call", days=1)
    [call] = planned(make_lead())
    for with_script in (True, False):
        answer = alice.post(f"/w/wells/follow-ups/{call.id}/done", data={"outcome": outcome}, hx=with_script)
        assert answer.status_code == 422 and "Choose " in answer.text
    db.session.refresh(call)
    assert call.state == "planned"


def test_nobody_answered_so_it_is_tried_again_and_all_of_it_is_taken_back(alice, rule, make_lead, planned, next_act):
    rule("call", days=1, title="First call")
    lead = make_lead()
    [call] = planned(lead)
    answer = alice.post(f"/w/wells/follow-ups/{call.id}/done", data={"outcome": "no_answer week"}, hx=True)
    assert next_act(lead)[0] == "Call back"
    assert "No answer. Call again" in answer.text
    undo = html.unescape(re.search(r'hx-post="([^"]+/undo[^"]+)"', answer.text)[1])
    taken = alice.post(undo, hx=True)
    assert "Taken back" in taken.text and "planned-changed" in taken.headers["HX-Trigger"]
    assert next_act(lead)[0] == "First call"
    assert ("call", "call.logged", "no_answer") not in activities(lead)


def test_a_task_that_is_done_is_kept_as_such(alice, rule, make_lead, planned):
    rule("task", days=1)
    lead = make_lead()
    assert alice.post(f"/w/wells/follow-ups/{planned(lead)[0].id}/done").status_code == 303
    assert activities(lead)[0] == ("follow_up", "follow_up.done", None)


def test_skipping_shows_the_next_one(alice, rule, make_lead, planned, next_act):
    rule("call", days=1, title="First")
    rule("call", days=2, title="Second")
    lead = make_lead()
    alice.post(f"/w/wells/follow-ups/{planned(lead)[0].id}/skip", hx=True)
    assert next_act(lead)[0] == "Second"
    assert activities(lead)[0] == ("follow_up", "follow_up.skipped", None)


def test_who_comes_second_is_told(world, alice, rule, make_lead, planned):
    rule("call", days=1)
    [call] = planned(make_lead())
    finish_follow_up(call.id, world.bob.actor)
    db.session.commit()
    assert alice.post(f"/w/wells/follow-ups/{call.id}/done", hx=True).status_code == 409
    with pytest.raises(Conflict):
        skip(call.id, world.alice.actor)


def test_a_message_is_only_done_by_sending_it(world, rule, make_lead, planned):
    rule("email", days=1)
    rule("task", days=1)
    email, task = sorted(planned(make_lead()), key=lambda each: each.kind)
    with pytest.raises(Conflict):
        finish_follow_up(email.id, world.alice.actor)
    with pytest.raises(Invalid):
        finish_follow_up(task.id, world.alice.actor, "spoke")


def test_planned_messages_stand_in_the_outbox_in_their_order(alice, rule, make_lead):
    rule("email", days=9, title="Much later")
    rule("email", days=2, title="Soon")
    rule("call", days=1, title="A call is no message")
    lead = make_lead()
    text = alice.get("/w/wells/outbox?shelf=planned", hx=True).text
    assert 0 < text.index("Soon") < text.index("Much later")
    assert "A call is no message" not in text and lead.number in text


def test_the_plan_of_another_workspace_is_not_found(mallory, dave, rule, make_lead, planned):
    rule("call", days=1)
    lead = make_lead()
    [call] = planned(lead)
    assert mallory.get(f"/w/rival/leads/{lead.id}/planned").status_code == 404
    assert mallory.post(f"/w/rival/follow-ups/{call.id}/done").status_code == 404
    assert mallory.post(f"/w/rival/follow-ups/{call.id}/skip").status_code == 404
    assert dave.post(f"/w/wells/follow-ups/{call.id}/skip").status_code == 403


def test_writing_the_quote_opens_the_editor_and_stands_before_done(alice, dave, make_lead):
    lead = make_lead(stage_key="quote_requested", name="Wanda Waiting")
    url, editor = f"/w/{alice.slug}/leads/{lead.id}", f"/w/{alice.slug}/leads/{lead.id}/quotes/new"
    for page in (alice.get(url, hx=True).text, alice.get(f"{url}/planned", hx=True).text):
        card = page[page.index('class="next-act') :]
        assert card.index(f'class="button primary" href="{editor}"') < card.index("Write it") < card.index(">Done<")
        assert card[: card.index(">Done<")].count("primary") == 1
    assert "Write it" not in dave.get(url, hx=True).text


def test_what_a_person_named_so_opens_nothing(alice, world, make_lead):
    lead = make_lead(stage_key="declined")
    plan_task(lead, "Write the quote", utcnow() + timedelta(days=1), "task", world.alice.actor)
    db.session.commit()
    assert "Write it" not in alice.get(f"/w/{alice.slug}/leads/{lead.id}/planned", hx=True).text
