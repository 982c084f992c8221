"""The archive and the bin: fifty leads a page, those put away last on top."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, tuple_
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.contacts.models import Contact
from app.core.cursors import make_cursor, read_cursor
from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, Stage
from app.leads.queries.cards import CARD_COLUMNS, Card, card_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class ShelvedRow:
    """A lead that was put away: when, by whom, and where it stood."""

    card: Card
    stage_name: str
    stage_colour: str
    shelved_at: datetime
    shelved_by: str | None


@dataclass(frozen=True, slots=True)
class ShelfPage:
    """Some rows and where the next ones begin."""

    rows: list[ShelvedRow]
    next_cursor: str | None


def in_bin() -> ColumnElement[bool]:
    """What a lead in the bin meets."""
    return and_(Lead.shelf != fixed("desk"), Lead.shelf == fixed("bin"))


def count_bin(most: int) -> int:
    """How many leads lie in the bin, counted up to `most` + 1."""
    some = select(Lead.id).where(Lead.workspace_id == current_workspace_id(), in_bin()).limit(most + 1).subquery()
    return db.session.execute(select(func.count()).select_from(some)).scalar_one()


def shelved(shelf: str, after: str | None = None) -> ShelfPage:
    """A page of the archive or the bin after a cursor. An unreadable cursor starts from the newest."""
    listed = f"shelf:{shelf}"
    by = aliased(User)
    query = (
        select(
            *CARD_COLUMNS, Stage.name.label("stage_name"), Stage.colour.label("stage_colour"), Lead.shelved_at,
            by.name.label("shelved_by"),
        )
        .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
        .join(Stage, and_(Stage.workspace_id == Lead.workspace_id, Stage.id == Lead.stage_id))
        .outerjoin(by, by.id == Lead.shelved_by)
        .where(
            Lead.workspace_id == current_workspace_id(), Lead.shelf != fixed("desk"), Lead.shelf == fixed(shelf),
        )
    )  # fmt: skip
    from_here = read_cursor(after, listed)
    if from_here:
        query = query.where(tuple_(Lead.shelved_at, Lead.id) < tuple_(*from_here))
    found = db.session.execute(query.order_by(Lead.shelved_at.desc(), Lead.id.desc()).limit(PAGE + 1)).all()
    rows = [
        ShelvedRow(card_of(row), row.stage_name, row.stage_colour, row.shelved_at, row.shelved_by)
        for row in found[:PAGE]
    ]
    more = len(found) > PAGE
    return ShelfPage(rows, make_cursor([rows[-1].shelved_at, rows[-1].card.id], listed) if more else None)
