"""Deleting leads for good: from the bin by hand, or at night when their time there is over.

A bin that holds something has one piece of work waiting for the next night (outbox kind `bin.empty`); that night's
run plans the one after it for as long as anything is left. So nobody looks through empty bins, and a change of the
workspace's days in the bin counts from the next night on.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert

from app.contacts.models import Contact, Property
from app.core.clock import utcnow
from app.core.errors import Conflict, NotFound
from app.core.events import Event, publish
from app.core.ids import new_id
from app.core.models import one_among
from app.core.outbox import OutboxItem
from app.core.permissions import SYSTEM, Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.queries.shelving import count_bin, in_bin
from app.leads.services.reading import locked_leads
from app.workspaces.queries import current_workspace

EMPTY = "bin.empty"
#: Leads that one transaction deletes.
AT_ONCE = 100
#: The hour of the night, where the business is, at which bins are emptied.
HOUR = 3


def delete_for_good(lead_ids: Sequence[UUID], actor: Actor) -> int:
    """Delete leads that lie in the bin, with everything that hangs on them. Returns how many.

    The people and houses that no other lead knows go with them. Raises NotFound when the scope sees none of the leads,
    Conflict when one of them is not in the bin.
    """
    leads = locked_leads(lead_ids, to_delete=True)
    if not leads:
        raise NotFound
    if any(lead.shelf != "bin" for lead in leads):
        raise Conflict("Only what lies in the bin can be deleted for good.")
    remove(leads, actor)
    return len(leads)


def remove_expired() -> bool:
    """Delete up to AT_ONCE leads whose time in the bin is over. Returns whether there may be more."""
    over = utcnow() - timedelta(days=current_workspace().bin_days)
    ids = db.session.scalars(
        select(Lead.id)
        .where(
            Lead.workspace_id == current_workspace_id(), in_bin(), Lead.shelved_at <= over,
        )
        .order_by(Lead.shelved_at, Lead.id)
        .limit(AT_ONCE)
    ).all()  # fmt: skip
    leads = [lead for lead in locked_leads(ids, to_delete=True) if lead.shelf == "bin"]
    if leads:
        remove(leads, SYSTEM)
    return len(ids) == AT_ONCE


def is_bin_empty() -> bool:
    """Whether nothing lies in the workspace's bin."""
    return count_bin(0) == 0


def plan_emptying() -> None:
    """See to it that the bin is looked through next night. Planned a second time, it changes nothing."""
    run_at = next_night()
    item = insert(OutboxItem).values(
        workspace_id=current_workspace_id(), id=new_id(), kind=EMPTY, subject_id=current_workspace_id(),
        dedupe_key=f"{run_at:%Y-%m-%d}", run_at=run_at, state="ready", attempts=0, lease_token=0, created_at=utcnow(),
    )  # fmt: skip
    db.session.execute(item.on_conflict_do_nothing())


def next_night() -> datetime:
    """The coming HOUR o'clock at night where the business is."""
    now = utcnow().astimezone(current_workspace().clock().zone)
    night = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return night if night > now else night + timedelta(days=1)


def remove(
    leads: Sequence[Lead], actor: Actor, *, kept: AbstractSet[UUID] = frozenset(), tells: bool = True
) -> None:
    """Delete leads, wherever they lie, with the people and houses that no other lead knows.

    `kept` are people and houses that stay nevertheless. Whoever keeps something of these leads apart from them hears
    of it before the rows are gone, once for all of them, unless the caller sees to that (`tells`).
    """
    here = current_workspace_id()
    ids, contact_ids, property_ids = ({getattr(lead, name) for lead in leads} - kept for name in _KEYS)
    for lead in leads if tells else ():
        publish(
            Event(
                "lead.deleted", here, actor, "lead", lead.id, lead_id=lead.id, data={"number": lead.number},
                topics=frozenset({"shelves"}),
            )
        )  # fmt: skip
    if tells:
        publish(Event("leads.deleted", here, actor, "workspace", here, data={"lead_ids": sorted(map(str, ids))}))
    db.session.flush()
    for lead in leads:
        db.session.expunge(lead)
    db.session.execute(_without(delete(Lead).where(Lead.workspace_id == here, Lead.id == one_among(ids))))
    for model, key, wanted in ((Contact, Lead.contact_id, contact_ids), (Property, Lead.property_id, property_ids)):
        still_known = exists().where(Lead.workspace_id == here, key == model.id)
        db.session.execute(
            _without(delete(model).where(model.workspace_id == here, model.id == one_among(wanted), ~still_known))
        )


_KEYS = ("id", "contact_id", "property_id")


def _without(statement):  # type: ignore[no-untyped-def]
    return statement.execution_options(synchronize_session=False)
