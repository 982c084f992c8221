"""What a lead and the customers that it may be amount to: agreement, or something for a person."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from app.reconciliation.services.gathering import Ours, Theirs
from app.reconciliation.services.judging import Judgement, judge, pick
from app.reconciliation.services.people import Party, compare_names

#: A customer added so long before an enquiry was one already when they asked: they may want something more.
_OLDER = timedelta(days=2)
#: So long before an export was brought in a hand-over may have been too late for it.
_TOO_FRESH = timedelta(days=1)
#: Who was handed over longer ago and is not there has most likely left; an export need not hold those.
_LONG_AGO = timedelta(days=180)
#: With more than this one house has other troubles.
_MOST_AT_A_HOUSE = 12


@dataclass(frozen=True, slots=True)
class Finding:
    """A discrepancy that there should be. `key` makes it the same when it is found again."""

    kind: str
    key: str
    lead_id: UUID | None
    customer_id: UUID | None
    score: int | None = None
    reasons: tuple[str, ...] = ()


@dataclass(slots=True)
class Found:
    """What came of comparing: discrepancies by key, and which customer is which lead beyond doubt, and by what."""

    findings: dict[str, Finding] = field(default_factory=dict)
    links: dict[UUID, tuple[UUID, str]] = field(default_factory=dict)

    def add(self, kind: str, *, lead: UUID | None = None, customer: UUID | None = None, by: Judgement | None = None,
            key: str = "") -> None:  # fmt: skip
        """Note a discrepancy."""
        key = key or "/".join([kind, *(str(each) for each in (lead, customer) if each)])
        score, reasons = (by.score, by.reasons) if by else (None, ())
        self.findings[key] = Finding(kind, key, lead, customer, score, reasons)


class Directory:
    """Customers by what they can be found by: reference, number, postcode, street, house name."""

    def __init__(self, customers: Iterable[Theirs]) -> None:
        self._found: dict[tuple[str, object], list[Theirs]] = defaultdict(list)
        for customer in customers:
            for key in _keys(customer.party):
                self._found[key].append(customer)

    def like(self, lead: Ours) -> list[Theirs]:
        """The customers that are worth comparing with a lead, once each."""
        found = {each.id: each for key in _keys(lead.party) for each in self._found.get(key, ())}
        return list(found.values())


def find(
    leads: Sequence[Ours], customers: Sequence[Theirs], said: Mapping[tuple[UUID, UUID], bool], exported_at: datetime
) -> Found:
    """Compare leads with customers. `said`: what people said of pairs (lead, customer), the same or not.

    `exported_at`: when the export was brought in.
    """
    found = Found()
    present = Directory(each for each in customers if not each.is_gone)
    gone = {each.lead_id: each for each in customers if each.is_gone and each.lead_id}
    for lead in leads:
        judged = pick((each, _judged(lead, each, said)) for each in present.like(lead))
        best = judged[0] if judged else None
        if best is not None and best[1].is_certain:
            for customer, by in judged:
                found.links[customer.id] = (lead.id, by.reasons[0] if by.reasons else "person")
        _note(found, lead, judged, gone.get(lead.id), exported_at)
    return found


def duplicates(customers: Sequence[Theirs]) -> Iterator[tuple[Theirs, Theirs, Judgement]]:
    """Customers that stand in Squeegee twice: the same house, and the same name or number. The older one first."""
    at: dict[tuple[object, ...], list[Theirs]] = defaultdict(list)
    for each in customers:
        house = each.party.house
        if not each.is_gone and house.number and house.street and (house.unit or house.town):
            at[house.number, house.flat, house.street, house.unit or house.town].append(each)
    for here in at.values():
        ranked = sorted(here[:_MOST_AT_A_HOUSE], key=lambda each: (each.created_at, each.id))
        for place, first in enumerate(ranked):
            for second in ranked[place + 1 :]:
                name = compare_names(first.party.name, second.party.name)
                has_number = bool(first.party.numbers & second.party.numbers)
                if name == "same" or (has_number and name not in ("other", "unknown")):
                    said = ("house", *(("name",) if name == "same" else ()), *(("phone",) if has_number else ()))
                    yield first, second, Judgement(95 if len(said) > 2 else 80, said)


def _note(
    found: Found, lead: Ours, judged: Sequence[tuple[Theirs, Judgement]], gone: Theirs | None, exported_at: datetime
) -> None:  # fmt: skip
    certain = [each for each in judged if each[1].is_certain]
    if lead.group == "there":
        if not certain:
            _note_absent(found, lead, judged, gone, exported_at)
    elif lead.is_on_its_way:
        return
    elif certain and not _asks_again(lead, certain[0]):
        found.add("still_chased", lead=lead.id, customer=certain[0][0].id, by=certain[0][1])
    elif judged:
        _ask(found, lead, judged)
    elif lead.group == "ready":
        found.add("not_there", lead=lead.id)


def _note_absent(
    found: Found, lead: Ours, judged: Sequence[tuple[Theirs, Judgement]], gone: Theirs | None, exported_at: datetime
) -> None:  # fmt: skip
    """A lead that was handed over, and is not found beyond doubt."""
    if gone is not None:
        found.add("gone", lead=lead.id, customer=gone.id)
    elif exported_at - _LONG_AGO < lead.since < exported_at - _TOO_FRESH:
        if judged:
            _ask(found, lead, judged)
        else:
            found.add("not_there", lead=lead.id)


def _ask(found: Found, lead: Ours, judged: Sequence[tuple[Theirs, Judgement]]) -> None:
    for customer, by in judged:
        older = ("older",) if lead.group != "there" and _is_older(lead, customer) else ()
        by = replace(by, reasons=(*by.reasons, *older))
        found.add("perhaps", lead=lead.id, customer=customer.id, by=by)


def _asks_again(lead: Ours, certain: tuple[Theirs, Judgement]) -> bool:
    """Whether a customer of old has asked for something: nobody but a person can tell whether that is settled."""
    return _is_older(lead, certain[0]) and "person" not in certain[1].reasons


def _is_older(lead: Ours, customer: Theirs) -> bool:
    return customer.added_on is not None and customer.added_on < (lead.created_at - _OLDER).date()


def _judged(lead: Ours, customer: Theirs, said: Mapping[tuple[UUID, UUID], bool]) -> Judgement:
    word = said.get((lead.id, customer.id))
    if word is None:
        return judge(lead.party, customer.party)
    return Judgement(100, ("person",)) if word else Judgement(0, ())


def _keys(party: Party) -> Iterator[tuple[str, object]]:
    house = party.house
    yield from (("ref", each) for each in party.references)
    yield from (("number", each) for each in party.numbers)
    if house.unit:
        yield "unit", house.unit
    if house.street:
        yield "street", (house.number, house.street)
    if house.name:
        yield "house", house.name
