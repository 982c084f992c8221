"""What is looked at in the moment a message of a sequence is due: may it go, and may it go now?"""

from datetime import datetime, timedelta

from sqlalchemy import func, select, text

from app.core.errors import NotFound
from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Enrolment, FollowUp
from app.followups.queries.steps import MESSAGES, Step, find
from app.followups.services.dating import allowed
from app.followups.services.laying_out import steps_under_way
from app.leads.models import Lead
from app.messaging.models import Message, MessageTemplate
from app.messaging.queries.lately import has_had_many, were_many
from app.messaging.queries.templates import find_template
from app.messaging.services import has_marketing_basis, is_suppressed
from app.workspaces.queries import current_workspace

#: Texts that take an email's place, in an hour and in the same words: who fills in a form may type anybody's number,
#: and each text costs money.
_MOST_INSTEAD = 60
#: Messages in the same words to the same address or number within a day about what strangers sent: anybody may fill
#: in a form in somebody else's name, again and again. What one of us took in is somebody's own wish.
_MOST_ALIKE = 3
#: States of a message that never reached anybody.
_NOT_GONE = ("cancelled", "refused", "failed")


def wait_until(step: Step, kind: str, lead: Lead, now: datetime) -> datetime | None:
    """When a step may happen instead, None if it may now: the hours, its window, the quiet hours, and the gap after
    the last message of any sequence to the same person.
    """
    workspace = current_workspace()
    clock, earliest = workspace.clock(), now
    if step.is_spaced and kind in MESSAGES and workspace.message_gap_hours:
        last = _last_message(lead, now - timedelta(hours=workspace.message_gap_hours))
        if last is not None:
            earliest = last + timedelta(hours=workspace.message_gap_hours)
    later = allowed(step, kind, clock, earliest)
    return later if later > now else None


def template_of(step: Step, kind: str) -> MessageTemplate | None:
    """The template of what a step sends as `kind`, the workspace's own or Sill's, unless it is gone or put away."""
    key = step.words_key(kind)
    if key is None:
        return None
    try:
        template = find_template(key)
    except NotFound:
        return None
    return template if template.archived_at is None else None


def hindrance(
    follow_up: FollowUp, lead: Lead, step: Step, template: MessageTemplate | None
) -> tuple[str | None, str | None]:
    """Why a message must not be written, as a code, and the task that a person gets instead; two None when it may."""
    if step.counts and lead.follow_up_count >= current_workspace().max_follow_ups:
        return "enough_attempts", None
    if template is None:
        return "no_template", f"Choose a template: {follow_up.title}"
    contact = lead.contact
    recipient = contact.email if template.channel == "email" else contact.phone
    if not recipient:
        return "no_address", f"Call instead: {follow_up.title}"
    try:
        if is_suppressed(template.channel, recipient):
            return "opted_out", None
    except ValueError:
        return "bad_address", f"Call instead: {follow_up.title}"
    if template.channel != step.kind and were_many(template.key, _MOST_INSTEAD):
        return "many_texts", f"Call instead: {follow_up.title}"
    if lead.created_by is None and has_had_many(template.key, template.channel, recipient, _MOST_ALIKE):
        return "many_alike", None
    if template.purpose == "marketing" and not has_marketing_basis(lead, template.channel):
        return "no_consent", None
    return None, None


def _last_message(lead: Lead, since: datetime) -> datetime | None:
    """When what a sequence last wrote to the lead's contact left, or was written as long as it has not, after `since`;
    those that need no distance don't count.

    Whoever asks holds the contact until the commit, so that of two messages due at once the second sees the first.
    """
    here = current_workspace_id()
    db.session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:key, 5))"), {"key": f"{here}/{lead.contact_id}"}
    )
    left_at = func.coalesce(Message.sent_at, Message.created_at)
    rows = db.session.execute(
        select(left_at, Enrolment, FollowUp.step_key)
        .join(FollowUp, (FollowUp.workspace_id == Message.workspace_id) & (FollowUp.message_id == Message.id))
        .join(Enrolment, (Enrolment.workspace_id == FollowUp.workspace_id) & (Enrolment.id == FollowUp.enrolment_id))
        .where(
            Message.workspace_id == here, Message.contact_id == lead.contact_id, left_at > since,
            Message.direction == fixed("out"), Message.state.not_in(_NOT_GONE),
        )
        .order_by(left_at.desc())
    )  # fmt: skip
    for at, enrolment, step_key in rows:
        step = find(steps_under_way(enrolment), step_key)
        if step is None or step.is_spaced:
            return at
    return None
