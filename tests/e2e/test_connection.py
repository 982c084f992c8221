"""A phone in the rain: the line to the desk goes dead without a word, and comes back."""

from playwright.sync_api import expect

from tests.e2e.browsers import People
from tests.e2e.site import SLUG
from tests.e2e.steps import add_lead, card, column, move_by_request, open_board, stage_ids
from tests.support.waiting import until

STREAM = "**/stream?*"


def test_what_was_missed_while_the_line_was_dead_is_fetched_and_nothing_else(people: People) -> None:
    # Our clock leaps over what is being asked for, and over answers that are being read.
    people.expect_complaint("ERR_FAILED|htmx:error: (timeout|The user aborted a request)")
    page, other = people.staff(who="bob", is_new=True), people.staff()
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


def test_a_page_that_is_come_back_to_listens_once(people: People) -> None:
    people.expect_complaint("status of 503|htmx:error: timeout")
    page = people.staff(is_new=True)
    page.clock.install()
    open_board(page)
    heard: list[str] = []
    page.on("request", lambda request: heard.append(request.url) if "/stream?" in request.url else None)
    page.route(STREAM, lambda route: route.fulfill(status=503))
    page.clock.fast_forward(60_000)
    until(page, lambda: heard, "a line that is refused")
    page.unroute(STREAM)
    heard.clear()
    page.evaluate("""() => {
      dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
      dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    }""")
    expect(page.locator("html[data-connection=open]")).to_be_attached()
    page.clock.run_for(11_000)  # by then it would have tried again
    expect(page.locator("html[data-connection=open]")).to_be_attached()
    assert len(heard) == 1


def test_columns_that_could_not_be_fetched_come_once_there_is_a_connection(people: People) -> None:
    people.expect_complaint("ERR_FAILED|Failed to fetch|htmx:error")
    page = people.staff(who="bob", viewport={"width": 900, "height": 800})
    open_board(page)
    page.clock.install()
    waiting = page.locator(".column[data-waiting]")
    last = waiting.last
    stage = last.get_attribute("data-stage")
    tried: list[str] = []
    page.route(f"**/board/*{stage}*", lambda route: (tried.append(route.request.url), route.abort()))
    page.locator("[data-board]").evaluate("board => board.scrollTo({ left: board.scrollWidth })")
    until(page, lambda: tried, "a column that could not be had")
    page.unroute(f"**/board/*{stage}*")
    page.clock.run_for(6_000)
    expect(page.locator(f".column[data-stage='{stage}'][data-waiting]")).to_have_count(0)


def test_a_file_chosen_without_a_connection_is_sent_once_there_is_one(people: People) -> None:
    people.expect_complaint("ERR_INTERNET_DISCONNECTED|Failed to fetch")
    page = people.staff()
    page.goto(f"/w/{SLUG}/imports")
    expect(page.locator("html[data-importing]")).to_be_attached()
    form = page.locator("form[data-once]")
    form.locator("input[type=file]").set_input_files(
        {"name": "leads.csv", "mimeType": "text/csv", "buffer": b"Name,Postcode\nAda Away,BA5 2QJ\n"}
    )
    send = form.locator("[type=submit]")
    page.context.set_offline(True)
    send.click()
    expect(form.get_by_role("alert")).to_contain_text("There is no connection. Nothing was sent")
    page.context.set_offline(False)
    send.click()
    expect(page.get_by_role("heading", name="What does each column hold?")).to_be_visible()


def test_a_page_of_its_own_is_sent_once_and_not_without_a_connection(people: People) -> None:
    people.expect_complaint("ERR_INTERNET_DISCONNECTED|Failed to fetch")
    page = people.staff(device="phone")
    page.goto(f"/w/{SLUG}/leads/new")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_label("Name").fill("Thea Thumb")
    add = page.get_by_role("button", name="Add lead")
    page.context.set_offline(True)
    add.dispatch_event("click")
    expect(page.locator("form [role=alert]")).to_contain_text("There is no connection. Nothing was sent")
    expect(page.get_by_label("Name")).to_have_value("Thea Thumb")
    page.context.set_offline(False)
    page.get_by_label("Phone").fill("01749 960166")
    page.evaluate("() => { for (const press of [1, 2]) document.querySelector('#new-lead [type=submit]').click(); }")
    expect(page.get_by_role("heading", name="Thea Thumb")).to_be_visible()
    assert len([url for url in sent if url.endswith("/leads/new")]) == 1
