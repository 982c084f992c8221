"""What a person settles before the dry run: what the columns are, and what holds for all rows."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.catalogue import known
from app.core.errors import Conflict, Invalid
from app.core.events import Event, publish
from app.core.loading import load_one
from app.core.numbers import whole_number
from app.core.permissions import Actor
from app.core.search_index import fold
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.imports.models import Import
from app.imports.queries.fields import FIELDS_BY_KEY, SEVERAL
from app.imports.queries.reading import words_in
from app.imports.services.setting import setting_of
from app.leads.models import LeadSource, Stage
from app.leads.services import tag_fault
from app.workspaces.queries import member_choices

#: Where leads of a layout come from unless the file or the person says otherwise; a plain table may be from anywhere.
_SOURCES = {"squeegee": "returning", "notion": "website_form", "plain": None}
#: Which stage they stand in then.
_STAGES = {"squeegee": "transferred_to_squeegee", "notion": "new", "plain": "new"}
_OPEN = ("uploaded", "checked")


def first_options(layout: str) -> dict[str, Any]:
    """What the form of an import begins with."""
    source = next((source for source in known(LeadSource) if source.key == _SOURCES[layout]), None)
    stages = _stages()
    stage_id = next((stage_id for stage_id, key in stages.items() if key == _STAGES[layout]), None)
    return {
        "source_id": str(source.id) if source else None, "stage_id": stage_id, "owner_id": None, "tag": "",
        "stages": {}, "begin_sequences": False, "duplicates": "join",
    }  # fmt: skip


def map_columns(
    import_id: UUID, mapping: Mapping[str, str], options: Mapping[str, Any], seen: int, actor: Actor,
    *, needs_source: bool = True,
) -> Import:  # fmt: skip
    """Keep what the columns hold ({"0": "name"}) and what holds for all rows; a dry run made before counts no more.

    `options`: source_id, owner_id, stage_id (ids as text or None), tag, stages ({word of the file: stage's id or ""}),
    duplicates ("join" or "skip"), begin_sequences. Stages of new words are suggested. `seen` is the version that the
    person saw. The source may be left open (`needs_source`) until the dry run. Raises Invalid by `column-<position>` or
    the option's name, Conflict when it was changed or begun since.
    """
    made = locked_import(import_id)
    if made.state not in _OPEN:
        raise Conflict("This import has begun already; its columns can’t be changed any more.")
    if made.version != seen:
        raise Conflict("Someone else has changed this import meanwhile. Look at it again.")
    errors = _wrong_columns(made, mapping) | _wrong_options(options, needs_source)
    if errors:
        raise Invalid(errors)
    made.mapping = {position: key for position, key in mapping.items() if key}
    made.options = {**made.options, **options, "stages": _with_suggestions(made, options.get("stages") or {})}
    made.state, made.done, made.figures = "uploaded", 0, {}
    db.session.flush()
    publish(
        Event(
            "import.mapped", made.workspace_id, actor, "import", made.id,
            data={"columns": len(made.mapping)}, topics=frozenset({"imports"}),
        )
    )  # fmt: skip
    return made


def locked_import(import_id: UUID) -> Import:
    """An import as it stands now, held until the transaction ends. Raises NotFound."""
    query = select(Import).where(Import.workspace_id == current_workspace_id(), Import.id == import_id)
    return load_one(query, lock=True)


def _wrong_columns(made: Import, mapping: Mapping[str, str]) -> dict[str, str]:
    errors: dict[str, str] = {}
    taken: dict[str, str] = {}
    for position, key in mapping.items():
        if whole_number(position, len(made.header) - 1) is None or key not in FIELDS_BY_KEY:
            errors[f"column-{position}"] = "Choose one from the list, or leave it empty."
        elif key in taken and key not in SEVERAL:
            title = made.header[int(taken[key])]
            errors[f"column-{position}"] = f"“{title}” is the {FIELDS_BY_KEY[key].label.lower()} already."
        taken.setdefault(key, position)
    if not taken.keys() & {"name", "first_name", "last_name"}:
        errors["mapping"] = "Choose which column holds the name."
    elif not taken.keys() & {"email", "phone", "mobile", "address", "address_line1", "postcode"}:
        errors["mapping"] = "Choose which column holds the phone, the email or the address: one of them is needed."
    return errors


def _wrong_options(options: Mapping[str, Any], needs_source: bool) -> dict[str, str]:
    errors: dict[str, str] = {}
    sources = {str(source.id) for source in known(LeadSource) if source.is_active}
    stages = _stages()
    if options.get("source_id") not in sources and (needs_source or options.get("source_id")):
        errors["source_id"] = "Choose where these leads came from."
    if options.get("stage_id") not in stages:
        errors["stage_id"] = "Choose the stage of rows that name none."
    if options.get("owner_id") and options["owner_id"] not in dict(member_choices()):
        errors["owner_id"] = "Choose who looks after these leads, or nobody."
    if options.get("tag") and (fault := tag_fault(options["tag"])):
        errors["tag"] = fault
    if any(stage_id and stage_id not in stages for stage_id in (options.get("stages") or {}).values()):
        errors["stages"] = "A stage was retired meanwhile. Choose another."
    return errors


def _with_suggestions(made: Import, chosen: Mapping[str, str]) -> dict[str, str]:
    """The stages by the file's words: as chosen ("" for that of all rows), else by what a word seems to say."""
    column = next((int(position) for position, key in made.mapping.items() if key == "stage"), None)
    if column is None:
        return {}
    setting, held = setting_of(made), {fold(word): stage_id for word, stage_id in chosen.items()}
    found = {}
    for word, _ in words_in(made.id, column, most=200):
        meant = setting.stage_meant(word)
        stage_id = held.get(fold(word), str(meant) if meant else None)
        if stage_id is not None:
            found[word] = stage_id
    return found


def _stages() -> dict[str, str]:
    return {str(stage.id): stage.key for stage in known(Stage) if stage.retired_at is None}
