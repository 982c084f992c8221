"""Letting those who change one list of a workspace wait for each other: of two who take a name, one finds it taken."""

from sqlalchemy import text

from app.core.tenancy import current_workspace_id
from app.extensions import db

_HOLD = text("select pg_advisory_xact_lock(hashtextextended(:what, 11))")


def hold_list(name: str) -> None:
    """Hold a list of the workspace in scope until the transaction ends: what is read of it from then on stands. It is
    held before any of its rows is, or two could wait for each other.
    """
    db.session.execute(_HOLD, {"what": f"{current_workspace_id()}/{name}"})
