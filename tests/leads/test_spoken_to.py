"""An enquiry typed in while talking: the call is kept, and nobody is sent to make it again."""

from sqlalchemy import select

from app.activities.models import Activity
from app.extensions import db
from app.followups.models import FollowUp
from app.leads.models import Lead, Stage
from app.leads.services import stage_by_key

PAULINE = {
    "name": "Pauline Cole", "phone": "07700 900318", "email": "pauline@example.com", "postcode": "BA5 2QJ",
    "source_key": "phone", "service": "window_cleaning", "then": "spoke",
}  # fmt: skip


def add(browser, **changes) -> Lead:
    assert browser.post(f"/w/{browser.slug}/leads/new", data={**PAULINE, **changes}).status_code == 303
    return db.session.scalars(select(Lead)).one()


def planned(lead) -> list[str]:
    query = select(FollowUp.title).where(FollowUp.lead_id == lead.id, FollowUp.state == "planned")
    return list(db.session.scalars(query.order_by(FollowUp.due_at)))


def test_who_was_spoken_to_stands_where_such_leads_wait(alice, mailbox, run_outbox):
    lead = add(alice)
    assert lead.stage_id == stage_by_key("contacted").id and lead.first_contact_minutes == 0
    assert planned(lead)[0] == "Call again" and "First call" not in planned(lead)
    call = db.session.scalars(select(Activity).where(Activity.kind == "call")).one()
    assert (call.outcome, call.actor_id) == ("spoke", lead.created_by)
    run_outbox()
    assert mailbox.mails("pauline@example.com") == []


def test_where_that_stage_is_retired_the_call_is_kept_all_the_same(alice):
    contacted = db.session.scalars(select(Stage).where(Stage.key == "contacted")).one()
    assert alice.post(f"/w/{alice.slug}/settings/stages/{contacted.id}/retire", data={"to": ""}).status_code < 400
    assert "the lead stands under" not in alice.get(f"/w/{alice.slug}/leads/new").text
    lead = add(alice)
    assert lead.stage_id == stage_by_key("new").id and lead.first_contact_minutes == 0


def test_nothing_for_now_leaves_the_first_call(alice, mailbox, run_outbox):
    lead = add(alice, then="nothing")
    assert planned(lead) == ["First call"] and lead.first_contact_at is None
    run_outbox()
    assert mailbox.mails("pauline@example.com") == []


def test_what_was_chosen_is_not_lost_with_an_error(alice):
    answer = alice.post(f"/w/{alice.slug}/leads/new", data={**PAULINE, "postcode": "nowhere"})
    assert answer.status_code == 422 and 'name="then" value="spoke" checked' in answer.text
