"""A made-up export of Squeegee's customers with leads that are, are not, or only seem to be among them.

What makes it hard is what makes real ones hard: landlords whose houses share a reference and a number, houses whose
people have moved, names misspelt or shortened, postcodes missing or mistyped, addresses without commas. Telephone
numbers are those that Ofcom keeps for drama, each given out once unless people are meant to share it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from app.bench.services.people import DISTRICTS, Household, household

HEADER = ("Cust Ref", "Title", "First Name", "Last Name", "Address Line 1", "Phone", "Mobile", "Source", "Added")
_SHORT = {"Street": "St", "Road": "Rd", "Lane": "Ln", "Close": "Cl", "Drive": "Dr", "Terrace": "Terr", "Grove": "Gr"}
_LANDLINES = ("113496", "114496", "115496", "116496", "117496", "118496", "121496", "131496", "141496", "151496")
_LETTERS = "abdefghijklmnoprstuvwy"


@dataclass(frozen=True, slots=True)
class Asked:
    """A lead to be: who asked, in which stage, and which lines of the export they truly are (none: not there)."""

    who: Household
    stage_key: str
    #: Why it is here: same, other, moved, landlord, namesake.
    case: str
    lines: frozenset[int] = frozenset()
    number: str | None = None


@dataclass(slots=True)
class Synthetic:
    """Leads and the lines of an export; `lines[0]` is the first after the titles."""

    leads: list[Asked] = field(default_factory=list)
    lines: list[tuple[str, ...]] = field(default_factory=list)


def synthesize(seed: int, customers: int, leads: int, today: date) -> Synthetic:
    """As many customers and leads; equal arguments give equal ones. At most 10,000 customers have numbers."""
    return _Maker(Random(seed), today).make(customers, leads)


class _Maker:
    def __init__(self, random: Random, today: date) -> None:
        self.random, self.today = random, today
        self.made = Synthetic()
        self.numbers = self._numbers()
        self.serial = 0

    def make(self, customers: int, leads: int) -> Synthetic:
        """Fill the export; a tenth of the leads' share goes to each of the hard cases."""
        few = leads // 10
        for _ in range(few * 3):
            self._same("quote_sent")
        for _ in range(few):
            self._same("booking_confirmed")
        for _ in range(few):
            self._moved()
        for _ in range(max(few // 2, 1)):
            self._landlord()
        for _ in range(few):
            self._namesake()
        while len(self.made.leads) < leads:
            self.made.leads.append(Asked(self._household(), self.random.choice(("quote_sent", "new")), "other"))
        while len(self.made.lines) < customers:
            self._line(self._household(), str(len(self.made.lines) + 1))
        return self.made

    def _same(self, stage_key: str) -> None:
        """Somebody who asked and is in Squeegee; one in twenty of them twice."""
        who = self._household()
        places = [self._line(self._written(who), self._ref())]
        if self.random.random() < 0.05:
            places.append(self._line(self._written(who), self._ref()))
        self.made.leads.append(Asked(who, stage_key, "same", frozenset(places)))

    def _moved(self) -> None:
        """New people in a house whose old ones are customers; one in ten has the same surname by chance."""
        old, new = self._household(), self._household()
        while new.name.split()[-2] == old.name.split()[-2]:
            new = self._household()
        self._line(self._written(old), self._ref())
        name = f"{new.name.split()[-2]} {old.name.split()[-1]}" if self.random.random() < 0.1 else new.name
        self.made.leads.append(Asked(self._at(replace(new, name=name), old), "quote_sent", "moved"))

    def _landlord(self) -> None:
        """A landlord with several houses under one reference and number, who asks about one more; and a tenant."""
        owner, ref = self._household(), self._ref()
        houses = [self._at(owner, self._household()) for _ in range(self.random.randint(3, 8))]
        for house in houses:
            self._line(house, ref)
        more = self._at(owner, self._near(houses[0]) if self.random.random() < 0.5 else self._household())
        self.made.leads.append(Asked(more, "quote_sent", "landlord"))
        tenant = self._at(self._household(), houses[-1])
        self.made.leads.append(Asked(tenant, "new", "moved"))

    def _namesake(self) -> None:
        """Somebody of the same name in the same street, or at the same number of that street in another town."""
        theirs = self._household()
        self._line(self._written(theirs), self._ref())
        other = self._household()
        if self.random.random() < 0.5:
            ours = self._at(replace(other, name=theirs.name), self._near(theirs))
        else:
            town = self.random.choice([each for each in DISTRICTS if each != theirs.district])
            sector = f"{town} {self.random.randint(1, 5)}"
            ours = replace(
                other, name=theirs.name, line1=theirs.line1, town=DISTRICTS[town], district=town, sector=sector,
                postcode=f"{sector}{theirs.postcode[-2:]}",
            )  # fmt: skip
        self.made.leads.append(Asked(ours, "quote_sent", "namesake"))

    def _household(self) -> Household:
        self.serial += 1
        who = household(self.random, self.serial)
        number = next(self.numbers, None) if who.phone else None
        return replace(who, phone=f"+44{number}" if number else None, phone_as_given=f"0{number}" if number else None)

    def _at(self, who: Household, where: Household) -> Household:
        return replace(
            who, line1=where.line1, town=where.town, district=where.district, sector=where.sector,
            postcode=where.postcode,
        )  # fmt: skip

    def _near(self, where: Household) -> Household:
        number, _, street = where.line1.partition(" ")
        return replace(where, line1=f"{int(number) + self.random.choice((2, 4, -2, 10)) or 3} {street}")

    def _written(self, who: Household) -> Household:
        """The same as another hand would have written it."""
        chance = self.random.random
        name, phone, postcode = who.name, who.phone, who.postcode
        if chance() < 0.2:
            name = self._misspelt(name)
        elif chance() < 0.2:
            name = " ".join([*(word[0] for word in name.split()[:-1] if word[-1] not in "rs"), name.split()[-1]])
        if chance() < 0.25:
            phone = next(self.numbers, None) if chance() < 0.4 else None
            phone = f"+44{phone}" if phone else None
        if chance() < 0.15:
            postcode = ""
        elif chance() < 0.04:
            postcode = postcode[:-1] + self.random.choice("ABDEF")
        return replace(who, name=name, phone=phone, postcode=postcode)

    def _misspelt(self, name: str) -> str:
        first, _, last = name.rpartition(" ")
        place = self.random.randrange(1, len(last))
        how = self.random.random()
        if how < 0.4:
            last = last[:place] + self.random.choice(_LETTERS) + last[place + 1 :]
        elif how < 0.7:
            last = last[:place] + last[place + 1 :]
        else:
            last = last[:place] + last[place] + last[place:]
        return f"{first} {last}"

    def _line(self, who: Household, ref: str) -> int:
        """Add a line of the export; returns its place."""
        title, _, rest = who.name.partition(" ") if who.name.split()[0] in ("Mr", "Mrs", "Ms") else ("", "", who.name)
        first, _, last = rest.rpartition(" ")
        national = f"0{who.phone[3:]}" if who.phone else ""
        is_mobile = national.startswith("07")
        day = self.today - timedelta(days=self.random.randint(0, 1))  # they asked before they were customers
        added = f"{day:%d/%m/%y}" if self.random.random() < 0.9 else ""
        self.made.lines.append(
            (ref, title, first, last, self._address(who), "" if is_mobile else national, national if is_mobile else "",
             self.random.choice(("Canvasser", "Website", "")), added)
        )  # fmt: skip
        return len(self.made.lines) - 1

    def _address(self, who: Household) -> str:
        line1, chance = who.line1, self.random.random
        if chance() < 0.3:
            words = line1.split()
            line1 = " ".join([*words[:-1], _SHORT.get(words[-1], words[-1])])
        postcode = who.postcode.replace(" ", "") if chance() < 0.2 else who.postcode
        parts = [line1, who.town if chance() < 0.9 else "", "Somerset" if chance() < 0.5 else "", postcode]
        return (" " if chance() < 0.2 else ", ").join(part for part in parts if part)

    def _ref(self) -> str:
        self.serial += 1
        return str(10_000 + self.serial)

    def _numbers(self) -> Iterator[str]:
        every = [f"7700900{at:03d}" for at in range(1000)] + [
            f"{start}0{at:03d}" for start in _LANDLINES for at in range(1000)
        ]
        self.random.shuffle(every)
        return iter(every)
