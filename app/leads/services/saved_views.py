"""Views that people keep of the list and the board, the one they open each with, and the columns they like.

A view is its maker's own, or shared with the workspace; a shared one is everybody's to use and its maker's to change.
Once its maker has left it is anybody's, and whoever changes it is its maker from then on.
It is one thing in both places: what the board can't show of it is left out there (queries/view_places.py).
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import Event, publish
from app.core.permissions import Actor
from app.core.tenancy import acting_in, current_workspace_id
from app.extensions import db
from app.leads.models import ListPreference, SavedView
from app.leads.queries.columns import MOST_COLUMNS, read_columns
from app.workspaces.models import Membership

LONGEST_NAME = 40
MOST_VIEWS = 50
Pairs = list[list[str]]
#: What keeps the view that a page opens with.
_OPENS = {"list": ListPreference.default_view_id, "board": ListPreference.board_view_id}


def get_view(view_id: UUID, actor: Actor) -> SavedView:
    """A view that the person may use. Raises NotFound."""
    view = db.session.get(SavedView, (current_workspace_id(), view_id))
    if view is None or not (view.is_shared or view.user_id == actor.user_id):
        raise NotFound
    return view


def save_view(
    name: str, query: Pairs, actor: Actor, *, columns: Sequence[str] | None = None, is_shared: bool = False,
    page: str = "list",
) -> SavedView:  # fmt: skip
    """Keep a filter and its order under a name. `query`: (name, value) pairs as the list's address has them; `page`:
    where it is made.

    Raises Invalid({"name": ...}) for a name that is blank, too long or taken, and when the person has 50 already.
    """
    name = _name(name, actor, None)
    if len(_own(actor)) >= MOST_VIEWS:
        raise Invalid({"name": f"You have {MOST_VIEWS} views already. Delete one first."})
    view = SavedView(user_id=actor.user_id, page=page, name=name, query=query, is_shared=is_shared)
    view.columns = _columns(columns)
    db.session.add(view)
    db.session.flush()
    if is_shared:
        _tell("view.shared", view, actor)
    return view


def change_view(
    view_id: UUID, version: int, name: str, actor: Actor, *, is_shared: bool, columns: Sequence[str] | None
) -> SavedView:
    """Rename a view, share it or take it back, give it columns of its own or none.

    Raises NotFound for one that is not the person's own, Conflict when it was changed meanwhile, Invalid as saving one.
    """
    view = _mine(view_id, actor)
    if view.version != version:
        raise Conflict("This view was changed a moment ago. Look at it again, then save.")
    view.name = _name(name, actor, view.id)
    view.columns = _columns(columns)
    if view.is_shared != is_shared:
        view.is_shared = is_shared
        _tell("view.shared" if is_shared else "view.unshared", view, actor)
    db.session.flush()
    return view


def refill_view(view_id: UUID, query: Pairs, actor: Actor) -> SavedView:
    """Keep another filter and order under the name of a view of one's own. Raises NotFound."""
    view = _mine(view_id, actor)
    view.query = query
    db.session.flush()
    return view


def delete_view(view_id: UUID, actor: Actor) -> None:
    """Forget a view of one's own; whoever opened a page with it opens it with everything. Raises NotFound."""
    view = _mine(view_id, actor)
    # Whose pages open with it is each person's own row: those are seen by the work behind the pages only.
    with acting_in(current_workspace_id()):
        for column in _OPENS.values():
            db.session.execute(
                update(ListPreference)
                .where(ListPreference.workspace_id == current_workspace_id(), column == view.id)
                .values({column: None})
                .execution_options(synchronize_session=False)
            )
    if view.is_shared:
        _tell("view.unshared", view, actor)
    db.session.delete(view)
    db.session.flush()


def open_with(view_id: UUID | None, actor: Actor, *, page: str = "list") -> None:
    """Open the person's list, or board, with a view from now on; with None again with everything. Raises NotFound."""
    if view_id is not None:
        get_view(view_id, actor)
    _prefer(actor, **{_OPENS[page].key: view_id})


def keep_columns(columns: Sequence[str], actor: Actor) -> None:
    """Keep the columns a person likes, in their order; none for the usual ones again."""
    _prefer(actor, columns=_columns(columns))


def _prefer(actor: Actor, **values: object) -> None:
    row = insert(ListPreference).values(workspace_id=current_workspace_id(), user_id=actor.user_id, **values)
    db.session.execute(row.on_conflict_do_update(index_elements=["workspace_id", "user_id"], set_=values))


def _columns(given: Sequence[str] | None) -> list[str] | None:
    return [column.key for column in read_columns(given)][:MOST_COLUMNS] if given else None


def may_change(view: SavedView, actor: Actor) -> bool:
    """Whether a view that the person may use is theirs to change: their own, or shared by somebody who has left."""
    if view.user_id == actor.user_id:
        return True
    stays = select(Membership.id).where(
        Membership.workspace_id == view.workspace_id, Membership.user_id == view.user_id,
        Membership.deactivated_at.is_(None),
    )  # fmt: skip
    return db.session.scalar(stays) is None


def _mine(view_id: UUID, actor: Actor) -> SavedView:
    view = get_view(view_id, actor)
    if not may_change(view, actor) or actor.user_id is None:
        raise NotFound
    view.user_id = actor.user_id
    return view


def _own(actor: Actor) -> list[UUID]:
    query = select(SavedView.id).where(
        SavedView.workspace_id == current_workspace_id(), SavedView.user_id == actor.user_id
    )
    return list(db.session.scalars(query.limit(MOST_VIEWS)))


def _name(typed: str, actor: Actor, itself: UUID | None) -> str:
    name = " ".join(typed.replace("\0", "").split())
    if not name:
        raise Invalid({"name": "Give the view a name, like Late quotes in BA5."})
    if len(name) > LONGEST_NAME:
        raise Invalid({"name": f"Keep the name under {LONGEST_NAME} characters."})
    taken = select(SavedView.id).where(
        SavedView.workspace_id == current_workspace_id(),
        or_(SavedView.user_id == actor.user_id, SavedView.is_shared), func.lower(SavedView.name) == name.lower(),
    )  # fmt: skip
    if any(each != itself for each in db.session.scalars(taken.limit(2))):
        raise Invalid({"name": "There is a view of that name already. Choose another."})
    return name


def _tell(event: str, view: SavedView, actor: Actor) -> None:
    publish(Event(event, current_workspace_id(), actor, "saved_view", view.id))
