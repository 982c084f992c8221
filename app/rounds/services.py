"""Keeping the rounds and the closures of a workspace."""

from dataclasses import asdict, astuple, dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import Event, publish
from app.core.holding import hold_list
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.rounds.models import Closure, Round
from app.rounds.queries import closures
from app.workspaces.queries import current_workspace, today_here

#: More than this, and the page of rounds would be too long.
MOST_ROUNDS = 100
MOST_CLOSURES = 100
#: A longer one is a slip in the year. Whoever is closed for years can't be told when anything is due.
LONGEST_CLOSURE = timedelta(days=366)
_LIST = "rounds"
_STALE = "Someone else changed this round while you had it open. Look at it, then try again."


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """What a round is: see models.Round."""

    name: str
    areas: list[str]
    first_day: date
    every_weeks: int
    capacity: int
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class ClosureFacts:
    """What a closure is: see models.Closure."""

    name: str
    starts_on: date
    ends_on: date


def add_round(facts: RoundFacts, actor: Actor) -> Round:
    """Add a round. Raises Invalid for a name that is taken, or for one round too many."""
    if _check_name(facts.name, None) >= MOST_ROUNDS:
        raise Invalid({"name": f"There can be {MOST_ROUNDS} rounds; delete one that is no longer driven."})
    added = Round(**asdict(facts))
    db.session.add(added)
    db.session.flush()
    _tell("round.added", added, actor, None, _plain(facts))
    return added


def change_round(round_id: UUID, facts: RoundFacts, version: int, actor: Actor) -> Round:
    """Change a round. Raises NotFound, Conflict when someone else did meanwhile, Invalid for a name that is taken."""
    hold_list(_LIST)
    found = _held(round_id, version)
    _check_name(facts.name, round_id)
    before = _plain(RoundFacts(*(getattr(found, name) for name in RoundFacts.__dataclass_fields__)))
    after = _plain(facts)
    changed = {name for name in after if after[name] != before[name]}
    if changed:
        for name in changed:
            setattr(found, name, getattr(facts, name))
        db.session.flush()
        old, new = ({name: values[name] for name in changed} for values in (before, after))
        _tell("round.changed", found, actor, old, new)
    return found


def delete_round(round_id: UUID, version: int, actor: Actor) -> str:
    """Delete a round; appointments made on its days stay. Returns its name. Raises NotFound and Conflict."""
    found = _held(round_id, version)
    db.session.execute(delete(Round).where(Round.workspace_id == found.workspace_id, Round.id == found.id))
    _tell("round.deleted", found, actor, {"name": found.name}, None)
    return found.name


def add_closure(facts: ClosureFacts, actor: Actor) -> Closure:
    """Close on some days; the same closure again is the one that there is. Raises Invalid for one that is over already,
    for one too many, and for one that is or makes it too long; those that are over count no more.
    """
    if facts.ends_on < today_here():
        last = "ends_on" if facts.ends_on > facts.starts_on else "starts_on"
        raise Invalid({last: "That day is over. Is the year right?"})
    there = closures(today_here())
    same = next((each for each in there if (each.name, each.starts_on, each.ends_on) == astuple(facts)), None)
    if same is not None:
        return same
    if len(there) >= MOST_CLOSURES:
        raise Invalid({"closure": f"There can be {MOST_CLOSURES} closures to come; delete some first."})
    if facts.ends_on - facts.starts_on >= LONGEST_CLOSURE:
        raise Invalid({"ends_on": "You can close for a year at most. Is the year right?"})
    added = Closure(**asdict(facts))
    with db.session.begin_nested():  # what is refused does not stand on the page that says so
        db.session.add(added)
        db.session.flush()
        _check_opens_again()
    _tell("closure.added", added, actor, None, _plain(facts))
    return added


def delete_closure(closure_id: UUID, actor: Actor) -> str:
    """Open again on the days of a closure. Returns its name. Raises NotFound."""
    here = current_workspace_id()
    found = db.session.get(Closure, (here, closure_id), with_for_update=True)
    if found is None:
        raise NotFound
    db.session.execute(delete(Closure).where(Closure.workspace_id == here, Closure.id == closure_id))
    _tell("closure.deleted", found, actor, {"name": found.name}, None)
    return found.name


def _held(round_id: UUID, version: int) -> Round:
    found = db.session.get(Round, (current_workspace_id(), round_id), with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.version != version:
        raise Conflict(_STALE)
    return found


def _check_name(name: str, own_id: UUID | None) -> int:
    """How many rounds there are, none of which has this name nor gets it meanwhile. Raises Invalid."""
    hold_list(_LIST)
    named = db.session.execute(select(Round.id, Round.name).where(Round.workspace_id == current_workspace_id())).all()
    if any(each.name.casefold() == name.casefold() and each.id != own_id for each in named):
        raise Invalid({"name": "There is a round of this name already."})
    return len(named)


def _check_opens_again() -> None:
    """Raises Invalid when the closures in a row leave no working day within the years that the clock looks ahead."""
    clock = current_workspace().clock()
    try:
        for each in closures(today_here()):
            clock.working_day_after(each.starts_on - timedelta(days=1))
    except ValueError:
        words = "With the other closures you would be closed for years. Is the year right?"
        raise Invalid({"ends_on": words}) from None


def _plain(facts: RoundFacts | ClosureFacts) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(facts).items()}


def _tell(name: str, thing: Round | Closure, actor: Actor, before: dict | None, after: dict | None) -> None:
    subject = "round" if isinstance(thing, Round) else "closure"
    publish(
        Event(
            name, thing.workspace_id, actor, subject, thing.id, before=before, after=after, topics=frozenset({"rounds"})
        )
    )
