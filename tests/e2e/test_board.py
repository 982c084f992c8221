"""Cards moved by mouse, by finger and by keys; a move that came too late goes back and says why."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.browsers import People
from tests.e2e.steps import (
    add_lead,
    card,
    centre,
    column,
    drag,
    drawer,
    is_move,
    move_by_request,
    open_board,
    open_lead,
    stage_ids,
)
from tests.e2e.touch import Finger
from tests.support.waiting import until


def stands_in(page: Page, name: str, stage: str) -> None:
    """The card is in this column, for a page that is opened anew as well."""
    expect(card(column(page, stage), name)).to_be_visible()
    open_board(page)
    expect(card(column(page, stage), name)).to_be_visible()


def left_of(place: Locator) -> float:
    """How far something is from the left edge of the screen, in px."""
    return float(place.evaluate("it => it.getBoundingClientRect().left"))


def test_by_mouse_seen_live_by_the_other(people: People) -> None:
    mine, other = people.staff(), people.staff(who="bob")
    add_lead(mine, "Martha Mouse")
    open_board(mine)
    open_board(other)
    before = int(column(other, "Contacted").locator(".count").inner_text())  # Bob sees his own and nobody's
    answer = drag(mine, card(mine, "Martha Mouse"), column(mine, "Contacted").locator("[data-cards]"))
    assert answer.status == 204
    expect(card(column(other, "Contacted"), "Martha Mouse")).to_be_visible()
    expect(card(column(other, "New lead"), "Martha Mouse")).to_have_count(0)
    expect(column(other, "Contacted").locator(".count")).to_have_text(str(before + 1))
    stands_in(mine, "Martha Mouse", "Contacted")
    opened = open_lead(mine, "Martha Mouse")
    expect(opened.locator(".timeline .event", has_text="Contacted").first).to_contain_text("Olivia Marsh")


def test_by_a_long_press_on_a_phone(people: People) -> None:
    phone = people.staff("phone")
    add_lead(phone, "Theo Finger")
    open_board(phone)
    finger = Finger(phone)
    what = card(phone, "Theo Finger")
    x, y = centre(what)
    finger.down(x, y)
    expect(phone.locator(".lead.lifted")).to_be_attached()
    with phone.expect_response(is_move) as answer:
        finger.to(x + 20, y + 5, 3)
        expect(phone.locator("body[data-dragging]")).to_be_attached()
        finger.to(386, y, 10)
        target = column(phone, "Contacted").locator("[data-cards]")
        # At the edge the board slides under the finger until the next column is there.
        until(phone, lambda: left_of(target) < 150 or finger.to(771 - finger.x, y, 1), "the next column")
        finger.to(200, y, 2)
        until(phone, lambda: target.locator(".ghost").count() or finger.to(centre(target)[0], y, 2), "its place there")
        finger.up()
    assert answer.value.status == 204
    stands_in(phone, "Theo Finger", "Contacted")


def test_a_swipe_is_no_drag(people: People) -> None:
    phone = people.staff("phone")
    add_lead(phone, "Sally Swipe")
    open_board(phone)
    moves: list[str] = []
    phone.on("request", lambda request: moves.append(request.url) if request.method == "POST" else None)
    finger = Finger(phone)
    x, y = centre(card(phone, "Sally Swipe"))
    finger.swipe(x, y, -220)
    expect(phone.get_by_role("navigation", name="Stages").locator("[aria-current]")).to_contain_text("Contacted")
    expect(column(phone, "New lead").locator(".lead.ghost")).to_have_count(0)
    expect(card(column(phone, "New lead"), "Sally Swipe")).to_have_count(1)
    assert moves == []


def test_by_keys(people: People) -> None:
    page = people.staff()
    add_lead(page, "Kay Board")
    open_board(page)
    link = card(page, "Kay Board").get_by_role("link")
    link.focus()
    with page.expect_response(is_move) as answer:
        page.keyboard.press("Shift+ArrowRight")
    assert answer.value.status == 204
    expect(card(column(page, "Contacted"), "Kay Board").get_by_role("link")).to_be_focused()
    page.keyboard.press("m")
    dialog = page.get_by_role("dialog", name="Move to")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Contacted", exact=True)).to_be_disabled()
    following = dialog.get_by_role("button", name="Quote requested", exact=True)
    expect(following).to_be_focused()
    with page.expect_response(is_move):
        page.keyboard.press(following.get_attribute("data-move-key") or "")
    expect(card(column(page, "Quote requested"), "Kay Board").get_by_role("link")).to_be_focused()
    stands_in(page, "Kay Board", "Quote requested")
    page.keyboard.press("f")
    expect(page.get_by_label("Name, phone, email or place")).to_be_focused()
    page.keyboard.type("Kay Board")
    page.keyboard.press("Enter")
    expect(page.locator(".chip", has_text="“Kay Board”")).to_be_visible()
    expect(page.locator(".column .lead")).to_have_count(1)


def test_a_move_that_came_too_late_goes_back_with_the_reason(people: People) -> None:
    people.expect_complaint("409")
    page, other = people.staff(), people.staff(who="bob")
    lead_id = add_lead(page, "Rita Refused")
    page.route(re.compile(r"/stream\b"), lambda route: route.abort())  # a page whose line has dropped hears nothing
    people.expect_complaint("stream")
    page.goto("/w/somerset/leads/board")
    expect(page.locator("[data-board][data-ready]")).to_be_attached()
    move_by_request(other, lead_id, stage_ids(page)["Hot lead"])
    answer = drag(page, card(page, "Rita Refused"), column(page, "Contacted").locator("[data-cards]"))
    assert answer.status == 409
    toast = page.locator("#toasts [data-toast]")
    expect(toast).to_contain_text("Rita Refused was put back.")
    expect(toast).to_contain_text("Hot lead")
    expect(card(column(page, "Contacted"), "Rita Refused")).to_have_count(0)


def test_the_drawer_has_an_address_of_its_own(people: People) -> None:
    page = people.staff()
    lead_id = add_lead(page, "Dora Drawer")
    open_board(page)
    card(page, "Dora Drawer").get_by_role("link").press("Enter")
    expect(page).to_have_url(re.compile(rf"/w/somerset/leads/{lead_id}\?of=board$"))
    expect(page.locator("[data-drawer-title]")).to_be_focused()
    expect(column(page, "New lead")).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer(page).locator("article")).to_have_count(0)
    expect(page).to_have_url("/w/somerset/leads/board")
    expect(card(page, "Dora Drawer").get_by_role("link")).to_be_focused()
    open_lead(page, "Dora Drawer")
    expect(page).to_have_url(re.compile(f"/leads/{lead_id}"))
    page.go_back()
    expect(page).to_have_url("/w/somerset/leads/board")
    expect(drawer(page).locator("article")).to_have_count(0)
    page.go_forward()
    expect(drawer(page).get_by_role("heading", name="Dora Drawer")).to_be_visible()
    page.reload()
    expect(drawer(page).get_by_role("heading", name="Dora Drawer")).to_be_visible()
    expect(card(page, "Dora Drawer")).to_have_count(1)


def test_on_a_phone_the_drawer_covers_the_board(people: People) -> None:
    phone = people.staff("phone")
    add_lead(phone, "Phil Pocket")
    open_board(phone)
    card(phone, "Phil Pocket").get_by_role("link").tap()
    expect(drawer(phone).get_by_role("heading", name="Phil Pocket")).to_be_visible()
    covers = "it => Math.round(it.getBoundingClientRect().width) === innerWidth"
    until(phone, lambda: drawer(phone).evaluate(covers), "all of it")
    phone.set_viewport_size({"width": 683, "height": 384})  # a laptop at 200 %: the page beneath takes nothing either
    until(phone, lambda: drawer(phone).evaluate(covers), "all of it")
    phone.set_viewport_size({"width": 390, "height": 844})
    drawer(phone).get_by_role("link", name="Close").tap()
    expect(drawer(phone).locator("article")).to_have_count(0)
    expect(phone).to_have_url("/w/somerset/leads/board")
