"""My day in a browser: one lead after the other, by keys at a desk and by thumb on a phone, beside a colleague."""

import re
from datetime import UTC, date, datetime

from playwright.sync_api import Locator, Page, expect

from tests.e2e.axe import findings
from tests.e2e.browsers import People
from tests.e2e.site import SLUG
from tests.e2e.steps import add_lead, open_board

DAY = f"/w/{SLUG}/my-day"


def who(page: Page) -> Locator:
    """The name of the lead that is before the person."""
    return page.locator(".day-who h2")


def open_day(page: Page, path: str = DAY) -> None:
    """Open My day and wait until changes are heard of."""
    page.goto(path)
    expect(page.locator("html[data-connection=open]")).to_be_attached()


def test_the_day_by_keys_alone(people: People) -> None:
    page = people.staff()
    lead_id = add_lead(page, "Dora Day")
    open_day(page, f"{DAY}/{lead_id}")
    expect(who(page)).to_have_text("Dora Day")
    expect(who(page)).to_be_focused()
    page.keyboard.press("s")
    expect(page.locator("#day-words")).to_be_focused()
    page.keyboard.type("Rang out twice")
    page.keyboard.press("Escape")
    expect(who(page)).to_be_focused()
    page.keyboard.press("1")
    done = page.locator(".toast", has_text="Dora Day: no answer. Call again")
    expect(done).to_be_visible()
    expect(who(page).filter(has_text="Dora Day")).to_have_count(0)  # the next one is there, or nothing is due
    done.get_by_role("button", name="Undo").click()
    expect(who(page)).to_have_text("Dora Day")
    page.locator("body").press("4")
    expect(page.locator(".toast", has_text="call kept")).to_be_visible()
    expect(who(page).filter(has_text="Dora Day")).to_have_count(0)


def test_two_people_never_have_the_same_lead(people: People) -> None:
    mine, theirs = people.staff(), people.staff(who="bob")
    lead_id = add_lead(mine, "Nora Body")
    open_day(mine, f"{DAY}/{lead_id}")
    open_day(theirs, f"{DAY}/{lead_id}")
    expect(theirs.get_by_text("Olivia Marsh is on it now.")).to_be_visible()
    expect(theirs.locator("form.day-outcomes")).to_have_count(0)
    open_board(mine)  # leaving lets go of it, and Bob's page hears of that
    expect(theirs.locator("form.day-outcomes")).to_be_visible()
    expect(who(theirs)).to_have_text("Nora Body")


def test_the_day_on_a_phone(people: People) -> None:
    people.expect_complaint("422")
    page = people.staff("phone")
    lead_id = add_lead(page, "Phil Phone", phone="07700 900462")
    open_day(page, f"{DAY}/{lead_id}")
    dial = page.get_by_role("link", name=re.compile("Call 07700 900462"))
    expect(dial).to_have_attribute("href", "tel:+447700900462")
    box = dial.bounding_box()
    assert box and box["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert findings(page) == []
    page.locator("#day-words").fill("Wants Tuesdays")
    page.get_by_text("Another time, or not now").tap()
    page.locator("#day-at").fill("2020-05-01T10:00")
    page.get_by_role("button", name="Spoke, call back then").tap()
    expect(page.get_by_text("This time is over.")).to_be_visible()
    expect(page.locator("#day-words")).to_have_value("Wants Tuesdays")
    day = date(datetime.now(UTC).year + 1, 5, 4)
    page.locator("#day-at").fill(f"{day}T10:30")
    page.get_by_role("button", name="Spoke, call back then").tap()
    said = f"Phil Phone: call kept. Call again {day:%a} 4 May {day.year} 10:30"
    expect(page.locator(".toast", has_text=said)).to_be_visible()
    page.goto(f"/w/{SLUG}/leads/{lead_id}")
    expect(page.locator(".timeline .event", has_text="Wants Tuesdays").first).to_be_visible()


def test_what_is_written_about_one_lead_waits_for_it(people: People) -> None:
    page = people.staff()
    first = add_lead(page, "Willa Worded")
    open_day(page, f"{DAY}/{first}")
    page.locator("#day-words").fill("Half a sentence")
    page.locator(".day-row > a").first.click()
    expect(page.locator(".day-who")).not_to_contain_text("Willa Worded")
    expect(page.locator("#day-words")).to_have_value("")
    page.evaluate(f"htmx.ajax('GET', '{DAY}/{first}', {{target: '#day', swap: 'outerHTML'}})")
    expect(who(page)).to_have_text("Willa Worded")
    expect(page.locator("#day-words")).to_have_value("Half a sentence")
    page.locator("#day-words").fill("")
