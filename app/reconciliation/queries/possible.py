"""Customers of Squeegee's last export that a lead might be: by reference, number or house."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, any_, func, literal, select, union
from sqlalchemy.dialects.postgresql import ARRAY

from app.contacts.models import place_key
from app.core import phones, postcodes
from app.core.keyring import cipher, search_index
from app.core.models import fixed
from app.core.search_index import name_words
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.reconciliation.models import Discrepancy, SqueegeeCustomer
from app.squeegee.mapping import LeadFacts

#: More than these of one lead help nobody; a landlord may have a hundred.
MOST_OF_A_LEAD = 5
_MOST = 500
_AGREEING = {"reference": "reference", "phone": "number", "house": "house", "name": "name"}
_NOT_LEADS = (
    select(func.array_agg(Discrepancy.lead_id))
    .where(
        Discrepancy.workspace_id == SqueegeeCustomer.workspace_id, Discrepancy.customer_id == SqueegeeCustomer.id,
        Discrepancy.resolution == fixed("not_same"),
    )
    .correlate(SqueegeeCustomer)
    .scalar_subquery()
    .label("not_leads")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PossibleCustomer:
    """A customer in Squeegee's last export. `by`: what agrees, of reference, phone, house, name."""

    customer_id: UUID
    ref: str
    name: str
    address: str
    by: tuple[str, ...]

    @property
    def agreement(self) -> str:
        """What agrees, in words: "Same number and house"."""
        words = [_AGREEING[each] for each in self.by]
        return f"Same {', '.join(words[:-1])}{' and ' if len(words) > 1 else ''}{words[-1]}"


def possible_customers(leads: Sequence[LeadFacts]) -> dict[UUID, list[PossibleCustomer]]:
    """For each of the leads the customers that it might be, those that agree in most first; at most five each.

    One statement for all. Leads without any are not in the answer. A shared number (a landlord's) or a house with
    other people in it is no more than possible: `by` says what agrees.
    """
    wanted = {facts.id: _keys(facts) for facts in leads}
    rows = _customers(wanted.values())
    found: dict[UUID, list[PossibleCustomer]] = defaultdict(list)
    for facts in leads:
        for row in rows:
            by = () if facts.id in row.not_leads else _agreeing(wanted[facts.id], row)
            if by:
                same_name = _names_meet(facts.name, row.name)
                found[facts.id].append(
                    PossibleCustomer(row.id, row.ref, row.name, row.address, (*by, "name") if same_name else by)
                )
    return {
        lead_id: sorted(customers, key=lambda each: -len(each.by))[:MOST_OF_A_LEAD]
        for lead_id, customers in found.items()
    }


def reference_key(reference: str | None) -> bytes | None:
    """The blind index of a reference, spaces and case aside; None for a blank one."""
    plain = re.sub(r"\s+", "", reference or "").casefold()
    return search_index().exact("lead_number", plain) if plain else None


def number_key(number: str | None) -> bytes | None:
    """The blind index of a phone number's last nine digits; None for what is no number."""
    phone = phones.parse(number)
    return search_index().exact("phone", phone.match_key) if phone else None


@dataclass(frozen=True, slots=True)
class _Keys:
    ref: bytes | None
    phone: bytes | None
    place: bytes | None


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    ref: str
    name: str
    address: str
    ref_key: bytes | None
    numbers: frozenset[bytes]
    place_key: bytes | None
    #: Leads of which a person has said that this customer is not them.
    not_leads: frozenset[UUID]


def _keys(facts: LeadFacts) -> _Keys:
    return _Keys(
        reference_key(facts.number), number_key(facts.phone),
        place_key(facts.line1, postcodes.parse(facts.postcode), facts.line2),
    )


def _customers(wanted: Iterable[_Keys]) -> list[_Row]:
    keys = list(wanted)
    refs, numbers, places = (
        list({key for each in keys if (key := getattr(each, part))}) for part in ("ref", "phone", "place")
    )
    if not (refs or numbers or places):
        return []
    table = SqueegeeCustomer
    arms = [
        select(table.id).where(table.workspace_id == current_workspace_id(), table.gone_at.is_(None), _in(column, held))
        for column, held in (
            (table.ref_key, refs), (table.phone_key, numbers), (table.mobile_key, numbers), (table.place_key, places)
        )
    ]  # fmt: skip
    query = select(
        table.id, table.ref_sealed, table.name_sealed, table.address_sealed, table.ref_key, table.phone_key,
        table.mobile_key, table.place_key, _NOT_LEADS,
    ).where(table.workspace_id == current_workspace_id(), table.id.in_(union(*arms).subquery().select()))  # fmt: skip
    opener = cipher()

    def opened(row: object, name: str) -> str:
        blob = getattr(row, f"{name}_sealed")
        return opener.open(blob, table.__tablename__, f"{name}_sealed", row.id) if blob is not None else ""  # type: ignore[attr-defined]

    return [
        _Row(
            row.id, opened(row, "ref"), opened(row, "name"), opened(row, "address"), row.ref_key,
            frozenset(key for key in (row.phone_key, row.mobile_key) if key), row.place_key,
            frozenset(row.not_leads or ()),
        )
        for row in db.session.execute(query.order_by(table.created_at.desc(), table.id).limit(_MOST))
    ]  # fmt: skip


def _in(column: object, keys: Sequence[bytes]) -> ColumnElement[bool]:
    return column == any_(literal(list(keys), ARRAY(LargeBinary)))  # type: ignore[return-value]


def _agreeing(keys: _Keys, row: _Row) -> tuple[str, ...]:
    agreements = (
        ("reference", keys.ref is not None and keys.ref == row.ref_key),
        ("phone", keys.phone is not None and keys.phone in row.numbers),
        ("house", keys.place is not None and keys.place == row.place_key),
    )
    return tuple(name for name, agrees in agreements if agrees)


def _names_meet(ours: str, theirs: str) -> bool:
    return bool({word for word in name_words(ours) if len(word) > 1} & set(name_words(theirs)))
