"""What the tests of comparing share: exports as Squeegee writes them, brought in and compared."""

import csv
import io
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.extensions import db
from app.reconciliation import services
from app.reconciliation.models import Discrepancy, SqueegeeCustomer, SqueegeeExport
from tests.support.world import Member

HEADER = ("Cust Ref", "Title", "First Name", "Last Name", "Address Line 1", "Phone", "Mobile", "Source", "Added")


def line(
    ref: str, name: str, address: str, *, phone: str = "", mobile: str = "", added: str = "", title: str = ""
) -> tuple[str, ...]:
    """A line of Customers.csv."""
    first, _, last = name.rpartition(" ")
    return (ref, title, first, last, address, phone, mobile, "Canvasser", added)


def customers_csv(lines: Iterable[tuple[str, ...]], header: tuple[str, ...] = HEADER) -> bytes:
    """The file as Squeegee writes it: with a byte order mark, CRLF, every cell quoted."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(lines)
    return text.getvalue().encode("utf-8-sig")


def bring(member: Member, lines: Iterable[tuple[str, ...]], *, is_part: bool = False) -> UUID:
    """Bring an export in; the worker has yet to compare it."""
    export = services.begin(customers_csv(lines), "Customers.csv", member.actor, is_part=is_part)
    db.session.commit()
    return export.id


def export_of(export_id: UUID) -> SqueegeeExport:
    """An export as it stands."""
    db.session.expire_all()
    return db.session.scalars(select(SqueegeeExport).where(SqueegeeExport.id == export_id)).one()


def open_ones(**narrowed: Any) -> list[tuple[str, UUID | None]]:
    """Kind and lead of each open discrepancy."""
    query = select(Discrepancy.kind, Discrepancy.lead_id).where(Discrepancy.state == "open").filter_by(**narrowed)
    return sorted((row.kind, row.lead_id) for row in db.session.execute(query))


def customers() -> list[SqueegeeCustomer]:
    """Every customer that is kept, in the order of their references."""
    db.session.expire_all()
    return sorted(db.session.scalars(select(SqueegeeCustomer)), key=lambda each: each.ref or "")
