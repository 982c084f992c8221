"""Search while typing: blind tokens narrow down, then each candidate is opened and checked before it is shown."""

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import aliased

from app.contacts.models import Contact, Property
from app.core import email_addresses
from app.core.keyring import cipher, search_index
from app.core.search_index import name_matches, phone_matches, postcode_matches
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, SearchToken, Stage

SHOWN = 12
#: Candidates opened at most: tokens are truncated, so a few may turn out to be somebody else.
CANDIDATES = 60
_NUMBER = re.compile(r"^[A-Za-z]{1,6}-\d{2,4}-\d{1,7}$")


_SHOWN = (
    select(
        Lead.id, Lead.number, Lead.sector, Lead.district, Lead.contact_id, Lead.property_id, Contact.name_sealed,
        Contact.email_sealed, Contact.phone_sealed, Property.postcode_sealed, Stage.name.label("stage_name"),
        Stage.colour,
    )
    .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
    .join(Property, and_(Property.workspace_id == Lead.workspace_id, Property.id == Lead.property_id))
    .join(Stage, and_(Stage.workspace_id == Lead.workspace_id, Stage.id == Lead.stage_id))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """One hit: enough to recognise the lead."""

    id: UUID
    number: str
    name: str
    place: str
    stage_name: str
    stage_colour: str


def search_leads(typed: str) -> list[Found]:
    """Leads by beginnings of names in any order, email, last digits of a phone, part of a postcode, or number.

    The newest first, at most twelve. Fewer than two characters find nothing.
    """
    typed = typed.strip()[:100]
    if len(typed) < 2:
        return []
    tokens, fits = _plan(typed)
    if not tokens:
        return []
    rows = db.session.execute(_candidates(tokens))
    hits = []
    for row in rows:
        if fits(row):
            hits.append(_found(row))
            if len(hits) == SHOWN:
                break
    return hits


def _plan(typed: str) -> tuple[list[bytes], object]:
    index = search_index()
    email = email_addresses.parse(typed) if "@" in typed else None
    if email:
        return [index.exact("email", email)], lambda row: _open(row, "email") == email
    if _NUMBER.match(typed):
        number = typed.upper()
        return [index.exact("lead_number", number)], lambda row: row.number == number
    postcode = index.postcode_query_token(typed) if any(c.isdigit() for c in typed) else None
    if postcode and typed[0].isalpha():
        return [postcode], lambda row: postcode_matches(_open_postcode(row) or "", typed)
    digits = index.phone_query_token(typed) if not any(c.isalpha() for c in typed) else None
    if digits:
        return [digits], lambda row: phone_matches(_open(row, "phone") or "", typed)
    return index.query_tokens(typed), lambda row: name_matches(_open(row, "name"), typed)


def _candidates(tokens: list[bytes]) -> Select:
    """The newest leads that have all tokens. They are found and cut off first; only these are then read."""
    here = current_workspace_id()
    having = (
        select(SearchToken.lead_id)
        .where(SearchToken.workspace_id == here, SearchToken.token == tokens[0])
        .order_by(SearchToken.lead_id.desc())
        .limit(CANDIDATES)
    )
    for token in tokens[1:4]:
        other = aliased(SearchToken)
        having = having.join(
            other,
            and_(
                other.workspace_id == SearchToken.workspace_id, other.token == token,
                other.lead_id == SearchToken.lead_id,
            ),
        )  # fmt: skip
    newest = having.subquery("newest")
    return _SHOWN.join(newest, Lead.id == newest.c.lead_id).where(Lead.workspace_id == here).order_by(Lead.id.desc())


def _open(row: object, column: str) -> str | None:
    name = f"{column}_sealed"
    return cipher().open(getattr(row, name), "contacts", name, row.contact_id)


def _open_postcode(row: object) -> str | None:
    return cipher().open(row.postcode_sealed, "properties", "postcode_sealed", row.property_id)


def _found(row: object) -> Found:
    name = _open(row, "name") or ""
    return Found(row.id, row.number, name, row.sector or row.district or "", row.stage_name, row.colour)
