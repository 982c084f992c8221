"""Bringing what is kept into line with what a comparison found. The same found again changes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import utcnow
from app.core.ids import new_id
from app.core.models import fixed, one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.reconciliation.models import Discrepancy, SqueegeeCustomer
from app.reconciliation.services.finding import Finding
from app.reconciliation.services.gathering import Theirs

_LINK = text(
    """
    update squeegee_customers c set lead_id = k.lead_id, matched_by = k.matched_by
      from unnest(:customers, :leads, :reasons) as k (id, lead_id, matched_by)
     where c.workspace_id = :workspace and c.id = k.id
    """
).bindparams(
    bindparam("customers", type_=ARRAY(Uuid)), bindparam("leads", type_=ARRAY(Uuid)),
    bindparam("reasons", type_=ARRAY(Text)),
)  # fmt: skip


def said_of(lead_ids: Iterable[UUID]) -> dict[tuple[UUID, UUID], bool]:
    """What people said of pairs (lead, customer): that they are the same, or that they are not."""
    rows = db.session.execute(
        select(Discrepancy.lead_id, Discrepancy.customer_id, Discrepancy.resolution).where(
            Discrepancy.workspace_id == current_workspace_id(), Discrepancy.lead_id == one_among(lead_ids),
            Discrepancy.resolution.in_(("same", "not_same")),
        )
    )  # fmt: skip
    return {(row.lead_id, row.customer_id): row.resolution == "same" for row in rows}


def agree(findings: Mapping[str, Finding], *, lead_ids: Sequence[UUID] = (), customer_ids: Sequence[UUID] = ()) -> None:
    """Keep what was found of these leads, or of these customers alone (duplicates), and settle what was not again.

    What a person dismissed stays dismissed.
    """
    known = {row.subject_key: row for row in _known(lead_ids, customer_ids)}
    now = utcnow()
    fresh = [_row(each) for key, each in findings.items() if key not in known]
    again, changed, over = [], [], []
    for key, row in known.items():
        each = findings.get(key)
        if each is None:
            over += [row.id] if row.state == "open" else []
        elif row.state == "open":
            if (row.score, list(row.reasons)) != (each.score, list(each.reasons)):
                changed.append(_mark(row.id, each))
        elif row.state != "dismissed":
            again.append(
                _mark(row.id, each)
                | {"state": "open", "created_at": now, "resolution": None, "resolved_by": None, "resolved_at": None}
            )
    if fresh:
        # Who said something of the same pair at this moment has opened it already, and is right.
        db.session.execute(insert(Discrepancy).on_conflict_do_nothing(), fresh)
    for rows in (again, changed):
        if rows:
            db.session.execute(update(Discrepancy), rows)
    settle(over)


def settle(ids: Sequence[UUID]) -> None:
    """Close discrepancies that are none any more, without anybody's doing."""
    if ids:
        db.session.execute(
            update(Discrepancy)
            .where(
                Discrepancy.workspace_id == current_workspace_id(), Discrepancy.id == one_among(ids),
                Discrepancy.state == fixed("open"),
            )
            .values(state="settled", resolved_at=utcnow())
            .execution_options(synchronize_session=False)
        )  # fmt: skip


def link(links: Mapping[UUID, tuple[UUID, str]], customers: Sequence[Theirs], lead_ids: Iterable[UUID]) -> None:
    """Note which customer is which lead, and forget what no longer holds; what a person said stands.

    A customer that several leads are (they asked again) keeps the one it has.
    """
    asked = set(lead_ids)
    changes: list[tuple[UUID, UUID | None, str | None]] = []
    for each in customers:
        if each.is_gone or each.matched_by == "person":
            continue
        lead_id, by = links.get(each.id, (None, None))
        keeps = each.lead_id is not None and (each.lead_id not in asked or each.lead_id == lead_id)
        if lead_id is None and each.lead_id in asked:
            changes.append((each.id, None, None))
        elif lead_id is not None and not keeps:
            changes.append((each.id, lead_id, by))
    if changes:
        ids, leads, reasons = (list(column) for column in zip(*changes, strict=True))
        db.session.execute(
            _LINK, {"customers": ids, "leads": leads, "reasons": reasons, "workspace": current_workspace_id()}
        )


def settle_left(stage_ids: Iterable[UUID]) -> None:
    """Settle what is open about leads that are compared no more: put away, lost, or in other stages than these."""
    from app.leads.models import Lead

    here = current_workspace_id()
    left = (
        select(Discrepancy.id)
        .join(Lead, (Lead.workspace_id == Discrepancy.workspace_id) & (Lead.id == Discrepancy.lead_id))
        .where(
            Discrepancy.workspace_id == here, Discrepancy.state == fixed("open"),
            or_(Lead.shelf != fixed("desk"), ~Lead.stage_id.in_(list(stage_ids))),
        )
    )  # fmt: skip
    settle(list(db.session.scalars(left)))


def settle_gone() -> None:
    """Settle duplicates of which one customer is gone: nobody stands there twice any more."""
    here = current_workspace_id()
    gone = (
        select(Discrepancy.id)
        .join(
            SqueegeeCustomer,
            (SqueegeeCustomer.workspace_id == Discrepancy.workspace_id)
            & (SqueegeeCustomer.id == Discrepancy.customer_id),
        )
        .where(
            Discrepancy.workspace_id == here, Discrepancy.kind == fixed("duplicate"),
            Discrepancy.state == fixed("open"), SqueegeeCustomer.gone_at.is_not(None),
        )
    )  # fmt: skip
    settle(list(db.session.scalars(gone)))


def count_linked() -> int:
    """How many customers are known to be a lead of ours."""
    query = select(SqueegeeCustomer.id).where(
        SqueegeeCustomer.workspace_id == current_workspace_id(), SqueegeeCustomer.lead_id.is_not(None),
        SqueegeeCustomer.gone_at.is_(None),
    )  # fmt: skip
    return len(db.session.scalars(query).all())


def _known(lead_ids: Sequence[UUID], customer_ids: Sequence[UUID]) -> Sequence[Any]:
    table = Discrepancy
    which = (
        table.lead_id == one_among(lead_ids)
        if lead_ids
        else (table.customer_id == one_among(customer_ids)) & (table.kind == fixed("duplicate"))
    )
    return db.session.execute(
        select(table.id, table.subject_key, table.state, table.score, table.reasons).where(
            table.workspace_id == current_workspace_id(), which
        )
    ).all()


def _row(each: Finding) -> dict[str, Any]:
    return {
        "workspace_id": current_workspace_id(), "id": new_id(), "kind": each.kind, "state": "open",
        "subject_key": each.key, "lead_id": each.lead_id, "customer_id": each.customer_id, "score": each.score,
        "reasons": list(each.reasons), "created_at": utcnow(),
    }  # fmt: skip


def _mark(row_id: UUID, each: Finding) -> dict[str, Any]:
    return {
        "workspace_id": current_workspace_id(), "id": row_id, "score": each.score, "reasons": list(each.reasons),
    }  # fmt: skip
