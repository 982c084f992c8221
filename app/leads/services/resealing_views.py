"""Sealing what kept views search for anew with the workspace's newest data key."""

from dataclasses import dataclass

from sqlalchemy import func, select, update

from app.core.tenancy import current_workspace_id
from app.core.transactions import transaction
from app.extensions import db
from app.leads.models import SavedView
from app.leads.queries.filtering import sealed_anew


@dataclass(frozen=True, slots=True)
class ResealedViews:
    """How many views were sealed anew, and how many could not be since somebody held them."""

    done: int
    held: int


def reseal_views() -> ResealedViews:
    """Go once over the views of the workspace in scope. Their version stays: nobody has changed what they ask."""
    mine = SavedView.workspace_id == current_workspace_id()
    with transaction():
        count = db.session.scalar(select(func.count()).select_from(SavedView).where(mine)) or 0
        free = select(SavedView.id, SavedView.query).where(mine).with_for_update(skip_locked=True, key_share=True)
        rows = db.session.execute(free).all()
        changed = 0
        for view_id, query in rows:
            anew = [[name, sealed_anew(name, value)] for name, value in query]
            if anew != query:
                same = update(SavedView).where(mine, SavedView.id == view_id).values(query=anew)
                db.session.execute(same.execution_options(synchronize_session=False))
                changed += 1
    return ResealedViews(changed, max(0, count - len(rows)))
