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
