"""Whoever names another person's address as their own sees nothing of theirs, and decides nothing for them."""

from collections.abc import Callable
from typing import Any

import pytest

from app.messaging import services as messaging
from app.quotes.models import Quote
from tests.lead_forms.conftest import Page
from tests.messaging.inbound import mail, post_mail
from tests.quotes.conftest import CUSTOMER
from tests.support.client import Client


def test_mails_from_where_no_quote_went_are_not_shown(
    make_lead: Callable[..., Any], sent: Callable[..., Quote], client: Client, run_outbox: Callable[[], int],
    make_due: Callable[..., int], mailbox: Any, world: Any,
) -> None:  # fmt: skip
    lead = make_lead(CUSTOMER, name="Mal Lory", email="victim@example.org", phone="07700 900318")
    link = f"/c/{sent(lead, 'sms').link_secret}"
    make_due("message.send")
    run_outbox()
    post_mail(client, mail("The alarm code is 4711", sender="Vic Tim <victim@example.org>"))
    for page in ("/data", "/data.json"):
        answer = client.get(f"{link}{page}")
        assert "To you by text message" in answer.text and "4711" not in answer.text


def test_mails_from_where_the_quote_went_are(
    make_lead: Callable[..., Any], sent: Callable[..., Quote], client: Client, run_outbox: Callable[[], int],
    make_due: Callable[..., int], mailbox: Any, world: Any,
) -> None:  # fmt: skip
    link = f"/c/{sent(make_lead(email='hannah.cole@example.com')).link_secret}"
    make_due("message.send")
    run_outbox()
    post_mail(client, mail("The gate is green", sender="Hannah Cole <Hannah.Cole@example.com>"))
    assert "The gate is green" in client.get(f"{link}/data").text


@pytest.mark.parametrize("is_known", [True, False])
def test_what_somebody_asked_not_to_get_nobody_else_asks_for(
    make_lead: Callable[..., Any], sent: Callable[..., Quote], client: Client, world: Any, is_known: bool
) -> None:
    """Also where nothing is left of them but that they asked: that much stays of who is deleted."""
    if is_known:
        make_lead(name="Vic Tim", email="victim@example.org")
    messaging.suppress("email", "victim@example.org", "asked")
    link = f"/c/{sent(make_lead(CUSTOMER, name='Mal Lory', email=None, phone='07700 900318'), 'sms').link_secret}"
    typed = {"name": "Mal Lory", "phone": "07700 900318", "email": "victim@example.org", "postcode": "BA5 2QJ"}
    page = Page(client.get(f"{link}/details").text).fields
    was = {name: values[0] for name, values in page.items()}
    assert client.post(f"{link}/details", data=was | typed, csrf=False).status_code == 303
    ticked = {"shown": ["service_email", "marketing_email"], "service_email": "1"}
    assert client.post(f"{link}/contact", data=ticked, csrf=False).status_code == 303
    assert messaging.is_suppressed("email", "victim@example.org")
    assert 'name="service_email"' not in client.get(f"{link}/contact").text


@pytest.mark.parametrize(("channel", "may"), [("email", True), ("sms", False)])
def test_who_got_the_link_by_mail_may_have_mails_again(
    make_lead: Callable[..., Any], sent: Callable[..., Quote], client: Client, run_outbox: Callable[[], int],
    make_due: Callable[..., int], mailbox: Any, world: Any, channel: str, may: bool,
) -> None:  # fmt: skip
    """By whose one click they ended nobody knows; whoever has the link by text may have named anybody's address."""
    lead = make_lead(email="hannah.cole@example.com", phone="07700 900318")
    link = f"/c/{sent(lead, channel).link_secret}"
    make_due("message.send")
    run_outbox()
    messaging.keep_wishes(lead, {("email", "service"): False}, world.alice.actor, source="one_click")
    ticked = {"shown": ["service_email"], "service_email": "1"}
    assert client.post(f"{link}/contact", data=ticked, csrf=False).status_code == 303
    assert messaging.is_suppressed("email", "hannah.cole@example.com") is not may
