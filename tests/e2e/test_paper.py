"""A lead on paper: what is known of it and what is to come, and nothing that one would press."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.e2e.browsers import People
from tests.e2e.site import SLUG
from tests.e2e.steps import add_lead, move_by_request, stage_ids, token

#: Names of facts that stand on the paper with nothing beneath.
BARE = """facts => facts.filter((fact) => fact.checkVisibility() && !fact.querySelector("dd")?.innerText.trim())
  .map((fact) => fact.innerText)"""


def test_a_lead_s_page_is_printed_whole_and_without_what_one_presses(people: People) -> None:
    page = people.staff()
    lead_id = add_lead(page, "Paula Paper", price="")
    for days, title in ((20, "Look at the dormer"), (21, "Ask about the gate")):
        at = f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}T10:30"
        form = {"what": "task", "title": title, "again": "other", "at": at, "csrf_token": token(page)}
        assert page.request.post(f"/w/{SLUG}/leads/{lead_id}/plan", form=form).ok
    page.set_viewport_size({"width": 720, "height": 1000})  # about what A4 leaves
    page.goto(f"/w/{SLUG}/leads/{lead_id}/page")
    later = page.locator(".later-acts li", has_text="Ask about the gate")
    expect(later).to_be_hidden()
    page.emulate_media(media="print", color_scheme="dark")
    expect(later).to_be_visible()
    price = page.locator(".fact", has=page.get_by_text("Price", exact=True)).locator("dd")
    expect(price).to_have_text("every 8 weeks", use_inner_text=True)
    for words in ("Put on a sequence", "Add price", "more planned", "Write a quote"):
        expect(page.locator("body")).not_to_contain_text(words, use_inner_text=True)
    assert page.locator(".fact").evaluate_all(BARE) == []
    name, beneath = page.locator(".title").bounding_box(), page.locator(".head-more").bounding_box()
    assert name and beneath and name["y"] + name["height"] <= beneath["y"]
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


def test_a_copy_sheet_is_printed_without_what_one_presses_and_fills_in(people: People) -> None:
    page = people.staff()
    lead_id = add_lead(page, "Connie Copied")
    page.goto(f"/w/{SLUG}/leads/board")
    stages = stage_ids(page)
    move_by_request(page, lead_id, stages["Ready for Squeegee"])
    page.goto(f"/w/{SLUG}/leads/{lead_id}/copy-sheet")
    form = page.get_by_role("heading", name="Entered in Squeegee?")
    expect(form).to_be_visible()
    page.emulate_media(media="print")
    expect(form).to_be_hidden()
    expect(page.locator(".copy-sheet dd").filter(visible=True).first).to_be_visible()
    expect(page.locator(".button").filter(visible=True)).to_have_count(0)
    move_by_request(page, lead_id, stages["New lead"])  # other tests count who is ready


def test_a_heading_with_nothing_beneath_is_not_printed(people: People) -> None:
    page = people.staff()
    lead_id = add_lead(page, "Hetty Heading")
    page.goto(f"/w/{SLUG}/leads/board")
    stages = stage_ids(page)
    move_by_request(page, lead_id, stages["Ready for Squeegee"])
    page.goto(f"/w/{SLUG}/leads/{lead_id}/page")
    panel = page.locator("[id$='-squeegee']")
    expect(panel.get_by_role("heading", name="Squeegee")).to_be_visible()
    expect(panel).to_have_attribute("hx-trigger", "refresh")  # it has fetched what it says besides
    page.emulate_media(media="print")
    assert panel.evaluate("panel => !panel.checkVisibility() || panel.innerText.trim()") != "Squeegee"
    expect(panel.locator("form, details").filter(visible=True)).to_have_count(0)
    move_by_request(page, lead_id, stages["New lead"])  # other tests count who is ready


def test_the_list_has_all_its_columns_on_paper(people: People) -> None:
    page = people.staff()
    add_lead(page, "Lettie Listed")
    page.goto(f"/w/{SLUG}/leads")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 within its margins
    row = page.locator(".list-table tbody tr", has_text="Lettie Listed")
    expect(row).to_be_visible()
    expect(row.locator("input, button").filter(visible=True)).to_have_count(0)
    table = page.locator(".list-table").bounding_box()
    assert table and table["x"] >= 0 and table["x"] + table["width"] <= 718
