"""What somebody else wrote is not read by the link of whoever names that person's address as their own."""

from collections.abc import Callable
from typing import Any

from app.quotes.models import Quote
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
