"""Made-up people and houses, as unevenly spread as real ones: search and joins must meet common names.

Telephone numbers are those that Ofcom keeps for drama, addresses of email are example.com's.
"""

from dataclasses import dataclass
from itertools import accumulate
from random import Random


def _parted(text: str, separator: str | None = None) -> tuple[str, ...]:
    return tuple(text.split(separator))


FIRST_NAMES = _parted(
    "Olivia Amelia Isla Ava Mia Grace Freya Lily Emily Ella Sophie Alice Ruby Lucy Daisy Harriet Jane Susan Margaret "
    "Patricia Karen Helen Joan Dorothy Irene Zoë Siân Chloé George Harry Oliver Jack Noah Arthur Leo Oscar Charlie "
    "Henry Thomas William James Edward David John Peter Paul Brian Keith Alan Trevor Nigel Colin Derek Raymond Idris"
)
#: Common surnames first: the n-th is drawn about 1/(n + 3) as often as the first.
SURNAMES = _parted(
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White Roberts Green "
    "Hall Wood Jackson Clarke Harris Clark Turner Hill Cooper Ward Morris Moore Lee King Baker Harrison Morgan Patel "
    "Allen James Scott Phillips Watson Davis Parker Bennett Price Griffiths Young Mitchell Cook Martin Carter Shaw "
    "Kelly Hughes Edwards Collins Bell Murphy Miller Cox Richards Marshall Simpson Anderson Webb Adams Hunt Lewis "
    "Palmer Mills Barker Chapman Stevens Ellis Knight Mason Rogers Gray Foster Russell Lloyd Butler Pearce Barnes "
    "Dixon Fisher Harvey Reynolds Fletcher Howard Andrews Burton Ford Hart Stone Fox West Day Cole Gibbs Osborne "
    "Tucker Chivers Pike Coombes Vowles Hembrow Baden-Powell O'Brien O’Connor Szczepański Müller Okonkwo Nguyen Ali"
)
STREETS = _parted(
    "High Street, Station Road, Church Lane, Mill Lane, The Green, Orchard Close, Park Road, Victoria Terrace, "
    "Bath Road, Bristol Road, Wells Road, Somerton Way, Manor Drive, Chapel Street, Priory Walk, Elm Grove",
    ", ",
)
#: district -> town; the first ones are where the rounds are thickest.
DISTRICTS = {
    "BA5": "Wells", "BA4": "Shepton Mallet", "BA6": "Glastonbury", "BA16": "Street", "BS27": "Cheddar",
    "BA3": "Radstock", "BA11": "Frome", "TA9": "Highbridge", "TA8": "Burnham-on-Sea", "BA7": "Castle Cary",
    "TA11": "Somerton", "TA6": "Bridgwater", "BS28": "Wedmore", "BA9": "Wincanton", "BS40": "Chew Magna",
    "BA10": "Bruton", "TA10": "Langport", "BS39": "Clutton", "TA7": "Ashcott", "BS25": "Winscombe",
}  # fmt: skip
_LANDLINES = ("113496", "114496", "115496", "116496", "117496", "118496", "121496", "131496", "141496", "151496")
_UNIT = "ABDEFGHJLNPQRSTUWXYZ"
_WORDS = _parted(
    "please ring before nine, the side gate sticks, dog in the garden, two velux at the back, conservatory roof is "
    "green, wants the frames done as well, asked about direct debit, neighbour recommended us, prefers Tuesdays, "
    "will think it over with her husband, found another quote that was lower, tricky access over the garage",
    ", ",
)


def _weights(length: int, flattening: int) -> list[float]:
    return list(accumulate(1 / (place + flattening) for place in range(length)))


_SURNAME_WEIGHTS = _weights(len(SURNAMES), 3)
_DISTRICT_NAMES = tuple(DISTRICTS)
_DISTRICT_WEIGHTS = _weights(len(DISTRICTS), 2)


@dataclass(frozen=True, slots=True)
class Household:
    """Who asks, and where they live. `district` and `sector` are the coarse parts of the postcode."""

    name: str
    email: str | None
    phone: str | None
    phone_as_given: str | None
    line1: str
    town: str
    district: str
    sector: str
    postcode: str
    property_type: str
    bedrooms: str | None


def household(random: Random, number: int) -> Household:
    """The household of the lead with this number; equal numbers and states of `random` give equal ones."""
    first = random.choice(FIRST_NAMES)
    last = random.choices(SURNAMES, cum_weights=_SURNAME_WEIGHTS)[0]
    district = random.choices(_DISTRICT_NAMES, cum_weights=_DISTRICT_WEIGHTS)[0]
    sector = f"{district} {random.randint(1, 5)}"
    tail = random.choice(_LANDLINES) + f"0{random.randint(0, 999):03d}"
    if random.random() < 0.3:
        tail = f"7700900{random.randint(0, 999):03d}"
    has_phone = random.random() < 0.9
    kind = random.choices(("semi", "detached", "terraced", "bungalow", "flat", "commercial"), (35, 25, 20, 10, 7, 3))[0]
    return Household(
        name=f"{random.choice(('Mrs ', 'Mr ', 'Ms ', '', '', '', ''))}{first} {last}",
        email=f"home{number}@example.com" if random.random() < 0.8 or not has_phone else None,
        phone=f"+44{tail}" if has_phone else None,
        phone_as_given=f"0{tail}" if has_phone else None,
        line1=f"{random.randint(1, 140)} {random.choice(STREETS)}",
        town=DISTRICTS[district],
        district=district,
        sector=sector,
        postcode=f"{sector}{random.choice(_UNIT)}{random.choice(_UNIT)}",
        property_type=kind,
        bedrooms=None if kind == "commercial" else random.choice(("1-2", "3", "3", "4", "5")),
    )


def remark(random: Random) -> str:
    """What somebody wrote down about a lead: some forty to a hundred and fifty characters."""
    return "; ".join(random.sample(_WORDS, random.randint(2, 4))).capitalize() + "."
