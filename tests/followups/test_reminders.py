"""What only reminds ourselves goes on when the customer answers or books: it ends when it is done."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.core.clock import utcnow
from app.core.events import Event, publish
from app.core.permissions import SYSTEM
from app.extensions import db
from app.followups.models import Enrolment, FollowUp, Sequence
from app.followups.queries.steps import Condition, Delay, Step
from app.followups.services import enrol
from app.leads.models import StageChange
from app.leads.services import move_to_stage, stage_by_key
from app.messaging.models import Message
from app.messaging.services import keep_wishes
from app.quotes.services import QuoteDraft, draft_quote, send_quote
from app.quotes.services.slots import SlotDraft, offer_slot
from app.squeegee.services import record_booking
from app.workspaces.queries import today_here

TASK = Step("task", "task", "Look at it", Delay(2))
MAIL = Step("ask", "email", "Ask", Delay(3), template_key="plain_email")


def ways(lead: Any) -> dict[str, tuple[str, str | None]]:
    """How a lead's sequences stand, by their names."""
    db.session.expire_all()
    rows = db.session.execute(
        select(Sequence.name, Enrolment.state, Enrolment.why)
        .join(Enrolment, Enrolment.sequence_id == Sequence.id)
        .where(Enrolment.lead_id == lead.id)
        .order_by(Enrolment.started_at)
    )
    return {name: (state, why) for name, state, why in rows}


def told(lead: Any, name: str, **data: Any) -> None:
    """Let something happen to a lead."""
    publish(Event(name, lead.workspace_id, SYSTEM, "lead", lead.id, lead_id=lead.id, data=data))
    db.session.commit()


def tuesday(after: int = 20) -> date:
    """A Tuesday some weeks ahead."""
    day = today_here() + timedelta(days=after)
    return day + timedelta(days=(1 - day.weekday()) % 7)


def test_who_chooses_a_time_is_still_to_be_handed_over(world: Any, make_lead: Any, client: Any, alice: Any) -> None:
    lead = make_lead(email="hannah.cole@example.com", owner_id=world.alice.user_id)
    draft = QuoteDraft({"8_weekly": 2400}, today_here() + timedelta(days=30))
    quote = send_quote(draft_quote(lead.id, draft, world.alice.actor).id, "email", world.alice.actor)
    slot = offer_slot(lead.id, SlotDraft(tuesday(), time(9), time(11)), world.alice.actor)
    db.session.commit()
    typed = {"option": str(quote.options[0].id), "name": "Hannah Cole", "slot": str(slot.id)}
    assert client.post(f"/c/{quote.link_secret}/accept", data=typed, csrf=False).status_code == 303
    assert ways(lead)["Hand over"] == ("active", None)
    assert "Hand over to Squeegee" in alice.get(f"/w/wells/leads/{lead.id}", hx=True).text
    assert "Hand over to Squeegee" in alice.get("/w/wells/my-day").text
    record_booking(lead.id, tuesday(), world.alice.actor)
    db.session.commit()
    assert ways(lead)["Hand over"][0] == "stopped"


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("reply.received", {"triage": "question"}), ("reply.received", {"triage": "unclear"}),
        ("quote.question_asked", {}), ("appointment.booked", {}), ("contact.opted_out", {"channel": "sms"}),
    ],
)  # fmt: skip
def test_the_chase_ends_and_the_reminder_goes_on(
    world: Any, make_lead: Any, sequence: Any, event: str, data: dict[str, str]
) -> None:
    lead = make_lead(email="hannah.cole@example.com", phone="07700 900318", stage_key="ready_for_squeegee")
    silent = Step("silent", "branch", condition=Condition("no_reply"), yes=(Step("nudge", "task", "Nudge"),))
    moves = Step("move", "stage", "Lose it", stage_key="lost_contact")
    hides = Step("answered", "branch", condition=Condition("replied"), no=(MAIL,))
    made = {
        "Ours": (TASK, silent), "Theirs": (TASK, MAIL), "Hidden": (TASK, hides),
        "Rung": (Step("ring", "call", "Ring"),), "Moved": (TASK, moves),
    }  # fmt: skip
    for name, steps in made.items():
        enrol(lead, sequence(*steps, key=name.lower(), name=name), SYSTEM)
    db.session.commit()
    told(lead, event, **data)
    ended = {name for name, (state, _) in ways(lead).items() if state != "active"}
    assert ended == {"Theirs", "Hidden", "Rung", "Moved"}
    acts = select(FollowUp.title).where(
        FollowUp.lead_id == lead.id, FollowUp.state == "planned", FollowUp.kind == "task"
    )
    assert set(db.session.scalars(acts)) == {"Hand over to Squeegee", "Look at it"}


def test_wishes_end_no_reminder_either(world: Any, make_lead: Any, sequence: Any) -> None:
    lead = make_lead(email="hannah.cole@example.com", stage_key="ready_for_squeegee")
    enrol(lead, sequence(MAIL), SYSTEM)
    keep_wishes(lead, {("email", "service"): False}, SYSTEM)
    db.session.commit()
    assert ways(lead) == {"Hand over": ("active", None), "Own": ("stopped", "opted_out")}


def test_a_booking_in_squeegee_ends_what_reminded_of_it_and_nothing_else(
    world: Any, make_lead: Any, sequence: Any
) -> None:
    lead = make_lead(email="hannah.cole@example.com", stage_key="ready_for_squeegee")
    enrol(lead, sequence(TASK, name="Welcome", ends_with_stage=False), SYSTEM)
    db.session.commit()
    told(lead, "booking.confirmed", first_service_date=tuesday().isoformat())
    assert ways(lead) == {"Hand over": ("stopped", "booked"), "Welcome": ("active", None)}


def test_a_version_that_writes_ends_though_the_present_one_does_not(
    world: Any, make_lead: Any, sequence: Any
) -> None:
    lead, own = make_lead(email="hannah.cole@example.com"), sequence(MAIL)
    enrol(lead, own, SYSTEM)
    own.steps, own.version_no = [{"key": "task", "kind": "task", "title": "Look"}], 2
    db.session.commit()
    told(lead, "appointment.booked")
    assert ways(lead)["Own"] == ("stopped", "booked")


def test_a_move_still_ends_what_belongs_to_the_stage(world: Any, make_lead: Any) -> None:
    lead = make_lead(stage_key="ready_for_squeegee")
    move_to_stage(lead.id, stage_by_key("transferred_to_squeegee").id, world.alice.actor)
    db.session.commit()
    assert ways(lead)["Hand over"] == ("stopped", "left_stage")


def test_the_run_of_one_says_that_no_answer_ends_it(world: Any, make_lead: Any, alice: Any) -> None:
    lead = make_lead(name="Keen Kate", stage_key="ready_for_squeegee")
    db.session.execute(update(StageChange).values(at=utcnow() - timedelta(days=20)))
    db.session.add(
        Message(
            lead_id=lead.id, contact_id=lead.contact_id, channel="email", direction="in", state="received",
            recipient="hannah@example.com", subject="Hello", body="Hello",
        )
    )  # fmt: skip
    db.session.commit()
    own = next(each for each in db.session.scalars(select(Sequence)) if each.key == "ready_for_squeegee")
    text = alice.get(f"/w/wells/sequences/{own.id}/trial").text
    assert "Keen Kate" in text and "since they answered" not in text
