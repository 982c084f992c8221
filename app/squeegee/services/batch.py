"""Handing over many at once: a file to import, then noting which of them were."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.core.errors import Invalid, NotFound
from app.core.events import Event, publish
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import LeadSource
from app.leads.services import get_lead
from app.squeegee.queries.reading import open_transfer
from app.squeegee.queries.ready import MOST_IN_A_FILE, complete_facts
from app.squeegee.services.handing_over import is_ready, note_entered
from app.squeegee.services.import_file import write_file
from app.workspaces.queries import current_workspace


@dataclass(frozen=True, slots=True)
class BatchResult:
    """How many were noted, and the numbers of those that had moved on meanwhile."""

    entered: int
    left_out: list[str]


def export_ready(actor: Actor) -> bytes:
    """The file with every lead that is ready, complete and not on its way already. That it was made is audited."""
    leads = complete_facts()
    here = current_workspace_id()
    rows = db.session.execute(select(LeadSource.id, LeadSource.name).where(LeadSource.workspace_id == here))
    sources = {row.id: row.name for row in rows}
    workspace = current_workspace()
    publish(Event("transfer.exported", here, actor, "workspace", here, data={"leads": len(leads)}))
    return write_file(leads, sources, workspace.clock().zone)


def mark_entered(lead_ids: Sequence[UUID], actor: Actor) -> BatchResult:
    """Note that these leads were imported into Squeegee. Raises Invalid when none or too many are named."""
    if not lead_ids:
        raise Invalid({"lead": "Tick the leads that are in Squeegee now."})
    if len(lead_ids) > MOST_IN_A_FILE:
        raise Invalid({"lead": f"Mark at most {MOST_IN_A_FILE:,} leads at once."})
    entered, left_out = 0, []
    for lead_id in sorted(set(lead_ids)):  # always in the same order, so that two batches can't block each other
        try:
            lead = get_lead(lead_id, lock=True)
        except NotFound:
            continue
        if not is_ready(lead) or open_transfer(lead.id) is not None:
            left_out.append(lead.number)
            continue
        note_entered(lead, "csv", actor, None)
        entered += 1
    if not entered and not left_out:
        raise NotFound
    return BatchResult(entered, left_out)
