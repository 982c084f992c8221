"""The queue for Squeegee by the keyboard alone: whoever hands a lead over goes on from there and hears that it went."""

from playwright.sync_api import expect

from tests.e2e.browsers import People
from tests.e2e.site import SLUG


def test_handing_over_keeps_the_place(people: People) -> None:
    page = people.staff()
    page.goto(f"/w/{SLUG}/squeegee")
    expect(page.locator("html[data-connection=open]")).to_be_attached()
    button = page.locator(".ready-card").get_by_role("button", name="Hand over").last
    card = page.locator(f"#{button.locator('xpath=ancestor::li').get_attribute('id')}")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("On its way to Squeegee")
    expect(page.locator("#squeegee-queue :focus")).to_be_attached()
    expect(card).to_have_count(0, timeout=30_000)  # Squeegee has it
    expect(page.locator("#squeegee-queue :focus")).to_be_attached()
