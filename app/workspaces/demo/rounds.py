"""The demo's rounds: each part of the county on a weekday of its own, four weeks apart, and Christmas."""

from datetime import date, timedelta

from app.core.districts import read_districts
from app.extensions import db
from app.rounds.models import Closure, Round

#: Name and districts, in the order in which they are driven from the first Monday on.
_ROUNDS = (
    ("Wells", "BA5"), ("Glastonbury and Street", "BA6, BA16"), ("Shepton Mallet", "BA4"), ("Frome", "BA11"),
    ("Cheddar", "BS27, BS28"), ("Radstock and Midsomer Norton", "BA3"), ("Burnham", "TA8, TA9"),
    ("Bridgwater", "TA5-TA7"), ("Weston", "BS22-BS24"), ("Clevedon and Nailsea", "BS21, BS48"),
    ("Taunton", "TA1-TA4"), ("Langport and Somerton", "TA10, TA11"), ("Yeovil", "BA20-BA22"),
    ("Bruton and Castle Cary", "BA7-BA10"), ("Chew Valley", "BS39, BS40"), ("Winscombe", "BS25, BS26, BS29"),
)  # fmt: skip
_EVERY_WEEKS = 4
_CAPACITIES = (6, 8, 10, 12)


def areas_of_rounds() -> list[tuple[str, list[str]]]:
    """Each round's name and districts."""
    return [(name, read_districts(districts)[0]) for name, districts in _ROUNDS]


def drive_rounds(today: date) -> None:
    """Store the rounds, the first of them driven in the week of `today`, and the coming Christmas."""
    monday = today - timedelta(days=today.weekday())
    for number, (name, areas) in enumerate(areas_of_rounds()):
        week, weekday = divmod(number * 7 % 20, 5)
        db.session.add(
            Round(
                name=name, areas=areas, first_day=monday + timedelta(weeks=week, days=weekday),
                every_weeks=_EVERY_WEEKS, capacity=_CAPACITIES[number % len(_CAPACITIES)],
            )
        )  # fmt: skip
    christmas = date(today.year, 12, 24)
    db.session.add(Closure(name="Christmas", starts_on=christmas, ends_on=christmas + timedelta(days=8)))
    db.session.flush()
