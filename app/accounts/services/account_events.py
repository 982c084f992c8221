"""Telling the workspaces of an account what was done with its password."""

from app.accounts.models import User
from app.core.events import Event, publish
from app.core.permissions import Actor
from app.core.tenancy import acting_in
from app.extensions import db
from app.workspaces.queries import ids_of_places


def tell_workspaces(name: str, user: User, actor: Actor) -> None:
    """Publish an event about an account in every workspace that its person belongs to: each has an audit log of its
    own, and a colleague's password concerns all of them. Nothing is said of the password or of a link.
    """
    with acting_in(None, user_id=user.id, sees="none"):
        here = ids_of_places(user.id)
    for workspace_id in here:
        with acting_in(workspace_id, user_id=user.id):
            publish(Event(name, workspace_id, actor, "account", user.id))
            db.session.flush()
