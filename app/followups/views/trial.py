"""The trial run of a sequence: what it would have done in the last 90 days. Nothing is sent."""

from uuid import UUID

from flask import Response, g, request

from app.core.fragments import page
from app.core.permissions import permit
from app.followups.forms.judging import judge
from app.followups.forms.sheet import Sheet, sheet_from, sheet_of
from app.followups.models import Sequence
from app.followups.queries.steps import every
from app.followups.queries.ways import version_counts
from app.followups.services.setting_up import get_sequence
from app.followups.services.trial_run import DAYS, Start, try_out
from app.followups.views import bp
from app.followups.views.editor import facts_from
from app.followups.views.listing import starts_words
from app.followups.words import KIND_ICONS, KIND_WORDS, WHY_WORDS
from app.messaging.words import left_out_words
from app.workspaces.layout import desk

_LARGEST_SHEET = 256 * 1024


@bp.get("/w/<slug>/sequences/<uuid:sequence_id>/trial")
@permit("messages:read")
def trial(slug: str, sequence_id: UUID) -> Response:
    """The run with the steps that are stored."""
    found = get_sequence(sequence_id)
    return _page(found, sheet_of(found), is_typed=False)


@bp.post("/w/<slug>/sequences/<uuid:sequence_id>/trial", endpoint="trial_of_sheet")
@permit("messages:read")
def trial_of_sheet(slug: str, sequence_id: UUID) -> Response:
    """The run with the steps as they are typed. Nothing is stored."""
    request.max_content_length = _LARGEST_SHEET
    return _page(get_sequence(sequence_id), sheet_from(request.form), is_typed=True)


def _page(found: Sequence, sheet: Sheet, *, is_typed: bool) -> Response:
    facts, judged = facts_from(sheet), judge(sheet)
    start = Start(facts.starts, facts.stage_id, facts.rule, facts.ends_with_stage)
    run = try_out(judged.steps, start)
    steps = [step for step in every(judged.steps) if step.key in run.of_steps]
    return page(
        "followups/sequences/trial.html", **desk("sequences"), sequence=found, run=run, steps=steps, days=DAYS,
        way_count=sum(version_counts(found.id).values()), is_typed=is_typed, faults=len(judged.errors),
        starts_words=starts_words(found)[0], icons=KIND_ICONS, kind_words=KIND_WORDS,
        why_words=WHY_WORDS, left_out_words=left_out_words, may_write=g.viewer.can("settings:write"),
    )  # fmt: skip
