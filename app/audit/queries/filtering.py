"""What the log is narrowed to, as an address says it and as the database is asked."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, union_all

from app.audit.models import AuditEntry
from app.audit.words import KINDS
from app.core.models import one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Enrolment, FollowUp
from app.lead_forms.models import FormSubmission
from app.leads.models import Lead
from app.messaging.models import Arrival, Conversation, Message
from app.quotes.models import Quote
from app.reconciliation.models import Discrepancy
from app.search.queries.typed import numbers_meant, years_written
from app.workspaces.queries import current_workspace, today_here

#: As many entries as are looked through for one page: some twenty milliseconds.
LOOKED_THROUGH = 20_000
_MOST_DELETIONS = 2_000
#: Who is no member, as an address names them: the kind of actor and its word.
OTHERS = {"customer": "Customer", "system": "Sill"}


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the log is narrowed to; blank narrows nothing. `who` is a member or one of OTHERS, `lead` a number as it is
    written; days are the workspace's own, both inclusive.
    """

    who: UUID | str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None
    lead: str = ""

    def as_query(self, **other: Any) -> dict[str, str]:
        """The filter as it stands in an address, with other values in their place."""
        said = {
            "who": self.who, "kind": self.kind, "from": self.since, "to": self.until, "lead": self.lead, **other,
        }  # fmt: skip
        return {name: str(value) for name, value in said.items() if value}

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.as_query())

    @property
    def name(self) -> str:
        """By which a cursor knows the list that it belongs to."""
        return f"audit:{sorted(self.as_query().items())}"

    @property
    def is_sparse(self) -> bool:
        """Whether what fits may lie far apart in the log: no index leads to the acts of a person or of a kind."""
        return bool(self.who or self.kind)


def find_lead(typed: str) -> tuple[UUID, str] | None:
    """The lead of a number: whole, without its prefix, or the last digits of one of this year or the last; also of one
    that was deleted lately.
    """
    workspace = current_workspace()
    years = years_written(today_here(), workspace.lead_number_year)
    numbers = numbers_meant(" ".join(typed.split()), workspace.lead_number_prefix, years)
    if not numbers:
        return None
    found = db.session.execute(
        select(Lead.number, Lead.id).where(Lead.workspace_id == current_workspace_id(), Lead.number.in_(numbers))
    )
    by_number = dict(map(tuple, found)) or _deleted_lately(set(numbers))
    return next(((by_number[each], each) for each in numbers if each in by_number), None)


def _deleted_lately(numbers: set[str]) -> dict[str, UUID]:
    """Those of the numbers whose leads were deleted for good, as far back as a page of the log looks: only the sealed
    entry of a deletion knows a number by then.
    """
    near = (
        select(AuditEntry.id, AuditEntry.action)
        .where(AuditEntry.workspace_id == current_workspace_id())
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(LOOKED_THROUGH)
        .subquery()
    )
    deletions = select(near.c.id).where(near.c.action == "lead.deleted").limit(_MOST_DELETIONS)
    query = select(AuditEntry).where(AuditEntry.workspace_id == current_workspace_id(), AuditEntry.id.in_(deletions))
    found = ((json.loads(entry.after or "{}").get("number"), entry.subject_id) for entry in db.session.scalars(query))
    return {number: lead_id for number, lead_id in found if number in numbers and lead_id}


def subjects_of(lead_id: UUID) -> list[UUID]:
    """A lead and what hangs on it and is told of under an id of its own."""
    here = current_workspace_id()
    hanging: Sequence[Any] = (Quote, Message, FollowUp, Enrolment, FormSubmission, Conversation, Discrepancy)
    parts: list[Select[tuple[UUID]]] = [
        select(model.id).where(model.workspace_id == here, model.lead_id == lead_id) for model in hanging
    ]
    parts.append(
        select(Arrival.id)
        .join(Message, (Message.workspace_id == Arrival.workspace_id) & (Message.id == Arrival.message_id))
        .where(Arrival.workspace_id == here, Message.workspace_id == here, Message.lead_id == lead_id)
    )
    return [lead_id, *db.session.scalars(union_all(*parts))]


def conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    """The workspace and the days, by which the index over time is read."""
    found = [AuditEntry.workspace_id == current_workspace_id()]
    if wanted.since:
        found.append(AuditEntry.at >= _midnight(wanted.since))
    if wanted.until:
        found.append(AuditEntry.at < _midnight(wanted.until + timedelta(days=1)))
    return found


def narrowing(wanted: AuditFilter, columns: Any = AuditEntry) -> list[ColumnElement[bool]]:
    """What is asked of each entry besides: who did it, and what kind of act it is. `columns` are the table's own, or
    those of a part of it.
    """
    found: list[ColumnElement[bool]] = []
    if isinstance(wanted.who, UUID):
        found.append(columns.actor_id == wanted.who)
    elif wanted.who:
        found.append(columns.actor_kind == wanted.who)
    if wanted.kind:
        found.append(columns.action.in_(KINDS[wanted.kind][1]))
    return found


def about(subject_ids: Sequence[UUID]) -> ColumnElement[bool]:
    """Entries about one of these things."""
    return AuditEntry.subject_id == one_among(subject_ids)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), current_workspace().clock().zone).astimezone(UTC)
