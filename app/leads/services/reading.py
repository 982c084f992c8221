"""Finding the rows that the verbs work on."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from sqlalchemy import select

from app.core.catalogue import attach, known
from app.core.errors import NotFound
from app.core.locked import is_locked, note_locked
from app.core.models import one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, Stage


def get_lead(lead_id: UUID, *, lock: bool = False) -> Lead:
    """The lead, as far as the scope sees it. `lock` holds its row until the transaction ends. Raises NotFound."""
    key = (current_workspace_id(), lead_id)
    is_held = is_locked(Lead.__tablename__, lead_id)
    if lock and not is_held:
        lead = db.session.get(Lead, key, with_for_update={"key_share": True}, populate_existing=True)
    else:
        lead = db.session.get(Lead, key)
    if lead is None:
        raise NotFound
    if lock and not is_held:
        note_locked(Lead.__tablename__, lead_id)
    return lead


def locked_leads(lead_ids: Iterable[UUID], *, to_delete: bool = False) -> list[Lead]:
    """Those of the leads that the scope sees, as they stand now, their rows held until the transaction ends.

    Taken in the order of their ids, so that two acts on the same leads can't wait for each other. Others may go on
    pointing at them meanwhile, unless they are held `to_delete` them.
    """
    query = (
        select(Lead)
        .where(Lead.workspace_id == current_workspace_id(), Lead.id == one_among(lead_ids))
        .order_by(Lead.id)
        .with_for_update(key_share=not to_delete)
        .execution_options(populate_existing=True)
    )
    leads = list(db.session.scalars(query))
    for lead in leads:
        note_locked(Lead.__tablename__, lead.id)
    return leads


def get_stage(stage_id: UUID) -> Stage:
    """A stage that is in use. Raises NotFound."""
    return _attached(stage for stage in known(Stage) if stage.id == stage_id and stage.retired_at is None)


def stage_by_key(key: str) -> Stage:
    """The stage that the program knows by `key`. Raises NotFound when the workspace retired it."""
    return _attached(stage for stage in known(Stage) if stage.key == key and stage.retired_at is None)


def get_stage_name(stage_id: UUID) -> str:
    """The present name of a stage, also of a retired one. Raises NotFound."""
    return _attached(stage for stage in known(Stage) if stage.id == stage_id).name


def _attached(found: Iterator[Stage]) -> Stage:
    stage = next(found, None)
    if stage is None:
        raise NotFound
    return attach(stage)
