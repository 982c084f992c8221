"""The form of a new lead as it is seen: fields of one row stand level, whatever is said above one of them."""

from playwright.sync_api import Page, expect

from tests.e2e.browsers import People
from tests.e2e.site import SLUG


def bottom(page: Page, name: str) -> float:
    box = page.locator(f"#f-{name}").bounding_box()
    assert box
    return round(box["y"] + box["height"])


def test_fields_of_one_row_stand_level(people: People) -> None:
    people.expect_complaint(r"leads/new.*422")
    page = people.staff()
    page.goto(f"/w/{SLUG}/leads/new")
    assert bottom(page, "town") == bottom(page, "postcode")  # which has a hint
    page.keyboard.press("Control+Enter")
    expect(page.locator("#f-phone-error")).to_be_visible()
    assert bottom(page, "phone") == bottom(page, "email")


def test_going_back_to_what_was_refused_asks_nothing(people: People) -> None:
    people.expect_complaint("422")
    page = people.staff()
    page.goto(f"/w/{SLUG}/leads/new")
    summary = page.get_by_role("alert").filter(has_text="Please look at")
    for name in ("Petra Postponed", "Petra Postponed again"):  # neither says how to reach her
        page.get_by_label("Name", exact=True).fill(name)
        page.keyboard.press("Enter")
        expect(page.get_by_label("Name", exact=True)).to_have_value(name)
        expect(summary).to_be_visible()
    page.get_by_label("Phone", exact=True).fill("07700 900467")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Petra Postponed again")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Name", exact=True)).to_be_visible()
    expect(summary).to_have_count(0)
