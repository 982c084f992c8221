"""A customer's question that somebody is to answer: it is answered by what a person writes to them."""

from datetime import datetime

from sqlalchemy import select

from app.activities.services import record_activity
from app.core.clock import utcnow
from app.core.events import Event
from app.core.models import fixed
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id, seeing_all
from app.extensions import db
from app.followups.models import FollowUp
from app.followups.services.naming import named
from app.followups.services.next_act import refresh_next_act
from app.followups.services.planning import plan_task
from app.leads.models import Lead
from app.leads.services import get_lead

#: By this key the acts are found again.
ANSWER = "answer_question"


def plan_answer(lead: Lead, number: str, due_at: datetime, actor: Actor) -> FollowUp:
    """Somebody is to answer what was asked about the quote `number`."""
    return plan_task(lead, f"Answer the question about {number}", due_at, "call", actor, step_key=ANSWER)


def settle_answered(event: Event) -> None:
    """The reaction to a message being written: what a person writes freely to a customer answers their questions.

    Who writes holds the lead already, as whoever asks does before the conversation. What is made of a template does
    not ("Thank you, more today"), so that it costs bulk acts nothing either.
    """
    if event.lead_id is None or event.actor.kind != "person" or event.data.get("template_key"):
        return
    with seeing_all():
        asked = _found(
            FollowUp.lead_id == event.lead_id, FollowUp.state == fixed("planned"), FollowUp.step_key == ANSWER
        )
        lead = get_lead(event.lead_id)
        for each in asked:
            each.state, each.finished_at, each.message_id = "done", utcnow(), event.subject_id
            record_activity(
                lead, "follow_up", "follow_up.done", event.actor, subject_id=each.id, topics=("outbox",), **named(each)
            )
        if asked:
            refresh_next_act(lead.id)


def ask_again(event: Event) -> None:
    """The reaction to a message being taken back: the questions that it had answered wait again."""
    if event.lead_id is None:
        return
    with seeing_all():
        rows = _found(FollowUp.message_id == event.subject_id, FollowUp.step_key == ANSWER, FollowUp.state == "done")
        for each in rows:
            each.state, each.finished_at, each.message_id = "planned", None, None
        if rows:
            refresh_next_act(event.lead_id)


def _found(*which: object) -> list[FollowUp]:
    query = select(FollowUp).where(FollowUp.workspace_id == current_workspace_id(), *which)  # type: ignore[arg-type]
    return list(db.session.scalars(query))
