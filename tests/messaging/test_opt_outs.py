"""Opt-outs: looked up, added by hand, taken back with a reason, and remembered after the person is erased."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select, text

from app.contacts.models import Consent, Contact
from app.core.permissions import SYSTEM
from app.extensions import db
from app.leads.services import delete_for_good, put_on_shelf
from app.messaging.models import Message, Suppression
from app.messaging.services import compose, is_suppressed, suppress
from tests.support.work import run_outbox

URL = "/w/wells/settings/opt-outs"
Make = Callable[..., Any]


def ledger(contact_id: Any) -> list[tuple[str, str, bool, str]]:
    db.session.commit()
    rows = db.session.execute(
        select(Consent.channel, Consent.purpose, Consent.granted, Consent.source)
        .where(Consent.contact_id == contact_id)
        .order_by(Consent.created_at, Consent.id)
    )
    return [tuple(row) for row in rows]  # type: ignore[misc]


def test_what_one_of_us_was_told_is_kept_and_stops_what_is_planned(bob: Any, world: Any, make_lead: Make) -> None:
    lead = make_lead(email="hannah@example.com", owner_id=world.alice.user_id)
    answer = bob.post(URL, data={"address": " Hannah@Example.com "})
    assert answer.status_code == 303
    assert is_suppressed("email", "hannah@example.com")
    assert ledger(lead.contact_id) == [("email", "service", False, "person")]
    page = bob.get(URL).text
    assert "Asked for no more, noted by Bob" in page
    assert "hannah@example.com" not in page  # a colleague's lead: he need not know whose address it is
    assert "Hannah Cole" in (ours := request_page(world)) and "hannah@example.com" in ours
    message = compose(lead, "email", recipient="hannah@example.com", subject="x", body="x", actor=SYSTEM)
    db.session.commit()
    run_outbox()
    assert db.session.execute(
        select(Message.state, Message.error).where(Message.id == message.id)
    ).one() == ("refused", "opted_out")  # fmt: skip


def request_page(world: Any) -> str:
    from app.messaging.queries.opt_outs import opt_outs

    with world.alice.acting():
        rows, _ = opt_outs()
    return " ".join(f"{holder.name} {holder.address}" for row in rows for holder in row.holders)


def test_an_address_is_looked_up_without_standing_in_a_url(alice: Any, make_lead: Make) -> None:
    suppress("sms", "07700 900318", "stop", source="reply")
    db.session.commit()
    found = alice.post(f"{URL}/find", data={"address": "+44 7700 900318"})
    assert found.status_code == 200 and "No texts to this address" in found.text and "Texted STOP" in found.text
    free = alice.post(f"{URL}/find", data={"address": "new@example.com"})
    assert "Nobody at this address has opted out" in free.text
    wrong = alice.post(f"{URL}/find", data={"address": "neither"})
    assert wrong.status_code == 422 and 'value="neither"' in wrong.text


def test_taking_back_needs_a_reason_and_is_kept(alice: Any, make_lead: Make) -> None:
    lead = make_lead(email="hannah@example.com")
    suppress("email", "hannah@example.com", "unsubscribed", source="one_click")
    db.session.commit()
    entry = db.session.scalars(select(Suppression.id)).one()
    refused = alice.post(f"{URL}/{entry}/take-back", data={})
    assert refused.status_code == 422 and "Choose how they asked for it." in refused.text
    assert alice.post(f"{URL}/{entry}/take-back", data={"way": "called"}).status_code == 303
    assert not is_suppressed("email", "hannah@example.com")
    assert ledger(lead.contact_id) == [("email", "service", True, "called")]
    shown = alice.get(f"/w/wells/contacts/{lead.contact_id}").text
    assert "told to us on the phone" in shown and "May be sent" in shown
    assert alice.post(f"{URL}/{entry}/take-back", data={"way": "called"}).status_code == 404


def test_a_stop_stands_at_the_carrier(alice: Any) -> None:
    suppress("sms", "07700 900318", "stop", source="reply")
    db.session.commit()
    entry = db.session.scalars(select(Suppression.id)).one()
    answer = alice.post(f"{URL}/{entry}/take-back", data={"way": "called"})
    assert answer.status_code == 409 and is_suppressed("sms", "07700 900318")


def test_a_landline_gets_no_texts_anyhow(alice: Any) -> None:
    answer = alice.post(URL, data={"address": "01632 960123"})
    assert answer.status_code == 422 and "landline" in answer.text


def test_it_outlives_the_person(alice: Any, world: Any, make_lead: Make) -> None:
    lead = make_lead(email="hannah@example.com", phone="07700 900318")
    for address in ("hannah@example.com", "07700 900318"):
        assert alice.post(URL, data={"address": address}).status_code == 303
    put_on_shelf([lead.id], "bin", world.alice.actor)
    db.session.flush()
    delete_for_good([lead.id], world.alice.actor)
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Contact)) == 0
    assert is_suppressed("email", "hannah@example.com") and is_suppressed("sms", "+447700900318")
    assert "of nobody whom you see here" in alice.get(URL).text
    stored = " ".join(str(row) for row in db.session.execute(text("select suppressions::text from suppressions")))
    assert "hannah" not in stored and "900318" not in stored

    again = make_lead(email="hannah@example.com", phone="07700 900318")  # she asks once more, years later
    for channel, recipient in (("email", "hannah@example.com"), ("sms", "07700 900318")):
        compose(again, channel, recipient=recipient, subject="x", body="x", actor=SYSTEM)
    db.session.commit()
    run_outbox()
    errors = db.session.scalars(select(Message.error).where(Message.lead_id == again.id, Message.direction == "out"))
    assert set(errors) == {"opted_out"}


def test_the_list_goes_on_by_pages(alice: Any) -> None:
    for number in range(45):
        suppress("email", f"person{number}@example.com", "asked", source="person")
    db.session.commit()
    page = alice.get(URL).text
    assert page.count('class="opt-out"') == 40
    more = page.split('hx-get="')[-1].split('"')[0].replace("&amp;", "&")
    assert alice.get(more, hx=True).text.count('class="opt-out"') == 5


def test_who_only_looks_on_adds_nothing(dave: Any, carol: Any) -> None:
    assert "They asked for no more" not in dave.get(URL).text
    assert dave.post(URL, data={"address": "x@example.com"}).status_code == 403
    assert carol.get(URL).status_code == 403
