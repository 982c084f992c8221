"""What accounts need done now and then."""

from datetime import timedelta

from sqlalchemy import delete

from app.accounts.models import SESSION_IDLE, KnownDevice, LoginSession, LoginThrottle, PasswordReset
from app.core.clock import utcnow
from app.core.outbox import OutboxItem
from app.core.tenancy import INSTALLATION, acting_in
from app.core.transactions import transaction
from app.extensions import db


def clean_up() -> None:
    """Forget sessions that have ended, browsers not seen for a year, throttles that count nothing any more, and links
    to new passwords with the work of mailing them.
    """
    now = utcnow()
    with transaction():
        db.session.execute(delete(LoginSession).where(LoginSession.expires_at < now))
        db.session.execute(delete(LoginSession).where(LoginSession.last_seen_at < now - SESSION_IDLE))
        db.session.execute(delete(KnownDevice).where(KnownDevice.created_at < now - timedelta(days=365)))
        db.session.execute(delete(LoginThrottle).where(LoginThrottle.last_failure_at < now - timedelta(days=1)))
        db.session.execute(delete(PasswordReset).where(PasswordReset.asked_at < now - timedelta(days=1)))
    with acting_in(INSTALLATION), transaction():
        db.session.execute(
            delete(OutboxItem).where(
                OutboxItem.workspace_id == INSTALLATION, OutboxItem.finished_at < now - timedelta(days=7)
            )
        )
