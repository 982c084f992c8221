"""Writing to many leads with a template: who gets it is judged for each piece, as it was shown before."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.activities.services import set_quietly
from app.bulk_acts.models import BulkActLead
from app.bulk_acts.services.outcomes import Done
from app.core.clock import utcnow
from app.core.errors import Conflict, NotFound
from app.core.events import Event
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id, seeing_all
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import get_lead, locked_leads
from app.messaging.models import MessageTemplate
from app.messaging.queries.templates import find_template, list_templates
from app.messaging.services import TemplateFault, compose, render_template, unsend
from app.messaging.services.judging import who_gets_template
from app.workspaces.queries import current_workspace

#: What goes out with a link or a price of its own, or as an answer: filled in by whatever sends it, and by nobody else.
FILLED_ELSEWHERE = frozenset(
    {
        "acknowledgement", "acknowledgement_sms", "missed_call_sms", "not_in_area", "photos_email", "photos_sms",
        "quote_accepted", "quote_email", "quote_reminder_email", "quote_reminder_sms", "quote_sms", "times_email",
        "times_sms",
    }
)  # fmt: skip
#: For so long the messages can be taken back.
HOLD = timedelta(minutes=2)


def templates_for_many() -> list[MessageTemplate]:
    """The templates that many leads can be written to with, by name."""
    return [each for each in list_templates() if each.key not in FILLED_ELSEWHERE]


def template_for_many(key: str) -> MessageTemplate:
    """One of them. Raises NotFound."""
    template = find_template(key)
    if template.archived_at is not None or key in FILLED_ELSEWHERE:
        raise NotFound
    return template


def write(lead_ids: Sequence[UUID], parameters: Mapping[str, Any], actor: Actor) -> Done:
    """Write to each of the leads that gets it. Returns the message of each, and why the others get none.

    The messages wait for two minutes, texts also for the hours in which they disturb nobody. Raises NotFound when the
    template is gone.
    """
    template = template_for_many(parameters["template_key"])
    judged = who_gets_template(lead_ids, template)
    done, hold = Done(left=dict(judged.reasons)), _hold(template.channel)
    for lead in locked_leads(judged.reached_ids):
        message_id = _write(lead, template, actor, hold)
        if message_id is None:
            done.left[lead.id] = "missing_value"
        else:
            done[lead.id] = {"message_id": str(message_id)}
    return done


def take_messages_back(
    before: Mapping[UUID, Mapping[str, Any]], parameters: Mapping[str, Any], actor: Actor
) -> set[UUID]:
    """Take back the messages that have not left yet; the leads of those."""
    back = set()
    for lead in locked_leads(before):
        try:
            unsend(UUID(before[lead.id]["message_id"]), actor)
        except (Conflict, NotFound):
            continue
        back.add(lead.id)
    return back


def uncount(event: Event) -> None:
    """The reaction to a message being taken back, here or by itself: one of these was no attempt after all."""
    if event.lead_id is None:
        return
    with seeing_all():
        one_of_these = select(BulkActLead.bulk_act_id).where(
            BulkActLead.workspace_id == current_workspace_id(), BulkActLead.lead_id == event.lead_id,
            BulkActLead.before["message_id"].astext == str(event.subject_id),
        )  # fmt: skip
        if db.session.scalar(one_of_these.limit(1)) is not None:
            lead = get_lead(event.lead_id, lock=True)
            set_quietly(lead, {"follow_up_count": max(0, lead.follow_up_count - 1)})


def _write(lead: Lead, template: MessageTemplate, actor: Actor, hold: timedelta) -> UUID | None:
    recipient = lead.contact.email if template.channel == "email" else lead.contact.phone
    try:
        words = render_template(template, lead)
    except TemplateFault:
        return None
    message = compose(
        lead, template.channel, recipient=str(recipient), subject=words.subject, body=words.body, html=words.html,
        purpose=template.purpose, template_key=template.key, template_version_no=template.version_no, actor=actor,
        created_by=actor.user_id, hold=hold,
    )  # fmt: skip
    set_quietly(lead, {"follow_up_count": lead.follow_up_count + 1})
    return message.id


def _hold(channel: str) -> timedelta:
    workspace, now = current_workspace(), utcnow()
    clock, leaves = workspace.clock(), now + HOLD
    if channel != "sms" or clock.may_text(leaves):
        return HOLD
    return clock.next_in_window(leaves, workspace.sms_opens, workspace.sms_closes, any_day=True) - now
