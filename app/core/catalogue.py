"""What a workspace changes seldom and every request asks for (stages, sources, prices, rounds), kept per process.

The workspace's row counts the changes to those tables (a trigger, migration 0002), and whoever reads that row in a
transaction tells the count here. While it stands, the rows read before are good; a transaction that was told nothing,
or changes such a table itself, reads anew. What is kept are detached instances: for reading, never to be changed.
"""

from collections import OrderedDict
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import bindparam, event, select
from sqlalchemy.inspection import inspect as object_state
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, make_transient_to_detached

from app.core.models import WorkspaceModel
from app.core.tenancy import current_workspace_id
from app.extensions import db

M = TypeVar("M", bound=WorkspaceModel)

#: Tables whose changes the workspace's row counts.
TABLES = frozenset(
    {
        "stages", "lead_sources", "sequences",
        "price_books", "rounds", "closures", "message_providers",
    }
)  # fmt: skip
_MOST_KEPT = 3_000  # tables of workspaces
_TOLD, _CHANGED, _SEEN = "catalogue_version", "catalogue_changed", "catalogue_seen"
_kept: OrderedDict[tuple[UUID, str], tuple[int, list[Any]]] = OrderedDict()
_statements: dict[str, Any] = {}


def tell(workspace_id: UUID, version: int) -> None:
    """Say which count the workspace's row had in this transaction; of no use once it has changed such a table."""
    db.session.info[_SEEN] = workspace_id
    if _CHANGED not in db.session.info:
        db.session.info[_TOLD] = (workspace_id, version)


def has_seen(workspace_id: UUID) -> bool:
    """Whether this transaction has read the workspace's row already, and told its count."""
    return db.session.info.get(_SEEN) == workspace_id


def told() -> int | None:
    """Which count this transaction was told for the workspace in scope; None when none, or it changed such a table."""
    found = db.session.info.get(_TOLD)
    return found[1] if found is not None and found[0] == current_workspace_id() else None


def known(model: type[M]) -> list[M]:
    """Every row of a table of TABLES in the workspace in scope, in no order, detached."""
    workspace_id = current_workspace_id()
    told = db.session.info.get(_TOLD)
    if told is None or told[0] != workspace_id:
        return _read(model, workspace_id)
    key = (workspace_id, model.__tablename__)
    kept = _kept.get(key)
    if kept is None or kept[0] != told[1]:
        kept = _kept[key] = (told[1], _read(model, workspace_id))
        if len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return kept[1]


def attach(instance: M) -> M:
    """The same row as an instance of the session's, for work that may change it; asks the database nothing."""
    session = db.session()
    present = session.identity_map.get(object_state(instance).key)
    return present if present is not None else session.merge(instance, load=False)


def _read(model: type[M], workspace_id: UUID) -> list[M]:
    name = model.__tablename__
    if name not in TABLES:
        raise ValueError(f"{name} is not counted")
    if name not in _statements:
        table = model.__table__
        _statements[name] = select(*table.c).where(table.c.workspace_id == bindparam("here"))
    found = []
    for row in db.session.execute(_statements[name], {"here": workspace_id}).mappings():
        instance = model(**row)
        make_transient_to_detached(instance)
        found.append(instance)
    return found


@event.listens_for(Session, "after_flush")
def _see_flush(session: Session, context: UOWTransaction) -> None:
    if _CHANGED not in session.info:
        for changed in (*session.new, *session.dirty, *session.deleted):
            if changed.__tablename__ in TABLES:
                _distrust(session)
                return


@event.listens_for(Session, "do_orm_execute")
def _see_statement(state: ORMExecuteState) -> None:
    if state.is_select or _CHANGED in state.session.info:
        return
    table = getattr(state.statement, "table", None)  # plain text has none, and none of ours writes these tables
    if table is not None and table.name in TABLES:
        _distrust(state.session)


def _distrust(session: Session) -> None:
    session.info.pop(_TOLD, None)
    session.info[_CHANGED] = True


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: Any) -> None:
    if transaction.parent is None:
        for name in (_TOLD, _CHANGED, _SEEN):
            session.info.pop(name, None)
