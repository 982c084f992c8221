"""Saying what became of a file's rows: in Squeegee, or not taken and why.

Few are noted at once. Many are marked as said and noted by a worker, a piece at a time, each piece in a transaction of
its own: a worker that dies leaves whole pieces behind, and whoever goes on does no row twice.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from app.accounts.models import User
from app.activities.services import Entry, record_entries
from app.core import outbox
from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid, NotFound
from app.core.fragments import topic
from app.core.ids import new_id
from app.core.live import announce
from app.core.models import fixed, one_among
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.services import get_lead, locked_leads
from app.squeegee.models import Transfer, TransferBatch
from app.squeegee.queries.batches import get_batch
from app.squeegee.queries.reading import get_transfer
from app.squeegee.services.batches.telling import close_if_over, tell_batch
from app.squeegee.services.handing_over import clean_id
from app.squeegee.services.states import TOPIC, succeed

CONFIRM = "batch.confirm"
#: So many are noted within a request: each moves its lead, with what the stage plans and calls off.
AT_ONCE = 20
_LONGEST_REMARK = 500
_MOVED_ON = "This row has moved on meanwhile. Reload to see how it stands."


def say_entered(transfer_id: UUID, customer_id: str, actor: Actor) -> Transfer:
    """A row is in Squeegee, under this id or reference if it is known. Raises Invalid for what can't be one, Conflict
    when somebody has said already how it went.
    """
    known = clean_id(customer_id)
    if customer_id.strip() and known is None:
        raise Invalid({"squeegee_id": "Copy the id or reference from Squeegee, or leave it empty."})
    batch, transfer = _open_row(transfer_id)
    transfer.customer_id, transfer.settled_by = known, actor.user_id
    succeed(transfer, get_lead(transfer.lead_id, lock=True), actor)
    db.session.flush()
    close_if_over(batch, actor)
    return transfer


def say_not_taken(transfer_id: UUID, remark: str, actor: Actor) -> Transfer:
    """Squeegee did not take a row; `remark` says why. Its lead waits to be handed over again. Raises Invalid without a
    reason, Conflict when somebody has said already how it went.
    """
    why = checked_remark(remark)
    batch, transfer = _open_row(transfer_id)
    _refuse(batch, [transfer.id], why, actor)
    return transfer


def confirm_rows(batch_id: UUID, transfer_ids: Sequence[UUID], actor: Actor, *, remark: str | None = None) -> int:
    """Say the same of several rows: that they are in Squeegee, or with a `remark` that it did not take them.

    Returns how many still waited for it; what somebody has said already stays. Raises Invalid, NotFound.
    """
    if not transfer_ids:
        raise Invalid({"row": "Tick the rows first."})
    why = checked_remark(remark) if remark is not None else None
    batch = get_batch(batch_id, lock=True)
    ids = _waiting(batch, transfer_ids)
    if why is None:
        return _mark(batch, dict.fromkeys(ids), actor)
    _refuse(batch, ids, why, actor)
    return len(ids)


def confirm_all(batch_id: UUID, actor: Actor) -> int:
    """All rows that still wait are in Squeegee. Returns how many; with those that nothing works on any more."""
    batch = get_batch(batch_id, lock=True)
    return _taken_up_again(batch) + _mark(batch, dict.fromkeys(_waiting(batch)), actor)


def confirm_found(batch_id: UUID, found: Mapping[UUID, str], actor: Actor) -> int:
    """These rows are in Squeegee, under these references. Returns how many of them still waited."""
    batch = get_batch(batch_id, lock=True)
    return _mark(batch, {row_id: found[row_id] or None for row_id in _waiting(batch, list(found))}, actor)


def go_on(batch_id: UUID, *, size: int) -> bool:
    """Note the next rows that were said to be in Squeegee, by whom it was said. Returns whether there may be more."""
    try:
        batch = get_batch(batch_id, lock=True)
    except NotFound:
        return False
    rows = _load(_rows(batch, "running").limit(size))
    leads = {lead.id: lead for lead in locked_leads([row.lead_id for row in rows])}
    people = _people(rows)
    for row in rows:
        actor = Actor("person", row.settled_by, name=people.get(row.settled_by, ""))
        succeed(row, leads[row.lead_id], actor)
    db.session.flush()
    if rows:
        close_if_over(batch, Actor("person", rows[-1].settled_by))
    announce({topic("batch", batch.id)})
    return len(rows) == size


def checked_remark(remark: str) -> str:
    """Why a row was not taken. Raises Invalid when it is blank or too long."""
    why = remark.strip()
    if not why:
        raise Invalid({"remark": "Say why, like “duplicate” or “address refused”."})
    if len(why) > _LONGEST_REMARK:
        raise Invalid({"remark": f"Keep it under {_LONGEST_REMARK} characters."})
    return why


def _open_row(transfer_id: UUID) -> tuple[TransferBatch, Transfer]:
    """A row that waits for a word, with its file: the file is locked first, as everywhere."""
    batch_id = get_transfer(transfer_id).batch_id
    if batch_id is None:
        raise NotFound
    batch = get_batch(batch_id, lock=True)
    transfer = get_transfer(transfer_id, lock=True)
    if transfer.state != "pending":
        raise Conflict(_MOVED_ON)
    return batch, transfer


def _rows(batch: TransferBatch, state: str) -> Select[tuple[UUID]]:
    """The ids of a file's rows in a state, in order."""
    return (
        select(Transfer.id)
        .where(
            Transfer.workspace_id == current_workspace_id(), Transfer.batch_id == batch.id,
            Transfer.state == fixed(state),
        )
        .order_by(Transfer.batch_position)
    )  # fmt: skip


