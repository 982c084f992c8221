"""Deleting many leads for good, out of the bin."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.bulk_acts.services.outcomes import Done
from app.core.permissions import Actor
from app.leads.services import locked_leads
from app.leads.services.emptying import remove


def delete_from_bin(lead_ids: Sequence[UUID], parameters: Mapping[str, Any], actor: Actor) -> Done:
    """Delete those of the leads that still lie in the bin, with everything that hangs on them.

    What the act has kept of a lead goes with the lead.
    """
    leads = locked_leads(lead_ids, to_delete=True)
    gone = [lead for lead in leads if lead.shelf == "bin"]
    done = Done({lead.id: {} for lead in gone}, left={lead.id: "not_in_bin" for lead in leads if lead.shelf != "bin"})
    if gone:
        remove(gone, actor)
    return done
