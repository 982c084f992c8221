"""What the board shows kept as a view, and stars given from cards and rows."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.e2e.browsers import People
from tests.e2e.steps import SLUG, add_lead, card, drawer, open_board, open_lead
from tests.support.waiting import until


def test_kept_by_the_bar_chosen_by_a_key_and_forgotten(people: People) -> None:
    page = people.staff(who="bob")
    add_lead(page, "Wilma Viewed", postcode="EX4 9QQ")
    open_board(page, "leads/board?area=EX4&sort=value")
    page.get_by_role("link", name="Save view").click()
    form = page.get_by_role("dialog")
    expect(form.get_by_label("Name", exact=True)).to_be_focused()
    form.get_by_label("Name", exact=True).fill("Exeter")
    form.get_by_role("button", name="Save", exact=True).click()
    kept = page.get_by_role("link", name="Exeter")
    expect(kept).to_be_visible()
    expect(page).to_have_url(re.compile(r"area=EX4&view=[^&]+&sort=value"))

    open_board(page, "leads/board?view=all")
    page.keyboard.press("v")
    views = page.get_by_role("dialog", name="Views")
    expect(views.locator(".view-list a").first).to_be_focused()
    views.get_by_role("link", name="Exeter").first.click()
    expect(page).to_have_url(re.compile(r"area=EX4&view=[^&]+&sort=value"))
    expect(page.locator(".lead")).to_have_count(1)
    expect(card(page, "Wilma Viewed")).to_be_visible()

    page.goto(f"/w/{SLUG}/leads?view=all")
    expect(page.locator("[data-list-count] [data-total]")).to_be_attached()
    page.keyboard.press("v")
    expect(views.locator(".view-list a").first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/leads\?area=EX4&view=[^&]+&sort=-value"))
    open_board(page, "leads/board?area=EX4&sort=value")

    page.keyboard.press("v")
    page.get_by_role("link", name="Edit Exeter").click()
    page.get_by_role("button", name="Delete view").click()
    page.get_by_role("dialog", name="Delete the view “Exeter”?").get_by_role("button", name="Delete").click()
    expect(page).to_have_url(re.compile(r"/leads/board\?view=all"))


def test_a_star_turns_at_once_and_on_every_page_of_the_same_person(people: People) -> None:
    people.expect_complaint("ERR_FAILED")
    page, other = people.staff(), people.staff("phone")
    lead_id = add_lead(page, "Stella Starred")
    open_board(page)
    other.goto(f"/w/{SLUG}/leads?view=all")
    expect(other.locator("html[data-connection=open]")).to_be_attached()
    star = card(page, "Stella Starred").get_by_role("button", name="Star")
    far = other.locator(f"#lead-{lead_id}").get_by_role("button", name="Star")

    held: list[Any] = []
    page.route(f"**/{lead_id}/star", lambda route: held.append(route))
    card(page, "Stella Starred").hover()
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")  # though nobody has answered
    expect(drawer(page)).to_be_empty()
    until(page, lambda: held, "the star's request")
    held[0].continue_()
    page.unroute(f"**/{lead_id}/star")
    expect(far).to_have_attribute("aria-pressed", "true")
    far.tap()
    expect(star).to_have_attribute("aria-pressed", "false")

    page.route(f"**/{lead_id}/star", lambda route: route.abort())
    card(page, "Stella Starred").get_by_role("link").focus()
    page.keyboard.press("s")
    expect(page.get_by_text("There is no connection, so the star was not saved.")).to_be_visible()
    expect(star).to_have_attribute("aria-pressed", "false")
    page.unroute(f"**/{lead_id}/star")

    opened = open_lead(page, "Stella Starred")
    page.keyboard.press("s")
    expect(opened.get_by_role("button", name="Star", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(far).to_have_attribute("aria-pressed", "true")
