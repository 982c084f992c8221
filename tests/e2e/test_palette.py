"""The palette and the list of keys, by hand on a desk and on a phone."""

import re

from playwright.sync_api import Page, Route, expect

from tests.e2e.axe import findings
from tests.e2e.browsers import People
from tests.e2e.site import SLUG
from tests.e2e.steps import add_lead, drawer, open_board
from tests.support.waiting import until

#: A letter each 15 ms by the page's own clock, whatever the machine has to do beside.
TYPE = """async (words) => {
  for (const letter of words) {
    document.execCommand("insertText", false, letter);
    await new Promise((done) => setTimeout(done, 15));
  }
}"""


def palette(page: Page) -> None:
    """Open the palette by its key."""
    expect(page.locator("html[data-connection=open]")).to_be_attached()  # the scripts are there
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search leads, people, houses and pages")).to_be_focused()
    expect(page.locator("#page-leads-board")).to_be_visible()


def test_by_keys_alone_to_a_lead_a_person_and_a_page(people: People) -> None:
    desk = people.staff()
    add_lead(desk, "Petra Palette", address_line1="9 Quiver Yard")
    open_board(desk)
    palette(desk)
    desk.keyboard.type("pal pet")
    desk.keyboard.press("Enter")  # before any answer can be there
    expect(drawer(desk).get_by_role("heading", name="Petra Palette")).to_be_visible()
    expect(desk.locator("h1")).to_have_text("Board")
    desk.keyboard.press("Escape")
    expect(desk).to_have_url(re.compile("/leads/board"))

    palette(desk)
    expect(desk.get_by_role("group", name="Recently opened").get_by_role("option").first).to_contain_text(
        "Petra Palette"
    )
    desk.keyboard.type("quiver")
    expect(desk.get_by_role("group", name="Houses")).to_contain_text("9 Quiver Yard, Wells")
    assert findings(desk) == []
    desk.keyboard.press("ArrowDown")
    expect(desk.get_by_role("group", name="Houses").get_by_role("option")).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile("/houses/"))

    palette(desk)
    desk.keyboard.type("outb")
    expect(desk.locator("[data-none]")).to_be_attached()
    expect(desk.locator("[data-none]")).to_be_hidden()  # nobody is called so, but a page is
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile("/outbox"))


def test_enter_before_the_palette_is_loaded_counts(people: People) -> None:
    desk = people.staff()
    add_lead(desk, "Esme Early")
    held: list[Route] = []
    desk.route(re.compile("/palette-?[^/]*[.]js"), lambda route: held.append(route))
    open_board(desk)
    expect(desk.locator("html[data-connection=open]")).to_be_attached()
    desk.keyboard.press("Control+k")
    expect(desk.get_by_role("combobox", name="Search leads, people, houses and pages")).to_be_focused()
    desk.keyboard.type("esme early")
    desk.keyboard.press("Enter")
    expect(desk.locator("#palette input")).to_have_value("esme early")
    until(desk, lambda: held, "the palette's script asked for")
    held[0].continue_()
    expect(drawer(desk).get_by_role("heading", name="Esme Early")).to_be_visible()


def test_typing_asks_for_the_last_words_only(people: People) -> None:
    desk = people.staff()
    add_lead(desk, "Quentin Quick")
    open_board(desk)
    palette(desk)
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url) if request.url.endswith("/search") else None)
    desk.evaluate(TYPE, "quentin quick")
    expect(desk.get_by_role("option", name="Quentin Quick").first).to_be_visible()
    assert len(asked) < len("quentin quick") / 2
    desk.keyboard.press("Escape")
    expect(desk.locator("#palette")).to_be_hidden()


def test_no_connection_is_said_and_pages_still_open(people: People) -> None:
    people.expect_complaint("ERR_|Failed to load|500")
    desk = people.staff()
    open_board(desk)
    palette(desk)
    desk.route(re.compile("/search$"), lambda route: route.abort())
    desk.keyboard.type("leads")
    expect(desk.locator(".hits-none")).to_contain_text("no connection")
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile(f"/w/{SLUG}/leads$"))


def test_on_a_phone_it_fills_the_screen(people: People) -> None:
    phone = people.staff("phone")
    add_lead(phone, "Petra Pocket")
    phone.goto(f"/w/{SLUG}/leads/board")
    phone.get_by_role("link", name="Search").tap()
    expect(phone.locator("#palette-input")).to_be_focused()
    until(phone, lambda: fills_the_screen(phone), "all of the screen")  # its looks come with it
    phone.keyboard.type("petra po")
    found = phone.get_by_role("group", name="Leads").get_by_role("option", name="Petra Pocket")
    expect(found).to_be_visible()
    assert findings(phone) == []
    found.tap()
    expect(drawer(phone).get_by_role("heading", name="Petra Pocket")).to_be_visible()


def fills_the_screen(page: Page) -> bool:
    """Whether the palette is as wide as the screen."""
    box = page.locator("#palette").bounding_box()
    return bool(box and (box["x"], box["y"], box["width"]) == (0, 0, 390))


def test_keys_are_listed_and_can_be_turned_off(people: People) -> None:
    desk = people.staff()
    open_board(desk)
    desk.keyboard.press("?")
    keys = desk.get_by_role("dialog", name="Keys on this page")
    expect(keys).to_contain_text("My day")
    expect(keys).not_to_contain_text("Log a call")
    assert findings(desk) == []
    keys.get_by_role("checkbox").uncheck()
    desk.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    desk.keyboard.press("g")
    desk.keyboard.press("o")
    desk.keyboard.press("n")
    expect(desk).to_have_url(re.compile("/leads/board"))
    desk.keyboard.press("Control+k")
    expect(desk.locator("#palette-input")).to_be_focused()
    desk.keyboard.type("keyboard")
    desk.keyboard.press("Enter")
    keys.get_by_role("checkbox").check()
    desk.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    desk.keyboard.press("g")
    desk.keyboard.press("o")
    expect(desk).to_have_url(re.compile("/outbox"))


def test_enter_waits_for_pages_that_come_after_what_was_found(people: People) -> None:
    desk = people.staff()
    held: list[Route] = []
    desk.route("**/search/start", lambda route: held.append(route))
    open_board(desk)
    desk.keyboard.press("/")
    expect(desk.get_by_role("combobox", name="Search leads, people, houses and pages")).to_be_focused()
    desk.keyboard.type("outb")
    expect(desk.locator("[data-none]")).to_be_visible()  # nobody is called so
    desk.keyboard.press("Enter")
    until(desk, lambda: held, "the question for pages")[0].continue_()
    expect(desk).to_have_url(re.compile("/outbox"))


def test_the_stage_of_a_hit_is_read_whole(people: People) -> None:
    desk = people.staff()
    desk.goto(f"/w/{SLUG}/squeegee")
    number = desk.locator(".ready-head .muted").first.inner_text().split(" ")[0]
    palette(desk)
    desk.keyboard.type(number)
    stage = desk.locator(".hit[data-lead] .hit-side > :last-child").first
    expect(stage).to_have_text("Ready for Squeegee")
    assert stage.evaluate("it => it.scrollWidth <= it.clientWidth")
