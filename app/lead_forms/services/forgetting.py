"""Forgetting what was sent through the form when the lead made of it is deleted for good."""

from uuid import UUID

from sqlalchemy import select

from app.core.events import Event
from app.core.models import one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.lead_forms.models import FormSubmission


def forget_answers(event: Event) -> None:
    """The reaction to leads being deleted for good: that something came stays on record, not what or from where."""
    sent = db.session.scalars(
        select(FormSubmission).where(
            FormSubmission.workspace_id == current_workspace_id(),
            FormSubmission.lead_id == one_among(UUID(each) for each in event.data["lead_ids"]),
        )
    ).all()
    for submission in sent:
        submission.state, submission.answers = "deleted", "{}"
        submission.address = submission.device = None
    db.session.flush()
