"""Leads on sequences: put on by hand and many at once, paused, resumed, stopped; the run that sends nothing."""

from datetime import timedelta

from sqlalchemy import func, select

from app.core.clock import utcnow
from app.core.outbox import OutboxItem
from app.extensions import db
from app.followups.models import Enrolment, FollowUp, Sequence
from app.followups.queries.steps import Delay, Step, to_raw
from app.followups.services import setting_up
from app.leads.models import StageChange
from app.leads.services import stage_by_key
from app.messaging.models import Message

STEPS = (Step("ring", "call", "Ring about gutters", Delay(3)), Step("write", "task", "Write a note", Delay(4)))


def by_hand(actor) -> Sequence:
    """A sequence that leads are put on by hand."""
    made = setting_up.add_sequence("Gutters in autumn", actor)
    made.steps, made.is_active = to_raw(STEPS), True
    db.session.commit()
    return made


def ways(sequence) -> dict[str, int]:
    """How many leads stand how on a sequence."""
    states = db.session.scalars(select(Enrolment.state).where(Enrolment.sequence_id == sequence.id)).all()
    return {state: states.count(state) for state in set(states)}


def test_a_lead_is_put_on_paused_resumed_and_stopped_from_its_sheet(alice, dave, world, make_lead):
    sequence, lead = by_hand(world.alice.actor), make_lead(name="Hannah Cole")
    base = f"/w/wells/leads/{lead.id}"
    assert "Put on a sequence" in alice.get(base, hx=True).text and "Put on a" not in dave.get(base, hx=True).text

    answer = alice.post(f"{base}/sequences", data={"sequence": sequence.id}, hx=True)
    assert answer.status_code == 200 and "2 steps to come" in answer.text and "Ring about gutters" in answer.text
    assert alice.post(f"{base}/sequences", data={"sequence": sequence.id}, hx=True).status_code == 409

    way = db.session.scalars(select(Enrolment).where(Enrolment.sequence_id == sequence.id)).one()
    change = f"/w/wells/enrolments/{way.id}"
    day = (utcnow() + timedelta(days=9)).date().isoformat()
    assert "paused until" in alice.post(change, data={"act": "pause", "until": day}, hx=True).text
    assert alice.post(change, data={"act": "pause"}, hx=True).status_code == 409
    assert "2 steps to come" in alice.post(change, data={"act": "resume"}, hx=True).text
    assert alice.post(change, data={"act": "pause", "until": "2001-01-01"}, hx=True).status_code == 422
    alice.post(change, data={"act": "stop"}, hx=True)
    assert ways(sequence) == {"stopped": 1}
    planned = select(FollowUp.id).where(FollowUp.enrolment_id == way.id, FollowUp.state == "planned")
    assert db.session.scalars(planned).all() == []
    assert dave.post(change, data={"act": "stop"}).status_code == 403


def test_many_are_put_on_at_once_after_it_was_said_who_begins(alice, world, make_lead):
    sequence = by_hand(world.alice.actor)
    leads = [make_lead(name=f"Lead {number}") for number in range(3)]
    alice.post(f"/w/wells/leads/{leads[0].id}/sequences", data={"sequence": sequence.id})
    asked = {"act": f"enrol:{sequence.id}", "leads": ",".join(str(lead.id) for lead in leads)}

    said = alice.post("/w/wells/bulk/who-begins", data=asked, hx=True)
    assert said.status_code == 200 and 'data-who-gets="2"' in said.text and "on it already" in said.text
    assert ways(sequence) == {"active": 1}

    done = alice.post("/w/wells/bulk", data=asked, hx=True)
    assert done.status_code == 200 and "2 leads on Gutters in autumn now" in done.text and "1 left out" in done.text
    assert ways(sequence) == {"active": 3}

    everybody = f"/w/wells/sequences/{sequence.id}/all"
    assert alice.post(everybody, data={"act": "pause"}).status_code == 303
    assert ways(sequence) == {"paused": 3}
    assert alice.post(everybody, data={"act": "resume"}).status_code == 303
    assert ways(sequence) == {"active": 3}
    assert alice.post(everybody, data={"act": "stop"}).status_code == 303
    assert ways(sequence) == {"stopped": 3}


def test_undoing_takes_them_off_again(alice, world, make_lead):
    sequence, lead = by_hand(world.alice.actor), make_lead(name="Hannah Cole")
    done = alice.post("/w/wells/bulk", data={"act": f"enrol:{sequence.id}", "leads": str(lead.id)}, hx=True).text
    undo = done.split('action="')[1].split('"')[0]
    assert undo.endswith("/undo") and alice.post(undo, hx=True).status_code == 200
    assert ways(sequence) == {"stopped": 1}


def test_the_run_shows_what_would_have_gone_and_spares_those_who_answered(alice, make_lead):
    silent, keen = (
        make_lead(name="Silent Sam", stage_key="quote_sent"),
        make_lead(name="Keen Kate", stage_key="quote_sent"),
    )
    for change in db.session.scalars(select(StageChange)):
        change.at = utcnow() - timedelta(days=20)
    db.session.commit()
    counted = [select(func.count()).select_from(table) for table in (Message, OutboxItem)]
    chase = next(each for each in db.session.scalars(select(Sequence)) if each.key == "quote_chase")
    move = {"to": stage_by_key("ready_for_squeegee").id}
    alice.post(f"/w/wells/leads/{keen.id}/stage", data=move, headers={"Accept": "text/plain"})

    before = [db.session.scalar(query) for query in counted]
    text = alice.get(f"/w/wells/sequences/{chase.id}/trial").text

    assert "Silent Sam" in text and "Keen Kate" in text and silent.number in text
    assert "<dt>Leads</dt><dd>2</dd>" in text and "<dt>Messages gone out</dt><dd>4</dd>" in text
    assert "<dt>Spared, it had ended</dt><dd>1</dd>" in text and "since they said yes" in text
    assert before == [db.session.scalar(query) for query in counted]
