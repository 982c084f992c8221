"""The page of hours: every weekday its own, texts that wake nobody, and how often people are written to."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.clock import bank_holiday
from app.core.human_time import long_date
from app.extensions import db
from app.rounds.models import Closure
from app.workspaces.models import Workspace
from app.workspaces.queries import today_here
from tests.support.client import Client

URL = "/w/wells/settings/hours"
WEEK = {f"{edge}_{day}": at for day in range(7) for edge, at in (("opens", "09:00"), ("closes", "17:00"))}
WORKDAYS = {**WEEK, **{f"open_{day}": "1" for day in range(5)}}


def workspace() -> Workspace:
    db.session.expire_all()
    return db.session.scalars(select(Workspace).where(Workspace.slug == "wells")).one()


def change(client: Client, section: str, typed: dict[str, str], **kept: Any) -> Any:
    found = re.search(rf'name="section" value="{section}"><input type="hidden" name="seen" value="(\w+)"',
                      client.get(URL).text)  # fmt: skip
    return client.post(URL, data={"section": section, "seen": kept.get("seen") or (found[1] if found else ""), **typed})


def test_each_weekday_has_its_own_hours(alice: Client) -> None:
    typed = {**WORKDAYS, "opens_2": "08:00", "open_5": "1", "opens_5": "10:00", "closes_5": "13:00"}
    del typed["open_4"]
    answer = change(alice, "hours", typed)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{URL}#hours")
    stored = workspace()
    assert (stored.opens, stored.closes, stored.weekend_follow_ups) == (time(9), time(17), True)
    assert stored.weekday_hours == {"2": ["08:00", "17:00"], "4": None, "5": ["10:00", "13:00"], "6": None}
    clock = stored.clock()
    friday_evening = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)  # Thursday at closing time
    assert clock.next_open(friday_evening) == datetime(2026, 11, 28, 10, 0, tzinfo=UTC)
    again = alice.get(URL).text
    assert re.search(r'name="open_5" value="1" checked', again) and not re.search(r'"open_4" value="1" checked', again)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "workspace.settings_changed")).one()
    assert "13:00" in (entry.after or "")


def test_the_usual_hours_are_those_of_most_days(alice: Client) -> None:
    change(alice, "hours", {**WORKDAYS, **{f"opens_{day}": "07:30" for day in range(1, 5)}})
    assert (workspace().opens, workspace().weekday_hours) == (time(7, 30), {"0": ["09:00", "17:00"]})
    change(alice, "hours", WORKDAYS)
    assert (workspace().opens, workspace().weekday_hours) == (time(9), {})


@pytest.mark.parametrize(
    ("section", "typed", "said"),
    [
        ("hours", {**WORKDAYS, "closes_1": "08:00"}, "Close later than you open."),
        ("hours", {**WORKDAYS, "opens_1": "25:00"}, "Enter a time, like 09:00."),
        ("hours", WEEK, "Be open on one day at least."),
        ("texts", {"sms_opens": "19:00", "sms_closes": "09:00", "sms_part_price": "4"}, "End later than you begin."),
        ("texts", {"sms_opens": "09:00", "sms_closes": "19:00", "sms_part_price": "dear"}, "Enter pence"),
        ("chase", {"message_gap_hours": "many", "max_follow_ups": "3"}, "whole number from 0 to 720"),
        ("alerts", {"high_value": "lots", "untouched_days": "3", "escalate_days": "1", "digest_at": "08:00"},
         "Enter an amount in pounds"),
    ],
)  # fmt: skip
def test_says_what_is_wrong_and_keeps_what_was_typed(
    alice: Client, section: str, typed: dict[str, str], said: str
) -> None:
    before = workspace().version
    answer = change(alice, section, typed)
    assert answer.status_code == 422 and said in answer.text
    assert workspace().version == before
    if section == "hours" and "closes_1" in typed:
        assert f'name="closes_1" value="{typed["closes_1"]}"' in answer.text


def test_the_other_sections_are_kept(alice: Client) -> None:
    texts = {"sms_opens": "10:00", "sms_closes": "18:30", "sms_part_price": "3.75", "texts_back_missed_calls": "1"}
    for section, typed in (
        ("texts", texts),
        ("chase", {"message_gap_hours": "48", "max_follow_ups": "4"}),
        ("alerts", {"high_value": "£120.50", "untouched_days": "5", "escalate_days": "2", "digest_at": "07:15"}),
        ("tracking", {"tracks_opens": "1"}),
    ):
        assert change(alice, section, typed).status_code == 303
    now = workspace()
    assert (now.sms_opens, now.sms_closes, now.sms_part_price) == (time(10), time(18, 30), 375)
    assert (now.texts_back_missed_calls, now.tracks_opens) == (True, True)
    assert (now.message_gap_hours, now.max_follow_ups) == (48, 4)
    assert (now.high_value_minor, now.untouched_days, now.escalate_days, now.digest_at) == (12_050, 5, 2, time(7, 15))
    assert change(alice, "tracking", {}).status_code == 303 and not workspace().tracks_opens


def test_days_off_that_come_next_are_shown(alice: Client) -> None:
    tomorrow = today_here() + timedelta(days=1)
    db.session.add(Closure(name="Christmas", starts_on=tomorrow, ends_on=tomorrow + timedelta(days=9)))
    db.session.commit()
    page = alice.get(URL).text
    assert bank_holiday_ahead() in page and long_date(tomorrow) in page and "Yours" in page


def bank_holiday_ahead() -> str:
    """What the next bank holiday is called."""
    days = (today_here() + timedelta(days=ahead) for ahead in range(365))
    return next(name for day in days if (name := bank_holiday(day)))


def test_a_viewer_reads_and_sales_do_not(dave: Client, bob: Client, alice: Client) -> None:
    assert bob.get(URL).status_code == 403
    assert "disabled" in dave.get(URL).text
    assert change(dave, "chase", {"message_gap_hours": "48", "max_follow_ups": "4"}).status_code == 403
    assert alice.post(URL, data={"section": "plans", "seen": ""}).status_code == 400


def test_who_mends_a_slip_still_hears_of_the_other_editor(alice: Client) -> None:
    look = r'name="section" value="chase"><input type="hidden" name="seen" value="(\w+)"'
    first = re.search(look, alice.get(URL).text)
    assert first is not None
    change(alice, "chase", {"message_gap_hours": "48", "max_follow_ups": "4"})
    slip = change(alice, "chase", {"message_gap_hours": "lots", "max_follow_ups": "9"}, seen=first[1])
    again = re.search(look, slip.text)
    assert slip.status_code == 422 and again is not None
    mended = change(alice, "chase", {"message_gap_hours": "12", "max_follow_ups": "9"}, seen=again[1])
    assert mended.status_code == 409 and ">48<" in mended.text


def test_the_second_of_two_editors_is_told(alice: Client) -> None:
    mark = re.search(
        r'name="section" value="chase"><input type="hidden" name="seen" value="(\w+)"', alice.get(URL).text
    )
    change(alice, "chase", {"message_gap_hours": "48", "max_follow_ups": "4"})
    answer = change(alice, "chase", {"message_gap_hours": "12", "max_follow_ups": "9"}, seen=mark[1] if mark else "")
    assert answer.status_code == 409 and 'value="12"' in answer.text and ">48<" in answer.text
