"""Several leads at once: chosen by keys, by thumb and on the board; what was done is taken back."""

import re

from playwright.sync_api import Page, Route, expect

from tests.e2e.browsers import People
from tests.e2e.steps import SLUG, add_lead, card, open_board, token
from tests.support.waiting import until


def pick(page: Page, *names: str) -> None:
    """Tick the boxes of leads in the list."""
    for name in names:
        page.get_by_role("checkbox", name=f"Select {name}").check()


def bar(page: Page):
    """The bar of acts, once it has come."""
    found = page.get_by_role("region", name="Selected leads")
    expect(found.get_by_role("button", name="Archive")).to_be_visible()
    return found


def test_tagged_by_keys_alone_and_taken_back(people: People) -> None:
    page = people.staff()
    for name in ("Tara Tagged", "Tom Tagged"):
        add_lead(page, name)
    page.goto(f"/w/{SLUG}/leads?view=all")
    page.locator("a.row-link", has_text="Tom Tagged").focus()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    acts = bar(page)
    expect(acts.locator("[data-bulk-count]")).to_have_text("2")

    acts.locator("summary", has_text="Tag").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(acts.locator("details[open] input:focus")).to_be_attached()
    people.expect_complaint("bulk.*422")
    page.keyboard.type("Dog, side gate")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Add one tag at a time")
    expect(acts.locator("details[open] input:focus")).to_have_value("Dog, side gate")
    page.keyboard.press("Control+A")
    page.keyboard.type("Corner house")
    page.keyboard.press("Enter")

    toasts = page.locator("#toasts")
    expect(toasts).to_contain_text("2 leads tagged Corner house.")
    expect(page.get_by_role("region", name="Selected leads")).to_be_hidden()
    page.locator("a.row-link", has_text="Tom Tagged").press("Enter")
    expect(page.locator("#drawer .tag")).to_contain_text(["Corner house"])
    toasts.get_by_role("button", name="Undo").press("Enter")
    expect(toasts).to_contain_text("Undone: 2 leads as before.")
    expect(page.locator("#drawer .tag")).to_have_count(0)


def test_a_thumb_puts_leads_in_the_bin_and_fetches_them_back(people: People) -> None:
    page = people.staff("phone")
    add_lead(page, "Bina Binned")
    page.goto(f"/w/{SLUG}/leads?view=all")
    pick(page, "Bina Binned")
    bar(page).get_by_role("button", name="Bin").tap()
    dialog = page.get_by_role("dialog", name="Put 1 lead in the bin?")
    expect(dialog).to_contain_text("Kept for 30 days")
    dialog.get_by_role("button", name="Put in the bin").tap()
    expect(page.locator("#toasts")).to_contain_text("1 lead in the bin.")
    expect(page.get_by_role("link", name="Bina Binned")).to_have_count(0)

    page.goto(f"/w/{SLUG}/leads/bin")
    pick(page, "Bina Binned")
    page.get_by_role("button", name="Put back on the desk").tap()

    expect(page.locator("#toasts")).to_contain_text("1 lead back on the desk.")
    expect(page.get_by_role("heading", name="The bin is empty")).to_be_focused()


def test_whoever_empties_the_bin_by_keys_stays_in_it(people: People) -> None:
    page = people.staff()
    for name in ("Wanda Waste", "Will Waste", "Wes Waste"):
        lead = add_lead(page, name)
        page.request.post(f"/w/{SLUG}/leads/{lead}/bin", form={"csrf_token": token(page)})
    page.goto(f"/w/{SLUG}/leads/bin")
    expect(page.locator("html[data-connection=open]")).to_be_attached()
    expect(page.locator("a.row-link")).to_have_text(["Wes Waste", "Will Waste", "Wanda Waste"])
    page.get_by_role("button", name="Delete Will Waste for good").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Delete for good").press("Enter")
    expect(page.get_by_role("link", name="Wanda Waste")).to_be_focused()

    page.get_by_role("button", name="Empty the bin").press("Enter")
    sure = page.get_by_role("dialog", name="Delete 2 leads for good?")
    sure.get_by_role("button", name="Delete for good").press("Enter")
    expect(page.get_by_role("heading", name="The bin is empty")).to_be_focused()


def test_chosen_cards_are_archived_and_come_back(people: People) -> None:
    page = people.staff()
    for name in ("Ava Archived", "Abe Archived"):
        add_lead(page, name)
    held: list[Route] = []
    page.route(re.compile("/bulk-?[^/]*[.]js"), lambda route: held.append(route))
    open_board(page)
    for name in ("Ava Archived", "Abe Archived"):
        card(page, name).get_by_role("link").first.click(modifiers=["Control"])
    page.get_by_role("button", name="Assign, tag, put away").click()
    until(page, lambda: held, "the bar's script asked for")
    held[0].continue_()  # the press counts, although its script came later
    acts, sure = bar(page), page.get_by_role("dialog", name="to Booked?")
    acts.locator("summary", has_text="Move").click()
    acts.get_by_role("group", name="Move to").get_by_role("button", name="Booked").click()
    expect(sure).to_be_visible()
    expect(acts.locator("details.menu[open]")).to_have_count(0)
    sure.get_by_role("button", name="Cancel").click()
    expect(acts.locator("summary", has_text="Move")).to_be_focused()
    acts.get_by_role("button", name="Archive").click()

    expect(page.locator("#toasts")).to_contain_text("2 leads archived.")
    expect(card(page, "Ava Archived")).to_have_count(0)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(card(page, "Ava Archived")).to_be_visible()


def test_who_will_get_it_is_said_before_it_is_sent_and_taken_back(people: People) -> None:
    page = people.staff()
    add_lead(page, "Wilma Written")
    add_lead(page, "Wendy Written", email="", phone="07700 900462")
    page.goto(f"/w/{SLUG}/leads?view=all")
    pick(page, "Wilma Written", "Wendy Written")
    acts = bar(page)
    acts.locator("summary", has_text="Write").click()
    acts.get_by_role("button", name="With a template").click()
    dialog = page.get_by_role("dialog", name="Write to the selected")
    dialog.get_by_label("Template").select_option(label="Nobody was in")
    expect(dialog).to_contain_text("1 has no email address")
    expect(dialog.get_by_role("link", name="Wendy Written")).to_be_visible()
    dialog.get_by_role("button", name="Send to 1 person").click()

    toasts = page.locator("#toasts")
    expect(toasts).to_contain_text("“Nobody was in” is on its way to 1 lead. 1 left out.")
    toasts.get_by_role("button", name="Undo").click()
    expect(toasts).to_contain_text("Taken back: 1 message.")
