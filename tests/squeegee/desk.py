"""What the Squeegee tests share: handing over, looking at the far end, signing confirmations."""

import json
import time
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.core.permissions import Actor
from app.extensions import db
from app.leads.models import Lead, Stage
from app.squeegee.models import Transfer, TransferCall
from app.squeegee.queries import get_account
from app.squeegee.services import hand_over
from simulators.squeegee.confirmation import sign
from tests.support.simulators import Squeegee


@dataclass(frozen=True, slots=True)
class Desk:
    """The simulator, who acts, and a date for first cleans."""

    far_end: Squeegee
    actor: Actor
    day: date

    def start(self, lead: Any) -> Transfer:
        """Hand a lead over by the API and commit."""
        transfer = hand_over(lead.id, "api", self.actor, self.day)
        db.session.commit()
        return transfer

    def counts(self) -> tuple[int, int]:
        """How many customers and jobs Squeegee holds."""
        counts = self.far_end.state()["counts"]
        return counts["customers"], counts["jobs"]

    def confirmation(self, lead: Any, day: date | None = None, **more: Any) -> bytes:
        """The body of a booking confirmation."""
        data = {
            "reference": lead.number, "customer_id": "cust-1", "job_id": "job-1",
            "first_service_date": (day or self.day).isoformat(),
        }  # fmt: skip
        return json.dumps({"type": "booking.confirmed", "data": data | more}).encode()


def fresh(row: Any) -> Any:
    """The row as it is in the database now."""
    db.session.expire_all()
    return db.session.get(type(row), (row.workspace_id, row.id))


def calls(transfer: Transfer) -> list[tuple[str, str]]:
    """Step and outcome of every call, in order."""
    rows = db.session.execute(
        select(TransferCall.step, TransferCall.outcome)
        .where(TransferCall.transfer_id == transfer.id)
        .order_by(TransferCall.begun_at, TransferCall.id)
    )
    return [(step, outcome) for step, outcome in rows]


def stage_of(lead: Any) -> str:
    """The key of the stage that a lead is in now."""
    db.session.expire_all()
    return str(db.session.scalar(select(Stage.key).join(Lead, Lead.stage_id == Stage.id).where(Lead.id == lead.id)))


def hook_path() -> str:
    """The path of the workspace's door for confirmations."""
    return f"/hooks/squeegee/{get_account().id}"


def signed(secret: str, body: bytes, *, message_id: str = "msg_1", age: timedelta = timedelta()) -> dict[str, str]:
    """The headers of a signed message that was made `age` ago."""
    stamp = int(time.time() - age.total_seconds())
    return {
        "webhook-id": message_id, "webhook-timestamp": str(stamp),
        "webhook-signature": sign(secret, message_id, stamp, body), "Content-Type": "application/json",
    }  # fmt: skip
