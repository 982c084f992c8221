"""What comes in is taken in once, put on the lead it belongs to, or kept for a person to say. Nothing is dropped."""

from uuid import UUID

from sqlalchemy import select

from app.core import email_addresses, phones
from app.core.access_keys import without_keys
from app.core.clock import utcnow
from app.core.errors import Conflict
from app.core.events import Event, publish
from app.core.loading import load_one
from app.core.permissions import SYSTEM, Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import LeadDraft, create_lead, get_lead
from app.leads.services.reading import locked_leads
from app.messaging.models import Arrival
from app.messaging.ports.inbound import Inbound
from app.messaging.services.arrivals import keep
from app.messaging.services.bounces import take_bounce
from app.messaging.services.calls import note_missed_call, text_back
from app.messaging.services.conversations import INBOX
from app.messaging.services.matching import OWN, Match, match, sender_key
from app.messaging.services.receiving import CUSTOMER, receive, tell_reply
from app.messaging.services.stop_words import asked_for, opt_out

_MOST_AT_ONCE = 50
#: What is kept in `why` of an arrival that a machine wrote.
MACHINE = "machine"
SETTLED = "Someone has settled this already. Reload to see it."


def take_in(inbound: Inbound) -> Arrival:
    """Take one thing in, in the running transaction; what came before under the same key is left as it is.

    It is `placed` on its lead, `waiting` for a person, a `bounce`, or `ignored` (told to many at once, or STOP from
    somebody we don't know, which is heeded all the same).
    """
    key = sender_key(inbound.channel, inbound.sender)
    found = match(inbound, key) if inbound.bounce is None else Match(None)
    arrival, is_new = keep(inbound, key, found)
    if not is_new:
        return arrival
    if inbound.bounce is not None:
        arrival.state, arrival.why, arrival.settled_at = "bounce", take_bounce(inbound.bounce), utcnow()
        db.session.flush()
        return arrival
    lead = get_lead(found.lead_id, lock=True) if found.lead_id else None
    if lead is not None:
        _put(arrival, lead, CUSTOMER, inbound.is_automatic or inbound.is_bulk, found.answers_id)
    elif _is_settled_alone(arrival, inbound, found):
        arrival.state, arrival.settled_at = "ignored", utcnow()
    else:
        _let_wait(arrival, inbound, found)
    if inbound.channel == "call":
        text_back(arrival, lead)
    db.session.flush()
    return arrival


def place(arrival_id: UUID, lead_id: UUID, actor: Actor) -> Lead:
    """Put what waits on a lead, with everything else that waits from the same sender: one choice settles them all.

    What the same sender writes from now on goes there by itself. Raises NotFound, or Conflict when it is settled.
    """
    arrival = _waiting(arrival_id)
    lead = get_lead(lead_id, lock=True)
    for each in _of_same_sender(arrival):
        _put(each, lead, actor, each.why == MACHINE, None)
        each.settled_by = actor.user_id
    db.session.flush()
    return lead


def make_lead(arrival_id: UUID, draft: LeadDraft, actor: Actor) -> Lead:
    """Make a lead of what waits and put it there. Raises NotFound, Conflict, or Invalid for the draft."""
    _waiting(arrival_id)
    lead = create_lead(draft, actor)
    return place(arrival_id, lead.id, actor)


def draft_of(arrival: Arrival) -> LeadDraft:
    """A lead as far as its first words tell it, for the form that makes one."""
    phone = phones.parse(arrival.sender) if arrival.channel != "email" else None
    email = email_addresses.parse(arrival.sender) if arrival.channel == "email" else None
    wishes = without_keys("\n\n".join(filter(None, (arrival.subject, arrival.body))))
    return LeadDraft(
        name=arrival.sender_name or "", email=email, phone=phone.national if phone else None,
        wishes=wishes[:2_000] or None, source_key="email" if arrival.channel == "email" else "phone",
        preferred_method="email" if email else "any",
    )  # fmt: skip


