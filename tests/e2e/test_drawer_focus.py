"""The drawer by the keyboard: what takes the focus is seen, and an act that brings it anew keeps the place."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.browsers import People
from tests.e2e.site import SLUG
from tests.e2e.steps import add_lead, card, drawer, open_board, open_lead

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
    page.keyboard.press("Escape")  # out of the field
    sure = page.get_by_role("dialog", name="Leave what you typed?")
    for way_out in (lambda: page.keyboard.press("Escape"), drawer(page).locator(".drawer-head a").first.click):
        way_out()
        sure.get_by_role("button", name="Cancel").click()
        expect(page.locator("[name=price_8_weekly]")).to_have_value("abc")
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


def assert_all_works(page: Page, name: str) -> None:
    """The scripts still do their work: the drawer takes the focus and gives it back, keys open what they name."""
    open_lead(page, name)
    expect(drawer(page).locator("[data-drawer-title]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(drawer(page).locator("article")).to_have_count(0)
    expect(card(page, name).get_by_role("link", name=name)).to_be_focused()
    for key, dialog in (("?", "#keys"), ("Control+k", "#palette"), ("m", "#move-card")):
        page.keyboard.press(key)
        expect(page.locator(dialog)).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(dialog)).to_be_hidden()


def test_back_closes_the_drawer_and_everything_goes_on_working(people: People) -> None:
    page = people.staff()
    add_lead(page, "Becky Backward")
    open_board(page)
    open_lead(page, "Becky Backward")
    expect(page).to_have_title(re.compile("^Becky Backward · Board · "))
    page.go_back()
    expect(drawer(page).locator("article")).to_have_count(0)
    expect(page).to_have_title(re.compile("^Board · "))
    expect(page).to_have_url(f"/w/{SLUG}/leads/board")
    expect(card(page, "Becky Backward").get_by_role("link", name="Becky Backward")).to_be_focused()
    assert_all_works(page, "Becky Backward")


def test_so_it_does_after_forward(people: People) -> None:
    page = people.staff()
    add_lead(page, "Frank Forward")
    open_board(page)
    open_lead(page, "Frank Forward")
    page.go_back()
    expect(drawer(page).locator("article")).to_have_count(0)
    with page.expect_event("load"):  # the page is loaded anew
        page.go_forward()
    expect(drawer(page).get_by_role("heading", name="Frank Forward")).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer(page).locator("article")).to_have_count(0)
    assert_all_works(page, "Frank Forward")


def test_a_call_that_is_refused_on_a_phone_keeps_the_focus_at_what_is_wrong(people: People) -> None:
    people.expect_complaint("422")
    page = people.staff("phone")
    page.goto(f"/w/{SLUG}/leads/{add_lead(page, 'Cleo Called')}")
    page.locator(".reach label", has_text="Log").tap()
    ended = drawer(page).get_by_label("How it ended")
    expect(ended).to_be_focused()
    drawer(page).get_by_label("What was said").fill("Ring after six")
    drawer(page).get_by_role("button", name="Log call").tap()
    expect(drawer(page).get_by_text("Choose how the call ended.")).to_be_visible()
    expect(ended).to_be_focused()


def test_where_one_writes_is_seen_at_once_on_a_laptop(people: People) -> None:
    page = people.staff()
    page.set_viewport_size({"width": 1366, "height": 768})
    known = {"address_line1": "17 Fold Lane", "access_notes": "Side gate", "wishes": "Not on a Monday, please"}
    lead_id = add_lead(page, "Fay Fold", **known)
    page.goto(f"/w/{SLUG}/leads/{lead_id}")
    note = drawer(page).get_by_role("textbox", name="Note", exact=True)
    expect(note).to_be_in_viewport(ratio=1)
