"""The quarantine: a person decides what a machine only doubted.

Its rows belong to no lead yet, so row-level security shows them to nobody who sees leads by ownership. Who may write
leads may decide about them all, hence the wider scope here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from app.core.crypto import WorkspaceCipher
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import Event, publish
from app.core.keyring import cipher
from app.core.permissions import Actor
from app.core.tenancy import acting_in, current_workspace_id
from app.extensions import db
from app.lead_forms.models import FormSubmission
from app.lead_forms.queries import as_shown, find_form, quarantine_count, quarantined
from app.lead_forms.services.answers import check
from app.lead_forms.services.content import content_of
from app.lead_forms.services.photos import drop_photos, release_photos
from app.lead_forms.services.receiving import Origin, make_lead
from app.lead_forms.services.typed import Typed, from_json
from app.workspaces.queries import current_workspace

_DECIDED = "Someone else has decided about this one already."
_UNUSABLE = "What was sent can't be made into a lead. Write the lead by hand, then delete this."


@dataclass(frozen=True, slots=True)
class QuarantinedView:
    """One sending in the quarantine, opened for the staff."""

    noun = "submission"
    id: UUID
    suspicion: str
    created_at: datetime
    seconds: int | None
    answers: Typed


def waiting(actor: Actor) -> list[QuarantinedView]:
    """What waits to be decided, newest first."""
    with acting_in(current_workspace_id(), user_id=actor.user_id):
        seal = cipher()
        return [
            QuarantinedView(row.id, row.suspicion or "", row.created_at, row.seconds, _opened(row, seal))
            for row in quarantined()
        ]


def waiting_count(actor: Actor) -> int:
    """How many wait, for whoever may decide about them."""
    with acting_in(current_workspace_id(), user_id=actor.user_id):
        return quarantine_count()


def release(submission_id: UUID, actor: Actor) -> str:
    """Let a sending out: it becomes a lead like any other. Returns the lead's number.

    Raises NotFound, Conflict when it was decided already or its answers make no lead any more.
    """
    with acting_in(current_workspace_id(), user_id=actor.user_id):
        submission = _undecided(submission_id)
        form = find_form(submission.form_id)
        if form is None:
            raise NotFound
        submission.state = "released"
        typed, came_from = from_json(submission.answers)
        shown = as_shown(form, submission.form_version_no)
        try:
            answers = check(typed, content_of(shown), has_photos=True)
        except Invalid as invalid:
            raise Conflict(_UNUSABLE) from invalid
        number = make_lead(form, shown, current_workspace(), submission, answers, Origin(**came_from), actor)
        if submission.lead_id is not None:
            release_photos(submission.id, submission.lead_id, actor)
        _tell("form_submission.released", submission, actor)
    return number


def throw_away(submission_id: UUID, actor: Actor) -> None:
    """Delete what was sent; that it came, and who threw it away, stays on record. Raises NotFound, Conflict."""
    with acting_in(current_workspace_id(), user_id=actor.user_id):
        submission = _undecided(submission_id)
        submission.state = "deleted"
        submission.answers = "{}"
        drop_photos(submission.id)
        submission.address = submission.device = None
        db.session.flush()
        _tell("form_submission.deleted", submission, actor)


def _opened(row: Row[Any], seal: WorkspaceCipher) -> Typed:
    return from_json(seal.open(row.answers_sealed, "form_submissions", "answers_sealed", row.id))[0]


def _undecided(submission_id: UUID) -> FormSubmission:
    submission = db.session.scalars(
        select(FormSubmission).where(FormSubmission.id == submission_id).with_for_update()
    ).one_or_none()
    if submission is None or submission.suspicion is None:
        raise NotFound
    if submission.state != "quarantined":
        raise Conflict(_DECIDED)
    return submission


def _tell(name: str, submission: FormSubmission, actor: Actor) -> None:
    publish(
        Event(
            name, submission.workspace_id, actor, "form_submission", submission.id, lead_id=submission.lead_id,
            data={"suspicion": submission.suspicion},
        )
    )  # fmt: skip
