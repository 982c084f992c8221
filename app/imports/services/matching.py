"""Which rows belong to somebody and something that is there already, in the database or higher up in the file.

People are joined as an enquiry taken in by one of us is (contacts.services.join); besides, who has the same name at the
same house is the same person, since tables of customers often have no email and no number. A row is a lead that is
there when it has its reference and its person, or its person and its house while that lead is open or came in on the
same day. A file of Squeegee's customers names customers, not enquiries: there person and house alone decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.contacts.services import contradicts, same_person
from app.core.ids import new_id
from app.imports.services.keys import Keys, same_householder
from app.imports.services.known import (
    KnownLead,
    KnownPerson,
    houses_at,
    leads_at,
    leads_called,
    people_with,
    rows_before,
)
from app.imports.services.rows import RowFacts
from app.imports.services.setting import Setting


@dataclass(slots=True)
class ReadRow:
    """A row on its way: where it stands, what it says, its keys."""

    row_id: UUID
    position: int
    facts: RowFacts
    keys: Keys


@dataclass(slots=True)
class Decision:
    """What a row is: "ready", "duplicate" or "invalid", and the person, house and lead it belongs to."""

    row: ReadRow
    finding: str
    person: KnownPerson | None = None
    house_id: UUID | None = None
    lead_id: UUID | None = None
    makes_house: bool = False
    makes_person: bool = False
    #: The very same row was brought in before.
    is_repeat: bool = False
    codes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def problems(self) -> list[dict[str, Any]]:
        """What to say of the row."""
        return [*self.row.facts.problems, *self.codes]


class Book:
    """Who and what is known: what the database had when it was asked, and what the rows so far bring."""

    def __init__(self, setting: Setting, import_id: UUID) -> None:
        self._setting, self._import_id = setting, import_id
        self._people: dict[UUID, KnownPerson] = {}
        self._by_key: dict[bytes, list[KnownPerson]] = {}
        self._houses: dict[bytes, UUID] = {}
        self._leads: dict[UUID, list[KnownLead]] = {}
        self._by_reference: dict[bytes, list[tuple[KnownLead, KnownPerson]]] = {}
        self._rows: dict[bytes, tuple[UUID | None, UUID, int, bool]] = {}

    def load(self, rows: Sequence[ReadRow]) -> None:
        """Ask the database about all rows of a piece."""
        keys = [row.keys for row in rows if not row.facts.is_invalid]
        people = people_with([k.email for k in keys if k.email], [k.phone for k in keys if k.phone])
        for person in people:
            self._take_person(person)
        houses = houses_at([k.place for k in keys if k.place and k.place not in self._houses])
        self._houses |= houses
        for lead, person in leads_at(houses.values()):
            self._take_person(person)
            self._leads.setdefault(lead.property_id, []).append(lead)
        for key, lead, person in leads_called([k.reference for k in keys if k.reference]):
            self._call(key, lead, self._take_person(person))
        for key, found in rows_before([k.row for k in keys]).items():
            self._rows.setdefault(key, found)

    def decide(self, row: ReadRow) -> Decision:
        """What the row is. What it brings is known to the rows after it."""
        if row.facts.is_invalid:
            return Decision(row, "invalid")
        repeated = self._rows.get(row.keys.row)
        if repeated is not None:
            lead_id, import_id, position, is_binned = repeated
            code: dict[str, Any] = {"code": "seen_binned" if is_binned else "seen_before"}
            if import_id == self._import_id:
                code = {"code": "same_row", "row": position}
            return Decision(row, "duplicate", lead_id=lead_id, is_repeat=True, codes=[{"field": "row", **code}])
        decision = self._by_its_reference(row) or self._by_person_and_house(row)
        self._rows[row.keys.row] = (decision.lead_id, self._import_id, row.position, False)
        return decision

    def _by_its_reference(self, row: ReadRow) -> Decision | None:
        called = self._by_reference.get(row.keys.reference, ()) if row.keys.reference else ()
        theirs = next((each for each in called if same_person(each[1].name, row.facts.name)), None)
        if theirs is None:
            if called:
                row.facts.tell("reference", "reference_taken")
            return None
        lead, person = theirs
        self._fill(person, row.keys)
        return Decision(
            row, "duplicate", person, lead.property_id, lead.id, codes=[_there("reference_there", lead)]
        )  # fmt: skip

    def _by_person_and_house(self, row: ReadRow) -> Decision:
        house_id = self._houses.get(row.keys.place) if row.keys.place else None
        person = self._person(row, house_id)
        made = Decision(row, "ready", person, house_id, makes_person=person is None, makes_house=house_id is None)
        if person is not None:
            self._fill(person, row.keys)
            there = self._lead_there(row, person, house_id)
            if there is not None:
                made.finding, made.lead_id = "duplicate", there.id
                made.codes.append(_there("lead_there", there))
                return made
            if not person.is_new:
                made.codes.append({"field": "name", "code": "joins_contact"})
        self._add(made)
        return made

    def _person(self, row: ReadRow, house_id: UUID | None) -> KnownPerson | None:
        keys, name = row.keys, row.facts.name
        for key in (keys.email, keys.phone):
            for person in self._by_key.get(key, ()) if key else ():
                if not contradicts(person, keys.email, keys.phone) and same_person(person.name, name):
                    return person
        for lead in self._leads.get(house_id, ()) if house_id else ():
            person = self._people[lead.contact_id]
            if not contradicts(person, keys.email, keys.phone) and same_householder(person.name, name):
                return person
        return None

    def _lead_there(self, row: ReadRow, person: KnownPerson, house_id: UUID | None) -> KnownLead | None:
        day = row.facts.created_at.date() if row.facts.created_at else None
        for lead in self._leads.get(house_id, ()) if house_id else ():
            if lead.contact_id == person.id and (self._setting.layout == "squeegee" or lead.is_open or lead.day == day):
                return lead
        return None

    def _add(self, made: Decision) -> None:
        """Keep what the row is about to make."""
        row, facts = made.row, made.row.facts
        if made.person is None:
            made.person = self._take_person(
                KnownPerson(new_id(), facts.name, row.keys.email, row.keys.phone, is_new=True)
            )  # fmt: skip
        if made.house_id is None:
            made.house_id = new_id()
            if row.keys.place:
                self._houses[row.keys.place] = made.house_id
        made.lead_id = new_id()
        is_open = facts.stage_id not in self._setting.final
        day = (facts.created_at or self._setting.now).date()
        lead = KnownLead(made.lead_id, made.person.id, made.house_id, is_open, day, row.position)
        self._leads.setdefault(made.house_id, []).append(lead)
        if row.keys.reference:
            self._call(row.keys.reference, lead, made.person)

    def _call(self, key: bytes, lead: KnownLead, person: KnownPerson) -> None:
        """Keep that a lead has this reference, which others may have too."""
        called = self._by_reference.setdefault(key, [])
        if all(each.id != lead.id for each, _ in called):
            called.append((lead, person))

    def _fill(self, person: KnownPerson, keys: Keys) -> None:
        """A known person's blanks are filled by what the row has."""
        for name, key in (("email_key", keys.email), ("phone_key", keys.phone)):
            if key and getattr(person, name) is None:
                setattr(person, name, key)
                self._by_key.setdefault(key, []).append(person)
                person.gains = True

    def _take_person(self, person: KnownPerson) -> KnownPerson:
        if person.id not in self._people:
            self._people[person.id] = person
            for key in filter(None, (person.email_key, person.phone_key)):
                self._by_key.setdefault(key, []).append(person)
        return self._people[person.id]


def _there(code: str, lead: KnownLead) -> dict[str, Any]:
    """What to say of a lead that is there: higher up in the file, or on the desk."""
    if lead.position is None:
        return {"field": "row", "code": code}
    return {"field": "row", "code": f"{code}_in_file", "row": lead.position}
