"""A mailbox whose reading was given up and begun again is read by one piece of work, whatever is tried again after."""

from sqlalchemy import select

from app.core.clock import utcnow
from app.core.outbox import OutboxItem
from app.core.permissions import SYSTEM
from app.extensions import db
from app.messaging.ports.settings import InboxSettings
from app.messaging.services.inbox_reading import go_on_reading
from app.messaging.services.providers import save_provider


def test_reading_begun_again_leaves_nothing_to_try_again(alice, lead):
    settings = InboxSettings(host="127.0.0.1", port=9, security="none", username="office@example.com", password="x")
    save_provider("inbox", "imap", settings, 0, SYSTEM)
    db.session.commit()
    given_up = db.session.scalars(select(OutboxItem).where(OutboxItem.kind == "inbox.read")).one()
    given_up.state, given_up.attempts, given_up.finished_at = "dead", 8, utcnow()
    db.session.commit()

    go_on_reading(given_up.subject_id)
    db.session.commit()

    states = db.session.scalars(select(OutboxItem.state).where(OutboxItem.kind == "inbox.read")).all()
    assert sorted(states) == ["cancelled", "ready"]  # two that can be done would each plan the next, for ever
    assert "Read the mailbox" not in alice.get("/w/wells/outbox").text
    assert alice.post(f"/w/wells/outbox/work/{given_up.id}/replay").status_code == 404
