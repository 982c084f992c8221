"""The customer's side on a phone: a time is chosen with the yes, photos are sent by a link; staff see both come in."""

from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import expect

from app.core.clock import utcnow
from tests.e2e.axe import findings
from tests.e2e.browsers import People
from tests.e2e.site import Site
from tests.e2e.steps import add_lead, drawer, open_board
from tests.files.pictures import photo_with_secrets


def wednesday() -> date:
    """The next one past the 14 days to cancel, outside the demo's holidays at Christmas."""
    day = utcnow().date() + timedelta(days=16)
    day += timedelta(days=(2 - day.weekday()) % 7)
    while (day.month, day.day) >= (12, 22) or (day.month, day.day) <= (1, 4):
        day += timedelta(days=7)
    return day


def test_a_time_and_photos(people: People, site: Site, tmp_path: Path) -> None:
    desk = people.staff()
    lead_id = add_lead(desk, "Tilda Time")
    open_board(desk, f"leads/{lead_id}")
    opened = drawer(desk)
    opened.get_by_role("link", name="Write a quote").click()
    opened.locator("[name=price_8_weekly]").fill("24")
    opened.get_by_role("button", name="Save and preview").click()
    opened.get_by_role("button", name="Send by email").click()
    link = opened.locator("[data-copy-text*='/c/']")
    expect(link).to_have_count(1)
    quote = str(link.get_attribute("data-copy-text"))

    open_board(desk, f"leads/{lead_id}")
    day = wednesday()
    opened.locator("[id$=-offering]").scroll_into_view_if_needed()
    opened.get_by_text("Offer a time").click()
    opened.locator("[name=other_day]").fill(day.isoformat())
    opened.get_by_role("button", name="Offer this time").click()
    expect(opened.get_by_text("Times offered")).to_be_visible()
    opened.get_by_text("Ask for photos").click()
    opened.get_by_role("button", name="Only make a link").click()
    photos = str(opened.locator("[data-copy-text*='/p/']").get_attribute("data-copy-text"))

    customer = people.stranger("phone")
    customer.goto(quote)
    customer.locator("h1").evaluate("(title, name) => title.prepend(name)", 60 * "W")  # in one word
    assert customer.evaluate("document.documentElement.scrollWidth") == 390
    customer.locator(".slots .option").first.click()
    people.expect_complaint("422")
    customer.get_by_role("button", name="Accept £24").click()
    expect(customer.get_by_role("alert")).to_contain_text("Enter your name to accept.")
    name = customer.get_by_label("Your name")
    expect(name).to_be_focused()  # it lies far below the summary on a phone
    expect(name).to_be_in_viewport()
    expect(customer.locator(".slots input").first).to_be_checked()
    customer.get_by_role("link", name="Ask a question").click()
    customer.go_back()  # to the quote's page, not to the browser's own about sending once more
    assert customer.url == quote
    customer.locator(".slots .option").first.click()
    name.fill("Tilda Time")
    customer.get_by_role("button", name="Accept £24").click()
    expect(customer.get_by_role("heading", name=f"{day.day} {day:%B}")).to_be_visible()
    assert findings(customer) == []
    expect(opened.get_by_text("Chosen")).to_be_visible()

    front = tmp_path / "front.jpg"
    front.write_bytes(photo_with_secrets())
    customer.goto(photos)
    assert findings(customer) == []
    customer.locator("[data-picker] input").set_input_files(front)
    expect(customer.get_by_text("one photo has arrived")).to_be_visible()
    assert customer.context.cookies() == []
    expect(opened.locator("[id$=-files-body] img")).to_have_count(1)

    opened.get_by_role("button", name="Take the link back").click()
    expect(opened.get_by_role("button", name="Take the link back")).to_have_count(0)
    people.expect_complaint("410")
    customer.locator("[data-picker] input").set_input_files(front)
    expect(customer.get_by_text("This link takes no photos any more.")).to_be_visible()  # at once
