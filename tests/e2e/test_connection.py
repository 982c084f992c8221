"""A phone in the rain: the line to the desk goes dead without a word, and comes back."""

from playwright.sync_api import expect

from tests.e2e.browsers import People
from tests.e2e.steps import add_lead, card, column, move_by_request, open_board, stage_ids

STREAM = "**/stream?*"


def test_what_was_missed_while_the_line_was_dead_is_fetched_and_nothing_else(people: People) -> None:
    people.expect_complaint("ERR_FAILED|htmx:error: timeout")  # our clock leaps over what is being fetched
    page, other = people.staff(who="bob"), people.staff()
    lead_id = add_lead(other, "Nora Network")
    page.clock.install()
    open_board(page)
    stages = stage_ids(page)
    expect(card(column(page, "New lead"), "Nora Network")).to_be_attached()

    page.route(STREAM, lambda route: route.abort())
    page.clock.fast_forward(60_000)  # and no pulse was felt
    expect(page.locator("html[data-connection=lost]")).to_be_attached()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    move_by_request(other, lead_id, stages["Contacted"])
    page.unroute(STREAM)
    page.clock.fast_forward(60_000)
    expect(page.locator("html[data-connection=open]")).to_be_attached()
    expect(card(column(page, "Contacted"), "Nora Network")).to_be_attached()
    page.clock.run_for(1_000)
    columns = {name for name, stage in stages.items() if any(stage in url for url in asked)}
    assert {"New lead", "Contacted"} <= columns
    assert len(columns) < len(stages) / 2, "the board was fetched anew"
