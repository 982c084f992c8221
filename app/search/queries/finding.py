"""Finding while somebody types: blind tokens narrow down, each candidate is opened and checked before it is shown.

Leads are found and cut off by one index each way (by name, by address, by number), newest first; only these few are
then read. So a search costs the same among a hundred leads and among a hundred thousand.
"""

from datetime import date
from functools import cache, cached_property
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, exists, select, union
from sqlalchemy.orm import aliased

from app.contacts.models import Contact, Property
from app.core import phones
from app.core.keyring import cipher, search_index
from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, SearchToken, Stage
from app.leads.queries.cards import what_is_wanted
from app.search.queries.found import Found, FoundHouse, FoundLead, FoundPerson, marked
from app.search.queries.nearly import nearly
from app.search.queries.typed import Typed, read, years_written

LEADS_SHOWN = 8
OTHERS_SHOWN = 4
#: Candidates of each way of being found; more where tokens say less than what was typed.
CANDIDATES, CANDIDATES_CUT = 24, 60
#: Fewer leads than these, and names that are nearly spelt so are looked for as well.
FEW = 3

SHOWN = (
    select(
        Lead.id, Lead.number, Lead.sector, Lead.district, Lead.service, Lead.frequency, Lead.property_type,
        Lead.bedrooms, Lead.contact_id, Lead.property_id, Contact.name_sealed, Contact.email_sealed,
        Contact.phone_sealed, Property.address_line1_sealed, Property.town_sealed, Property.postcode_sealed,
        Stage.name.label("stage_name"), Stage.colour,
    )
    .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
    .join(Property, and_(Property.workspace_id == Lead.workspace_id, Property.id == Lead.property_id))
    .join(Stage, and_(Stage.workspace_id == Lead.workspace_id, Stage.id == Lead.stage_id))
    .where(Lead.workspace_id == bindparam("here"))
)  # fmt: skip


def find(text: str, prefix: str, year_format: str, today: date) -> Found:
    """Leads, people and houses by beginnings of names or streets in any order, email, last digits of a phone, part of
    a postcode, or the number of a lead; whole words first, then the newest.

    `prefix` and `year_format` are how the workspace writes lead numbers.
    """
    typed = read(text, search_index(), prefix, years_written(today, year_format))
    if typed.is_blank:
        return Found(typed.text)
    fitting = []
    statement = _statement(len(typed.words), bool(typed.token), bool(typed.numbers))
    for row in db.session.execute(statement, _values(typed)):
        candidate = Candidate(row)
        why = typed.why(candidate)
        if why:
            fitting.append((_rank(why, candidate, typed.text), candidate, why))
    fitting.sort(key=lambda fit: fit[0])
    near = nearly(typed.text) if typed.words and len(fitting) < FEW else []
    seen = {candidate.row.id for _, candidate, _ in fitting}
    return Found(
        typed.text,
        [_lead(candidate, typed.text, why) for _, candidate, why in fitting[:LEADS_SHOWN]],
        _people(fitting, typed.text),
        _houses(fitting, typed.text),
        [lead for lead in near if lead.id not in seen],
        has_looked=True,
    )


class Candidate:
    """A row of SHOWN. What is sealed of it is opened when it is first asked for, which for most is never."""

    def __init__(self, row: Row[Any]) -> None:
        self.row = row
        self.number: str = row.number

    def _open(self, table: str, column: str, row_id: Any) -> str:
        return cipher().open(getattr(self.row, column), table, column, row_id) or ""

    @cached_property
    def name(self) -> str:
        """The customer's name."""
        return self._open("contacts", "name_sealed", self.row.contact_id)

    @cached_property
    def email(self) -> str:
        """Their email address, or ""."""
        return self._open("contacts", "email_sealed", self.row.contact_id)

    @cached_property
    def phone(self) -> str:
        """Their number in E.164, or ""."""
        return self._open("contacts", "phone_sealed", self.row.contact_id)

    @cached_property
    def postcode(self) -> str:
        """The postcode of the house as far as it is known."""
        return self._open("properties", "postcode_sealed", self.row.property_id)

    @cached_property
    def address(self) -> str:
        """First line and town of the house, as far as they are known."""
        lines = (
            self._open("properties", column, self.row.property_id) for column in ("address_line1_sealed", "town_sealed")
        )
        return ", ".join(filter(None, lines))


def lead_of(candidate: Candidate, text: str = "", what: str = "") -> FoundLead:
    """A candidate as it is shown; `what` instead of what is wanted."""
    row = candidate.row
    wanted = what or what_is_wanted(row.service, row.frequency, row.property_type, row.bedrooms)
    place = row.sector or row.district or ""
    return FoundLead(row.id, row.number, marked(candidate.name, text), wanted, place, row.stage_name, row.colour)


