"""Changing a sequence with the keys, seeing the real dates follow, and saving it."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.browsers import People
from tests.support.waiting import until


def order(page: Page) -> list[str]:
    """The rows in the order in which they would be sent."""
    return page.eval_on_selector_all("#sheet [name=row]", "fields => fields.map((field) => field.value)")


def test_steps_are_moved_added_and_saved_with_real_dates_beside_them(people: People) -> None:
    page = people.staff()
    page.goto("/w/somerset/sequences")
    page.get_by_role("link", name="First follow-up").click()
    expect(page.locator("html.has-scripts")).to_have_count(1)
    when = page.locator("#date-list time b").first
    before = when.inner_text()

    page.locator(".seq-fold summary").first.click()
    page.get_by_label("How long after it begins").fill("70")
    expect(when).not_to_have_text(before)
    expect(page.locator("#step-second .seq-when span")).to_have_text(when.inner_text())
    expect(page.get_by_text("Not saved yet")).to_be_visible()

    page.get_by_role("button", name="Add the first step").focus()
    page.keyboard.press("Enter")  # the menu opens, its choices are one Tab away
    expect(page.locator(".seq-add summary:focus")).to_have_count(1)
    page.keyboard.press("Escape")
    page.locator(".seq-add.last summary").click()
    page.locator(".seq-add.last").get_by_role("button", name="Task").click()
    words = page.locator("details.seq-fold[open] input[name^=title_]")
    expect(words).to_be_focused()
    words.fill("Send a postcard")
    dot = page.get_by_role("button", name="Move Send a postcard")
    dot.focus()
    page.keyboard.press("ArrowUp")
    expect(dot).to_be_focused()
    rows = order(page)
    assert rows[1] == "step:second" and re.fullmatch(r"step:\w+", rows[0])
    expect(page.locator("#date-list li").first).to_contain_text("Send a postcard")

    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Version 2 is in use")).to_be_visible()
    until(page, lambda: order(page) == rows, "the order that was saved")
