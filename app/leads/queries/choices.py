"""What a filter's controls offer: stages, people, sources and tags by name, read by one statement."""

from sqlalchemy import Uuid, bindparam, literal, select, union_all

from app.accounts.models import User
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import LeadSource, Stage, Tag
from app.workspaces.models import Membership

_HERE = bindparam("here", type_=Uuid)
_EVERY = union_all(
    select(literal("stage"), Stage.id, Stage.name, Stage.position).where(
        Stage.workspace_id == _HERE, Stage.retired_at.is_(None)
    ),
    select(literal("source"), LeadSource.id, LeadSource.name, literal(0)).where(LeadSource.workspace_id == _HERE),
    select(literal("tag"), Tag.id, Tag.name, literal(0)).where(Tag.workspace_id == _HERE),
    select(literal("owner"), Membership.user_id, User.name, literal(0))
    .join(User, User.id == Membership.user_id)
    .where(
        Membership.workspace_id == _HERE,
        Membership.deactivated_at.is_(None),
        Membership.role.in_(("owner", "admin", "manager", "sales")),
    ),
)


def filter_choices() -> dict[str, list[tuple[str, str]]]:
    """(id, name) of what leads can be narrowed to, by the filter's fields: stages in order, the rest by name."""
    rows = db.session.execute(_EVERY, {"here": current_workspace_id()}).all()
    choices: dict[str, list[tuple[str, str]]] = {"stage": [], "owner": [], "source": [], "tag": []}
    for kind, key, name, _ in sorted(rows, key=lambda row: (row[3], row[2].casefold())):
        choices[kind].append((str(key), name))
    return choices
