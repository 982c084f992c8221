"""The rows of what has come in: kept once, whoever brings it however often, and forgotten after half a year."""

import hashlib
import hmac
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import make_transient_to_detached

from app.core.clock import utcnow
from app.core.loading import load_one
from app.core.mail_text import name_attached
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.messaging.models import Arrival
from app.messaging.ports.inbound import Inbound
from app.messaging.services.matching import Match

_LONGEST_BODY = 100_000
_LONGEST_LINE = 500
_KEPT = timedelta(days=180)


def keep(inbound: Inbound, key: bytes | None, found: Match) -> tuple[Arrival, bool]:
    """The row of what came in, and whether it is new. Who brings the same at the same time waits here for the first."""
    arrival = Arrival(
        channel=inbound.channel, arrival_key=_arrival_key(inbound), state="waiting", why=None,
        sender=inbound.sender[:_LONGEST_LINE], sender_key=key, sender_name=_line(inbound.sender_name),
        subject=_line(inbound.subject), body=_body(inbound) or None, mail_id=_line(inbound.mail_id),
        candidate_ids=list(found.lead_ids), message_id=None, settled_at=None,
        settled_by=None, received_at=min(inbound.received_at, utcnow()), version=1,
    )  # fmt: skip
    row = {column.name: getattr(arrival, column.name) for column in Arrival.__table__.columns}
    statement = insert(Arrival).values(row).on_conflict_do_nothing().returning(Arrival.id)
    if db.session.execute(statement).first() is not None:
        make_transient_to_detached(arrival)
        db.session.add(arrival)
        return arrival, True
    query = select(Arrival).where(
        Arrival.workspace_id == current_workspace_id(), Arrival.arrival_key == arrival.arrival_key
    )
    return load_one(query), False


def forget_old(now: datetime) -> None:
    """Delete what was put aside or told of a mail of ours half a year ago: strangers' words are not kept for ever.

    What is `placed` goes with its message, what waits stays.
    """
    db.session.execute(
        delete(Arrival)
        .where(
            Arrival.workspace_id == current_workspace_id(), Arrival.state.in_(("ignored", "bounce")),
            Arrival.received_at < now - _KEPT,
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def _arrival_key(inbound: Inbound) -> bytes:
    pepper: bytes = current_app.extensions["index_pepper"]
    named = b"\0".join(
        (b"sill/arrival/v1", current_workspace_id().bytes, inbound.channel.encode(), _bytes(inbound.key))
    )
    return hmac.digest(pepper, named, hashlib.sha256)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _body(inbound: Inbound) -> str:
    """The text, and what came with it, by name: it is not fetched."""
    return name_attached(inbound.body[:_LONGEST_BODY], inbound.attached)


def _line(text: str) -> str | None:
    return " ".join(text.split())[:_LONGEST_LINE] or None
