"""The inbox in a browser: an answer is written by keys while others work beside, and nothing disturbs it."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.axe import findings
from tests.e2e.browsers import People
from tests.e2e.site import SLUG
from tests.e2e.steps import add_lead
from tests.support.waiting import until

INBOX = f"/w/{SLUG}/inbox"


def open_inbox(page: Page, path: str = INBOX) -> None:
    """Open the inbox and wait until it hears keys and changes."""
    page.goto(path)
    expect(page.locator("[data-inbox][data-ready]")).to_be_attached()
    expect(page.locator("html[data-connection=open]")).to_be_attached()


def test_an_answer_by_keys_while_a_colleague_works_beside(people: People) -> None:
    page = people.staff()
    open_inbox(page)
    first = page.locator(".talk > a").first
    name = first.locator("b").evaluate("it => it.firstChild.textContent")
    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-talk-title]")).to_be_focused()
    expect(page.locator(".talk-head")).to_contain_text(name)
    expect(page).to_have_title(re.compile(f"^{name.strip()} · Inbox · "))
    expect(page.locator(".talk.unread > a[aria-current]")).to_have_count(0)
    expect(page).to_have_url(re.compile("/inbox/[0-9a-f-]{36}"))
    address = page.url
    page.keyboard.press("r")
    field = page.locator("[data-answer-body]")
    expect(field).to_be_focused()
    page.keyboard.type("On Tuesday")
    colleague = people.staff()  # the owner at another desk: Bob may not see this lead
    open_inbox(colleague, address)
    judge = colleague.get_by_role("group", name="What they say")
    judge.get_by_role("button", name="Question").click()
    pressed = page.locator(".triage [aria-pressed=true]")
    expect(pressed).to_have_text("Question")
    expect(field).to_be_focused()
    expect(field).to_have_value("On Tuesday")
    page.locator(".talk-head summary[data-hotkey=a]").click()
    nobody = page.locator(".talk-head").get_by_role("button", name="Nobody", exact=True)
    expect(nobody).to_be_visible()
    judge.get_by_role("button", name="Unclear").click()
    expect(pressed).to_have_text("Unclear")
    expect(nobody).to_be_visible()  # what the menu fetched when it opened stays in it
    page.keyboard.press("Escape")
    field.focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".bubble.out", has_text="On Tuesday")).to_be_visible()
    expect(field).to_have_value("")
    page.locator(".toast").get_by_role("button", name="Unsend").click()
    expect(field).to_have_value("On Tuesday")
    page.keyboard.press("Escape")
    expect(page.locator("[data-talk-title]")).to_be_focused()
    page.keyboard.press("e")
    expect(page.locator(".talk", has_text=name)).to_have_count(0)
    expect(page.locator(".talk > a").first).to_be_focused()
    expect(page.locator(".toast").get_by_role("button", name="Undo")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator(".talk", has_text=name)).to_be_visible()


def test_an_answer_that_is_not_sent_waits_in_its_conversation(people: People) -> None:
    page = people.staff()
    page.on("dialog", lambda dialog: dialog.accept())
    open_inbox(page)
    talks, field = page.locator(".talk > a"), page.locator("[data-answer-body]")
    way = page.locator(".answer-ways [aria-pressed=true]")
    talks.nth(1).click()
    other, held = page.locator(".answer-ways [aria-pressed=false]"), []
    chosen = other.inner_text().strip()
    page.route("**/composer", lambda route: held.append(route))
    other.click()
    until(page, lambda: held, "the other channel's form is on its way")
    field.fill("Half an answer")
    held.pop().continue_()
    page.unroute("**/composer")
    expect(way).to_have_text(chosen)
    expect(field).to_have_value("Half an answer")
    page.reload()
    expect(field).to_have_value("Half an answer")
    expect(way).to_have_text(chosen)
    talks.nth(0).click()
    expect(field).to_have_value("")
    talks.nth(1).click()
    expect(field).to_have_value("Half an answer")
    expect(way).to_have_text(chosen)
    page.locator(".answer-quick button").first.click()
    expect(field).to_have_value(re.compile("^Half an answer.+", re.DOTALL))
    written, template = field.input_value(), page.locator("[data-answer] [name=template_key]")
    key = template.input_value()
    page.reload()
    expect(field).to_have_value(written)
    expect(template).to_have_value(key)
    field.fill("")


def test_what_is_typed_on_while_an_answer_leaves_stays(people: People) -> None:
    page = people.staff()
    open_inbox(page)
    page.locator(".talk > a").nth(1).click()
    field, held = page.locator("[data-answer-body]"), []
    page.route("**/inbox/*/answer", lambda route: held.append(route))
    field.fill("On Wednesday")
    field.press("Control+Enter")
    until(page, lambda: held, "the answer is on its way")
    field.press_sequentially(" and bring a hose")
    held.pop().continue_()
    expect(page.locator(".bubble.out", has_text="On Wednesday")).to_be_visible()
    expect(field).to_have_value("and bring a hose")
    page.locator(".toast").get_by_role("button", name="Unsend").click()
    expect(page.locator(".toast", has_text="Taken back")).to_be_visible()
    field.fill("")


def test_what_nobody_knows_becomes_a_lead_on_a_phone(people: People) -> None:
    page = people.staff("phone")
    open_inbox(page, f"{INBOX}?show=arrivals")
    page.get_by_role("link", name="Wendy Farthing").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Wendy Farthing")
    expect(page.locator("#inbox-list")).to_be_hidden()
    assert findings(page) == []
    page.get_by_role("button", name="Make a lead").click()
    expect(page.locator(".bubble.in", has_text="sash windows")).to_be_visible()
    expect(page.locator("[data-answer-body]")).to_be_visible()


def test_a_list_that_has_grown_asks_for_all_it_shows(people: People) -> None:
    page = people.staff()
    page.goto(f"/w/{SLUG}/outbox?shelf=arrived")
    expect(page.locator("html[data-connection=open]")).to_be_attached()
    rows = page.locator("#outbox ol > .message")
    page.locator("#outbox .more").scroll_into_view_if_needed()
    expect(rows.nth(31)).to_be_attached()
    grown = rows.count()
    with page.expect_response(lambda answer: "shown=" in answer.url) as again:
        add_lead(page, "Sandy Sent")  # who is written to at once
    assert again.value.text().count('id="message-') >= grown
