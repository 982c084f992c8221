"""The quarantine: a person decides what a machine only doubted.

Its rows belong to no lead yet, so row-level security shows them to nobody who sees leads by ownership. Who may write
leads may decide about them all, hence the wider scope here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Row, Uuid, column, func, literal, select, update

from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import Event, publish
from app.core.keyring import cipher
from app.core.permissions import Actor
from app.core.tenancy import acting_in, current_workspace_id
from app.extensions import db
from app.lead_forms.models import FormSubmission
from app.lead_forms.queries import (
    HELD_ON_A_PAGE,
    Place,
    all_as_shown,
    as_shown,
    find_form,
    held_by_kind,
    held_ids,
    quarantine_count,
    quarantined,
)  # fmt: skip
from app.lead_forms.services.answers import check
from app.lead_forms.services.content import content_of
from app.lead_forms.services.photos import drop_photos, held_counts, release_photos
from app.lead_forms.services.receiving import TOPIC, Origin, make_lead
from app.lead_forms.services.suspicion import REASONS
from app.lead_forms.services.typed import Typed, from_json
from app.workspaces.queries import current_workspace

#: How many are deleted by one click; the rest waits for the next.
MOST_AT_ONCE = 1_000
_DECIDED = "Someone else has decided about this one already."
_UNUSABLE = "What was sent can't be made into a lead. Write the lead by hand, then delete this."


@dataclass(frozen=True, slots=True)
class QuarantinedView:
    """One sending in the quarantine, opened for the staff. `own` are answers to the workspace's own questions."""

    noun = "submission"
    id: UUID
    suspicion: str
    created_at: datetime
    seconds: int | None
    answers: Typed
    own: tuple[tuple[str, str], ...]
    photos: int


@dataclass(frozen=True, slots=True)
class HeldPage:
    """A page of the quarantine: what is shown, behind what the next page begins, and how many wait of each kind."""

    shown: list[QuarantinedView]
    then: Place | None
    kinds: dict[str, int]


def waiting(actor: Actor, kind: str | None = None, after: Place | None = None) -> HeldPage:
    """What waits to be decided, newest first; of one kind of suspicion, or all."""
    with acting_in(current_workspace_id(), user_id=actor.user_id):
        rows, kinds = quarantined(kind, after), held_by_kind(tuple(REASONS))
        here = rows[:HELD_ON_A_PAGE]
        then = Place(here[-1].created_at, here[-1].id) if len(rows) > len(here) else None
        return HeldPage(_opened(here), then, kinds)


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
        submission.state, submission.text_key = "released", None
        typed, came_from = from_json(submission.answers)
        shown = as_shown(form, submission.form_version_no)
        try:
            answers = check(typed, content_of(shown), has_photos=True)
        except Invalid as invalid:
            raise Conflict(_UNUSABLE) from invalid
        number = make_lead(form, shown, current_workspace(), submission, answers, Origin(**came_from), actor)
        if submission.lead_id is not None:
            release_photos(submission.id, submission.lead_id)
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


def throw_away_kind(kind: str, until: datetime, actor: Actor) -> int:
    """Delete what was held back for one reason until `until`, MOST_AT_ONCE at most. Returns how many those were.

    In a few statements, however many there are; the record says that they were thrown away, not each by itself.
    """
    with acting_in(current_workspace_id(), user_id=actor.user_id):
        ids = held_ids(kind, until, MOST_AT_ONCE)
        if not ids:
            return 0
        for submission_id in held_counts(ids):
            drop_photos(submission_id)
        _empty(ids)
        here = current_workspace_id()
        data = {"suspicion": kind, "count": len(ids)}
        publish(
            Event(
                "form_submissions.deleted", here, actor, "form_submissions", here, data=data, topics=frozenset({TOPIC})
            )
        )
    return len(ids)


def _empty(ids: Sequence[UUID]) -> None:
    """Leave of these sendings only that they came. One statement; each blank is sealed for its own row."""
    seal = cipher()
    blanks = [seal.seal("{}", "form_submissions", "answers_sealed", each) for each in ids]
    values = func.unnest(literal(list(ids), ARRAY(Uuid)), literal(blanks, ARRAY(LargeBinary)))
    blank = values.table_valued(column("id", Uuid), column("sealed", LargeBinary)).render_derived("blank")
    db.session.execute(
        update(FormSubmission)
        .where(FormSubmission.workspace_id == current_workspace_id(), FormSubmission.id == blank.c.id)
        .values(state="deleted", answers_sealed=blank.c.sealed, address=None, device=None)
        .execution_options(synchronize_session=False)
    )


def _opened(rows: Sequence[Row[Any]]) -> list[QuarantinedView]:
    seal, photos = cipher(), held_counts([row.id for row in rows])
    labels = _own_labels(rows)
    found = []
    for row in rows:
        typed = from_json(seal.open(row.answers_sealed, "form_submissions", "answers_sealed", row.id))[0]
        own = tuple(
            (labels.get((row.form_id, row.form_version_no, name), "Own question"),
             said if isinstance(said, str) else ", ".join(said))
            for name, said in (*typed.texts.items(), *typed.lists.items())
            if said and name.startswith("own_")
        )
        view = QuarantinedView(
            row.id, row.suspicion or "", row.created_at, row.seconds, typed, own, photos.get(row.id, 0)
        )
        found.append(view)
    return found


def _own_labels(rows: Sequence[Row[Any]]) -> dict[tuple[UUID, int | None, str], str]:
    """The words of the workspace's own questions, as each form asked them when it was sent."""
    shown = all_as_shown({(row.form_id, row.form_version_no) for row in rows})
    return {(*key, question.key): question.label for key, form in shown.items() for question in content_of(form).own}


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
            data={"suspicion": submission.suspicion}, topics=frozenset({TOPIC}),
        )
    )  # fmt: skip
