"""A slow line, or none: answers come late, in another order or not at all, and nobody waits with folded hands."""

from playwright.sync_api import Page, Route, expect

from tests.e2e.browsers import People
from tests.e2e.site import Site
from tests.e2e.steps import add_lead, card, column, drawer, open_board, open_lead, sign_in
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


def test_a_note_sent_twice_is_one_and_what_is_typed_meanwhile_stays(people: People) -> None:
    page = people.staff()
    add_lead(page, "Tess Twice")
    open_board(page)
    opened = open_lead(page, "Tess Twice")
    held = hold(page, "**/notes")
    note = opened.locator("textarea[name=note]")
    note.fill("Rang the bell")
    note.press("Control+Enter")
    until(page, lambda: held, "the note on its way")
    note.press("Control+Enter")
    note.press_sequentially(" and the dog barked")
    with page.expect_response("**/notes"):
        held[0].continue_()
    notes = opened.locator(".timeline blockquote", has_not_text="We have your enquiry")
    expect(notes).to_have_text(["Rang the bell"])
    expect(note).to_have_value("and the dog barked")
    expect(note).to_be_focused()
    with page.expect_response("**/notes"):
        note.press("Control+Enter")
        until(page, lambda: held[1:], "the second note on its way")
        held[1].continue_()
    expect(notes).to_have_text(["and the dog barked", "Rang the bell"])
    expect(note).to_have_value("")


def test_two_leads_that_are_lost_are_asked_about_one_after_the_other(people: People) -> None:
    page = people.staff()
    for name in ("Una Lost", "Otto Lost"):
        add_lead(page, name)
    open_board(page)
    held = hold(page, "**/farewell/**")
    for name in ("Una Lost", "Otto Lost"):
        card(page, name).get_by_role("link", name=name).press("m")
        page.locator("#move-card [data-move-to]", has_text="Declined").click()
        until(page, lambda: held, "the first question on its way")
    question = page.locator("dialog#farewell[open]")
    for at, name in enumerate(("Una Lost", "Otto Lost")):
        until(page, lambda at=at: held[at:], "the question on its way")
        held[at].continue_()
        expect(question).to_contain_text(f"Move {name} to Declined?")
        assert not page.locator("#toasts [data-toast]").all_inner_texts(), "said to be put back without being asked"
        question.get_by_role("button", name="Cancel").click()
        expect(card(column(page, "New lead"), name)).to_be_visible()
    expect(question).to_have_count(0)
    expect(page.locator("body[data-dragging]")).to_have_count(0)


def test_who_has_signed_in_anew_in_another_tab_goes_on_where_they_were(people: People, site: Site) -> None:
    people.expect_complaint("status of 400")
    page = people.staff(who="bob")
    add_lead(page, "Sid Session")
    open_board(page)
    page.context.add_cookies(sign_in(people.browser, site, "bob@example.com")["cookies"])
    card(page, "Sid Session").get_by_role("link", name="Sid Session").press("Shift+ArrowRight")
    expect(page.locator("#toasts")).to_contain_text("Sid Session moved to Contacted")


def test_what_could_not_be_taken_back_can_be_tried_again(people: People) -> None:
    people.expect_complaint("ERR_FAILED|Failed to fetch")
    page = people.staff()
    add_lead(page, "Una Undo")
    open_board(page)
    there = column(page, "Contacted")
    count = there.locator(".count")
    card(page, "Una Undo").get_by_role("link", name="Una Undo").press("Shift+ArrowRight")
    toast = page.locator("#toasts [data-toast]")
    expect(toast).to_contain_text("Una Undo moved to Contacted")
    before = count.inner_text()
    page.route("**/stage/undo", lambda route: route.abort())
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_contain_text("There is no connection, so nothing was saved.")
    expect(card(there, "Una Undo")).to_be_visible()
    expect(count).to_have_text(before)
    page.unroute("**/stage/undo")
    with page.expect_response("**/stage/undo"):
        toast.get_by_role("button", name="Undo").click()
    expect(card(column(page, "New lead"), "Una Undo")).to_be_visible()

    opened = open_lead(page, "Una Undo")
    opened.get_by_label("Move to stage").select_option(label="Contacted")
    opened.get_by_role("button", name="Move", exact=True).click()
    moved = toast.filter(has_text="Moved to Contacted")
    page.route("**/stage/undo", lambda route: route.abort())
    moved.get_by_role("button", name="Undo").click()
    expect(toast.filter(has_text="Sill cannot be reached")).to_be_visible()
    page.unroute("**/stage/undo")
    moved.get_by_role("button", name="Undo").click()
    expect(card(column(page, "New lead"), "Una Undo")).to_be_visible()
    expect(moved).to_have_count(0)


def test_names_that_come_late_do_not_write_into_what_was_typed_meanwhile(people: People) -> None:
    page = people.staff()
    add_lead(page, "Mona Mention")
    open_board(page)
    note = open_lead(page, "Mona Mention").locator("textarea[name=note]")
    held = hold(page, "**/people")
    note.press_sequentially("Ask @bo")
    until(page, lambda: held[1:], "the names on their way")
    note.press_sequentially("b? No.")
    for route in held:
        with page.expect_response("**/people"):
            route.continue_()
    note.press("Enter")
    expect(note).to_have_value("Ask @bob? No.\n")
    page.unroute("**/people")
    note.press_sequentially("@bo")
    expect(page.locator(".mentions")).to_contain_text("Bob")
    note.fill("")


def test_what_can_be_undone_stays_while_the_focus_is_on_it(people: People) -> None:
    people.expect_complaint("htmx:error: timeout")  # our clock leaps over what is being fetched
    page = people.staff(who="bob", is_new=True)
    page.clock.install()
    add_lead(page, "Flo Focus")
    open_board(page)
    card(page, "Flo Focus").get_by_role("link", name="Flo Focus").press("Shift+ArrowRight")
    toast = page.locator("#toasts [data-toast]")
    toast.get_by_role("button", name="Undo").focus()
    toast.hover()
    page.mouse.move(300, 300)
    page.clock.run_for(31_000)
    expect(toast).to_be_visible()
    toast.get_by_role("button", name="Undo").evaluate("button => button.blur()")
    page.clock.run_for(31_000)
    expect(toast).to_have_count(0)
