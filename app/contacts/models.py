"""People, the houses they live in, and what they agreed to be sent."""

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core import phones, postcodes
from app.core.keyring import search_index
from app.core.models import Sealed, WorkspaceModel, belongs_to, created_moment, one_of, sealed_column
from app.core.names import first_name
from app.extensions import db

CONTACT_METHODS = ("any", "phone", "email", "sms")
PROPERTY_TYPES = ("terraced", "semi", "detached", "bungalow", "townhouse", "flat", "commercial")
BEDROOMS = ("1-2", "3", "4", "5", "6+")
CHANNELS = ("email", "sms")
ACCESS_FACTS = ("locked_gate", "dog", "no_parking", "over_conservatory")
#: A first line that names a part of a building alone, and so leaves it to the second line which building that is.
_PART_ALONE = re.compile(
    r"(?:flat|apartment|apt|unit|suite|room|office|studio|maisonette|floor)\W*\w{1,3}|(?:\w+\W+){1,2}(?:flat|floor)",
    re.IGNORECASE,
)


class Contact(WorkspaceModel):
    """A person and how to reach them. `email_key` and `phone_key` are blind indexes for exact matches."""

    __tablename__ = "contacts"
    __table_args__ = (
        one_of("preferred_method", CONTACT_METHODS),
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        db.Index("ix_contacts_email_key", "workspace_id", "email_key"),
        db.Index("ix_contacts_phone_key", "workspace_id", "phone_key"),
    )

    name_sealed: Mapped[bytes] = sealed_column(nullable=False)
    email_sealed: Mapped[bytes | None] = sealed_column()
    phone_sealed: Mapped[bytes | None] = sealed_column()
    phone_as_given_sealed: Mapped[bytes | None] = sealed_column()
    email_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    preferred_method: Mapped[str] = mapped_column(Text, default="any")
    created_at: Mapped[datetime] = created_moment()
    version: Mapped[int] = mapped_column(default=1)

    name = Sealed()
    email = Sealed()
    phone = Sealed()
    phone_as_given = Sealed()

    __mapper_args__ = {"version_id_col": version}

    def set_email(self, email: str | None) -> None:
        """Keep a normalised address (or none) with its blind index."""
        self.email = email
        self.email_key = search_index().exact("email", email) if email else None

    def set_phone(self, phone: "phones.Phone | None", as_given: str | None = None) -> None:
        """Keep a parsed number in E.164 with what was typed and its blind index over the last nine digits."""
        self.phone = phone.e164 if phone else None
        self.phone_as_given = as_given
        self.phone_key = search_index().exact("phone", phone.match_key) if phone else None

    @property
    def first_name(self) -> str:
        """What a message says after "Hello"."""
        return first_name(self.name)


class Property(WorkspaceModel):
    """A house or premises; it outlives its occupant. `place_key` is a blind index over first line and postcode."""

    __tablename__ = "properties"
    __table_args__ = (
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        db.Index("ix_properties_place_key", "workspace_id", "place_key"),
        db.Index("ix_properties_district", "workspace_id", "district"),
    )

    address_line1_sealed: Mapped[bytes | None] = sealed_column()
    address_line2_sealed: Mapped[bytes | None] = sealed_column()
    town_sealed: Mapped[bytes | None] = sealed_column()
    postcode_sealed: Mapped[bytes | None] = sealed_column()
    access_notes_sealed: Mapped[bytes | None] = sealed_column()
    #: What makes visits fail, of ACCESS_FACTS.
    access_facts: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    place_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    district: Mapped[str | None] = mapped_column(Text)
    sector: Mapped[str | None] = mapped_column(Text)
    property_type: Mapped[str | None] = mapped_column(Text)
    bedrooms: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = created_moment()
    version: Mapped[int] = mapped_column(default=1)

    address_line1 = Sealed()
    address_line2 = Sealed()
    town = Sealed()
    postcode = Sealed()
    access_notes = Sealed()

    __mapper_args__ = {"version_id_col": version}

    def set_place(self, line1: str | None, postcode: "postcodes.Postcode | None") -> None:
        """Keep first line and postcode with district, sector and the blind index that finds the house again."""
        self.address_line1 = line1 or None
        self.postcode = postcode.text if postcode else None
        self.district = postcode.district if postcode else None
        self.sector = postcode.sector if postcode else None
        self.place_key = place_key(line1, postcode, self.address_line2)

    @property
    def address(self) -> str:
        """The address in one line, as far as it is known."""
        parts = (self.address_line1, self.address_line2, self.town, self.postcode)
        return ", ".join(part for part in parts if part)


def place_key(
    line1: str | None, postcode: "postcodes.Postcode | None", line2: str | None = None
) -> bytes | None:  # fmt: skip
    """The blind index of a house: None unless both a first line and a full postcode are known."""
    if not line1 or postcode is None or postcode.unit is None:
        return None
    where = f"{line1} {line2}" if line2 and _PART_ALONE.fullmatch(line1.strip()) else line1
    # Numbers stay apart: flat 1 of number 23 is not flat 12 of number 3.
    apart = re.sub(r"(?<=\d)[\W_]+(?=\d)", "/", where.casefold())
    words = "".join(character for character in apart if character.isalnum() or character == "/")
    return search_index().exact("place", f"{words.strip('/')}|{postcode.text}")


class Consent(WorkspaceModel):
    """One line of the consent ledger: what was agreed or withdrawn, in which words, through what. Never changed."""

    __tablename__ = "consents"
    __table_args__ = (
        one_of("channel", CHANNELS),
        one_of("purpose", ("service", "marketing")),
        belongs_to("contact_id", "contacts", ondelete="CASCADE"),
        db.Index("ix_consents_contact_id", "workspace_id", "contact_id", "created_at"),
    )

    contact_id: Mapped[UUID]
    channel: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    granted: Mapped[bool] = mapped_column(Boolean)
    wording: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = created_moment()
