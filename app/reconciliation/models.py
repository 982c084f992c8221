"""Who is in Squeegee, as its last export says, and where that and our leads do not agree."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, Integer, LargeBinary, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.models import Sealed, WorkspaceModel, belongs_to, created_moment, moment, one_of, sealed_column
from app.extensions import db

#: The kind of work that reads an export and compares it.
RUN = "reconciliation.run"
EXPORT_STATES = ("waiting", "reading", "comparing", "done", "failed")
#: Accepted but not there; there but still chased; twice there; no longer there; perhaps there.
DISCREPANCY_KINDS = ("not_there", "still_chased", "duplicate", "gone", "perhaps")
DISCREPANCY_STATES = ("open", "mended", "dismissed", "settled")


class SqueegeeExport(WorkspaceModel):
    """One Customers.csv that was brought in to be compared."""

    __tablename__ = "squeegee_exports"
    __table_args__ = (
        one_of("state", EXPORT_STATES),
        db.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        db.Index("ix_squeegee_exports_newest", "workspace_id", "created_at", "id"),
    )

    state: Mapped[str] = mapped_column(Text, default="waiting")
    #: The file itself, until it has been read.
    file_sealed: Mapped[bytes | None] = sealed_column()
    total: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    #: What came of it: new, changed, gone, matched, unreadable lines, open discrepancies by kind.
    figures: Mapped[dict] = mapped_column(JSONB, default=dict)
    error: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_moment()
    finished_at: Mapped[datetime | None] = moment(nullable=True)


class SqueegeeCustomer(WorkspaceModel):
    """One line of the exports: a customer at an address. A landlord's houses share a reference."""

    __tablename__ = "squeegee_customers"
    __table_args__ = (
        belongs_to("export_id", "squeegee_exports"),
        db.UniqueConstraint("workspace_id", "identity_key"),
        db.Index("ix_squeegee_customers_place_key", "workspace_id", "place_key"),
        db.Index("ix_squeegee_customers_phone_key", "workspace_id", "phone_key"),
        db.Index("ix_squeegee_customers_mobile_key", "workspace_id", "mobile_key"),
        db.Index("ix_squeegee_customers_ref_key", "workspace_id", "ref_key"),
        db.Index("ix_squeegee_customers_export_id", "workspace_id", "export_id"),
        db.Index("ix_squeegee_customers_lead_id", "workspace_id", "lead_id"),
    )

    #: Blind index over reference and address: the same line in the next export.
    identity_key: Mapped[bytes] = mapped_column(LargeBinary)
    ref_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Blind index of the house, as contacts.models.place_key makes it.
    place_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    mobile_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    ref_sealed: Mapped[bytes | None] = sealed_column()
    name_sealed: Mapped[bytes] = sealed_column(nullable=False)
    address_sealed: Mapped[bytes | None] = sealed_column()
    phone_sealed: Mapped[bytes | None] = sealed_column()
    mobile_sealed: Mapped[bytes | None] = sealed_column()
    district: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    added_on: Mapped[date | None] = mapped_column(Date)
    #: The last export that held it.
    export_id: Mapped[UUID]
    gone_at: Mapped[datetime | None] = moment(nullable=True)
    #: The lead it is, as far as that is beyond doubt or a person has said so; and by what.
    lead_id: Mapped[UUID | None]
    matched_by: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = created_moment()

    ref = Sealed()
    name = Sealed()
    address = Sealed()
    phone = Sealed()
    mobile = Sealed()


class Discrepancy(WorkspaceModel):
    """One thing on which Squeegee's export and our leads do not agree, until it is mended or put aside."""

    __tablename__ = "discrepancies"
    __table_args__ = (
        one_of("kind", DISCREPANCY_KINDS),
        one_of("state", DISCREPANCY_STATES),
        belongs_to("lead_id", "leads", ondelete="CASCADE"),
        belongs_to("customer_id", "squeegee_customers", ondelete="CASCADE"),
        db.UniqueConstraint("workspace_id", "subject_key"),
        db.Index("ix_discrepancies_lead_id", "workspace_id", "lead_id"),
        db.Index("ix_discrepancies_customer_id", "workspace_id", "customer_id"),
        db.Index(
            "ix_discrepancies_open", "workspace_id", "kind", "created_at", "id",
            postgresql_where=text("state = 'open'"),
        ),
        db.Index("ix_discrepancies_state", "workspace_id", "state", "created_at", "id"),
    )  # fmt: skip

    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="open")
    #: Kind and ids of what it is about: the same is never opened twice.
    subject_key: Mapped[str] = mapped_column(Text)
    lead_id: Mapped[UUID | None]
    customer_id: Mapped[UUID | None]
    #: Percent of certainty that lead and customer are the same; and by what (codes).
    score: Mapped[int | None] = mapped_column(SmallInteger)
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    #: What was done about it (a code), by whom.
    resolution: Mapped[str | None] = mapped_column(Text)
    resolved_by: Mapped[UUID | None]
    resolved_at: Mapped[datetime | None] = moment(nullable=True)
    created_at: Mapped[datetime] = created_moment()
