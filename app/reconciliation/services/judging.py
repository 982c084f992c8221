"""How sure it is that a lead and a customer of Squeegee are the same: a pure function of what both say.

Two of three must agree for certainty: number, name, house; and nothing may speak against it. Who only lives where the
lead lives may be the last occupant, who only shares its number or reference may be its landlord with another house:
such a pair is shown to a person. The figures are measured by bench/reconciling.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from app.reconciliation.services.people import Party, compare_houses, compare_names

#: From here on a pair counts as the same without a person; below PERHAPS it is not shown.
CERTAIN, PERHAPS = 85, 40

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Judgement:
    """How sure, in percent, and by what: codes of `words.REASONS`, what agrees first."""

    score: int
    reasons: tuple[str, ...]

    @property
    def is_certain(self) -> bool:
        """Whether it needs no person."""
        return self.score >= CERTAIN


#: How names can stand to each other, in the order of the rows below.
_NAMES = ("same", "initial", "misspelt", "family", "unknown", "other")
#: House -> score for each of these where the number agrees.
_BY_NUMBER = {
    "same": (99, 99, 98, 96, 96, 92),
    "likely": (97, 95, 93, 88, 80, 75),
    "near": (82, 80, 75, 65, 60, 55),
    "unknown": (93, 90, 88, 70, 55, 50),
    "other": (60, 58, 55, 45, 0, 0),
}
#: The same where the number does not agree; less if both have one (see _OTHER_NUMBER).
_WITHOUT_NUMBER = {
    "same": (93, 88, 88, 75, 60, 50),
    "likely": (80, 70, 70, 55, 0, 0),
    "near": (65, 55, 55, 0, 0, 0),
}
#: What it takes off that both have numbers, and none in common.
_OTHER_NUMBER = {"same": 5, "initial": 10, "misspelt": 20, "family": 10, "other": 5, "unknown": 10}
#: What a reference adds where nothing else says no: ours stands on the customer because somebody put it there.
_BY_REFERENCE = {"same": 99, "likely": 98, "near": 90, "unknown": 93}


def judge(ours: Party, theirs: Party) -> Judgement:
    """How sure it is that a lead (`ours`) is a customer (`theirs`)."""
    name, house = compare_names(ours.name, theirs.name), compare_houses(ours.house, theirs.house)
    has_number = bool(ours.numbers & theirs.numbers)
    row = (_BY_NUMBER if has_number else _WITHOUT_NUMBER).get(house)
    score = row[_NAMES.index(name)] if row else 0
    contradicts = bool(ours.numbers and theirs.numbers) and not has_number
    if contradicts and score:
        score -= _OTHER_NUMBER[name]
    has_reference = bool(ours.references & theirs.references)
    if has_reference:
        score = max(score, _by_reference(name, house, has_number))
    return Judgement(score, _reasons(name, house, has_number, contradicts, has_reference))


def pick(judged: Iterable[tuple[Key, Judgement]], *, most: int = 3) -> list[tuple[Key, Judgement]]:
    """The pairs to go by, best first: those that are certain if any is, else at most `most` that may be."""
    ranked = sorted((each for each in judged if each[1].score >= PERHAPS), key=lambda each: -each[1].score)
    certain = [each for each in ranked if each[1].is_certain]
    return certain or ranked[:most]


def _by_reference(name: str, house: str, has_number: bool) -> int:
    if house == "other":  # a landlord's houses share a reference: this is another one, or the address is wrong
        return 70 if has_number and name != "other" else 60
    if name == "other" and not has_number and house not in ("same", "likely"):
        return 65
    return _BY_REFERENCE[house]


def _reasons(name: str, house: str, has_number: bool, contradicts: bool, has_reference: bool) -> tuple[str, ...]:
    said = (
        ("reference", has_reference),
        ("phone", has_number),
        ("house", house in ("same", "likely")),
        ("name", name == "same"),
        ("initial", name == "initial"),
        ("misspelt", name == "misspelt"),
        ("family", name == "family"),
        ("near", house == "near"),
        ("other_name", name == "other"),
        ("other_house", house == "other"),
        ("other_phone", contradicts),
    )
    return tuple(code for code, holds in said if holds)
