"""Who fills in a form may type anybody's address: it does not get a mail for each time that is done."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.messaging.models import Message
from tests.lead_forms.conftest import leads
from tests.support.work import run_outbox

SOMEBODY = "somebody.else@example.com"


def test_an_address_that_is_typed_again_and_again_gets_few_mails(send: Callable[..., Any]) -> None:
    for number in range(7):
        typed = {"name": f"Hannah Cole {number}", "phone": f"07700 90031{number}", "address": f"203.0.{number}.7"}
        assert send(email=SOMEBODY, **typed).status_code == 303
    run_outbox()
    assert len(leads()) == 7
    mails = [each for each in db.session.scalars(select(Message)) if each.recipient == SOMEBODY]
    assert len(mails) == 3


def test_what_one_of_us_took_in_is_written_about_however_many_houses_it_is(make_lead: Callable[..., Any]) -> None:
    """A letting agent rings about five houses."""
    for number in range(5):
        make_lead(name="Hannah Cole", email=SOMEBODY, postcode=f"BA5 {number + 1}AA")
    run_outbox()
    mails = [each for each in db.session.scalars(select(Message)) if each.recipient == SOMEBODY]
    assert len(mails) == 5
