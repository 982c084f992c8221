"""The digest: on working days, when it has something new to say, people who wait for us first."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from app.alerts.queries import unanswered
from app.alerts.services import send_digests
from app.core.clock import utcnow
from app.core.permissions import SYSTEM
from app.extensions import db
from app.followups.services import plan_task
from app.leads.models import Lead
from app.messaging.models import Message
from app.messaging.services import compose
from app.messaging.services.receiving import receive
from app.workspaces.models import Membership
from tests.alerts.conftest import TUESDAY

AT_EIGHT = TUESDAY - timedelta(hours=1)


def digests(member: Any) -> list[tuple[str, str]]:
    """The subjects and texts that a member was sent."""
    db.session.commit()
    found = db.session.scalars(select(Message).where(Message.lead_id.is_(None)).order_by(Message.created_at))
    return [(each.subject or "", each.body) for each in found if each.recipient == member.email]


def test_it_comes_when_something_has_changed(world: Any, lying: Any) -> None:
    assert send_digests(AT_EIGHT) == 0  # nothing to say
    lead = lying(1.0, owner_id=world.bob.user_id)
    assert send_digests(AT_EIGHT) == 1
    [(subject, body)] = digests(world.bob)
    assert subject == "1 person waits for us" and "Hannah Cole: asked for a quote" in body
    assert send_digests(AT_EIGHT + timedelta(minutes=1)) == 0
    assert send_digests(AT_EIGHT + timedelta(days=1)) == 0  # the same again is no news
    db.session.execute(update(Lead).where(Lead.id == lead.id).values(first_contact_at=TUESDAY))
    db.session.commit()
    assert send_digests(AT_EIGHT + timedelta(days=2)) == 1
    assert digests(world.bob)[-1][0] == "1 thing to do"


def test_people_who_wait_come_first_the_longest_on_top(world: Any, lying: Any) -> None:
    lying(5, owner_id=world.bob.user_id, first_contact_at=TUESDAY, next_act="Measure up")
    second, first = (lying(days, owner_id=world.bob.user_id) for days in (1, 4))
    send_digests(AT_EIGHT)
    _, body = digests(world.bob)[0]
    assert body.index("Waiting for us") < body.index(str(first.id)) < body.index(str(second.id))
    assert body.index(str(second.id)) < body.index("To do today") < body.index("Measure up")


def test_what_sill_does_by_itself_is_nothing_to_do(world: Any, lying: Any) -> None:
    lead = lying(0.01, owner_id=world.bob.user_id, first_contact_at=TUESDAY, kind="email", next_act="Chase")
    lead_of_both = lying(0.02, owner_id=world.bob.user_id, first_contact_at=TUESDAY, kind="sms", next_act="Remind")
    plan_task(lead_of_both, "Measure up", TUESDAY, "task", world.bob.actor)
    plan_task(lead, "Ring again", TUESDAY + timedelta(days=1), "call", world.bob.actor)
    assert send_digests(AT_EIGHT) == 1
    [(subject, body)] = digests(world.bob)
    assert subject == "1 thing to do" and "Hannah Cole: Measure up, today" in body
    assert not any(title in body for title in ("Chase", "Remind", "Ring again"))


def test_what_sill_writes_by_itself_answers_nobody(world: Any, make_lead: Any) -> None:
    lead = make_lead(owner_id=world.bob.user_id)
    receive(lead, "email", sender=lead.contact.email, subject="Re", body="When can you start?", at=utcnow())
    words = {"recipient": "07700 900318", "subject": "", "body": "Sorry we missed your call"}

    def waits() -> list[str]:
        db.session.commit()
        return [each.what for each in unanswered(world.bob.user_id, utcnow())]

    assert waits() == ["wrote", "asked"]
    compose(lead, "sms", **words, actor=SYSTEM)
    assert waits() == ["wrote", "asked"]
    compose(lead, "sms", **words, actor=world.bob.actor, created_by=world.bob.user_id)
    assert waits() == ["asked"]
    compose(lead, "sms", **words, actor=SYSTEM)
    assert waits() == ["asked"]
    before = utcnow() - timedelta(hours=1)
    receive(lead, "email", sender=lead.contact.email, subject="Re", body="Long on its way", at=before)
    assert waits() == ["wrote", "asked"]


def test_nobody_reads_of_leads_that_they_may_not_see(world: Any, lying: Any) -> None:
    hers = lying(1, owner_id=world.alice.user_id)
    nobodys = lying(1)
    assert send_digests(AT_EIGHT) == 2
    assert str(hers.id) not in digests(world.bob)[0][1] and str(nobodys.id) in digests(world.bob)[0][1]


def test_not_on_a_day_off_nor_late_nor_for_who_does_not_want_it(world: Any, bob: Any, lying: Any) -> None:
    lying(2, owner_id=world.bob.user_id)
    assert send_digests(AT_EIGHT - timedelta(days=2)) == 0  # Sunday
    assert send_digests(AT_EIGHT + timedelta(hours=5)) == 0
    page = bob.get("/w/wells/notifications").text
    assert 'name="gets_digest"' in page
    assert bob.post("/w/wells/notifications/digest", data={}).status_code in (200, 302, 303)
    assert send_digests(AT_EIGHT) == 0
    bob.post("/w/wells/notifications/digest", data={"gets_digest": "1"})
    assert send_digests(AT_EIGHT) == 1


def test_who_is_shut_out_before_it_leaves_gets_none(
    world: Any, alice: Any, lying: Any, mailbox: Any, run_outbox: Any
) -> None:
    lying(1.0, owner_id=world.bob.user_id)
    lying(1.0, owner_id=world.alice.user_id)
    assert send_digests(AT_EIGHT) == 2
    db.session.commit()
    member = db.session.scalars(select(Membership).where(Membership.user_id == world.bob.user_id)).one()
    assert alice.post(f"/w/wells/settings/members/{member.id}/deactivate").status_code == 303
    run_outbox()
    assert mailbox.mails(world.bob.email) == [] and len(mailbox.mails(world.alice.email)) == 1
    states = db.session.scalars(select(Message.state).where(Message.lead_id.is_(None)))
    assert sorted(states) == ["cancelled", "sent"]
