"""A slow line, or none: answers come late, in another order or not at all, and nobody waits with folded hands."""

from playwright.sync_api import Page, Route, expect

from tests.e2e.browsers import People
from tests.e2e.steps import PASSWORD, add_lead, card, column, drawer, open_board, open_lead
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


def test_who_has_signed_in_anew_in_another_tab_goes_on_where_they_were(people: People) -> None:
    people.expect_complaint("status of 40[01]")
    page = people.staff(who="bob")
    add_lead(page, "Sid Session")
    open_board(page)
    page.context.clear_cookies()  # what signing out in another tab does
    other = page.context.new_page()
    other.goto("/login")
    other.get_by_label("Email address").fill("bob@example.com")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url("**/leads/board")
    card(page, "Sid Session").get_by_role("link", name="Sid Session").press("Shift+ArrowRight")
    expect(page.locator("#toasts")).to_contain_text("Sid Session moved to Contacted")
