"""When a round comes round, and how much room it has on the day."""

from datetime import UTC, date, datetime, time, timedelta

from app.appointments.models import Appointment
from app.core.tenancy import Scope, enter
from app.extensions import db
from app.leads.models import Lead
from app.quotes.models import SlotOffer
from app.rounds import queries
from app.rounds.models import Closure, Round
from app.workspaces.queries import today_here

MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)


def _round(name="Wells", areas=("BA5",), first_day=TUESDAY, every_weeks=4, capacity=3, **more):
    db.session.add(
        Round(name=name, areas=list(areas), first_day=first_day, every_weeks=every_weeks, capacity=capacity, **more)
    )
    db.session.commit()


def _days(district, sector, today=MONDAY, count=3):
    return [visit.day for visit in queries.next_visits(district, sector, today, count)]


def test_a_round_comes_every_few_weeks_and_never_today(world):
    _round()
    assert _days("BA5", "BA5 2") == [TUESDAY, TUESDAY + timedelta(28), TUESDAY + timedelta(56)]
    assert _days("BA5", "BA5 2", TUESDAY, 1) == [TUESDAY + timedelta(28)]
    assert _days("BA5", None, TUESDAY + timedelta(10), 1) == [TUESDAY + timedelta(28)]
    assert _days("BS1", "BS1 4") == _days(None, None) == []


def test_a_sector_is_only_its_part_of_the_district(world):
    _round(areas=("BA5 2",))
    assert _days("BA5", "BA5 2", count=1) == [TUESDAY]
    assert _days("BA5", "BA5 3") == []


def test_closures_bank_holidays_and_resting_rounds_are_left_out(world):
    _round()  # 24 November, 22 December, 19 January
    _round("Gone", first_day=MONDAY + timedelta(2), is_active=False)
    _round("Fridays", ("BA4",), date(2026, 12, 25), 1)
    db.session.add(Closure(name="Christmas", starts_on=date(2026, 12, 21), ends_on=date(2026, 12, 24)))
    db.session.commit()
    assert _days("BA5", None, count=2) == [TUESDAY, date(2027, 1, 19)]
    assert _days("BA4", None, count=2) == [date(2027, 1, 8), date(2027, 1, 15)]  # Christmas and New Year's Day fall out
    assert queries.closed_on(date(2026, 12, 22)) == "Christmas"
    assert queries.closed_on(date(2026, 12, 25)) == "Christmas Day"
    assert queries.closed_on(TUESDAY) is None


def test_appointments_and_offered_times_take_room(world, make_lead, count_sql):
    _round()
    _round("Far", ("TA1",))
    here = [make_lead(name=f"Ann {at}", postcode="BA5 2QJ") for at in range(3)]
    far = make_lead(name="Ben", postcode="TA1 1AA")
    noon, last = datetime(2026, 11, 24, 12, tzinfo=UTC), datetime(2026, 11, 24, 23, 59, tzinfo=UTC)
    for lead, at, status in ((here[0], noon, "scheduled"), (here[1], noon, "cancelled"), (far, noon, "scheduled")):
        db.session.add(Appointment(lead_id=lead.id, starts_at=at, ends_at=at, status=status))
    for lead, at, state in ((here[2], noon, "offered"), (here[2], last, "offered"), (here[1], noon, "withdrawn")):
        db.session.add(SlotOffer(lead_id=lead.id, starts_at=at, ends_at=at, state=state))
    db.session.commit()
    with count_sql() as statements:
        (visit,) = queries.next_visits("BA5", "BA5 2", MONDAY)
    assert (visit.room, visit.capacity, visit.round_name) == (1, 3, "Wells")
    assert len(statements) <= 5
    assert queries.next_visits("BA5", "BA5 2", MONDAY, 2)[1].room == 3


def test_who_lies_in_the_bin_takes_no_room(world, alice, make_lead):
    _round(capacity=1)
    lead = make_lead(name="Ann", postcode="BA5 2QJ")
    noon = datetime.combine(queries.next_visits("BA5", None, today_here())[0].day, time(12), UTC)
    db.session.add(Appointment(lead_id=lead.id, starts_at=noon, ends_at=noon + timedelta(hours=1), status="set"))
    db.session.commit()
    assert queries.next_visits("BA5", None, today_here())[0].is_full
    alice.post(f"/w/wells/leads/{lead.id}/bin")
    db.session.expire_all()
    assert db.session.get_one(Lead, (lead.workspace_id, lead.id)).shelf == "bin"
    assert queries.next_visits("BA5", None, today_here())[0].room == 1


def test_room_is_the_same_for_who_sees_no_leads(world, make_lead):
    _round()
    lead = make_lead(name="Ann", postcode="BA5 2QJ")
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    db.session.add(Appointment(lead_id=lead.id, starts_at=noon, ends_at=noon))
    db.session.commit()
    enter(Scope(world.workspace_id, world.carol.user_id, "visits"))
    assert queries.next_visits("BA5", "BA5 2", MONDAY)[0].room == 2


def test_another_workspace_has_its_own_rounds(world):
    _round()
    with world.mallory.acting():
        assert _days("BA5", "BA5 2") == []
