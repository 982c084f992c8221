"""The sheet of one sequence: its steps as a timeline, rearranged in place and saved as the next version."""

from uuid import UUID

from flask import Response, flash, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.permissions import permit
from app.followups import services
from app.followups.forms.arranging import arrange
from app.followups.forms.judging import Judged, field_errors, judge
from app.followups.forms.sheet import Sheet, sheet_from, sheet_of
from app.followups.models import Sequence
from app.followups.queries.ways import ids_under_way
from app.followups.services.own_words import keep_words
from app.followups.services.setting_up import SequenceFacts, change_facts, get_sequence
from app.followups.views import bp
from app.followups.views.sheet_page import recent_figures, sheet_page, sheet_values
from app.followups.words import leads_counted

_LARGEST_SHEET = 256 * 1024
#: What is shown anew after an act.
_PARTS = {
    "show:rule": "followups/sequences/_rule.html", "open": "followups/sequences/_fields.html",
    "": "followups/sequences/_steps.html",
}  # fmt: skip
#: As many leads under way are moved to the new steps within the request.
MOST_MOVED = 500


@bp.get("/w/<slug>/sequences/<uuid:sequence_id>")
@permit("messages:read")
def sequence(slug: str, sequence_id: UUID) -> Response:
    """A sequence's sheet."""
    found = get_sequence(sequence_id)
    return sheet_page(found, sheet_of(found))


@bp.post("/w/<slug>/sequences/<uuid:sequence_id>", endpoint="save_sequence")
@permit("settings:write")
def save(slug: str, sequence_id: UUID) -> Response:
    """Store the sheet; or, when one of its small buttons was pressed, show it rearranged and store nothing."""
    request.max_content_length = _LARGEST_SHEET
    found, sheet = get_sequence(sequence_id), sheet_from(request.form)
    if act := request.form.get("act", ""):
        opened = arrange(sheet, act)
        if wants_fragment():
            name = _PARTS["open" if opened and act == f"open:{opened}" else act if act in _PARTS else ""]
            values = sheet_values(found, sheet, opened=opened, figures=recent_figures(found))
            return answer(fragment(name, **values))
        return sheet_page(found, sheet, opened=opened, is_unsaved=True)
    judged = judge(sheet)
    try:
        saved, moved = _save(found, sheet, judged)
    except Invalid as error:
        errors = {**judged.errors, **field_errors(error.errors)}
        return sheet_page(found, sheet, 422, errors=errors, is_unsaved=True)
    except Conflict as error:
        return sheet_page(found, sheet, 409, conflict=error.message, is_unsaved=True)
    flash(f"Saved. {leads_counted(moved)} went on to these steps." if moved else "Saved.", "good")
    return redirect_to(url_for("followups.sequence", sequence_id=saved.id))


def _save(found: Sequence, sheet: Sheet, judged: Judged) -> tuple[Sequence, int]:
    """Store everything, or nothing: facts, words written on the sheet, steps; then move who is to be moved.

    Returns the sequence and how many leads under way were moved. Raises Invalid and Conflict.
    """
    actor, seen = web.actor(), request.form.get("seen", 0, type=int)
    changed = change_facts(found.id, facts_from(sheet), seen, actor)
    if judged.errors:
        raise Invalid(judged.errors)
    steps = keep_words(judged.steps, judged.written, actor)
    saved = services.save_steps(found.id, steps, changed.version, actor)
    ids = ids_under_way(found.id, not_on=saved.version_no, limit=MOST_MOVED) if _moves() else []
    if ids:
        services.move_to_version(found.id, ids, actor)
    return saved, len(ids)


def facts_from(sheet: Sheet) -> SequenceFacts:
    """What the sheet says about the sequence itself."""
    texts = sheet.texts
    conditions = [{"fact": texts["fact"], "operator": texts["operator"], "value": texts["value"]}]
    rule = {"event": texts["event"], "conditions": conditions if texts["fact"] else []}
    return SequenceFacts(
        texts["name"], texts["description"], texts["starts"], parse_id(texts["stage_id"]),
        rule if texts["starts"] == "rule" else {}, sheet.ends_with_stage,
    )  # fmt: skip


def _moves() -> bool:
    return request.form.get("under_way") == "move"
