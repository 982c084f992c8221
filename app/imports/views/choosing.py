"""What a person settles before the dry run: what each column holds, then what holds for all rows."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from werkzeug.datastructures import MultiDict

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import page, redirect_to
from app.core.permissions import permit
from app.core.search_index import fold
from app.extensions import db
from app.imports import services
from app.imports.forms import read_mapping, read_options, read_seen
from app.imports.models import Import
from app.imports.queries import FIELDS, import_page, samples, words_in
from app.imports.queries.showing import ImportView
from app.imports.views import bp
from app.leads.queries.sources import source_options
from app.leads.queries.stages import known_stages
from app.workspaces.layout import desk
from app.workspaces.queries import member_choices

#: Wider files get a text field with suggestions for each column instead of a list: the page stays small.
_MOST_LISTS = 40
_SAMPLES, _MOST_WORDS = 4, 30


@bp.get("/w/<slug>/imports/<uuid:import_id>/columns")
@permit("leads:import")
def columns(slug: str, import_id: UUID) -> Response:
    """Each column of the file, some of what is in it, and what it holds."""
    found = import_page(import_id)
    if not ImportView.of(found).is_open:
        return redirect_to(url_for("imports.show", import_id=import_id))
    return _columns(found)


@bp.post("/w/<slug>/imports/<uuid:import_id>/columns")
@permit("leads:import")
def map_columns(slug: str, import_id: UUID) -> Response:
    """Keep what the columns hold and go on."""
    found = import_page(import_id)
    try:
        mapping = read_mapping(request.form, found.header)
        seen = read_seen(request.form)
        services.map_columns(import_id, mapping, found.options, seen, web.actor(), needs_source=False)
    except (Invalid, Conflict) as error:
        db.session.rollback()
        return _columns(import_page(import_id), *_told(error), typed=request.form)
    return redirect_to(url_for("imports.settings", import_id=import_id))


@bp.get("/w/<slug>/imports/<uuid:import_id>/settings")
@permit("leads:import")
def settings(slug: str, import_id: UUID) -> Response:
    """Source, owner, tag and stage for all, and what the file's words for stages mean."""
    found = import_page(import_id)
    if not ImportView.of(found).is_open:
        return redirect_to(url_for("imports.show", import_id=import_id))
    return _settings(found)


@bp.post("/w/<slug>/imports/<uuid:import_id>/settings")
@permit("leads:import")
def change_settings(slug: str, import_id: UUID) -> Response:
    """Keep them and begin the dry run."""
    found = import_page(import_id)
    try:
        words = request.form.getlist("word")[:_MOST_WORDS]
        options = read_options(request.form, [word[:80] for word in words], found.options)
        services.map_columns(import_id, found.mapping, options, read_seen(request.form), web.actor())
        services.check(import_id, web.actor())
    except (Invalid, Conflict) as error:
        db.session.rollback()
        return _settings(import_page(import_id), *_told(error), typed=request.form)
    return redirect_to(url_for("imports.show", import_id=import_id))


def _told(error: Invalid | Conflict) -> tuple[int, Mapping[str, str]]:
    if isinstance(error, Invalid):
        return 422, error.errors
    return 409, {"": error.message}


def _columns(
    found: Import, status: int = 200, errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    labels = {field.key: field.label for field in FIELDS}
    held = {position: labels.get(key, "") for position, key in found.mapping.items()}
    rows = samples(found.id, 40)
    shown = [
        (position, title, _some(rows, position),
         typed.get(f"column-{position}", "") if typed is not None else held.get(str(position), ""))
        for position, title in enumerate(found.header)
    ]  # fmt: skip
    groups: dict[str, list[str]] = {}
    for field in FIELDS:
        groups.setdefault(field.group, []).append(field.label)
    return page(
        "imports/columns.html", status, **desk("leads"), view=ImportView.of(found), shown=shown, groups=groups,
        errors=errors or {}, as_lists=len(found.header) <= _MOST_LISTS,
    )  # fmt: skip


def _settings(
    found: Import, status: int = 200, errors: Mapping[str, str] | None = None,
    typed: MultiDict[str, str] | None = None,
) -> Response:  # fmt: skip
    view = ImportView.of(found)
    column = next((int(position) for position, key in view.mapping.items() if key == "stage"), None)
    words = words_in(found.id, column, most=_MOST_WORDS + 1) if column is not None else []
    values: dict[str, Any] = dict(found.options)
    if typed is not None:
        values = read_options(typed, typed.getlist("word"), values)
    stages = {fold(word): stage for word, stage in values.get("stages", {}).items()}
    return page(
        "imports/settings.html", status, **desk("leads"), view=view, values=values, errors=errors or {},
        words=[(word, count, stages.get(fold(word), "")) for word, count in words[:_MOST_WORDS]],
        more_words=len(words) > _MOST_WORDS, stages=[(str(stage.id), stage.name) for stage in known_stages()],
        sources=source_options(), members=member_choices(),
        stage_title=view.header[column] if column is not None else "",
    )  # fmt: skip


def _some(rows: Sequence[Sequence[str]], position: int) -> list[str]:
    """Some different things in a column, each short."""
    cells = (" ".join(row[position].split()) for row in rows if position < len(row) and row[position].strip())
    return [cell if len(cell) <= 40 else f"{cell[:39]}…" for cell in list(dict.fromkeys(cells))[:_SAMPLES]]
