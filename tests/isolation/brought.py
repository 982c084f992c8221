"""News of a booking that differs, a file for Squeegee, an import and an export, for the addresses of their pages."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app.core.clock import utcnow
from app.core.ids import new_id
from app.core.permissions import Actor
from app.exports.models import LeadExport
from app.extensions import db
from app.files.services.keeping import seal_variants, store_variants
from app.imports.models import Import, ImportRow
from app.imports.services import begin
from app.leads.models import Lead
from app.reconciliation.models import Discrepancy, SqueegeeCustomer, SqueegeeExport
from app.reconciliation.services import begin as begin_export
from app.reconciliation.services.columns import Line
from app.reconciliation.services.keeping import keep_lines
from app.squeegee.models import BookingNews, TransferBatch
from app.workspaces.queries import today_here


def booking_news(lead: Lead, actor: Actor) -> UUID:
    """Squeegee names a first clean, the lead has none."""
    news = BookingNews(
        lead_id=lead.id, source="file", news_key=f"file/{lead.id}/1", state="differs",
        first_service_date=today_here() + timedelta(days=4),
    )  # fmt: skip
    db.session.add(news)
    db.session.flush()
    return news.id


def batch(lead: Lead, actor: Actor) -> UUID:
    """A file that waits, of a row that was deleted since."""
    made = TransferBatch(
        format="csv", total=1, created_by=actor.user_id, columns=[{"title": "Cust Ref", "fact": "reference"}]
    )
    db.session.add(made)
    db.session.flush()
    return made.id


def brought_in(lead: Lead, actor: Actor) -> UUID:
    """A file of two rows, one of which the lead came from."""
    made: Import = begin(b"Name,Email\nIvy Reed,ivy@example.com\nTom Ash,tom@example.com", "leads.csv", None, actor)
    row = db.session.query(ImportRow).filter_by(import_id=made.id, position=2).one()
    row.lead_id = lead.id
    db.session.flush()
    return made.id


def customer_there(lead: Lead, actor: Actor) -> UUID:
    """A customer of Squeegee's last export."""
    export = SqueegeeExport(state="done", total=1, done=1, created_by=actor.user_id, finished_at=utcnow())
    db.session.add(export)
    db.session.flush()
    keep_lines([Line("1042", "A. Pike", "12 Mill Lane, Wells BA5 2QJ", None, None, "", None)], export.id)
    return db.session.scalars(select(SqueegeeCustomer.id).where(SqueegeeCustomer.export_id == export.id)).one()


def waiting_export(lead: Lead, actor: Actor) -> UUID:
    """An export whose columns nobody has told yet."""
    return begin_export(b"Wer,Wo\nIvy Reed,\"3 High Street, Wells BA5 2QJ\"", "export.csv", actor).id


def taken_out(lead: Lead, actor: Actor) -> UUID:
    """A file of one lead that is ready."""
    piece = new_id()
    store_variants(seal_variants(piece, b"Name\r\n", None))
    made = LeadExport(
        format="csv", state="done", columns=["name"], ordered="-created", total=1, done=1, written={"rows": 2},
        pieces=[piece], size_bytes=6, created_by=actor.user_id, expires_at=utcnow() + timedelta(days=7),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made.id


def discrepancy(lead: Lead, actor: Actor) -> UUID:
    """The lead may be somebody in the last export."""
    found = Discrepancy(
        kind="perhaps", subject_key=f"perhaps/{lead.id}/x", lead_id=lead.id, customer_id=customer_there_already(),
        score=60, reasons=["house"],
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    return found.id


def customer_there_already() -> UUID:
    """Any customer of the last export."""
    return db.session.scalars(select(SqueegeeCustomer.id).limit(1)).one()