def _lead(candidate: Candidate, text: str, why: str) -> FoundLead:
    """The line says by what the lead was found, unless the name says it."""
    if why == "name":
        return lead_of(candidate, text)
    if why == "phone":
        return lead_of(candidate, what=_spoken(candidate.phone))
    if why == "email":
        return lead_of(candidate, what=candidate.email)
    return lead_of(candidate, what=candidate.address if why != "number" else "")


def _spoken(phone: str) -> str:
    return phones.format_national(phone) if phone else ""


def _rank(why: str, candidate: Candidate, text: str) -> int:
    """0 for what is exactly meant, 1 for beginnings of names, 2 for addresses. Sorting keeps the newest first."""
    if why == "name":
        words = set(candidate.name.casefold().split())
        return 0 if all(word in words for word in text.casefold().split()) else 1
    return 2 if why == "address" else 0


Fitting = list[tuple[int, Candidate, str]]


def _people(fitting: Fitting, text: str) -> list[FoundPerson]:
    """The people of the leads found by a name, a number or an address of mail, each once."""
    theirs: dict[Any, list[tuple[Candidate, str]]] = {}
    for _, candidate, why in fitting:
        if why in ("name", "email", "phone"):
            theirs.setdefault(candidate.row.contact_id, []).append((candidate, why))
    people = []
    for contact_id, leads in list(theirs.items())[:OTHERS_SHOWN]:
        candidate, why = leads[0]
        reach = candidate.email if why == "email" else _spoken(candidate.phone) or candidate.email
        name = marked(candidate.name, text if why == "name" else "")
        people.append(FoundPerson(contact_id, name, reach, len(leads)))
    return people


def _houses(fitting: Fitting, text: str) -> list[FoundHouse]:
    """The houses of the leads found by an address or a postcode, each once."""
    held: dict[Any, list[Candidate]] = {}
    for _, candidate, why in fitting:
        if why in ("address", "postcode") and candidate.address:
            held.setdefault(candidate.row.property_id, []).append(candidate)
    return [
        FoundHouse(property_id, marked(leads[0].address, text), leads[0].postcode, len(leads))
        for property_id, leads in list(held.items())[:OTHERS_SHOWN]
    ]  # fmt: skip


def _values(typed: Typed) -> dict[str, Any]:
    many = CANDIDATES_CUT if typed.is_cut else CANDIDATES
    values: dict[str, Any] = {"here": current_workspace_id(), "many": many}
    if typed.token:
        values["token"] = typed.token
    if typed.numbers:
        values |= {"number": typed.numbers[0], "other_number": typed.numbers[-1]}
    for place, (name, address) in enumerate(typed.words):
        values |= {f"name{place}": name, f"address{place}": address or name}
    return values


@cache
def _statement(words: int, has_token: bool, has_numbers: bool) -> Select[Any]:
    """The statement for one shape of what was typed; there are seven."""
    ways = []
    if words:
        ways += [_having(f"{kind}0", words) for kind in ("name", "address")]
    if has_token:
        ways.append(_having("token", 1))
    if has_numbers:
        numbered = Lead.number.in_([bindparam("number"), bindparam("other_number")])
        ways.append(
            select(Lead.id.label("lead_id")).where(
                Lead.workspace_id == bindparam("here"), numbered, Lead.shelf == fixed("desk")
            )
        )
    newest = (union(*(way.subquery().select() for way in ways)) if len(ways) > 1 else ways[0]).subquery("newest")
    return SHOWN.join(newest, Lead.id == newest.c.lead_id).order_by(Lead.id.desc())


def _having(token: str, words: int) -> Select[Any]:
    """The newest leads on the desk with the bound token and, for each further word, one of its tokens."""
    query = (
        select(SearchToken.lead_id)
        .join(Lead, and_(Lead.workspace_id == SearchToken.workspace_id, Lead.id == SearchToken.lead_id))
        .where(
            SearchToken.workspace_id == bindparam("here"), SearchToken.token == bindparam(token),
            Lead.shelf == fixed("desk"),
        )
        .order_by(SearchToken.lead_id.desc())
        .limit(bindparam("many"))
    )  # fmt: skip
    for place in range(1, words):
        other = aliased(SearchToken)
        either = other.token.in_([bindparam(f"name{place}"), bindparam(f"address{place}")])
        query = query.where(
            exists().where(other.workspace_id == SearchToken.workspace_id, other.lead_id == SearchToken.lead_id, either)
        )
    return query
