"""The archive, the bin, the way back, and the end."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from app.activities.models import Activity
from app.contacts.models import Contact, Property
from app.core.clock import utcnow
from app.extensions import db
from app.followups.models import FollowUp
from app.lead_forms.models import FormSubmission, LeadForm
from app.leads.models import Lead, SearchToken
from app.leads.services import archive, get_lead, put_in_bin, put_on_shelf, restore
from app.messaging.models import Message
from app.messaging.services import compose
from app.quotes.services import QuoteDraft, draft_quote, send_quote
from tests.quotes.conftest import link_path


def url(browser, lead, act: str = "") -> str:
    """The address of a lead, or of an act on it."""
    return f"/w/{browser.slug}/leads/{lead.id}" + (f"/{act}" if act else "")


def listed(browser, page: str) -> str:
    """A page of the desk."""
    return browser.get(f"/w/{browser.slug}/leads/{page}".rstrip("/"), hx=page in ("archive", "bin")).text


def age_in_bin(lead, days: int) -> None:
    """Let a lead have lain in the bin for so long, and the night of its emptying have come."""
    moment = utcnow() - timedelta(days=days)
    db.session.execute(text("update leads set shelved_at = :at where id = :id"), {"at": moment, "id": lead.id})
    db.session.execute(text("update outbox set dedupe_key = 'last night ' || id where kind = 'bin.empty'"))
    db.session.commit()


@pytest.mark.parametrize(("act", "page", "words"), [("archive", "archive", "archive"), ("bin", "bin", "for 30 days")])
def test_a_lead_that_is_put_away_leaves_the_desk_and_comes_back(alice, make_lead, act, page, words):
    lead = make_lead(name="Hannah Cole")

    answer = alice.post(url(alice, lead, act), hx=True)

    assert words in answer.text
    assert url(alice, lead, "restore") in answer.text  # the toast's undo
    assert "Hannah Cole" not in listed(alice, "")
    assert "Hannah Cole" not in listed(alice, "board")
    assert "Hannah Cole" in listed(alice, page)
    drawer = alice.get(url(alice, lead), hx=True).text
    assert "Nothing is planned with it" in drawer and "+ Plan" not in drawer and "on a sequence" not in drawer

    alice.post(url(alice, lead, "restore"), hx=True)

    assert "Hannah Cole" in listed(alice, "")
    assert "Hannah Cole" not in listed(alice, page)
    events = db.session.scalars(select(Activity.event).where(Activity.kind == "fact_changed").order_by(Activity.at))
    assert len(list(events)) == 2


def test_undo_puts_a_lead_back_where_it_was_also_in_a_tab_that_shows_it_on_the_desk_still(alice, world, make_lead):
    lead = make_lead(name="Hannah Cole")
    archive(lead.id, world.alice.actor)  # a colleague, a moment before
    db.session.commit()

    undo = alice.post(url(alice, lead, "bin"), hx=True).text.split('action="')[1].split('"')[0]
    alice.post(undo, hx=True)

    db.session.expire_all()
    assert (lead.shelf, lead.next_act) == ("archive", None)
    assert 'action="' not in alice.post(url(alice, lead, "archive"), hx=True).text  # it lies there already


def test_what_was_planned_rests_and_goes_on(world, alice, make_lead, make_due, run_outbox, mailbox):
    lead = make_lead()
    before = (lead.next_act, lead.next_act_at)
    archive(lead.id, world.alice.actor)
    db.session.commit()
    make_due("follow_up.due")
    run_outbox()
    assert mailbox.mails() == []
    assert (lead.next_act, lead.next_act_at) == (None, None)

    restore(lead.id, world.alice.actor)
    db.session.commit()

    assert (lead.next_act, lead.next_act_at) == before
    make_due("follow_up.due")
    run_outbox()
    assert db.session.scalar(select(func.count()).where(FollowUp.state == "done")) == 1


def test_a_message_whose_time_passed_away_from_the_desk_is_left_to_a_person(world, make_lead, make_due, run_outbox):
    lead = make_lead()
    put_in_bin(lead.id, world.alice.actor)
    db.session.execute(text("update follow_ups set due_at = due_at - interval '9 days'"))
    db.session.execute(text("update follow_ups set kind = 'email'"))
    db.session.commit()

    restore(lead.id, world.alice.actor)
    db.session.commit()

    assert lead.next_act == "Pick this up again"
    make_due("follow_up.due")
    run_outbox()
    assert db.session.scalar(select(func.count()).select_from(Message)) == 0


def test_a_message_on_its_way_does_not_leave_a_lead_in_the_bin(world, make_lead, make_due, run_outbox, mailbox):
    lead = make_lead()
    compose(
        lead, "email", recipient="ivy@example.com", subject="Hello", body="Good day", actor=world.alice.actor,
        hold=timedelta(minutes=1),
    )  # fmt: skip
    put_in_bin(lead.id, world.alice.actor)
    db.session.commit()

    make_due("message.send")
    run_outbox()

    assert mailbox.mails("ivy@example.com") == []
    assert db.session.scalars(select(Message.state)).one() == "cancelled"


def test_a_customer_who_accepts_brings_the_lead_back(world, client, make_lead):
    lead = make_lead()
    draft = QuoteDraft(rungs={"8_weekly": 2400}, valid_until=(utcnow() + timedelta(days=20)).date())
    quote = draft_quote(lead.id, draft, world.alice.actor)
    send_quote(quote.id, "email", world.alice.actor)
    link = link_path(db.session.scalars(select(Message)).one())
    yes = {"option": str(quote.options[0].id), "name": "Hannah Cole"}
    archive(lead.id, world.alice.actor)
    db.session.commit()

    assert client.post(f"{link}/accept", data=yes).status_code < 400

    assert get_lead(lead.id).shelf == "desk"


def test_only_who_may_deletes_for_good_and_only_from_the_bin(alice, bob, make_lead):
    lead = make_lead()
    assert alice.post(url(alice, lead, "delete"), hx=True).status_code == 409
    bob.post(url(bob, lead, "bin"), hx=True)
    assert "for good" not in listed(bob, "bin").partition("<tbody>")[2]
    assert bob.post(url(bob, lead, "delete"), hx=True).status_code == 403

    page = url(alice, lead)
    assert alice.post(f"{page}/delete", hx=True).status_code == 200

    assert alice.get(page).status_code == 404


def test_deleting_for_good_leaves_nothing_of_the_customer(alice, world, make_lead):
    lead = make_lead(name="Hannah Cole")
    other = make_lead(name="Ivy Reed")
    submission = FormSubmission(
        form_id=db.session.scalars(select(LeadForm.id)).one(), lead_id=lead.id, submission_key=b"k" * 16,
        answers='{"name": "Hannah Cole"}', address="192.0.2.1",
    )  # fmt: skip
    db.session.add(submission)
    alice.post(url(alice, lead, "bin"), hx=True)

    alice.post(url(alice, lead, "delete"), hx=True)

    assert db.session.scalars(select(Lead.id)).all() == [other.id]
    assert [contact.name for contact in db.session.scalars(select(Contact))] == ["Ivy Reed"]
    assert db.session.scalar(select(func.count()).select_from(Property)) == 1
    assert set(db.session.scalars(select(SearchToken.lead_id))) == {other.id}
    kept = db.session.scalars(select(FormSubmission)).one()
    assert (kept.state, kept.answers, kept.address, kept.lead_id) == ("deleted", "{}", None, None)


def test_a_person_with_another_lead_stays(alice, make_lead):
    same = {"email": "hannah@example.com", "phone": "07700 900318", "name": "Hannah Cole"}
    gone, kept = make_lead(**same), make_lead(**same)
    alice.post(url(alice, gone, "bin"), hx=True)
    alice.post(url(alice, gone, "delete"), hx=True)

    assert [contact.name for contact in db.session.scalars(select(Contact))] == ["Hannah Cole"]
    assert alice.get(url(alice, kept)).status_code == 200


def test_the_bin_empties_itself_after_its_days(world, make_lead, make_due, run_outbox):
    old, young, away = (make_lead(name=name) for name in ("Old Oak", "Young Yew", "Away Ash"))
    put_on_shelf([old.id, young.id], "bin", world.alice.actor)
    archive(away.id, world.alice.actor)
    db.session.commit()
    age_in_bin(old, 31)
    age_in_bin(young, 29)
    age_in_bin(away, 400)

    assert make_due("bin.empty") == 1  # one piece of work, however many leads
    run_outbox()

    assert set(db.session.scalars(select(Lead.id))) == {young.id, away.id}
    assert make_due("bin.empty") == 1  # and the next night is planned, since something is left
    age_in_bin(young, 31)
    run_outbox()
    assert db.session.scalars(select(Lead.id)).all() == [away.id]
    assert make_due("bin.empty") == 0


def test_a_page_of_the_bin_goes_on(alice, world, make_lead):
    leads = [make_lead() for _ in range(3)]
    put_on_shelf([lead.id for lead in leads], "bin", world.alice.actor)
    db.session.commit()
    import app.leads.queries.shelving as queries

    size, queries.PAGE = queries.PAGE, 2
    try:
        first = listed(alice, "bin")
        more = first.partition('hx-get="')[2]
        assert "Show more" in first
        address = first.partition("/leads/bin?after=")[2].partition('"')[0]
        second = alice.get(f"/w/{alice.slug}/leads/bin?after={address}", hx=True).text
    finally:
        queries.PAGE = size
    assert more
    assert first.count("data-bulk-pick") + second.count("data-bulk-pick") == 3


def test_a_viewer_looks_and_changes_nothing(dave, alice, make_lead):
    lead = make_lead(name="Hannah Cole")
    alice.post(url(alice, lead, "bin"), hx=True)

    assert "Hannah Cole" in listed(dave, "bin")
    assert "Put back" not in listed(dave, "bin")
    assert dave.post(url(dave, lead, "restore"), hx=True).status_code == 403
