"""Taking a lead from the queue, so that no two people ring the same customer at once.

A claim holds for ten minutes, is renewed while the page is open and let go when it is left. `until` stands for one
showing of the page: whoever lets go names the moment they were told, so that the page that is left can't let go of
what the page that follows has taken anew.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from sqlalchemy import Text, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import utcnow
from app.core.live import announce
from app.core.permissions import Actor
from app.core.tenancy import current_scope, current_workspace_id
from app.extensions import db
from app.my_day.models import LeadClaim
from app.my_day.queries.card import DayCard, day_card
from app.my_day.queries.queue import DayQueue, day_queue

CLAIM = timedelta(minutes=10)
#: A queue that others take from faster than this many times in a row is left to them for now.
_TRIES = 25
#: Told when somebody takes a lead or lets go of it.
CLAIMS_TOPIC = "claims"
_COLUMNS = (LeadClaim.workspace_id, LeadClaim.lead_id, LeadClaim.user_id, LeadClaim.until)


@dataclass(frozen=True, slots=True)
class Taken:
    """The lead before a person until `until`, and the queue behind it. No card: nothing waits for them.

    `refused` says who is on a lead that was asked for; the card is then only to be read.
    """

    queue: DayQueue
    card: DayCard | None = None
    until: datetime | None = None
    refused: str = ""


def take_next(actor: Actor, queue: DayQueue | None = None) -> Taken:
    """Take what the person has before them already, else the first of their queue that nobody is faster to take.

    `queue` is what they saw, if it was read already.
    """
    queue = queue or day_queue()
    held = [each for each in queue.due if queue.held and each.lead_id == queue.held.lead_id]
    for waiting in [*held, *(each for each in queue.due if each not in held)][:_TRIES]:
        until = renew(waiting.lead_id, actor) if waiting in held else _claim(waiting.lead_id, actor)
        if until is None:
            continue
        card = day_card(waiting.lead_id)
        if card.is_due():
            return Taken(queue, card, until)
        release(waiting.lead_id, actor, until)  # whoever had it before has just settled it
    return Taken(queue)


def take(lead_id: UUID, actor: Actor) -> Taken:
    """Take this lead, out of turn. Raises NotFound. Who asks for one that another holds is told so and takes none."""
    card = day_card(lead_id)
    until = renew(lead_id, actor) if card.holder_id in (None, actor.user_id) else None
    if until is None:
        return Taken(day_queue(), card, refused=f"{card.holder or 'Someone'} is on it now.")
    return Taken(day_queue(), card, until)


def show_again(lead_id: UUID, until: datetime, actor: Actor) -> Taken:
    """The lead as a page that held it until then shows it once more: what it holds stays as it was told, so that it can
    let go of it, and what it has let go of meanwhile is not taken anew. It may have been left. Raises NotFound.
    """
    card = day_card(lead_id)
    is_mine = card.holder_id == actor.user_id
    if is_mine or (card.holder_id is None and until > utcnow()):
        return Taken(day_queue(), card, card.held_until if is_mine else None)
    return take(lead_id, actor)


def look(lead_id: UUID) -> Taken:
    """The lead and the queue as they are, without taking anything. Raises NotFound."""
    card = day_card(lead_id)
    mine = card.holder_id == current_scope().user_id
    return Taken(day_queue(), card, card.held_until if mine else None)


def renew(lead_id: UUID, actor: Actor) -> datetime | None:
    """Hold a lead for ten more minutes, also if the claim ran out or there was none. None when another has it."""
    held = db.session.execute(
        update(LeadClaim)
        .where(_of(lead_id), LeadClaim.user_id == actor.user_id)
        .values(until=utcnow() + CLAIM)
        .returning(LeadClaim.until)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    return held or _claim(lead_id, actor, wait=True)


def release(lead_id: UUID, actor: Actor, until: datetime | None = None) -> bool:
    """Let go of a lead; with `until` only if the claim is still the one that ends then. Whether there was one."""
    gone = delete(LeadClaim).where(_of(lead_id), LeadClaim.user_id == actor.user_id)
    if until is not None:
        gone = gone.where(LeadClaim.until == until)
    found = db.session.execute(gone.returning(LeadClaim.lead_id).execution_options(synchronize_session=False)).first()
    if found is not None:
        announce({CLAIMS_TOPIC})
    return found is not None


def _claim(lead_id: UUID, actor: Actor, *, wait: bool = False) -> datetime | None:
    """Hold the lead unless another does, and let go of whatever else the person held. Returns until when.

    One statement decides, under a lock of the lead's own that lasts until the commit. Who finds it taken goes on to
    the next lead instead of waiting, so that nobody waits for two at once and none can wait in a ring.
    """
    here, now = current_workspace_id(), utcnow()
    lock = func.pg_advisory_xact_lock if wait else func.pg_try_advisory_xact_lock
    free = lock(_lock_key(lead_id)).cast(Text) != "false"
    row = (here, lead_id, actor.user_id, now + CLAIM)
    wanted = insert(LeadClaim).from_select(
        _COLUMNS,
        select(*(literal(value, column.type) for value, column in zip(row, _COLUMNS, strict=True))).where(free),
    )
    taken = (
        wanted.on_conflict_do_update(
            index_elements=[LeadClaim.workspace_id, LeadClaim.lead_id],
            set_={"user_id": wanted.excluded.user_id, "until": wanted.excluded.until},
            where=(LeadClaim.until <= now) | (LeadClaim.user_id == actor.user_id),
        )
        .returning(LeadClaim.until)
        .cte("taken")
    )
    others = (
        delete(LeadClaim)
        .where(
            LeadClaim.workspace_id == here, LeadClaim.user_id == actor.user_id, LeadClaim.lead_id != lead_id,
            select(taken.c.until).exists(),
        )
        .cte("others")
    )  # fmt: skip
    until = db.session.execute(select(taken.c.until).add_cte(others)).scalar_one_or_none()
    if until is not None:
        announce({CLAIMS_TOPIC})
    return until


def _lock_key(lead_id: UUID) -> int:
    """A number of 64 bits for the lock, apart from those that other parts of the program take."""
    return int.from_bytes(blake2b(lead_id.bytes, digest_size=8, person=b"my day").digest(), signed=True)


def _of(lead_id: UUID) -> object:
    return (LeadClaim.workspace_id == current_workspace_id()) & (LeadClaim.lead_id == lead_id)
