"""The only RQ job: someone rang, go and look in PostgreSQL. Arguments are ids, as text."""

import time
from uuid import UUID

import structlog
from rq import get_current_job

from app.core import bell, outbox, tenancy
from app.extensions import db


def answer_bell(workspace_id: str, *item_ids: str) -> None:
    """Do the work of a workspace that was rung for, starting from a blank scope."""
    tenancy.leave()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(job=item_ids[0], items=len(item_ids))
    bell.answered(workspace_id, item_ids)
    began = time.monotonic()
    try:
        outbox.run_all(UUID(workspace_id), [UUID(item_id) for item_id in item_ids])
    finally:
        db.session.remove()
        tenancy.leave()
        job = get_current_job()
        seconds = time.monotonic() - began
        bell.note_time(workspace_id, seconds, was_urgent=job is None or job.origin == bell.QUEUE)
