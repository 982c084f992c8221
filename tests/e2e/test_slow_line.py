"""A slow line, or none: answers come late, in another order or not at all, and nobody waits with folded hands."""

from playwright.sync_api import Page, Route, expect

from tests.e2e.browsers import People
from tests.e2e.steps import add_lead, card, drawer, open_board, open_lead
from tests.support.waiting import until


def hold(page: Page, address: str) -> list[Route]:
    """Keep what is asked for at an address on its way; returns the list it stands in."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route))
    return held


def test_of_two_leads_the_one_opened_last_stays_open(people: People) -> None:
    page = people.staff()
    first = add_lead(page, "Fay First")
    add_lead(page, "Lea Last")
    open_board(page)
    held = hold(page, f"**/leads/{first}*")
    card(page, "Fay First").get_by_role("link", name="Fay First").click()
    until(page, lambda: held, "the first lead on its way")
    with page.expect_event("requestfailed", lambda request: first in request.url, timeout=10_000):  # called off
        open_lead(page, "Lea Last")
    expect(drawer(page).get_by_role("heading", name="Lea Last")).to_be_visible()
    expect(page.locator("html.busy")).to_have_count(0)
