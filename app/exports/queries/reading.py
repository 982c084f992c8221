"""The leads of an export as rows of its file."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select

from app.accounts.models import User
from app.contacts.models import Contact, Property
from app.core.models import one_among
from app.core.spreadsheets.writing import Cell
from app.core.tenancy import current_workspace_id
from app.exports.queries.facts import Fact, Names
from app.extensions import db
from app.leads.models import Lead, LeadSource
from app.leads.queries.stages import stages
from app.leads.queries.tagging import tags_of
from app.workspaces.queries import current_workspace


def rows_of(lead_ids: Sequence[UUID], facts: Sequence[Fact]) -> list[list[Cell]]:
    """A row for each of the leads, in the given order, as far as the scope sees them: who was deleted meanwhile is not
    among them. The same statements however many there are.
    """
    needed = {str(each): each for fact in facts for each in fact.needs}
    for each in (Lead.id, Lead.contact_id, Lead.property_id, Lead.owner_id):
        needed.setdefault(str(each), each)
    query = (
        select(*needed.values())
        .join(Contact, and_(Contact.workspace_id == Lead.workspace_id, Contact.id == Lead.contact_id))
        .join(Property, and_(Property.workspace_id == Lead.workspace_id, Property.id == Lead.property_id))
        .where(Lead.workspace_id == current_workspace_id(), Lead.id == one_among(lead_ids))
    )
    rows = {row.id: row for row in db.session.execute(query)}
    names = _names(rows, {fact.key for fact in facts})
    found = (rows[each] for each in lead_ids if each in rows)
    return [[fact.write(row, names) for fact in facts] for row in found]


def _names(rows: dict[UUID, Any], keys: set[str]) -> Names:
    here = current_workspace_id()
    named = Names(
        ZoneInfo(current_workspace().time_zone),
        {stage.id: stage.name for stage in stages(with_retired=True)} if "stage" in keys else {},
        {each.id: each.name for each in db.session.scalars(select(LeadSource).where(LeadSource.workspace_id == here))}
        if "source" in keys
        else {},
    )
    if "owner" in keys:
        owners = {row.owner_id for row in rows.values() if row.owner_id}
        found = db.session.execute(select(User.id, User.name).where(User.id == one_among(owners)))
        named.owners = dict(found.all())
    if "tags" in keys:
        named.tags = {lead_id: ", ".join(tag.name for tag in tags) for lead_id, tags in tags_of(rows).items()}
    return named
