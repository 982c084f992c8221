"""Who must not be written to. The entry is a keyed hash, so it outlives the contact it was made for."""

import contextlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeGuard
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, and_, any_, delete, literal, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.core import email_addresses, phones
from app.core.keyring import search_index
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.messaging.models import Suppression


def suppress(
    channel: str, address: str, reason: str, *, source: str = "", created_by: UUID | None = None
) -> None:  # fmt: skip
    """Never write to the address again by this channel. `reason` is a code: stop, bounced, asked, opted_out,
    unsubscribed; `source` through what it came: reply, link, customer_page, person, bounce, provider.

    What is suppressed already stays as it is. Raises ValueError for something that is no address of the channel.
    """
    key = address_key(channel, address)
    entry = Suppression(channel=channel, address_key=key, reason=reason, source=source, created_by=created_by)
    columns = ("workspace_id", "id", "channel", "address_key", "reason", "source", "created_by")
    db.session.execute(
        insert(Suppression).values({name: getattr(entry, name) for name in columns}).on_conflict_do_nothing()
    )


def allow_again(channel: str, address: str) -> None:
    """Take the entry back: the person asked for messages again."""
    db.session.execute(delete(Suppression).where(*_is(channel, address)))


def is_suppressed(channel: str, address: str) -> bool:
    """Whether the address must not be written to by this channel."""
    return db.session.execute(select(Suppression.id).where(*_is(channel, address))).first() is not None


def suppressed_among(channel: str, addresses: Iterable[str]) -> dict[str, str]:
    """Which of the addresses must not be written to by this channel, each with the reason's code; what is no address of
    it is none of them.
    """
    keys: dict[str, bytes] = {}
    for address in addresses:
        with contextlib.suppress(ValueError):
            keys[address] = address_key(channel, address)
    if not keys:
        return {}
    found = db.session.execute(
        select(Suppression.address_key, Suppression.reason).where(
            Suppression.workspace_id == current_workspace_id(),
            Suppression.channel == channel,
            Suppression.address_key == any_(literal(list(keys.values()), ARRAY(LargeBinary))),
        )
    )
    reasons = dict(map(tuple, found))
    return {address: reasons[key] for address, key in keys.items() if key in reasons}


def suppression_reasons(addresses: Mapping[str, str]) -> dict[str, str]:
    """By channel, why each of these addresses (one a channel) must not be written to, as a code; not those that may."""
    if not addresses:
        return {}
    rows = db.session.execute(
        select(Suppression.channel, Suppression.reason).where(
            or_(*(and_(*_is(channel, address)) for channel, address in addresses.items()))
        )
    )
    return dict(map(tuple, rows))


def suppressed_since(channel: str, address: str) -> datetime | None:
    """When it was asked that the address be not written to by this channel."""
    return db.session.scalar(select(Suppression.created_at).where(*_is(channel, address)))


def is_address(channel: str, address: str | None) -> TypeGuard[str]:
    """Whether something is an address of the channel at all."""
    with contextlib.suppress(ValueError):
        return bool(address and address_key(channel, address))
    return False


def _is(channel: str, address: str) -> tuple:
    return (
        Suppression.workspace_id == current_workspace_id(),
        Suppression.channel == channel,
        Suppression.address_key == address_key(channel, address),
    )


def address_key(channel: str, address: str) -> bytes:
    """The keyed hash by which an address is kept. Raises ValueError for something that is no address of the channel."""
    if channel == "email":
        normal = email_addresses.parse(address)
        if normal:
            return search_index().exact("email", normal)
    elif phone := phones.parse(address):
        return search_index().exact("phone", phone.match_key)
    raise ValueError(f"not an address for {channel}")
