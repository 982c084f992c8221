"""Source and owner by name, as tags, notes and files tell them."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from app.accounts.models import User
from app.core.catalogue import known
from app.extensions import db
from app.leads.models import LeadSource
from app.squeegee.mapping import LeadFacts


def named(leads: Sequence[LeadFacts]) -> list[LeadFacts]:
    """The same leads with the names of their sources and owners: one statement when any has an owner."""
    sources = {source.id: source.name for source in known(LeadSource)}
    owner_ids = {facts.owner_id for facts in leads} - {None}
    owners = (
        dict(map(tuple, db.session.execute(select(User.id, User.name).where(User.id.in_(owner_ids)))))
        if owner_ids
        else {}
    )
    return [
        replace(facts, source=sources.get(facts.source_id, ""), owner=owners.get(facts.owner_id, "")) for facts in leads
    ]
