"""Invents the demo's enquiries: the same ones every time."""

from dataclasses import dataclass, field
from random import Random

from app.workspaces.demo import words

_INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_DEARER = {"4_weekly": 1.0, "6_weekly": 1.12, "8_weekly": 1.25, "12_weekly": 1.45, "one_off": 3.0}


@dataclass(slots=True)
class Enquiry:
    """Who asks for what. Prices in pence for each visit."""

    name: str
    email: str | None
    phone: str | None
    line1: str
    town: str
    postcode: str
    property_type: str
    bedrooms: str | None
    frequency: str
    source: str
    price_minor: int
    extras: list[str] = field(default_factory=list)
    wishes: str | None = None
    access: str | None = None


class People:
    """A deterministic stream of enquiries; names do not repeat until all have had a turn."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.names = [f"{first} {last}" for first in words.FIRST_NAMES for last in words.SURNAMES]
        random.shuffle(self.names)
        self.count = 0

    def next(self, *, far: bool = False) -> Enquiry:
        """The next enquiry, from the service area or (`far`) from outside it."""
        random, number = self.random, self.count
        self.count += 1
        kind, bedrooms, base, _ = _weighted(random, words.HOUSES)
        name = words.BUSINESSES[number % len(words.BUSINESSES)] if kind == "commercial" else self.names[number]
        district, town = random.choice(words.FAR_PLACES) if far else _weighted(random, words.PLACES)[:2]
        street = random.choice(words.FAR_STREETS if far else words.STREETS)
        frequency = _weighted(random, words.FREQUENCIES)[0]
        extras = [extra for extra, share in _EXTRAS if random.random() < share]
        with_extras = base + 500 * sum(extra in ("conservatory", "extension") for extra in extras)
        return Enquiry(
            name=name,
            email=self._email(name, number),
            phone=self._phone(number),
            line1=f"{random.randint(1, 88)} {street}",
            town=town,
            postcode=_postcode(random, district),
            property_type=kind,
            bedrooms=bedrooms,
            frequency=frequency,
            source=_weighted(random, words.SOURCES)[0],
            price_minor=price_for(with_extras, frequency),
            extras=extras,
            wishes=random.choice(words.WISHES) if random.random() < 0.35 else None,
            access=random.choice(words.ACCESS) if random.random() < 0.25 else None,
        )

    def _email(self, name: str, number: int) -> str | None:
        if number % 17 == 11:
            return None
        stem = "".join(letter if letter.isalnum() else "." for letter in name.lower()).strip(".")
        return f"{stem.replace('..', '.')}{number if number % 4 == 0 else ''}@example.com"

    def _phone(self, number: int) -> str:
        """Numbers that Ofcom keeps for drama: mobiles, and every seventh a landline."""
        return f"01632 960{number % 1000:03d}" if number % 7 == 5 else f"07700 900{(number * 7) % 1000:03d}"


_EXTRAS = (
    ("conservatory", 0.18), ("extension", 0.1), ("gutters", 0.12), ("velux", 0.1), ("inside", 0.06), ("solar", 0.04),
)  # fmt: skip


def price_for(four_weekly_minor: int, frequency: str) -> int:
    """The price of one visit at a rhythm, in whole pounds: rarer visits are dearer, a single one three times."""
    return max(1000, round(four_weekly_minor * _DEARER[frequency] / 100) * 100)


def ladder(price_minor: int, frequency: str) -> dict[str, int]:
    """The rungs of a quote around the rhythm that was asked for."""
    base = round(price_minor / _DEARER[frequency])
    rungs = {key: price_for(base, key) for key in ("4_weekly", "8_weekly", "12_weekly")}
    return {**rungs, frequency: price_minor}


def _postcode(random: Random, district: str) -> str:
    return f"{district} {random.randint(1, 4)}{random.choice(_INWARD_LETTERS)}{random.choice(_INWARD_LETTERS)}"


def _weighted(random: Random, choices: tuple) -> tuple:
    return random.choices(choices, weights=[choice[-1] for choice in choices])[0]
