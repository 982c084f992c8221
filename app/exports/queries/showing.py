"""Exports as their page shows them. Only those see them who see every lead (row-level security)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from app.accounts.models import User
from app.core.clock import utcnow
from app.core.loading import load_one
from app.core.spreadsheets.pieces import Written
from app.core.tenancy import current_workspace_id
from app.exports.models import LeadExport
from app.exports.queries.facts import EVERYTHING
from app.exports.queries.selecting import SAID
from app.exports.words import FORMAT_WORDS, STATE_WORDS
from app.extensions import db
from app.leads.queries.choices import filter_choices
from app.leads.queries.filtering import LeadFilter
from app.leads.queries.ordering import Ordering

_SIZES = ((1024**2, "MB"), (1024, "KB"))


@dataclass(frozen=True, slots=True)
class ExportView:
    """An export as pages show it. `chips` says which leads it is about, in words; `leads` how many are in the file, or
    will be.
    """

    id: UUID
    format: str
    state: str
    everything: bool
    chips: list[str]
    order: str
    leads: int
    total: int
    done: int
    size_bytes: int
    error: str | None
    who: str
    created_at: datetime
    expires_at: datetime | None
    noun: str = "export"

    @property
    def badge(self) -> tuple[str, str]:
        """How it stands, in words, and the tone of its badge."""
        return STATE_WORDS[self.state]

    @property
    def is_going_on(self) -> bool:
        """Whether a worker is at it."""
        return self.state == "running"

    @property
    def format_words(self) -> str:
        """The kind of file."""
        return FORMAT_WORDS[self.format]

    @property
    def size_words(self) -> str:
        """Its size, as 2.4 MB or 310 KB."""
        unit, words = next((each for each in _SIZES if self.size_bytes >= each[0]), (1024, "KB"))
        figure = self.size_bytes / unit
        return f"{figure:.1f} {words}" if figure < 10 and words == "MB" else f"{max(1, round(figure))} {words}"


def list_exports(*, before: tuple[datetime, UUID] | None, most: int) -> list[ExportView]:
    """The exports whose files are there or being made, the newest first; `before` is (created_at, id) of the last one
    seen.
    """
    query = _standing()
    if before is not None:
        query = query.where(
            (LeadExport.created_at < before[0]) | ((LeadExport.created_at == before[0]) & (LeadExport.id < before[1]))
        )
    rows = list(db.session.scalars(query.order_by(LeadExport.created_at.desc(), LeadExport.id.desc()).limit(most)))
    if not rows:
        return []
    people = db.session.execute(select(User.id, User.name).where(User.id.in_({row.created_by for row in rows})))
    who = dict(people.all())
    choices = filter_choices()
    return [_view(row, who, choices) for row in rows]


def count_exports() -> int:
    """How many there are that are ready or being made."""
    standing = _standing().where(LeadExport.state != "failed").with_only_columns(func.count())
    return db.session.scalar(standing) or 0


def get_export(export_id: UUID) -> LeadExport:
    """An export whose file is there or being made. Raises NotFound for any other, and for those who may not see it."""
    return load_one(_standing().where(LeadExport.id == export_id))


def _standing() -> Select[tuple[LeadExport]]:
    there = LeadExport.expires_at.is_(None) | (LeadExport.expires_at > utcnow())
    return select(LeadExport).where(
        LeadExport.workspace_id == current_workspace_id(), LeadExport.state != "removed", there
    )


def _view(row: LeadExport, who: Mapping[UUID, str], choices: Mapping[str, list[tuple[str, str]]]) -> ExportView:
    chips = [chip.text for chip in LeadFilter.from_pairs(row.narrowed).chips(choices)]
    if ["words", SAID] in row.narrowed:
        chips.append(f"Search: {SAID}")
    leads = Written.of(row.written).rows - 1 if row.state == "done" else row.total
    return ExportView(
        row.id, row.format, row.state, tuple(row.columns) == EVERYTHING, chips,
        Ordering(row.ordered).words, leads, row.total, row.done, row.size_bytes, row.error,
        who.get(row.created_by, ""), row.created_at, row.expires_at,
    )  # fmt: skip
