"""The work behind alerts: the scheduler plans each workspace's day, the worker does it."""

from datetime import date
from uuid import UUID

import structlog
from sqlalchemy import text

from app.alerts import services
from app.alerts.services import LOOK
from app.core.clock import utcnow
from app.core.outbox import Claim
from app.core.tenancy import acting_in
from app.core.transactions import transaction
from app.extensions import db

log = structlog.get_logger(__name__)
#: Workspaces that are asked for at once.
_AT_ONCE = 500
_WITHOUT = text("select workspace_id from workspaces_without(:kind, :key, :most)")


def plan_days() -> int:
    """Plan today's look and digest wherever that has not been done yet; in how many workspaces it was.

    Harmless when two schedulers do it at once: what one has planned is not planned again. A workspace whose day can't
    be planned keeps no other from its own.
    """
    today = utcnow().date()
    with acting_in(None, sees="none"), transaction():
        values = {"kind": LOOK, "key": f"{today:%Y-%m-%d}", "most": _AT_ONCE}
        found = db.session.scalars(_WITHOUT, values).all()
    return sum(_plan(workspace_id, today) for workspace_id in found)


def _plan(workspace_id: UUID, today: date) -> bool:
    try:
        with acting_in(workspace_id), transaction():
            services.plan_day(today)
    except Exception as error:
        log.error("day_not_planned", workspace_id=str(workspace_id), error=type(error).__name__)
        return False
    return True


def look(claim: Claim) -> None:
    """Do the work `alerts.look`: tell members what is overdue or untouched."""
    with transaction():
        services.look(utcnow())
        claim.finish()


def send_digests(claim: Claim) -> None:
    """Do the work `alerts.digest`: send the digests of today."""
    with transaction():
        services.send_digests(utcnow())
        claim.finish()


def mail_enquiry(claim: Claim) -> None:
    """Do the work `alerts.enquiry`: mail an enquiry to the workspace's own address."""
    with transaction():
        services.mail_enquiry(claim.subject_id)
        claim.finish()


def mail_ready(claim: Claim) -> None:
    """Do the work `alerts.ready`: mail what has become ready for Squeegee."""
    with transaction():
        services.mail_ready(utcnow())
        claim.finish()
