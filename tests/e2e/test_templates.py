"""Writing a template: variables and formatting by buttons, drawn as it arrives while it is written, and kept."""

import re

from playwright.sync_api import Page, Route, expect

from tests.e2e.browsers import People
from tests.support.waiting import until

SCRIPT = re.compile("/plain-?[^/]*[.]js")


def test_words_are_written_seen_and_kept(people: People) -> None:
    page = people.staff()
    page.goto("/w/somerset/settings/templates")
    page.get_by_role("link", name="New email").click()
    mail = page.frame_locator("iframe.words-frame:not([data-coming])")
    expect(mail.get_by_text("Somerset Window Cleaning").first).to_be_visible()  # the page's scripts have come

    page.get_by_label("Name").fill("After a storm")
    page.get_by_label("Subject").fill("Your windows")
    page.get_by_label("Email", exact=True).fill("Hello ")
    page.get_by_role("button", name="First name").click()
    page.keyboard.type(", the storm is over.\n\n")
    page.get_by_role("button", name="Bold").click()
    page.keyboard.type("All of it")
    expect(mail.get_by_text("Hello Hannah, the storm is over.")).to_be_visible()
    expect(mail.locator("strong")).to_have_text("All of it")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    page.get_by_label("Dark").check()
    expect(mail.locator("meta[name=color-scheme][content=dark]")).to_be_attached()
    assert entries(page) == 3, "drawing leaves nothing in the browser's history"

    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("After a storm is saved")).to_be_visible()
    body = page.get_by_label("Email", exact=True)
    expect(body).to_have_value("Hello {first_name}, the storm is over.\n\n**All of it**")


def test_what_makes_a_text_dear_is_taken_out_with_one_click(people: People) -> None:
    page = people.staff()
    page.goto("/w/somerset/settings/templates/sms_chase")
    text = page.get_by_label("Text", exact=True)
    expect(page.frame_locator("iframe.words-frame:not([data-coming])").get_by_text("did our quote")).to_be_visible()
    text.press("End")
    held: list[Route] = []
    page.route(SCRIPT, lambda route: held.append(route))
    page.keyboard.insert_text(" See you soon 👍")
    expect(page.get_by_text("makes it dearer")).to_be_visible()
    with page.expect_request(SCRIPT):
        page.get_by_role("button", name="Write it plainly").click()
    until(page, lambda: held, "the script held")
    held[0].continue_()  # the press counts, although its script came later
    expect(page.get_by_text("makes it dearer")).to_have_count(0)
    assert "👍" not in text.input_value() and "See you soon" in text.input_value()


def entries(page: Page) -> int:
    """How many pages the browser could go back and forth over: a blank one, the list, the editor."""
    return int(page.evaluate("history.length"))
