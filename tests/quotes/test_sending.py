"""A quote is sent: the customer gets a link, the lead its price and stage, and what was sent stays as it is."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.core.access_keys import AccessKey
from app.extensions import db
from app.leads.models import Lead, Stage
from app.leads.queries.stages import stages
from app.leads.services import get_lead
from app.leads.services.reading import get_stage
from app.messaging.models import Message, MessageTemplate
from app.messaging.services import suppress
from app.quotes.models import Quote
from app.quotes.queries import quotes_of
from app.workspaces.queries import today_here
from tests.quotes.conftest import link_path
from tests.support.client import Client


def stage_of(lead: Lead) -> Stage:
    return get_stage(get_lead(lead.id).stage_id)


def send(browser: Client, quote: Quote, channel: str, **options: Any) -> Any:
    return browser.post(
        f"/w/wells/quotes/{quote.id}/send", data={"channel": channel, "version": quote.version}, **options
    )


def messages(lead: Lead) -> list[Message]:
    return list(
        db.session.scalars(select(Message).where(Message.lead_id == lead.id, Message.template_key.like("quote%")))
    )


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_sending(alice: Client, client: Client, lead: Any, write: Callable[..., Quote], channel: str) -> None:
    quote = write(lead)
    assert send(alice, quote, channel).status_code == 303
    assert [view.standing for view in quotes_of(lead.id)] == ["open"]
    (message,) = messages(lead)
    assert message.channel == channel
    assert message.recipient == {"email": "hannah.cole@example.com", "sms": "+447700900318"}[channel]
    page = client.get(link_path(message))
    assert page.status_code == 200
    assert "Hannah, here is your price" in page.text
    now = get_lead(lead.id)
    assert (now.price_minor, now.frequency, now.annual_minor) == (2400, "8_weekly", 15600)
    assert now.quote_valid_until == quote.valid_until
    assert stage_of(lead).key == "quote_sent"


@pytest.mark.parametrize(
    ("method", "first"), [("any", "email"), ("email", "email"), ("sms", "SMS"), ("phone", "email")]
)
def test_the_way_that_the_customer_prefers_comes_first(
    alice: Client, lead: Any, write: Callable[..., Quote], method: str, first: str
) -> None:
    lead.contact.preferred_method = method
    db.session.commit()
    page = alice.get(f"/w/wells/quotes/{write(lead).id}").text
    buttons = re.findall(r'<button class="button ([^"]*)" type="submit">.*?Send by (email|SMS)', page)
    assert buttons == [("primary", first), ("", "SMS" if first == "email" else "email")]


def test_the_way_that_is_preferred_but_shut_is_not_offered(
    alice: Client, lead: Any, write: Callable[..., Quote]
) -> None:
    lead.contact.preferred_method = "sms"
    suppress("sms", "07700 900318", "stop")
    db.session.commit()
    page = alice.get(f"/w/wells/quotes/{write(lead).id}").text
    assert re.findall(r'<button class="button ([^"]*)" type="submit">.*?Send by (\w+)', page) == [("primary", "email")]


def test_the_first_rung_counts_when_the_rhythm_asked_for_is_not_offered(lead: Any, sent: Callable[..., Quote]) -> None:
    sent(lead, rungs={"4_weekly": 1900, "12_weekly": 2900})
    assert (get_lead(lead.id).price_minor, get_lead(lead.id).frequency) == (1900, "4_weekly")


def test_a_second_click_sends_nothing(alice: Client, lead: Any, write: Callable[..., Quote]) -> None:
    quote = write(lead)
    seen = quote.version
    data = {"channel": "email", "version": seen}
    assert alice.post(f"/w/wells/quotes/{quote.id}/send", data=data).status_code == 303
    assert alice.post(f"/w/wells/quotes/{quote.id}/send", data=data).status_code == 409
    assert len(messages(lead)) == 1


def test_a_version_that_nobody_saw_sends_nothing(alice: Client, lead: Any, write: Callable[..., Quote]) -> None:
    quote = write(lead)
    for version in ("9" * 5000, "-1", "x"):
        data = {"channel": "email", "version": version}
        assert alice.post(f"/w/wells/quotes/{quote.id}/send", data=data).status_code == 409
    assert messages(lead) == []


def test_an_open_quote_goes_out_again_with_the_same_link(alice: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    assert send(alice, quote, "sms").status_code == 303
    first, second = sorted(messages(lead), key=lambda message: message.created_at)
    assert link_path(first) == link_path(second)


def test_a_new_version_replaces_the_old_one(
    alice: Client, client: Client, lead: Any, sent: Callable[..., Quote]
) -> None:
    old = sent(lead)
    old_path = f"/c/{old.link_secret}"
    rungs = [(rung.frequency, rung.price_minor) for rung in old.options]
    new = sent(lead, rungs={"8_weekly": 2600})
    assert [(view.number[-2:], view.standing) for view in quotes_of(lead.id)] == [("Q2", "open"), ("Q1", "replaced")]
    assert new.number == f"{lead.number}-Q2"
    assert [
        (rung.frequency, rung.price_minor) for rung in db.session.get_one(Quote, (old.workspace_id, old.id)).options
    ] == rungs
    page = client.get(old_path)
    assert "This quote was replaced" in page.text
    assert f"/c/{new.link_secret}" in page.text
    assert send(alice, old, "email").status_code == 409


def test_only_ways_the_contact_has_are_offered(
    alice: Client, make_lead: Callable[..., Any], write: Callable[..., Quote]
) -> None:
    quote = write(make_lead(email=None, phone="01749 960123"))
    page = alice.get(f"/w/wells/quotes/{quote.id}").text
    assert "Send by" not in page
    assert "no email address or mobile number" in page
    assert send(alice, quote, "email").status_code == 422
    assert send(alice, quote, "sms").status_code == 422
    assert send(alice, quote, "pigeon").status_code == 422


def test_who_opted_out_is_not_written_to(alice: Client, lead: Any, write: Callable[..., Quote]) -> None:
    quote = write(lead)
    suppress("sms", "07700 900318", "stop")
    assert "Send by SMS" not in alice.get(f"/w/wells/quotes/{quote.id}").text
    assert send(alice, quote, "sms").status_code == 422
    assert messages(lead) == []


def test_a_draft_past_its_day_is_not_sent(alice: Client, lead: Any, write: Callable[..., Quote]) -> None:
    quote = write(lead)
    _set_day(quote, -1)
    assert send(alice, quote, "email").status_code == 422
    assert [view.standing for view in quotes_of(lead.id)] == ["draft"]


def test_a_template_that_cannot_be_filled_sends_nothing(alice: Client, lead: Any, write: Callable[..., Quote]) -> None:
    quote = write(lead)
    db.session.execute(update(MessageTemplate).where(MessageTemplate.key == "quote_email").values(body="Hi {nickname}"))
    answer = send(alice, quote, "email")
    assert answer.status_code == 409
    assert "{nickname}" in answer.text
    assert "Draft" in answer.text
    assert [view.standing for view in quotes_of(lead.id)] == ["draft"]
    assert messages(lead) == []
    assert db.session.scalars(select(AccessKey).where(AccessKey.kind == "quote")).all() == []


def test_a_lead_further_on_stays_where_it_is(alice: Client, lead: Any, write: Callable[..., Quote]) -> None:
    later = next(stage for stage in stages() if stage.key == "ready_for_squeegee")
    alice.post(f"/w/wells/leads/{lead.id}/stage", data={"to": str(later.id), "stage_id": str(later.id)})
    quote = write(lead)
    before = stage_of(lead).position
    assert send(alice, quote, "email").status_code == 303
    assert stage_of(lead).position >= before


def test_onlookers_do_not_get_the_link(alice: Client, dave: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    assert quote.link_secret is not None
    assert quote.link_secret in alice.get(f"/w/wells/quotes/{quote.id}").text
    page = dave.get(f"/w/wells/quotes/{quote.id}")
    assert page.status_code == 200
    assert quote.link_secret not in page.text
    assert dave.post(f"/w/wells/quotes/{quote.id}/send", data={"channel": "email"}).status_code == 403


def test_the_secret_is_stored_nowhere_in_the_clear(lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    assert quote.link_secret is not None
    raw = db.session.execute(select(Quote.link_secret_sealed).where(Quote.id == quote.id)).scalar_one()
    assert quote.link_secret.encode() not in bytes(raw)
    key = db.session.scalars(select(AccessKey).where(AccessKey.kind == "quote")).one()
    assert key.target_id == quote.id
    assert key.expires_at is not None
    assert key.expires_at.date() > quote.valid_until


def _set_day(quote: Quote, days: int) -> None:
    db.session.execute(
        update(Quote).where(Quote.id == quote.id).values(valid_until=today_here() + timedelta(days=days))
    )
    db.session.expire_all()
