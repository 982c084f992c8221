"""The only RQ job: someone rang, go and look in PostgreSQL. Arguments are ids, as text."""

from uuid import UUID

import structlog

from app.core import bell, outbox, tenancy
from app.extensions import db


def answer_bell(workspace_id: str, *item_ids: str) -> None:
    """Do the work of a workspace that was rung for, starting from a blank scope."""
    tenancy.leave()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(job=item_ids[0], items=len(item_ids))
    bell.answered(workspace_id, item_ids)
    try:
        outbox.run_all(UUID(workspace_id), [UUID(item_id) for item_id in item_ids])
    finally:
        db.session.remove()
        tenancy.leave()
