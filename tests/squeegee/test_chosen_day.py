"""The day that a customer chose for their first clean is the one that goes to Squeegee."""

import csv
import io
import re
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.appointments.models import Appointment
from app.core.clock import utcnow
from app.core.human_time import long_date, short_date
from app.extensions import db
from app.leads.services.facts import change_fact
from app.quotes.services.slots import SlotDraft, offer_slot
from app.rounds.models import Round
from app.squeegee.queries import get_account, transfer_page
from app.workspaces.queries import today_here
from tests.squeegee.desk import Desk, fresh, stage_of
from tests.squeegee.test_early_start import accepted


def chosen(make_lead: Any, desk: Desk, client: Any, after: int = 25, **ticked: str) -> tuple[Any, date]:
    """A lead whose customer accepted and chose a Wednesday, at nine, some days ahead."""
    lead = make_lead(email="hannah.cole@example.com", postcode="BA5 2QJ")
    day = today_here() + timedelta(days=after)
    day += timedelta(days=(2 - day.weekday()) % 7)
    if (day.month, day.day) in ((12, 25), (12, 26), (1, 1)):
        day += timedelta(days=7)
    slot = offer_slot(lead.id, SlotDraft(day, time(9), time(11)), desk.actor)
    db.session.commit()
    return accepted(lead, desk, client, slot=str(slot.id), **ticked), day


@pytest.mark.parametrize("place", ["panel", "drawer", "queue", "copy sheet"])
def test_it_is_proposed_wherever_it_is_handed_over(
    desk: Desk, make_lead: Any, alice: Any, client: Any, place: str
) -> None:
    db.session.add(Round(name="Wells", areas=["BA5"], first_day=today_here(), every_weeks=1, capacity=6))
    lead, day = chosen(make_lead, desk, client)
    own = f"/w/wells/leads/{lead.id}"
    url = {"panel": f"{own}/squeegee", "drawer": own, "queue": "/w/wells/squeegee", "copy sheet": f"{own}/copy-sheet"}
    page = alice.get(url[place], hx=place in ("panel", "drawer")).text
    assert f'value="{day.isoformat()}"' in page
    if place in ("panel", "queue"):
        assert f"{short_date(day)}: the customer chose it, for 09:00" in page


def test_a_file_of_several_takes_it_too(desk: Desk, make_lead: Any, alice: Any, client: Any) -> None:
    lead, day = chosen(make_lead, desk, client)
    other = make_lead(stage_key="ready_for_squeegee", price_minor=2400, postcode="BA5 2QJ")
    asked = {"lead": [str(lead.id), str(other.id)], "format": "csv", "dates": "1"}
    made = alice.post("/w/wells/squeegee/batches", data=asked)
    text = alice.get(f"{made.location}/file.csv").data.decode("utf-8-sig")
    dates = {row["Cust Ref"]: row["First Date"] for row in csv.DictReader(io.StringIO(text, newline=""))}
    assert dates[lead.number] == f"{day:%d/%m/%y}" != dates[other.number]


def test_one_they_asked_for_inside_their_days_to_cancel(desk: Desk, make_lead: Any, alice: Any, client: Any) -> None:
    lead, day = chosen(make_lead, desk, client, after=2, early_start="1")
    assert day <= today_here() + timedelta(days=14)
    panel = alice.get(f"/w/wells/leads/{lead.id}/squeegee", hx=True).text
    assert f'value="{day.isoformat()}"' in panel and "They can cancel" not in panel


@pytest.mark.parametrize("why", ["called off", "over"])
def test_a_visit_that_does_not_come_is_not_proposed(
    desk: Desk, make_lead: Any, alice: Any, client: Any, why: str
) -> None:
    lead, day = chosen(make_lead, desk, client)
    an_hour_ago = utcnow() - timedelta(hours=1)
    values = {"status": "cancelled"} if why == "called off" else {"starts_at": an_hour_ago, "ends_at": utcnow()}
    db.session.execute(update(Appointment).values(**values))
    db.session.commit()
    assert stage_of(lead) == "ready_for_squeegee"
    panel = alice.get(f"/w/wells/leads/{lead.id}/squeegee", hx=True).text
    assert f'value="{day.isoformat()}"' not in panel and "the customer chose it" not in panel


