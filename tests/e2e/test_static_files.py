"""What a browser fetches again when the next page opens: the page."""

from playwright.sync_api import expect

from tests.e2e.browsers import People
from tests.e2e.site import SLUG

FETCHED = """performance.getEntriesByType("resource")
  .filter(it => it.transferSize && it.name.includes("/static/")).map(it => it.name)"""


def test_no_file_is_fetched_or_asked_about_again(people: People) -> None:
    page = people.staff(is_new=True)
    page.goto(f"/w/{SLUG}/leads/board")
    expect(page.locator(".lead").first).to_be_visible()
    first = set(page.evaluate(FETCHED))
    assert len(first) > 20
    page.goto(f"/w/{SLUG}/leads/board")
    expect(page.locator(".lead").first).to_be_visible()
    assert first.intersection(page.evaluate(FETCHED)) == set()
