"""The drawer by the keyboard: what takes the focus is seen, and an act that brings it anew keeps the place."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.browsers import People
from tests.e2e.site import SLUG
from tests.e2e.steps import add_lead, drawer

LONG = "Wilhelmina Featherstonehaugh-Cholmondeley-Warner of Upper Weston-super-Mare"
COVERED = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return box.top < document.querySelector("#drawer .drawer-head").getBoundingClientRect().bottom;
}"""


def write_quote(page: Page) -> None:
    page.get_by_role("link", name="Write a quote").click()
    expect(drawer(page).get_by_role("heading", name="Quote for")).to_be_visible()


def press(page: Page, name: str) -> None:
    """Press a button of the drawer by key."""
    drawer(page).get_by_role("button", name=name).last.focus()
    page.keyboard.press("Enter")


def test_a_long_title_covers_nothing_and_sending_keeps_the_place(people: People) -> None:
    people.expect_complaint(r"quotes/new.*422")
    page = people.staff()
    lead_id = add_lead(page, LONG, email="willa@example.com")
    page.goto(f"/w/{SLUG}/leads/{lead_id}")
    write_quote(page)
    page.fill("[name=price_8_weekly]", "abc")
    press(page, "Save and preview")
    expect(drawer(page).locator("[role=alert]:focus, .error-summary:focus")).to_be_attached()
    assert not page.evaluate(COVERED)
    page.fill("[name=price_8_weekly]", "22")
    press(page, "Save and preview")
    expect(page).to_have_url(re.compile(r"/quotes/[0-9a-f-]{36}"))
    press(page, "Send by SMS")
    expect(page.locator("#toasts")).to_contain_text("on its way")
    expect(drawer(page).locator("[data-drawer-title]")).to_be_focused()
    drawer(page).get_by_text("They said yes").focus()
    page.keyboard.press("Enter")
    press(page, "Mark as accepted")
    expect(drawer(page)).to_contain_text("accepted by Wilhelmina")
    expect(drawer(page).locator("[data-drawer-title]")).to_be_focused()