def ignore(arrival_id: UUID, actor: Actor) -> Arrival:
    """Put it aside: it is none of ours. Raises NotFound, or Conflict when it is settled."""
    arrival = _waiting(arrival_id)
    arrival.state, arrival.settled_at, arrival.settled_by = "ignored", utcnow(), actor.user_id
    _tell("arrival.ignored", arrival, actor, None)
    return arrival


def wait_again(arrival_id: UUID, actor: Actor) -> Arrival:
    """Take `ignore` back. Raises NotFound, or Conflict for what was not put aside."""
    arrival = _locked(arrival_id)
    if arrival.state != "ignored":
        raise Conflict(SETTLED)
    arrival.state, arrival.settled_at, arrival.settled_by = "waiting", None, None
    _tell("arrival.waits_again", arrival, actor, None)
    return arrival


def _put(arrival: Arrival, lead: Lead, actor: Actor, is_automatic: bool, answers_id: UUID | None) -> None:
    if arrival.channel == "call":
        note_missed_call(lead, arrival.received_at, actor)
    else:
        message = receive(
            lead, arrival.channel, sender=arrival.sender, subject=arrival.subject, body=arrival.body or "",
            mail_id=arrival.mail_id, is_automatic=is_automatic, answers_id=answers_id, at=arrival.received_at,
            actor=actor,
        )  # fmt: skip
        arrival.message_id = message.id
        arrival.subject = arrival.body = arrival.mail_id = None  # the message holds them now, and goes with its lead
    arrival.state, arrival.settled_at = "placed", utcnow()
    _tell("arrival.placed", arrival, actor, lead.id)


def _is_settled_alone(arrival: Arrival, inbound: Inbound, found: Match) -> bool:
    """Whether nobody need look: a mail of our own, a letter to many, or a STOP or START, which is done at once."""
    if found.why == OWN:
        arrival.why = OWN
        return True
    if inbound.is_bulk and not found.lead_ids:
        arrival.why = "bulk"
        return True
    does = asked_for(inbound.channel, inbound.body) if inbound.channel != "call" and arrival.sender_key else None
    if does is None:
        return False
    does(inbound.channel, inbound.sender, locked_leads(found.sure_ids), CUSTOMER)
    arrival.why = "opted_out" if does is opt_out else "opted_in"
    return True


def _let_wait(arrival: Arrival, inbound: Inbound, found: Match) -> None:
    """A person decides; what chases the leads that it may answer rests until then."""
    arrival.why = MACHINE if inbound.is_automatic or inbound.is_bulk else found.why
    if inbound.channel != "call" and arrival.why != MACHINE:
        for lead in locked_leads(found.sure_ids):
            tell_reply(lead.id, inbound.channel, "unclear", None, CUSTOMER, arrival_id=str(arrival.id))
    _tell("arrival.waiting", arrival, SYSTEM, None)


def _of_same_sender(arrival: Arrival) -> list[Arrival]:
    if arrival.sender_key is None:
        return [arrival]
    query = (
        select(Arrival)
        .where(
            Arrival.workspace_id == arrival.workspace_id, Arrival.sender_key == arrival.sender_key,
            Arrival.state == "waiting",
        )
        .order_by(Arrival.received_at)
        .limit(_MOST_AT_ONCE)
        .with_for_update()
    )  # fmt: skip
    return list(db.session.scalars(query))


def _waiting(arrival_id: UUID) -> Arrival:
    arrival = _locked(arrival_id)
    if arrival.state != "waiting":
        raise Conflict(SETTLED)
    return arrival


def _locked(arrival_id: UUID) -> Arrival:
    return load_one(
        select(Arrival).where(Arrival.workspace_id == current_workspace_id(), Arrival.id == arrival_id), lock=True
    )


def _tell(name: str, arrival: Arrival, actor: Actor, lead_id: UUID | None) -> None:
    db.session.flush()
    publish(
        Event(
            name, arrival.workspace_id, actor, "arrival", arrival.id, lead_id=lead_id,
            data={"channel": arrival.channel, "why": arrival.why}, topics=frozenset({INBOX}),
        )
    )  # fmt: skip
