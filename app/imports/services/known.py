"""What is known already of the people, houses and leads in some rows, asked for all of them at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Row, Select, any_, literal, select, union_all

from app.contacts.models import Contact, Property
from app.core.keyring import cipher
from app.core.models import one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.imports.models import ImportRow
from app.leads.models import Lead, SearchToken
from app.leads.queries.stages import known_stages

_PERSON = (Contact.id, Contact.name_sealed, Contact.email_key, Contact.phone_key)
_LEAD = (Lead.id.label("lead_id"), Lead.contact_id, Lead.property_id, Lead.stage_id, Lead.shelf, Lead.created_at)


@dataclass(slots=True)
class KnownPerson:
    """A contact, or one that is about to be made (`is_new`). `gains` are facts that fill its blanks."""

    id: UUID
    name: str
    email_key: bytes | None
    phone_key: bytes | None
    is_new: bool = False
    gains: bool = False


@dataclass(frozen=True, slots=True)
class KnownLead:
    """A lead, or one that is about to be made of the row at `position`."""

    id: UUID
    contact_id: UUID
    property_id: UUID
    is_open: bool
    day: date
    position: int | None = None


def people_with(email_keys: Sequence[bytes], phone_keys: Sequence[bytes]) -> list[KnownPerson]:
    """The contacts with any of these keys, the oldest first."""
    here = Contact.workspace_id == current_workspace_id()
    parts = [
        select(*_PERSON).where(here, column == _among(keys))
        for column, keys in ((Contact.email_key, email_keys), (Contact.phone_key, phone_keys))
        if keys
    ]
    if not parts:
        return []
    rows = db.session.execute(union_all(*parts)).all()
    return sorted({row.id: _person(row) for row in rows}.values(), key=lambda person: person.id)


def houses_at(place_keys: Sequence[bytes]) -> dict[bytes, UUID]:
    """The oldest house of each key."""
    if not place_keys:
        return {}
    rows = db.session.execute(
        select(Property.place_key, Property.id)
        .where(Property.workspace_id == current_workspace_id(), Property.place_key == _among(place_keys))
        .order_by(Property.created_at.desc())
    )
    return dict(map(tuple, rows))


def leads_at(house_ids: Iterable[UUID]) -> list[tuple[KnownLead, KnownPerson]]:
    """The leads at these houses with whose they are."""
    wanted = list(house_ids)
    return _with_people(_leads().where(Lead.property_id == one_among(wanted))) if wanted else []


def leads_called(keys: Sequence[bytes]) -> list[tuple[bytes, KnownLead, KnownPerson]]:
    """The leads that have one of these numbers or references, with the key."""
    if not keys:
        return []
    query = (
        _leads(SearchToken.token)
        .join(SearchToken, (SearchToken.workspace_id == Lead.workspace_id) & (SearchToken.lead_id == Lead.id))
        .where(SearchToken.token == _among(keys))
    )
    final = _final_stages()
    return [(row.token, _lead(row, final), _person(row)) for row in _kept(query)]


def rows_before(row_keys: Sequence[bytes]) -> dict[bytes, tuple[UUID | None, UUID, int, bool]]:
    """Rows of this import or an earlier one that are there already, by the row's key: lead, import, position, and
    whether the lead lies in the bin.

    Not those whose lead has been deleted for good since: who wants it back may bring the file in again.
    """
    rows = db.session.execute(
        select(ImportRow.row_key, ImportRow.lead_id, ImportRow.import_id, ImportRow.position, Lead.shelf)
        .join(Lead, (Lead.workspace_id == ImportRow.workspace_id) & (Lead.id == ImportRow.lead_id))
        .where(
            ImportRow.workspace_id == current_workspace_id(), ImportRow.row_key == _among(row_keys),
            ImportRow.outcome.in_(("created", "joined")), ImportRow.lead_id.is_not(None),
        )
    )  # fmt: skip
    return {row.row_key: (row.lead_id, row.import_id, row.position, row.shelf == "bin") for row in rows}


def _kept(query: Select) -> list[Row]:
    """Without what was thrown away, which joins nothing: asked in the statement it would lead the planner astray."""
    return [row for row in db.session.execute(query) if row.shelf != "bin"]


def _leads(*more):  # type: ignore[no-untyped-def]
    return (
        select(*_LEAD, *_PERSON, *more)
        .join(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
        .where(Lead.workspace_id == current_workspace_id())
    )


def _with_people(query: Select) -> list[tuple[KnownLead, KnownPerson]]:
    final = _final_stages()
    return [(_lead(row, final), _person(row)) for row in _kept(query)]


def _final_stages() -> set[UUID]:
    return {stage.id for stage in known_stages() if stage.is_final}


def _lead(row: Row, final: set[UUID]) -> KnownLead:
    is_open = row.shelf == "desk" and row.stage_id not in final
    return KnownLead(row.lead_id, row.contact_id, row.property_id, is_open, row.created_at.date())


def _person(row: Row) -> KnownPerson:
    name = cipher().open(row.name_sealed, "contacts", "name_sealed", row.id) or ""
    return KnownPerson(row.id, name, row.email_key, row.phone_key)


def _among(keys: Sequence[bytes]):  # type: ignore[no-untyped-def]
    return any_(literal(list(dict.fromkeys(keys)), ARRAY(LargeBinary)))