@pytest.mark.parametrize("pattern", ["", "Ring first.\n{access}"])
def test_its_hours_go_over_on_every_way(
    desk: Desk, make_lead: Any, alice: Any, client: Any, run_outbox: Any, pattern: str
) -> None:
    get_account(lock=True).notes_template = pattern
    lead, day = chosen(make_lead, desk, client)
    change_fact(lead.id, "preferred_time", "afternoon", lead.preferred_time or "", desk.actor)
    db.session.commit()
    sheet = alice.get(f"/w/wells/leads/{lead.id}/copy-sheet").text
    assert re.search(r"<dt>Time</dt>\s*<dd[^>]*>09:00 to 11:00<", sheet)
    said = f"First clean agreed for {long_date(day)}, 09:00 to 11:00."
    assert said in sheet
    transfer = desk.start(lead)
    run_outbox()
    calls = transfer_page(transfer.id, with_bodies=True).calls
    assert said in next(call.request for call in calls if call.step == "job")


def test_its_hours_stand_in_a_file(desk: Desk, make_lead: Any, alice: Any, client: Any) -> None:
    lead, day = chosen(make_lead, desk, client)
    get_account(lock=True).file_columns = [
        {"title": "When", "fact": "preferred_time"}, {"title": "Notes", "fact": "notes"},
    ]  # fmt: skip
    db.session.commit()
    made = alice.post("/w/wells/squeegee/batches", data={"lead": str(lead.id), "format": "csv", "dates": "1"})
    text = alice.get(f"{made.location}/file.csv").data.decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert row["When"] == "09:00 to 11:00"
    assert f"{long_date(day)}, 09:00 to 11:00" in row["Notes"]


def test_a_time_that_they_would_like_stands_where_none_was_chosen(desk: Desk, make_lead: Any, alice: Any) -> None:
    lead = make_lead(stage_key="ready_for_squeegee", price_minor=2400, preferred_time="afternoon")
    sheet = alice.get(f"/w/wells/leads/{lead.id}/copy-sheet").text
    assert re.search(r"<dt>Time</dt>\s*<dd[^>]*>Afternoons<", sheet) and "agreed for" not in sheet


def test_hours_of_another_day_are_not_those_of_the_first_date(
    desk: Desk, make_lead: Any, alice: Any, client: Any
) -> None:
    """Where another day was set by hand the sheet's time is not the chosen one; the notes still tell what was."""
    lead, day = chosen(make_lead, desk, client)
    lead.first_service_date = day + timedelta(days=7)
    db.session.commit()
    sheet = alice.get(f"/w/wells/leads/{lead.id}/copy-sheet").text
    assert not re.search(r"<dt>Time</dt>\s*<dd[^>]*>09:00", sheet)
    assert f"agreed for {long_date(day)}, 09:00 to 11:00" in sheet


@pytest.mark.parametrize(("step", "state", "held"), [("customer", "failed", (0, 0)), ("job", "partial", (1, 0))])
def test_what_waited_past_its_first_clean_is_not_sent_with_a_day_that_has_passed(
    desk: Desk, ready_lead: Any, alice: Any, run_outbox: Any, make_due: Any, step: str, state: str, held: tuple
) -> None:
    desk.far_end.switch(status_500={"step": step})
    transfer = desk.start(ready_lead())
    run_outbox()
    assert fresh(transfer).state == "pending"
    desk.far_end.switch(all=False)
    transfer.first_service_date = today_here() - timedelta(days=1)
    db.session.commit()
    make_due("transfer.run")
    run_outbox()
    assert (fresh(transfer).state, transfer.error) == (state, "day_passed") and desk.counts() == held
    assert "first clean passed while it waited" in alice.get(f"/w/wells/transfers/{transfer.id}").text
