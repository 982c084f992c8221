"""A first clean is not proposed inside the days to cancel of somebody who did not ask for an early start."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.core.human_time import short_date
from app.extensions import db
from app.quotes.services import QuoteDraft, draft_quote, send_quote
from app.rounds.models import Closure, Round
from app.squeegee import queries
from app.workspaces.queries import current_workspace, today_here
from tests.squeegee.desk import Desk, fresh, stage_of


def accepted(lead: Any, desk: Desk, client: Any, **ticked: str) -> Any:
    """The lead's customer accepts their quote on their own page; the lead waits for Squeegee."""
    draft = QuoteDraft(rungs={"8_weekly": 2400}, firsts={}, valid_until=today_here() + timedelta(days=30))
    quote = send_quote(draft_quote(lead.id, draft, desk.actor).id, "email", desk.actor)
    db.session.commit()
    data = {"option": str(quote.options[0].id), "name": "Hannah Cole", **ticked}
    assert client.post(f"/c/{quote.link_secret}/accept", data=data, csrf=False).status_code == 303
    assert stage_of(lead) == "ready_for_squeegee"
    return fresh(lead)


@pytest.mark.parametrize("place", ["panel", "drawer", "queue", "copy sheet"])
def test_the_day_waits_for_the_end_of_the_days_to_cancel(
    desk: Desk, make_lead: Any, alice: Any, client: Any, place: str
) -> None:
    lead = accepted(make_lead(email="hannah.cole@example.com"), desk, client)
    end = today_here() + timedelta(days=14)
    day = queries.suggested_first_date(end)
    own = f"/w/wells/leads/{lead.id}"
    url = {"panel": f"{own}/squeegee", "drawer": own, "queue": "/w/wells/squeegee", "copy sheet": f"{own}/copy-sheet"}
    page = alice.get(url[place], hx=place in ("panel", "drawer")).text
    assert f'value="{day.isoformat()}"' in page and day > end
    assert f"They can cancel until {short_date(end)} and did not ask for an early start." in page
    earlier = {"first_service_date": (today_here() + timedelta(days=3)).isoformat()}
    assert alice.post(f"{own}/hand-over", data=earlier).status_code == 303  # a person may know better


def test_the_round_that_comes_after_them_is_taken(desk: Desk, make_lead: Any, alice: Any, client: Any) -> None:
    first_day = today_here() + timedelta(days=3)
    db.session.add(Round(name="Wells", areas=["BA5"], first_day=first_day, every_weeks=1, capacity=6))
    db.session.commit()
    lead = accepted(make_lead(email="hannah.cole@example.com", postcode="BA5 2QJ"), desk, client)
    other = make_lead(stage_key="ready_for_squeegee", price_minor=2400, postcode="BA5 2QJ")
    days = {each.id: each.first for each in queries.queue().candidates}
    assert days[lead.id].day > today_here() + timedelta(days=14) > days[other.id].day
    assert "Wells, room for 6 more" in days[lead.id].why and not days[other.id].note


@pytest.mark.parametrize("asked", ["early", "business"])
def test_nothing_waits_for_who_asked_or_has_no_such_right(
    desk: Desk, make_lead: Any, alice: Any, client: Any, asked: str
) -> None:
    kind = {"property_type": "commercial", "bedrooms": None} if asked == "business" else {}
    ticked = {"early_start": "1"} if asked == "early" else {}
    lead = accepted(make_lead(email="hannah.cole@example.com", **kind), desk, client, **ticked)
    panel = alice.get(f"/w/wells/leads/{lead.id}/squeegee", hx=True).text
    assert f'value="{queries.suggested_first_date().isoformat()}"' in panel and "They can cancel" not in panel


@pytest.mark.parametrize("asked", ["early", "in time"])
def test_the_first_working_day_after_a_day_off_is_taken(
    desk: Desk, make_lead: Any, alice: Any, client: Any, asked: str
) -> None:
    """A day off ends the waiting as any other does: the day after it is not passed over."""
    last = today_here() + timedelta(days=0 if asked == "early" else 14)
    db.session.add(Closure(name="Works outing", starts_on=last, ends_on=last))
    db.session.commit()
    ticked = {"early_start": "1"} if asked == "early" else {}
    lead = accepted(make_lead(email="hannah.cole@example.com"), desk, client, **ticked)
    panel = alice.get(f"/w/wells/leads/{lead.id}/squeegee", hx=True).text
    day = first_working(last)
    assert f'value="{day.isoformat()}"' in panel and f"{short_date(day)}: the next working day" in panel


def first_working(day: date) -> date:
    """The first working day after a day, counted one by one."""
    clock = current_workspace().clock()
    day += timedelta(days=1)
    while not clock.is_working_day(day):
        day += timedelta(days=1)
    return day
