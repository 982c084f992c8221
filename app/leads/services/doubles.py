"""Whether somebody who is about to be added has an open lead already, as far as the person at the desk may see."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, select, union

from app.contacts.models import Contact, Property
from app.contacts.services import same_person
from app.core import email_addresses, phones, postcodes
from app.core.keyring import cipher, search_index
from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, SearchToken, Stage

#: So many are named; a number with more open leads than that belongs to an agency, and the first say enough.
MOST = 3
#: Leads of one key, or of one whole postcode (some fifteen houses), that are opened and looked at, the newest first.
_CANDIDATES = 40


@dataclass(frozen=True, slots=True)
class Double:
    """An open lead of somebody who may be the same; `by` says by what: phone, email or place. `is_same_name` is whether
    the name that was typed fits theirs (also while none is typed); `elsewhere` the postcode of the lead's house where
    another was typed, else "".
    """

    id: UUID
    number: str
    name: str
    stage_name: str
    by: str
    is_same_name: bool
    elsewhere: str = ""


def open_doubles(name: str, phone: str, email: str, postcode: str) -> list[Double]:
    """The open leads whose customer has this number or this email, or this name at this whole postcode, newest first.

    Each is as typed, so far; what can't be read yet finds nothing. One statement, by blind keys, within the scope of
    the person who types: a lead that they may not see is not hinted at.
    """
    keys = _keys(phone, email, postcode if name.strip() else "")
    if not keys:
        return []
    found = {}
    for row in db.session.execute(_statement(tuple(keys)), {**keys, "here": current_workspace_id()}):
        double = _double(row, keys, name)
        if double is not None:
            found.setdefault(double.id, double)
    return list(found.values())[:MOST]


def _keys(phone: str, email: str, postcode: str) -> dict[str, bytes]:
    index = search_index()
    number, address = phones.parse(phone), email_addresses.parse(email)
    place = postcodes.parse_outward_or_full(postcode)
    keys = {}
    if number is not None:
        keys["phone"] = index.exact("phone", number.match_key)
    if address is not None:
        keys["email"] = index.exact("email", address)
    if place is not None and place.unit is not None:
        keys["place"] = index.postcode_query_token(place.text) or b""
    return keys


_SHOWN = (
    select(
        Lead.id, Lead.number, Lead.contact_id, Lead.property_id, Contact.name_sealed, Contact.email_key,
        Contact.phone_key, Property.postcode_sealed, Stage.name.label("stage_name"),
    )
    .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
    .join(Property, and_(Property.workspace_id == Lead.workspace_id, Property.id == Lead.property_id))
    .join(Stage, and_(Stage.workspace_id == Lead.workspace_id, Stage.id == Lead.stage_id))
    .where(Lead.workspace_id == bindparam("here"), Stage.is_final.is_(False))
)  # fmt: skip


@cache
def _statement(ways: tuple[str, ...]) -> Select[Any]:
    """The statement for the keys there are."""
    each = [_newest(way).subquery().select() for way in ways]
    found = (union(*each) if len(each) > 1 else each[0]).subquery("found")
    return _SHOWN.join(found, Lead.id == found.c.id).order_by(Lead.id.desc())


def _newest(way: str) -> Select[Any]:
    query = select(Lead.id).where(Lead.workspace_id == bindparam("here"), Lead.shelf == fixed("desk"))
    if way == "place":
        of_lead = and_(SearchToken.workspace_id == Lead.workspace_id, SearchToken.lead_id == Lead.id)
        query = query.join(SearchToken, of_lead).where(SearchToken.workspace_id == bindparam("here"))
    else:
        of_contact = and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id)
        query = query.join(Contact, of_contact).where(Contact.workspace_id == bindparam("here"))
    return query.where(_COLUMNS[way] == bindparam(way)).order_by(Lead.id.desc()).limit(_CANDIDATES)


_COLUMNS: dict[str, ColumnElement[Any]] = {
    "phone": Contact.phone_key, "email": Contact.email_key, "place": SearchToken.token
}  # type: ignore[dict-item]  # fmt: skip


def _double(row: Any, keys: dict[str, bytes], name: str) -> Double | None:
    """The lead of a row, if it fits when it is opened: short tokens can agree by chance."""
    known = cipher().open(row.name_sealed, "contacts", "name_sealed", row.contact_id) or ""
    is_same_name = not name.strip() or same_person(known, name)
    by = next((way for way in ("phone", "email") if way in keys and getattr(row, f"{way}_key") == keys[way]), None)
    blob = row.postcode_sealed if "place" in keys else None
    postcode = cipher().open(blob, "properties", "postcode_sealed", row.property_id) if blob else None
    is_here = bool(postcode) and search_index().postcode_query_token(postcode) == keys["place"]
    if by is None and not (is_same_name and is_here):
        return None
    elsewhere = "" if is_here else postcode or ""
    return Double(row.id, row.number, known, row.stage_name, by or "place", is_same_name, elsewhere)
