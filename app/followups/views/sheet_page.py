"""What the page of a sequence needs to be shown, whether it is edited, refused or looked at."""

from datetime import timedelta
from typing import Any

from flask import Response, g, request

from app.core.clock import utcnow
from app.core.fragments import page
from app.core.packed import packed_keys
from app.followups.forms.sheet import Sheet
from app.followups.models import Sequence
from app.followups.queries.figures import DAYS, SequenceFigures, figures_of
from app.followups.queries.ways import version_counts
from app.followups.views.listing import starts_words
from app.followups.views.preview import preview_of
from app.followups.views.sheet_choices import sheet_choices
from app.followups.words import KIND_WORDS
from app.workspaces.layout import desk

#: As many dates as stand in the list beside the sheet at first; all of them stand beside their steps.
MOST_DATES = 12


def sheet_page(
    found: Sequence, sheet: Sheet, status: int = 200, *, errors: dict[str, str] | None = None, conflict: str = "",
    opened: str = "", is_unsaved: bool = False,
) -> Response:  # fmt: skip
    """The page with everything as it was typed."""
    way_count = sum(version_counts(found.id).values())
    figures = recent_figures(found)
    words, stage = starts_words(found)
    return page(
        "followups/sequences/page.html", status, **desk("sequences"),
        **sheet_values(found, sheet, errors=errors, opened=opened, figures=figures), way_count=way_count,
        starts_words=words, stage=stage, conflict=conflict, is_unsaved=is_unsaved, days=DAYS, totals=figures,
        summary=_summary(sheet, errors or {}), moves=request.form.get("under_way", ""),
        is_new=not found.steps and not sheet.steps,
        # Who was told of the other's change may save again; who mends a slip has seen no more than before.
        seen=found.version if conflict else request.form.get("seen", found.version),
        is_own=found.key.startswith("own_"),
    )  # fmt: skip


def _summary(sheet: Sheet, errors: dict[str, str]) -> dict[str, str]:
    """The errors for the top of the page, each with the step that it is about."""
    steps = {step.key: step.texts["title"] or KIND_WORDS[step.kind] for step in sheet.every()}
    keys = {name: next((key for key in steps if name.endswith(f"_{key}")), "") for name in errors}
    return {name: f"{steps[keys[name]]}: {words}" if keys[name] else words for name, words in errors.items()}


def recent_figures(found: Sequence) -> SequenceFigures:
    """What came of it lately."""
    return figures_of(found.id, utcnow() - timedelta(days=DAYS))


def dates_values(sheet: Sheet, *, every: bool = False) -> dict[str, Any]:
    """Values for followups/sequences/_dates.html."""
    return {"preview": preview_of(sheet), "most_dates": MOST_DATES, "every_date": every}


def sheet_values(
    found: Sequence, sheet: Sheet, *, errors: dict[str, str] | None = None, opened: str = "",
    figures: SequenceFigures | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Values for followups/sequences/_steps.html and, beside it, _dates.html."""
    dates = dates_values(sheet)
    preview = dates["preview"]
    return {
        **dates,
        "sequence": found, "sheet": sheet, "errors": errors or {}, "opened": opened, "choices": sheet_choices(),
        "dates": preview.dates, "start": preview.start, "begins": starts_words(found)[0],
        "figures": figures.steps if figures else {}, "may_write": g.viewer.can("settings:write"),
        "closed": packed_keys(request.form) if request.method == "POST" else {step.key for step in sheet.every()},
        "adding": act.removeprefix("at:") if (act := request.form.get("act", "")).startswith("at:") else "",
    }  # fmt: skip
