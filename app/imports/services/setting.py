"""What reading a row needs to know beside the row: columns, and the workspace's own stages, sources and people."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.core.catalogue import known
from app.core.clock import utcnow
from app.core.ids import parse_id
from app.core.search_index import fold
from app.imports.models import Import
from app.imports.queries.cells.choices import read_choice
from app.leads.models import LeadSource, Stage
from app.workspaces.queries import current_workspace, member_choices


@dataclass(slots=True)
class Setting:
    """How the rows of one import are read. Words are folded (search_index.fold)."""

    layout: str
    columns: dict[str, list[int]]
    zone: ZoneInfo
    currency: str
    now: datetime
    stages: dict[UUID, str]
    stage_words: dict[str, UUID | None]
    stage_id: UUID
    sources: dict[str, UUID]
    source_id: UUID
    owners: dict[str, UUID]
    owner_id: UUID | None
    tag: str
    skips_duplicates: bool
    begins_sequences: bool
    stages_by_key: dict[str, UUID] = field(default_factory=dict)
    stages_by_name: dict[str, UUID] = field(default_factory=dict)
    final: frozenset[UUID] = frozenset()

    def has(self, key: str) -> bool:
        """Whether a column holds this fact."""
        return key in self.columns

    def stage_meant(self, word: str) -> UUID | None:
        """The stage that a word of the file seems to mean: the one that is called so, else what the trade means by it.
        """
        return self.stages_by_name.get(fold(word)) or self.stages_by_key.get(read_choice("stage", word) or "")


def setting_of(made: Import) -> Setting:
    """The setting as the import's mapping and options and the workspace have it now."""
    workspace, options = current_workspace(), made.options
    stages = [stage for stage in known(Stage) if stage.retired_at is None]
    by_key = {stage.key: stage.id for stage in stages}
    people = [(UUID(user_id), name) for user_id, name in member_choices()]
    owner_id = parse_id(options.get("owner_id"))
    sources = [source for source in known(LeadSource) if source.is_active]
    return Setting(
        layout=made.layout, columns=columns_of(made.mapping), zone=workspace.clock().zone, currency=workspace.currency,
        now=utcnow(), stages={stage.id: stage.key for stage in stages}, stages_by_key=by_key,
        stages_by_name={fold(stage.name): stage.id for stage in stages},
        stage_words=_ids(options.get("stages", {}), {stage.id for stage in stages}),
        stage_id=_among(options.get("stage_id"), {stage.id for stage in stages}, by_key.get("new") or stages[0].id),
        sources={fold(word): each.id for each in sources for word in (each.key.replace("_", " "), each.name)},
        # One that was switched off since it was chosen is where these leads came from all the same.
        source_id=_among(options.get("source_id"), {each.id for each in known(LeadSource)}, sources[0].id),
        owners=_names(people), owner_id=owner_id if owner_id in dict(people) else None,  # who left takes none
        tag=options.get("tag") or "", skips_duplicates=options.get("duplicates") == "skip",
        begins_sequences=bool(options.get("begin_sequences")),
        final=frozenset(stage.id for stage in stages if stage.is_final),
    )  # fmt: skip


def columns_of(mapping: dict[str, str]) -> dict[str, list[int]]:
    """The columns of each fact, in the order of the file."""
    columns: dict[str, list[int]] = {}
    for position in sorted(mapping, key=int):
        columns.setdefault(mapping[position], []).append(int(position))
    return columns


def _names(people: list[tuple[UUID, str]]) -> dict[str, UUID]:
    """Members by their whole names, and by first names that only one of them has."""
    found = {fold(name): user_id for user_id, name in people}
    firsts = [fold(name).split()[0] for _, name in people if name.split()]
    for user_id, name in people:
        first = fold(name).split()[0] if name.split() else ""
        if firsts.count(first) == 1:
            found.setdefault(first, user_id)
    return found


def _ids(words: dict[str, str], among: set[UUID]) -> dict[str, UUID | None]:
    """The stages that were chosen for words; None where none was, and a word whose stage is gone is left out."""
    found = {fold(word): parse_id(value) if value else None for word, value in words.items()}
    return {word: value for word, value in found.items() if value is None or value in among}


def _among(value: str | None, among: set[UUID], otherwise: UUID) -> UUID:
    found = parse_id(value)
    return found if found in among else otherwise
