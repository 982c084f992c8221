"""What is next with a lead: planned from its drawer by the keyboard; and a customer who is there already."""

from playwright.sync_api import expect

from tests.e2e.browsers import People
from tests.e2e.steps import SLUG, add_lead, card, open_board, open_lead


def test_planning_from_the_drawer_and_taking_it_back(people: People) -> None:
    people.expect_complaint("422")
    page = people.staff()
    add_lead(page, "Petra Plan")
    open_board(page)
    opened = open_lead(page, "Petra Plan")
    opened.get_by_role("link", name="+ Plan").press("Enter")
    form = opened.locator("form.planning")
    expect(form.get_by_label("Call", exact=True)).to_be_focused()
    form.get_by_label("Something else").check()
    form.get_by_role("button", name="Plan it").click()
    expect(form.locator("#plan-title")).to_be_focused()
    form.locator("#plan-title").fill("Ask about the gate")
    form.get_by_label("In a week").check()
    form.get_by_role("button", name="Plan it").click()
    expect(form).to_have_count(0)
    opened.locator(".later-acts > summary").click()
    expect(opened.locator(".to-come")).to_contain_text("Ask about the gate")

    page.get_by_role("button", name="Undo").click()
    expect(opened.locator(".to-come")).not_to_contain_text("Ask about the gate")
    expect(card(page, "Petra Plan")).to_contain_text("First call")

    opened.get_by_role("link", name="Another time").first.press("Enter")
    expect(form).to_be_visible()
    form.get_by_label("In a week").check()
    form.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(form).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("Moved to")
    page.keyboard.press("z")
    expect(page.locator("#toasts")).to_contain_text("Taken back")
    expect(opened.get_by_role("link", name="+ Plan")).to_be_focused()


def test_keys_beside_a_field_are_no_acts_on_the_lead(people: People) -> None:
    page = people.staff()
    add_lead(page, "Kay Keys")
    open_board(page)
    opened = open_lead(page, "Kay Keys")
    opened.get_by_role("button", name="Add access").press("Enter")
    fact = opened.locator(".fact.editing")
    expect(fact.get_by_label("Access")).to_be_focused()
    page.keyboard.type("Side gate")
    fact.get_by_label("Dog").focus()
    page.keyboard.type("gate p")
    expect(opened.locator("form.planning")).to_have_count(0)
    page.keyboard.press("Control+Enter")
    expect(opened.locator(".fact", has_text="Access")).to_contain_text("Side gate")


def test_a_new_lead_that_is_there_already(people: People) -> None:
    people.expect_complaint("422")
    page = people.staff()
    add_lead(page, "Dora Double", phone="07700 900613")
    page.goto(f"/w/{SLUG}/leads/new")
    page.get_by_label("Name").fill("Dora Double")
    page.get_by_label("Phone").press_sequentially("07700 900613")
    expect(page.locator("#double-who")).to_contain_text("Dora Double is already in New lead")
    expect(page.get_by_label("Tell the customer")).not_to_be_checked()
    page.get_by_role("button", name="Add lead").click()
    page.get_by_role("button", name="Add anyway").first.click()
    page.wait_for_url("**/leads/*-*-*")