def _waiting(batch: TransferBatch, among: Sequence[UUID] | None = None) -> list[UUID]:
    """Rows that wait for a word. They stay so: whoever says one holds the file."""
    query = _rows(batch, "pending")
    return list(db.session.scalars(query if among is None else query.where(Transfer.id == one_among(among))))


def _load(ids: Select[tuple[UUID]] | Sequence[UUID]) -> list[Transfer]:
    """Transfers held until the transaction ends."""
    among = Transfer.id.in_(ids) if isinstance(ids, Select) else Transfer.id == one_among(ids)
    query = select(Transfer).where(Transfer.workspace_id == current_workspace_id(), among)
    return list(
        db.session.scalars(
            query.order_by(Transfer.batch_position).with_for_update().execution_options(populate_existing=True)
        )
    )


_MARK = text(
    """
    update transfers as t set state = 'running', customer_id = k.customer_id, settled_by = :person
      from unnest(:ids, :refs) as k(id, customer_id)
     where t.workspace_id = :workspace and t.id = k.id
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)), bindparam("refs", type_=ARRAY(Text)))


def _mark(batch: TransferBatch, refs: Mapping[UUID, str | None], actor: Actor) -> int:
    """Note that rows are in Squeegee: now when they are few, else by a worker."""
    if not refs:
        return 0
    here = current_workspace_id()
    db.session.execute(
        _MARK, {"ids": list(refs), "refs": list(refs.values()), "person": actor.user_id, "workspace": here}
    )
    if len(refs) > AT_ONCE:
        outbox.enqueue(CONFIRM, batch.id, dedupe_key=str(new_id()))
        tell_batch("batch.confirmed", batch, actor, {"rows": len(refs)})
        return len(refs)
    rows = _load(list(refs))
    leads = {lead.id: lead for lead in locked_leads([row.lead_id for row in rows])}
    for row in rows:
        succeed(row, leads[row.lead_id], actor)
    db.session.flush()
    close_if_over(batch, actor)
    return len(rows)


def _taken_up_again(batch: TransferBatch) -> int:
    """How many rows were said to be in Squeegee and left by work that has failed for good: it is begun anew."""
    left = len(db.session.scalars(_rows(batch, "running")).all())
    work = select(outbox.OutboxItem.id).where(
        outbox.OutboxItem.workspace_id == batch.workspace_id, outbox.OutboxItem.kind == CONFIRM,
        outbox.OutboxItem.subject_id == batch.id, outbox.OutboxItem.state.in_(("ready", "leased")),
    )  # fmt: skip
    if not left or db.session.scalar(work.limit(1)) is not None:
        return 0
    outbox.enqueue(CONFIRM, batch.id, dedupe_key=str(new_id()))
    return left


def _refuse(batch: TransferBatch, ids: Sequence[UUID], why: str, actor: Actor) -> None:
    rows = _load(ids)
    leads = {lead.id: lead for lead in locked_leads([row.lead_id for row in rows])}
    for row in rows:
        row.state, row.error, row.remark = "failed", "not_taken", why
        row.settled_by, row.completed_at = actor.user_id, utcnow()
    db.session.flush()
    lines = [
        Entry(
            lead=leads[row.lead_id], actor=actor, subject_id=row.id,
            data={"transfer_id": str(row.id), "method": row.method, "batch_id": str(batch.id)},
        )
        for row in rows
    ]  # fmt: skip
    record_entries(lines, "transfer", "transfer.not_taken", topics=(TOPIC, topic("batch", batch.id)))
    close_if_over(batch, actor)


def _people(rows: Sequence[Transfer]) -> dict[UUID | None, str]:
    found = db.session.execute(select(User.id, User.name).where(User.id == one_among({row.settled_by for row in rows})))
    return dict(map(tuple, found))
