"""How a transfer ends, or waits: each way in one place, told to timeline, audit log and open pages."""

from app.activities.services import record_activity, set_quietly
from app.core import outbox
from app.core.clock import utcnow
from app.core.ids import new_id
from app.core.permissions import Actor
from app.extensions import db
from app.leads.models import Lead
from app.squeegee.mapping import Agreed
from app.squeegee.models import Transfer
from app.squeegee.queries.reading import agreed_of

TOPIC = "transfers"


def tell(
    transfer: Transfer, lead: Lead, event: str, actor: Actor, reason: str = "", *, differs: bool = False
) -> None:  # fmt: skip
    """Write the line of the lead's timeline. `reason` is a code, never customer data. `differs`: Squeegee has another
    price or rhythm than is agreed by now.
    """
    data: dict[str, str | bool] = {"transfer_id": str(transfer.id), "method": transfer.method}
    more: dict[str, str | bool] = {"reason": reason} if reason else {}
    record_activity(
        lead, "transfer", event, actor, data=data | more | ({"differs": True} if differs else {}),
        subject_id=transfer.id, topics=(TOPIC,),
    )  # fmt: skip


def start(transfer: Transfer, lead: Lead, actor: Actor, reason: str = "") -> None:
    """Let a worker do it (again). Each start is work of its own: what was done before is not undone by it."""
    transfer.state, transfer.error, transfer.completed_at = "pending", None, None
    db.session.flush()
    outbox.enqueue("transfer.run", transfer.id, dedupe_key=str(new_id()))
    tell(transfer, lead, "transfer.started", actor, reason)


def wait(transfer: Transfer, reason: str) -> None:
    """It goes on by itself later; `reason` says what it waits for."""
    transfer.state, transfer.error = "pending", reason


def succeed(transfer: Transfer, lead: Lead, actor: Actor) -> None:
    """Squeegee has all of it."""
    transfer.state, transfer.error, transfer.completed_at = "success", None, utcnow()
    arrive(transfer, lead, actor)


def arrive(transfer: Transfer, lead: Lead, actor: Actor) -> None:
    """Squeegee has customer and job: keep their ids on the lead, once. The reaction moves the lead on, unless something
    else was agreed since it was handed over.

    The transfer itself may go on, with quotes for other rungs.
    """
    if transfer.job_id and lead.squeegee_job_id == transfer.job_id and lead.transferred_at is not None:
        return
    set_quietly(
        lead,
        {
            "squeegee_customer_id": transfer.customer_id or lead.squeegee_customer_id,
            "squeegee_job_id": transfer.job_id or lead.squeegee_job_id,
            "transferred_at": utcnow(),
        },
    )
    held = Agreed.read(transfer.holds)
    tell(transfer, lead, "transfer.succeeded", actor, differs=held is not None and held != agreed_of(lead))


def fail(transfer: Transfer, lead: Lead, actor: Actor, reason: str) -> None:
    """It stopped for a person to look at: nothing there, or a part of it when the customer was made."""
    transfer.state = "partial" if transfer.customer_id else "failed"
    transfer.error, transfer.completed_at = reason, utcnow()
    tell(transfer, lead, f"transfer.{transfer.state}", actor, reason)


def doubt(transfer: Transfer, lead: Lead, actor: Actor, reason: str) -> None:
    """Nobody here can know whether Squeegee took the last request: a person looks there and decides."""
    transfer.state, transfer.error = "uncertain", reason
    tell(transfer, lead, "transfer.uncertain", actor, reason)
