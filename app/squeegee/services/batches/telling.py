"""What is told of a file as a whole; its rows are told with their leads."""

from collections.abc import Mapping
from typing import Any

from app.core.clock import utcnow
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.permissions import Actor
from app.squeegee.models import TransferBatch
from app.squeegee.queries.batches import is_over
from app.squeegee.services.states import TOPIC


def tell_batch(event: str, batch: TransferBatch, actor: Actor, data: Mapping[str, Any]) -> None:
    """Write what happened to a file into the audit log and tell open pages. `data` holds no customer data."""
    publish(
        Event(
            event, batch.workspace_id, actor, "transfer_batch", batch.id, data=data,
            topics=frozenset({TOPIC, topic("batch", batch.id)}),
        )
    )  # fmt: skip


def close_if_over(batch: TransferBatch, actor: Actor) -> None:
    """A file none of whose rows waits any more is done. The file is locked."""
    if batch.state == "open" and is_over(batch.id):
        batch.state, batch.completed_at = "done", utcnow()
        tell_batch("batch.done", batch, actor, {"rows": batch.total})
