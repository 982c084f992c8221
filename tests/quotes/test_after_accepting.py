"""What the customer's page says and where it leaves them when they answer: the field to mend, the visit, the days."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from app.appointments.services import book_visit
from app.core.human_time import long_date
from app.extensions import db
from app.quotes.models import Quote
from app.quotes.services.slots import SlotDraft, offer_slot
from app.workspaces.queries import current_workspace, today_here
from tests.quotes.conftest import CUSTOMER
from tests.support.client import Client
from tests.support.world import World


def open_quote(lead: Any, sent: Callable[..., Quote]) -> tuple[str, str]:
    """The path of a quote just sent and the id of its first rung."""
    quote = sent(lead)
    db.session.commit()
    return f"/c/{quote.link_secret}", str(quote.options[0].id)


def test_without_a_name_its_field_takes_the_focus_and_nothing_is_lost(
    client: Client, lead: Any, sent: Callable[..., Quote]
) -> None:
    path, rung = open_quote(lead, sent)
    assert "autofocus" not in client.get(path).text
    page = client.post(f"{path}/accept", data={"option": rung, "name": " ", "early_start": "1"}, csrf=False)
    assert page.status_code == 422
    focused = re.findall(r"<[^>]* autofocus[^>]*>", page.text)
    assert len(focused) == 1 and 'name="name"' in focused[0]
    assert re.search(rf'value="{rung}" checked', page.text)
    assert re.search(r'name="early_start"[^>]* checked', page.text)


@pytest.mark.parametrize(("step", "typed"), [("decline", {"reason": "of our own"}), ("question", {})])
def test_elsewhere_the_summary_takes_it(
    client: Client, lead: Any, sent: Callable[..., Quote], step: str, typed: dict[str, str]
) -> None:
    path, _ = open_quote(lead, sent)
    page = client.post(f"{path}/{step}", data=typed, csrf=False)
    assert page.status_code == 422
    focused = re.findall(r"<[^>]* autofocus[^>]*>", page.text)
    assert len(focused) == 1 and "error-summary" in focused[0]


def test_a_time_they_chose_is_their_first_clean(
    client: Client, lead: Any, sent: Callable[..., Quote], world: World
) -> None:
    path, rung = open_quote(lead, sent)
    day = today_here() + timedelta(days=20)
    day += timedelta(days=(2 - day.weekday()) % 7)
    slot = offer_slot(lead.id, SlotDraft(day, time(9), time(11)), world.alice.actor)
    db.session.commit()
    client.post(f"{path}/accept", data={"option": rung, "name": "H. Cole", "slot": str(slot.id)}, csrf=False)
    page = client.get(path).text
    assert page.index("Your first clean") < page.index(long_date(day)) < page.index("You can cancel within 14 days")
    assert "Your first clean comes after that." in page and "We will be in touch" not in page


def test_another_visit_says_that_it_is_to_see_the_work(client: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    path, rung = open_quote(lead, sent)
    day, zone = today_here() + timedelta(days=2), current_workspace().clock().zone
    book_visit(lead, datetime.combine(day, time(9), zone), datetime.combine(day, time(10), zone), None, CUSTOMER)
    db.session.commit()
    client.post(f"{path}/accept", data={"option": rung, "name": "H. Cole"}, csrf=False)
    page = client.get(path).text
    end = long_date(today_here() + timedelta(days=14))
    assert page.index("we come to look at the work") < page.index(long_date(day)) < page.index(f"until {end}")
    assert "We will be in touch with the date of your first clean." in page and "We start after that" in page
