"""Reading bulk acts: how far one has got, and what it left as it was."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select

from app.bulk_acts import words
from app.bulk_acts.models import BulkAct, BulkActLead
from app.contacts.models import Contact
from app.core.clock import utcnow
from app.core.keyring import cipher
from app.core.loading import load_one
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead

#: As many leads as the page of an act lists of those that stayed as they were.
MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class ActView:
    """A bulk act as pages show it."""

    id: UUID
    kind: str
    parameters: dict[str, Any]
    total: int
    done: int
    failed: int
    kept: int
    state: str
    created_at: datetime
    undo_until: datetime | None
    noun: str = "bulk"

    @property
    def is_going_on(self) -> bool:
        """Whether the worker is at it."""
        return self.state in ("ready", "running", "undoing")

    @property
    def may_be_undone(self) -> bool:
        """Whether undoing is offered: while it runs, and for a time after."""
        if self.kind == "merge_tags":  # that is offered where tags are merged
            return False
        if self.state == "done":
            return self.undo_until is not None and self.undo_until > utcnow()
        return self.state == "running"

    @property
    def may_only_stop(self) -> bool:
        """Whether what it has done stays, so that it can't be undone but stopped."""
        return self.kind in words.STOPPED

    @property
    def same(self) -> int:
        """How many needed nothing done."""
        return int(self.parameters.get("same", 0))

    @property
    def behind(self) -> int:
        """How many have had their turn."""
        return self.done + self.failed + self.same

    @property
    def going_on(self) -> str:
        """What is going on, in words."""
        return words.going_on(self.kind, self.parameters)

    @property
    def said(self) -> str:
        """What became of it, in words."""
        if self.state == "undone":
            return words.undone(self.done - self.kept, self.kept, self.kind)
        return words.outcome(self.kind, self.parameters, self.done, self.same, self.failed)


@dataclass(frozen=True, slots=True)
class LeftLead:
    """A lead that an act left as it was, and why."""

    id: UUID
    number: str
    name: str
    outcome: str

    @property
    def why(self) -> str:
        """The reason in words."""
        return words.why_left(self.outcome)


def act_of(act_id: UUID, user_id: UUID) -> ActView:
    """One's own act. Raises NotFound for one that is not there or another's."""
    act = load_one(
        select(BulkAct).where(
            BulkAct.workspace_id == current_workspace_id(), BulkAct.id == act_id, BulkAct.user_id == user_id
        )
    )
    return view_of(act)


def view_of(act: BulkAct) -> ActView:
    """An act as pages show it."""
    kept = _kept(act.id) if act.state == "undone" else 0
    return ActView(
        act.id, act.kind, act.parameters, act.total, act.done, act.failed, kept, act.state, act.created_at,
        act.undo_until,
    )  # fmt: skip


def left_leads(act_id: UUID) -> list[LeftLead]:
    """The first leads that an act left as they were, as far as they are still to be seen."""
    rows = db.session.execute(
        select(Lead.id, Lead.number, Contact.id.label("contact_id"), Contact.name_sealed, BulkActLead.outcome)
        .select_from(BulkActLead)
        .join(Lead, and_(Lead.workspace_id == BulkActLead.workspace_id, Lead.id == BulkActLead.lead_id))
        .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
        .where(
            BulkActLead.workspace_id == current_workspace_id(), BulkActLead.bulk_act_id == act_id,
            BulkActLead.outcome.not_in(("done", "undone")),
        )
        .order_by(BulkActLead.position)
        .limit(MOST_LISTED)
    )  # fmt: skip
    return [LeftLead(row.id, row.number, _name(row), row.outcome) for row in rows]


def _name(row: Any) -> str:
    return cipher().open(row.name_sealed, "contacts", "name_sealed", row.contact_id)


def _kept(act_id: UUID) -> int:
    query = select(func.count()).where(
        BulkActLead.workspace_id == current_workspace_id(), BulkActLead.bulk_act_id == act_id,
        BulkActLead.outcome == "changed",
    )  # fmt: skip
    return db.session.execute(query).scalar_one()
