"""Keeping the lines of an export as customers: new ones, changed ones, and those that said the same before."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, any_, insert, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from app.contacts.models import place_key
from app.core.addresses import split_address
from app.core.clock import utcnow
from app.core.ids import new_id
from app.core.keyring import cipher, search_index
from app.core.models import one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.reconciliation.models import SqueegeeCustomer
from app.reconciliation.queries.possible import number_key, reference_key
from app.reconciliation.services.columns import Line

_SEALED = ("ref", "name", "address", "phone", "mobile")
_TABLE = SqueegeeCustomer.__tablename__


def keep_lines(lines: Sequence[Line], export_id: UUID) -> dict[str, int]:
    """Keep some lines of an export; how many were new, changed, same, and repeated within it.

    The same customer is told by reference and address together, since a landlord's houses share a reference.
    """
    given: dict[bytes, Line] = {}
    for line in lines:
        given.setdefault(_identity(line), line)
    known = _known(list(given))
    seen_before = {key: row for key, row in known.items() if row.export_id == export_id}
    fresh = [_values(line, key, new_id(), export_id) for key, line in given.items() if key not in known]
    changed, same = [], []
    for key, row in known.items():
        if key in seen_before:
            continue
        if _says(row) == _said(given[key]) and row.gone_at is None:
            same.append(row.id)
        else:
            changed.append(_values(given[key], key, row.id, export_id) | {"gone_at": None})
    if fresh:
        db.session.execute(insert(SqueegeeCustomer), fresh)
    if changed:
        db.session.execute(update(SqueegeeCustomer), changed)
    _see_again(same, export_id)
    repeated = len(lines) - len(given) + len(seen_before)
    return {"new": len(fresh), "changed": len(changed), "same": len(same), "repeated": repeated}


def note_gone(export_id: UUID) -> int:
    """Note which customers the export no longer holds; how many."""
    gone = db.session.execute(
        update(SqueegeeCustomer)
        .where(
            SqueegeeCustomer.workspace_id == current_workspace_id(), SqueegeeCustomer.export_id != export_id,
            SqueegeeCustomer.gone_at.is_(None),
        )
        .values(gone_at=utcnow())
        .execution_options(synchronize_session=False, preserve_rowcount=True)
    )  # fmt: skip
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _identity(line: Line) -> bytes:
    words = re.sub(r"[\W_]+", "", line.address.casefold())
    who = "" if line.ref and words else "|".join((line.name.casefold(), line.phone or "", line.mobile or ""))
    return search_index().exact("place", f"customer|{line.ref.casefold()}|{words}|{who}")


def _known(keys: list[bytes]) -> dict[bytes, Any]:
    table = SqueegeeCustomer
    rows = db.session.execute(
        select(
            table.identity_key, table.id, table.export_id, table.gone_at, table.source, table.added_on,
            *(getattr(table, f"{name}_sealed") for name in _SEALED),
        ).where(
            table.workspace_id == current_workspace_id(),
            table.identity_key == any_(literal(keys, ARRAY(LargeBinary))),
        )
    )  # fmt: skip
    return {row.identity_key: row for row in rows}


def _values(line: Line, key: bytes, row_id: UUID, export_id: UUID) -> dict[str, Any]:
    seal = cipher()
    place = split_address(line.address)
    sealed: Mapping[str, Any] = {
        f"{name}_sealed": seal.seal(_text(line, name), _TABLE, f"{name}_sealed", row_id) for name in _SEALED
    }
    return {
        **sealed, "workspace_id": current_workspace_id(), "id": row_id, "identity_key": key, "export_id": export_id,
        "ref_key": reference_key(line.ref), "place_key": place_key(place.line1, place.postcode, place.line2),
        "phone_key": number_key(line.phone), "mobile_key": number_key(line.mobile),
        "district": place.postcode.district if place.postcode else None, "source": line.source or None,
        "added_on": line.added_on,
    }  # fmt: skip


def _says(row: Any) -> tuple[str | date | None, ...]:
    """What a kept customer says, to be compared with a line."""
    opener = cipher()
    opened = (opener.open(getattr(row, f"{name}_sealed"), _TABLE, f"{name}_sealed", row.id) or "" for name in _SEALED)
    return (*opened, row.source or "", row.added_on)


def _said(line: Line) -> tuple[str | date | None, ...]:
    return (*(getattr(line, name) or "" for name in _SEALED), line.source, line.added_on)


def _text(line: Line, name: str) -> str | None:
    """What is sealed: a blank is nothing, except as a name, which every customer has."""
    return getattr(line, name) or ("" if name == "name" else None)


def _see_again(ids: list[UUID], export_id: UUID) -> None:
    if ids:
        db.session.execute(
            update(SqueegeeCustomer)
            .where(SqueegeeCustomer.workspace_id == current_workspace_id(), SqueegeeCustomer.id == one_among(ids))
            .values(export_id=export_id)
            .execution_options(synchronize_session=False)
        )
