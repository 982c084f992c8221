"""Stars: leads that a member wants at hand. They are that member's own."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Favourite
from app.leads.services.reading import get_lead


def star(lead_id: UUID, actor: Actor, *, is_on: bool) -> None:
    """Give a lead the actor's star or take it off; asked twice, it changes nothing. Raises NotFound."""
    assert actor.user_id is not None
    lead = get_lead(lead_id)
    here = current_workspace_id()
    if is_on:
        row = insert(Favourite).values(workspace_id=here, user_id=actor.user_id, lead_id=lead.id)
        changed = db.session.execute(row.on_conflict_do_nothing().returning(Favourite.lead_id)).all()
    else:
        theirs = (Favourite.workspace_id == here, Favourite.user_id == actor.user_id, Favourite.lead_id == lead.id)
        changed = db.session.execute(
            delete(Favourite).where(*theirs).returning(Favourite.lead_id).execution_options(synchronize_session=False)
        ).all()
    if changed:
        name = "lead.starred" if is_on else "lead.unstarred"
        publish(Event(name, here, actor, "lead", lead.id, topics=frozenset({topic("star", lead.id)})))
