"""The page of rounds and closures, and where the next day of a round is told."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.human_time import long_date
from app.extensions import db
from app.messaging.models import MessageTemplate
from app.messaging.services import TemplateFault, render_template
from app.rounds.models import Closure, Round
from app.rounds.queries import closed_on
from app.rounds.words import short_day
from app.workspaces.queries import current_workspace, today_here

PAGE = "/w/wells/settings/rounds"
CLOSURES = "/w/wells/settings/closures"
WELLS = {
    "name": "Wells", "areas": "ba5 2, BA6-BA8", "first_day": "2026-11-24", "every_weeks": "4", "capacity": "8",
    "is_active": "1",
}  # fmt: skip


def rounds():
    return list(db.session.scalars(select(Round).order_by(Round.name)))


def test_a_new_round_is_not_proposed_for_a_day_on_which_nobody_works(alice):
    today = today_here()
    current_workspace().weekday_hours = {str(today.weekday()): None, str((today.weekday() + 1) % 7): ["09:00", "17:00"]}
    db.session.commit()
    proposed = re.search(r'id="f-first-new"[^>]*value="([^"]+)"', alice.get(PAGE).text)
    assert proposed and date.fromisoformat(proposed[1]) > today


def working_day():
    """The first day from next week on on which nobody has closed by law."""
    day = today_here() + timedelta(days=7 - today_here().weekday())
    while closed_on(day):
        day += timedelta(days=1)
    return day


def test_a_round_is_added_changed_and_deleted(alice):
    assert alice.post(PAGE, data=WELLS).status_code == 303
    (found,) = rounds()
    assert (found.areas, found.first_day, found.every_weeks, found.capacity) == (
        ["BA5 2", "BA6", "BA7", "BA8"], date(2026, 11, 24), 4, 8,
    )  # fmt: skip
    assert "every 4 weeks, 8 jobs a day" in alice.get(PAGE).text
    url = f"{PAGE}/{found.id}"
    assert 'value="2026-11-24"' in alice.get(url, hx=True).text
    assert alice.post(url, data=WELLS | {"capacity": "9", "version": "1", "is_active": ""}).status_code == 303
    db.session.expire_all()
    assert (found.capacity, found.is_active) == (9, False)
    assert "resting" in alice.get(PAGE).text
    assert alice.post(f"{url}/delete", data={"version": "2"}).status_code == 303
    assert rounds() == []
    told = set(db.session.scalars(select(AuditEntry.action)))
    assert {"round.added", "round.changed", "round.deleted"} <= told


def test_a_day_is_taken_as_the_page_says_that_it_is_written(alice):
    assert "like 24/11/2026" in alice.post(PAGE, data=WELLS | {"first_day": "soon"}).text
    assert alice.post(PAGE, data=WELLS | {"first_day": "24/11/2026"}).status_code == 303
    assert [each.first_day for each in rounds()] == [date(2026, 11, 24)]
    year = today_here().year + 1
    closed = {"closure": "Christmas", "starts_on": f"24/12/{year}", "ends_on": f"3 January {year + 1}"}
    assert alice.post(CLOSURES, data=closed).status_code == 303
    (closure,) = db.session.scalars(select(Closure))
    assert (closure.starts_on, closure.ends_on) == (date(year, 12, 24), date(year + 1, 1, 3))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": " "}, "Give the round a name"),
        ({"name": "wells"}, "a round of this name"),
        ({"areas": "BA5, Bath"}, "Not postcode districts: BATH"),
        ({"areas": ""}, "List the districts"),
        ({"first_day": "soon"}, "Enter a date"),
        ({"every_weeks": "0"}, "number of weeks from 1 to 52"),
        ({"capacity": "9999"}, "number of jobs from 1 to 200"),
    ],
)
def test_what_can_not_be_is_said_beside_it_and_nothing_is_lost(alice, wrong, words):
    alice.post(PAGE, data=WELLS)
    answer = alice.post(PAGE, data=WELLS | {"name": "Other", "capacity": "7"} | wrong)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="7"' in answer.text or "capacity" in wrong
    assert len(rounds()) == 1


def test_who_comes_second_is_told_what_stands(alice):
    alice.post(PAGE, data=WELLS)
    url = f"{PAGE}/{rounds()[0].id}"
    alice.post(url, data=WELLS | {"capacity": "5", "version": "1"})
    answer = alice.post(url, data=WELLS | {"capacity": "12", "version": "1"})
    assert answer.status_code == 409
    assert 'value="12"' in answer.text and "5 jobs a day" in answer.text
    assert alice.post(f"{url}/delete", data={"version": "1"}).status_code == 409


def test_who_mends_a_slip_still_hears_of_who_was_first(alice):
    alice.post(PAGE, data=WELLS)
    url = f"{PAGE}/{rounds()[0].id}"
    alice.post(url, data=WELLS | {"capacity": "5", "version": "1"})
    slip = alice.post(url, data=WELLS | {"capacity": "none", "version": "1"})
    fields = slip.text.partition(f'action="{url}"')[2]
    assert slip.status_code == 422 and 'name="version" value="1"' in fields.partition("</form>")[0]


def test_closures_are_added_shown_on_the_calendar_and_deleted(alice):
    day = working_day()
    alice.post(PAGE, data=WELLS | {"first_day": day.isoformat(), "every_weeks": "1"})
    assert "<b>Wells</b>" in alice.get(PAGE).text
    data = {"closure": "Works outing", "starts_on": day.isoformat(), "ends_on": (day - timedelta(1)).isoformat()}
    refused = alice.post(CLOSURES, data=data)
    assert refused.status_code == 422 and "The last day comes before the first" in refused.text
    assert alice.post(CLOSURES, data=data | {"ends_on": ""}).status_code == 303
    (closure,) = db.session.scalars(select(Closure))
    assert (closure.starts_on, closure.ends_on) == (day, day)
    assert "Works outing" in alice.get(PAGE).text
    assert alice.post(f"{CLOSURES}/{closure.id}/delete").status_code == 303
    assert "Works outing</b>" not in alice.get(PAGE).text


def test_a_slip_in_the_year_closes_nobody_for_years(alice, make_lead):
    """Enquiries, My day and the hours ask when the business opens next: there must be such a day."""
    data = {"closure": "Christmas", "starts_on": today_here().isoformat(), "ends_on": "03/01/2072"}
    answer = alice.post(CLOSURES, data=data)
    assert answer.status_code == 422 and "Is the year right?" in answer.text
    make_lead()
    assert alice.get("/w/wells/my-day").status_code == 200
    assert alice.get("/w/wells/settings/hours").status_code == 200


def test_a_closure_of_last_year_closes_nobody_and_says_so(alice):
    last = today_here() - timedelta(days=1)
    for starts, ends in ((last, ""), (last - timedelta(days=3), last)):
        answer = alice.post(CLOSURES, data={"closure": "Christmas", "starts_on": starts, "ends_on": ends})
        assert answer.status_code == 422 and answer.text.count("That day is over. Is the year right?") >= 1
    under_way = {"closure": "Away", "starts_on": last, "ends_on": today_here()}
    assert alice.post(CLOSURES, data=under_way).status_code == 303


def test_a_closure_that_is_sent_twice_is_one(alice):
    data = {"closure": "Works outing", "starts_on": working_day().isoformat()}
    assert [alice.post(CLOSURES, data=data).status_code for _ in range(2)] == [303, 303]
    assert len(list(db.session.scalars(select(Closure)))) == 1


def test_years_in_a_row_are_refused_too(alice):
    begins = [today_here() + timedelta(days=360 * years) for years in range(3)]
    sent = [{"closure": "Away", "starts_on": day, "ends_on": day + timedelta(days=360)} for day in begins]
    answers = [alice.post(CLOSURES, data=each) for each in sent]
    assert [each.status_code for each in answers] == [303, 303, 422]
    assert answers[2].text.count("<b>Away</b>") == 2
    assert len(db.session.scalars(select(Closure)).all()) == 2


def test_closures_that_are_over_leave_room_for_new_ones(alice):
    for number in range(100):
        day = date(2024, 1, 1) + timedelta(days=number)
        db.session.add(Closure(name=f"Past {number}", starts_on=day, ends_on=day))
    db.session.commit()
    answer = alice.post(CLOSURES, data={"closure": "Works outing", "starts_on": working_day().isoformat()})
    assert answer.status_code == 303
    assert "Works outing" in alice.get(PAGE).text


def test_the_page_stays_small_and_asks_little(alice, count_sql):
    for number in range(30):
        first_day = today_here() + timedelta(days=number % 28)
        db.session.add(Round(name=f"Round {number}", areas=[f"BA{number}"], first_day=first_day))
    db.session.commit()
    alice.get(PAGE)
    with count_sql() as statements:
        page = alice.get(PAGE)
    assert len(statements) <= 8
    assert len(page.data) < 60_000


def test_an_onlooker_reads_and_can_not_write(dave, bob):
    assert dave.get(PAGE).status_code == 200
    assert "Add a round" not in dave.get(PAGE).text
    assert dave.post(PAGE, data=WELLS).status_code == 403
    assert bob.get(PAGE).status_code == 403


def test_a_lead_says_when_we_are_next_nearby(alice, make_lead):
    lead = make_lead(name="Ann", postcode="BA5 2QJ")
    url = f"/w/wells/leads/{lead.id}/similar"
    assert "Nearby" not in alice.get(url, hx=True).text
    day = working_day()
    alice.post(PAGE, data=WELLS | {"first_day": day.isoformat(), "capacity": "3"})
    assert f"Wells round: {short_day(day)}, room for 3" in alice.get(url, hx=True).text


def test_a_text_may_name_the_next_day_that_has_room(world, alice, make_lead):
    lead = make_lead(name="Ann", postcode="BA5 2QJ")
    with pytest.raises(TemplateFault, match="next_visit"):
        render_template_text("We come on {next_visit}.", lead)
    day = working_day()
    alice.post(PAGE, data=WELLS | {"first_day": day.isoformat()})
    assert f"We come on {long_date(day)}." in render_template_text("We come on {next_visit}.", lead)


def render_template_text(body, lead):
    template = MessageTemplate(key="try", name="Try", channel="sms", subject="", body=body)
    return render_template(template, lead).body
