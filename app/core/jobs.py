"""The only RQ job: someone rang, go and look in PostgreSQL. Arguments are ids, as text."""

from uuid import UUID

import structlog

from app.core import outbox, tenancy
from app.extensions import db


def answer_bell(workspace_id: str, item_id: str) -> None:
    """Do the piece of work that was rung for, starting from a blank scope."""
    tenancy.leave()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(job=item_id)
    try:
        outbox.run(UUID(workspace_id), UUID(item_id))
    finally:
        db.session.remove()
        tenancy.leave()
