"""What the bar above the list and the board offers: stages, people, sources and tags by name, the views that were kept,
and how the person likes the list. All of it is read by one statement.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, Uuid, bindparam, cast, exists, func, literal, null, or_, select, union_all
from sqlalchemy.dialects.postgresql import JSONB

from app.accounts.models import User
from app.core.ids import parse_id
from app.core.tenancy import current_scope, current_workspace_id
from app.extensions import db
from app.imports.models import Import
from app.leads.models import LeadSource, ListPreference, SavedView, Stage, Tag
from app.leads.models.saved_view import PAGES
from app.workspaces.models import Membership

_HERE, _PERSON = bindparam("here", type_=Uuid), bindparam("person", type_=Uuid)
_NOTHING = cast(null(), JSONB)
Names = dict[str, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A kept view: its filter and order as (name, value) pairs, and its columns if it brings its own."""

    id: UUID
    name: str
    query: list[list[str]]
    columns: list[str] | None
    is_shared: bool
    is_mine: bool
    version: int


@dataclass(frozen=True, slots=True)
class BarChoices:
    """Names by the filter's fields, views by name, and the person's preferences."""

    names: Names
    hues: dict[str, str]
    views: list[ViewRow]
    columns: list[str] | None
    #: The view that a page ("list" or "board") opens with.
    opens: dict[str, UUID | None]

    def view(self, view_id: UUID | None) -> ViewRow | None:
        """The view of that id, if the person may see it."""
        return next((view for view in self.views if view.id == view_id), None)


def filter_choices() -> Names:
    """(id, name) of what leads can be narrowed to, by the filter's fields: stages in order, the rest by name."""
    rows = db.session.execute(_NAMES, {"here": current_workspace_id()}).all()
    return _names(rows)


def bar_choices() -> BarChoices:
    """All that the bar of the list and of the board offers to the person in scope."""
    person = current_scope().user_id
    rows = db.session.execute(_BAR, {"here": current_workspace_id(), "person": person}).all()
    views, columns, opens = [], None, dict.fromkeys(PAGES)
    for row in rows:
        if row.kind == "view":
            more = row.more
            views.append(
                ViewRow(
                    row.key, row.name, more["query"], more["columns"], more["is_shared"],
                    more["user_id"] == str(person) or not more["stays"], more["version"],
                )
            )  # fmt: skip
        elif row.kind == "preference":
            columns, opens = row.more["columns"], {"list": row.key, "board": parse_id(row.more["board"] or "")}
    views.sort(key=lambda view: (view.is_shared, view.name.casefold()))
    hues = {str(row.key): row.more for row in rows if row.kind == "stage"}
    return BarChoices(_names(rows), hues, views, columns, opens)


def _names(rows: Any) -> Names:
    names: Names = {"stage": [], "owner": [], "source": [], "tag": [], "import": []}
    for row in sorted(rows, key=lambda row: (row.position, row.name.casefold())):
        if row.kind in names:
            names[row.kind].append((str(row.key), row.name))
    return names


def _part(kind: str, key: Any, name: Any, position: Any = None, more: Any = _NOTHING) -> Select[Any]:
    return select(
        literal(kind).label("kind"), key.label("key"), name.label("name"),
        (literal(0) if position is None else position).label("position"), more.label("more"),
    )  # fmt: skip


_NEWEST_FIRST = -cast(func.extract("epoch", Import.created_at), Integer)
_PARTS = (
    _part("stage", Stage.id, Stage.name, Stage.position, func.to_jsonb(Stage.colour)).where(
        Stage.workspace_id == _HERE, Stage.retired_at.is_(None)
    ),
    _part("source", LeadSource.id, LeadSource.name).where(LeadSource.workspace_id == _HERE),
    _part("tag", Tag.id, Tag.name).where(Tag.workspace_id == _HERE),
    _part("import", Import.id, func.to_char(Import.created_at, "FMDD Mon YYYY"), _NEWEST_FIRST).where(
        Import.workspace_id == _HERE, Import.state.in_(("running", "done", "undoing", "failed", "cancelled"))
    ),
    _part("owner", Membership.user_id, User.name)
    .join(User, User.id == Membership.user_id)
    .where(
        Membership.workspace_id == _HERE,
        Membership.deactivated_at.is_(None),
        Membership.role.in_(("owner", "admin", "manager", "sales")),
    ),
)
_VIEW = func.jsonb_build_object(
    "query", SavedView.query, "columns", SavedView.columns, "is_shared", SavedView.is_shared,
    "user_id", SavedView.user_id, "version", SavedView.version,
    "stays", exists().where(  # of a maker who has left, a shared view is anybody's to change
        Membership.workspace_id == SavedView.workspace_id, Membership.user_id == SavedView.user_id,
        Membership.deactivated_at.is_(None),
    ),
)  # fmt: skip
_LIKES = func.jsonb_build_object("columns", ListPreference.columns, "board", ListPreference.board_view_id)
_NAMES = union_all(*_PARTS)
_BAR = union_all(
    *_PARTS,
    _part("view", SavedView.id, SavedView.name, more=_VIEW).where(
        SavedView.workspace_id == _HERE, or_(SavedView.user_id == _PERSON, SavedView.is_shared)
    ),
    _part("preference", ListPreference.default_view_id, literal(""), more=_LIKES).where(
        ListPreference.workspace_id == _HERE, ListPreference.user_id == _PERSON
    ),
)
