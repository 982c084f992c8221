"""Reading who must not be written to. Entries are keyed hashes: an address is shown only where a contact holds it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, any_, literal, or_, select

from app.accounts.models import User
from app.contacts.models import Contact
from app.core.errors import NotFound
from app.core.keyring import cipher
from app.core.phones import format_national
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.messaging.models import Suppression
from app.messaging.words import opt_out_words

PAGE = 40


@dataclass(frozen=True, slots=True)
class Holder:
    """A contact that has the address of an entry."""

    contact_id: UUID
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class OptOut:
    """An entry: who must not be written to by which channel, since when, why, and through what we know."""

    id: UUID
    channel: str
    reason: str
    source: str
    author: str | None
    created_at: datetime
    holders: list[Holder] = field(default_factory=list)
    noun: str = "optout"

    @property
    def why(self) -> str:
        """Reason and source in words."""
        return opt_out_words(self.reason, self.source, self.author)

    @property
    def is_carriers(self) -> bool:
        """Whether it stands at the phone company, where only the person can end it."""
        return self.channel == "sms" and self.reason in ("stop", "opted_out")


def opt_outs(before: UUID | None = None) -> tuple[list[OptOut], UUID | None]:
    """A page of the entries, newest first, from before an id on; and where the next one begins."""
    query = _entries()
    if before is not None:
        query = query.where(Suppression.id < before)
    rows = db.session.execute(query.limit(PAGE + 1)).all()
    shown = _with_holders(rows[:PAGE])
    return shown, shown[-1].id if len(rows) > PAGE else None


def opt_outs_of(keys: Sequence[bytes]) -> list[OptOut]:
    """The entries of these address keys, of any channel."""
    return _with_holders(db.session.execute(_entries().where(_among(Suppression.address_key, keys))).all())


def one_opt_out(suppression_id: UUID) -> tuple[OptOut, bytes]:
    """An entry and its key. Raises NotFound."""
    row = db.session.execute(_entries().where(Suppression.id == suppression_id)).one_or_none()
    if row is None:
        raise NotFound
    return _with_holders([row])[0], row.address_key


def _entries() -> Any:
    return (
        select(
            Suppression.id, Suppression.channel, Suppression.reason, Suppression.source, Suppression.created_at,
            Suppression.address_key, User.name.label("author"),
        )
        .outerjoin(User, User.id == Suppression.created_by)
        .where(Suppression.workspace_id == current_workspace_id())
        .order_by(Suppression.id.desc())
    )  # fmt: skip


def _with_holders(rows: Sequence[Any]) -> list[OptOut]:
    """Ids grow with time, so their order is that of the entries."""
    holders = _holders([row.address_key for row in rows]) if rows else {}
    return [
        OptOut(
            row.id, row.channel, row.reason, row.source, row.author, row.created_at,
            holders.get((row.channel, row.address_key), []),
        )
        for row in rows
    ]  # fmt: skip


def _holders(keys: Sequence[bytes]) -> dict[tuple[str, bytes], list[Holder]]:
    found = db.session.scalars(
        select(Contact)
        .where(
            Contact.workspace_id == current_workspace_id(),
            or_(_among(Contact.email_key, keys), _among(Contact.phone_key, keys)),
        )
        .limit(PAGE * 5)
    )
    wanted, holders, seal = set(keys), {}, cipher()
    for contact in found:
        name = seal.open(contact.name_sealed, "contacts", "name_sealed", contact.id)
        if contact.email_key in wanted:
            holders.setdefault(("email", contact.email_key), []).append(Holder(contact.id, name, contact.email))
        if contact.phone_key in wanted:
            number = format_national(contact.phone)
            holders.setdefault(("sms", contact.phone_key), []).append(Holder(contact.id, name, number))
    return holders


def _among(column: Any, keys: Sequence[bytes]) -> Any:
    return column == any_(literal(list(keys), ARRAY(LargeBinary)))
