"""A person has typed a lead into Squeegee from its copy sheet."""

from datetime import date
from uuid import UUID

from app.core.errors import Conflict
from app.core.permissions import Actor
from app.leads.services import get_lead
from app.squeegee.models import Transfer
from app.squeegee.queries.sheet import copy_sheet
from app.squeegee.services.handing_over import enter_by_hand


def confirm_sheet(lead_id: UUID, squeegee_id: str, first_date: date | None, seen: str, actor: Actor) -> Transfer:
    """Note that the sheet was typed in, and keep what it said, sealed. `seen` is that of the sheet that was copied.

    Raises Conflict when the lead has changed since, naming what, or is in Squeegee already; Invalid as `enter_by_hand`
    does; NotFound.
    """
    get_lead(lead_id, lock=True)
    sheet = copy_sheet(lead_id)
    changed = sheet.changed_since(seen) if seen and sheet.transfer is None else []
    if changed:
        labels = ", ".join(dict.fromkeys(label.lower() for label in changed))
        raise Conflict(f"Changed since you opened this sheet: {labels}. Put it right in Squeegee, then confirm again.")
    return enter_by_hand(lead_id, squeegee_id, actor, first_service_date=first_date, handed=sheet.handed)
