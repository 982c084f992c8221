"""The whole desk with the keyboard alone: in this file nobody clicks, taps or hovers."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.browsers import People
from tests.e2e.site import SLUG
from tests.e2e.steps import column, drawer, open_board

MOST_TABS = 60


def tab_to(page: Page, wanted: Locator) -> None:
    """Walk with the tabulator until the focus is on `wanted`."""
    for _ in range(MOST_TABS):
        if wanted.evaluate("it => it === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} can't be reached by keys")


def go(page: Page, letter: str, path: str) -> None:
    """Go to a page by g and its letter, from the same page as well."""
    with page.expect_event("domcontentloaded"):
        page.keyboard.press("g")
        page.keyboard.press(letter)
    arrived(page, f"/w/{SLUG}/{path}$")


def arrived(page: Page, address: str) -> None:
    """Another page is there, and its scripts hear keys."""
    expect(page).to_have_url(re.compile(address))
    page.wait_for_load_state()
    expect(page.locator("html[data-connection=open]")).to_be_attached()


def leave_the_field(page: Page) -> None:
    """Keys act again: Escape leaves a field, and closes the drawer only from outside of one."""
    if page.locator(":is(textarea, select, input):focus").count():
        page.keyboard.press("Escape")


def add_a_lead(page: Page, name: str) -> None:
    """A new lead, from the board."""
    page.keyboard.press("n")
    arrived(page, "/leads/new")
    tab_to(page, page.get_by_label("Name", exact=True))
    page.keyboard.type(name)
    tab_to(page, page.get_by_label("Phone", exact=True))
    page.keyboard.type("07700 900671")
    page.keyboard.press("Control+Enter")
    expect(drawer(page).get_by_role("heading", name=name)).to_be_visible()
    arrived(page, "/leads/[0-9a-f-]{36}")


def work_on_it(page: Page) -> None:
    """Change a fact, log a call, write a note and move the open lead."""
    opened = drawer(page)
    page.keyboard.press("e")
    expect(opened.locator(".fact.editing [data-focus]")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("07700 900472")
    page.keyboard.press("Enter")
    expect(opened.locator(".fact", has_text="07700 900472")).to_be_visible()
    expect(opened.locator(".fact .edit:focus")).to_be_attached()
    for key, words in (("c", "Rang out twice"), ("w", "Green gate")):
        page.keyboard.press(key)
        expect(opened.locator(".composer .pane :focus")).to_be_attached()
        if key == "c":
            page.keyboard.type("No answer")  # of the ways a call ends
        tab_to(page, opened.locator(".composer .pane textarea:visible"))
        page.keyboard.type(words)
        page.keyboard.press("Control+Enter")
        expect(opened.locator(".timeline").get_by_text(words)).to_be_visible()
        expect(opened.locator(".composer .pane textarea:visible")).to_have_value("")
        leave_the_field(page)
    page.keyboard.press("m")
    expect(opened.get_by_label("Move to stage")).to_be_focused()
    page.keyboard.type("Contacted")
    page.keyboard.press("Control+Enter")
    expect(opened.locator(".timeline .event", has_text="Contacted").first).to_be_visible()


def test_the_whole_desk(people: People) -> None:
    page = people.staff()
    open_board(page)
    add_a_lead(page, "Kit Keys")
    work_on_it(page)
    leave_the_field(page)
    page.keyboard.press("Escape")
    expect(drawer(page).locator("> *")).to_have_count(0)

    go(page, "b", "leads/board")
    expect(page.locator("[data-board][data-ready]")).to_be_attached()
    mine = column(page, "Contacted").get_by_role("link", name="Kit Keys", exact=True)
    for key in ("j", "ArrowRight"):
        page.keyboard.press(key)
    expect(column(page, "Contacted").locator(".lead > a:focus")).to_be_attached()
    for _ in range(MOST_TABS):
        if mine.evaluate("it => it === document.activeElement"):
            break
        page.keyboard.press("j")
    expect(mine).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    moved = column(page, "Quote requested").get_by_role("link", name="Kit Keys", exact=True)
    expect(moved).to_be_focused()
    undo = page.locator("#toasts").get_by_role("button", name="Undo")
    expect(undo.first).to_be_visible()
    page.keyboard.press("Control+z")
    expect(mine).to_be_visible()

    go(page, "l", "leads")
    page.keyboard.press("j")
    row = page.locator("tr", has=page.locator("a:focus"))
    expect(row).to_contain_text("Kit Keys")
    page.keyboard.press("x")
    expect(page.locator("#bulk [data-bulk-count]")).to_have_text("1")
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Urgent")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(undo).to_be_visible()
    page.keyboard.press("z")
    expect(undo).to_have_count(0)

    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys on this page")
    expect(keys).to_contain_text("Select the lead")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    go(page, "d", "my-day")
    go(page, "q", "squeegee")
    go(page, "o", "outbox")
    go(page, "a", "leads/archive")
    page.keyboard.press("g")
    page.keyboard.press("n")
    expect(page.locator("#told-panel .told-all")).to_be_visible()  # fetched
    expect(page.locator(".bell > summary")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#told-panel :focus")).to_be_attached()
    page.keyboard.press("Escape")
    expect(page.locator("#told-panel")).to_be_hidden()

    go(page, "s", "settings")
    tab_to(page, page.get_by_role("link", name="Stages"))
    page.keyboard.press("Enter")
    arrived(page, "/settings/stages$")
    page.keyboard.press("Control+k")
    page.keyboard.type("kit keys")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Kit Keys")).to_be_visible()
    arrived(page, "/leads/[0-9a-f-]{36}")
    page.keyboard.press("/")
    page.keyboard.type("sign out")
    expect(page.get_by_role("option", name="Sign out")).to_have_attribute("aria-selected", "true")
