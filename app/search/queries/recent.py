"""What the palette offers before anybody has typed: where one was, or what came in."""

from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam

from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.search.queries.finding import SHOWN, Candidate, lead_of
from app.search.queries.found import FoundLead

RECENT_SHOWN = 6

_THESE = SHOWN.where(Lead.shelf == fixed("desk"), Lead.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
_CAME_IN = Lead.created_at.desc(), Lead.id.desc()
_NEWEST = SHOWN.where(Lead.shelf == fixed("desk")).order_by(*_CAME_IN).limit(bindparam("many"))


def recent_leads(ids: list[UUID]) -> tuple[str, list[FoundLead]]:
    """A heading and the leads under it: those of `ids` in their order, or the newest when there are none."""
    here = current_workspace_id()
    if ids:
        rows = {row.id: row for row in db.session.execute(_THESE, {"here": here, "ids": ids[:RECENT_SHOWN]})}
        shown = [rows[lead_id] for lead_id in ids if lead_id in rows]
        if shown:
            return "Recently opened", [lead_of(Candidate(row)) for row in shown]
    newest = db.session.execute(_NEWEST, {"here": here, "many": RECENT_SHOWN})
    return "Just came in", [lead_of(Candidate(row)) for row in newest]
