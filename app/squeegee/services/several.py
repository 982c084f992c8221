"""The same decision about several transfers at once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from app.core.errors import Conflict, Invalid, NotFound
from app.core.permissions import Actor
from app.extensions import db
from app.squeegee.services.batches.taking_out import call_off
from app.squeegee.services.settling import retry

#: A page of the history holds fewer.
MOST_AT_ONCE = 50


@dataclass(slots=True)
class Outcome:
    """How many it was done to, and why the others were left: the words of each reason, with how often."""

    done: int = 0
    left: dict[str, int] = field(default_factory=dict)


def retry_several(transfer_ids: Iterable[UUID], actor: Actor) -> Outcome:
    """Start each of the transfers again that may be. Raises Invalid when none or too many are named."""
    return _each(transfer_ids, lambda transfer_id: retry(transfer_id, actor))


def cancel_several(transfer_ids: Iterable[UUID], actor: Actor) -> Outcome:
    """Call each of the transfers off that may be. Raises Invalid when none or too many are named."""
    return _each(transfer_ids, lambda transfer_id: call_off(transfer_id, actor))


def _each(transfer_ids: Iterable[UUID], act: Callable[[UUID], object]) -> Outcome:
    ids, outcome = sorted(set(transfer_ids)), Outcome()  # always in the same order: two people can't block each other
    if not ids:
        raise Invalid({"transfer": "Tick the transfers first."})
    if len(ids) > MOST_AT_ONCE:
        raise Invalid({"transfer": f"Tick at most {MOST_AT_ONCE} transfers at once."})
    missing = 0
    for transfer_id in ids:
        try:
            with db.session.begin_nested():
                act(transfer_id)
        except Invalid as error:
            _count(outcome, " ".join(error.errors.values()))
        except Conflict:
            _count(outcome, "It has moved on meanwhile.")
        except NotFound:
            missing += 1
        else:
            outcome.done += 1
    if missing == len(ids):
        raise NotFound
    return outcome


def _count(outcome: Outcome, words: str) -> None:
    outcome.left[words] = outcome.left.get(words, 0) + 1
