"""A lead worked on: notes, calls, facts, follow-ups, and two people at once."""

import re

from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.browsers import People
from tests.e2e.site import SLUG
from tests.e2e.steps import (
    PASSWORD,
    add_lead,
    card,
    column,
    drawer,
    move_by_request,
    open_board,
    open_lead,
    stage_ids,
    token,
)  # fmt: skip
from tests.support.waiting import until


def fact(page: Page, label: str) -> Locator:
    """A fact in the drawer, by its label."""
    return drawer(page).locator(".fact").filter(has=page.locator("dt", has_text=label)).first


def edit(page: Page, line: str, label: str | None = None) -> Locator:
    """Begin to change a line of facts; returns the field `label` of it, or its only one."""
    fact(page, line).hover()
    drawer(page).get_by_role("button", name=f"Edit {line.lower()}", exact=True).click()
    form = drawer(page).locator(".fact.editing")
    expect(form.locator("[data-focus]")).to_be_focused()
    return form.get_by_label(label or line, exact=True)


def test_a_note_a_call_and_a_fact(people: People) -> None:
    people.expect_complaint("422")
    page = people.staff()
    add_lead(page, "Nell Note")
    open_board(page)
    opened = open_lead(page, "Nell Note")
    opened.locator("textarea[name=note]").fill("Dog is friendly, gate is green")
    opened.get_by_role("button", name="Save note").click()
    expect(opened.locator(".timeline blockquote", has_text="Dog is friendly, gate is green")).to_be_visible()
    expect(opened.locator("textarea[name=note]")).to_have_value("")
    opened.locator(".tabs label[for=c-call]").click()
    call = opened.locator("form[data-pane=call]")
    call.get_by_label("How it ended").select_option("spoke")
    call.get_by_label("What was said").fill("Wants Tuesdays")
    call.get_by_label("Minutes").fill("4")
    opened.get_by_role("button", name="Log call").click()
    expect(opened.locator(".timeline .event", has_text="Wants Tuesdays")).to_contain_text("4 min")

    edit(page, "Phone").fill("12")
    page.keyboard.press("Enter")
    expect(drawer(page).locator(".fact.editing .error")).to_be_visible()
    field = drawer(page).locator(".fact.editing").get_by_label("Phone")
    expect(field).to_have_value("12")
    field.fill("07700 900999")
    page.keyboard.press("Enter")
    expect(fact(page, "Phone")).to_contain_text("07700 900999")
    expect(opened.locator(".timeline .event", has_text="phone").first).to_be_visible()
    page.reload()
    expect(fact(page, "Phone")).to_contain_text("07700 900999")


def test_who_was_signed_out_meanwhile_keeps_what_was_typed(people: People) -> None:
    people.expect_complaint("status of 40[01]")
    page = people.staff(who="bob")
    add_lead(page, "Sid Stranger")
    open_board(page)
    opened = open_lead(page, "Sid Stranger")
    note = opened.locator("textarea[name=note]")
    note.fill("Dog is friendly")
    page.context.clear_cookies()  # what signing out in another tab does
    opened.get_by_role("button", name="Save note").click()
    toast = page.locator("#toasts [data-toast]")
    expect(toast).to_have_count(1)
    expect(toast).to_contain_text("You are signed out. Sign in, then send it again: what you typed stays here.")
    expect(note).to_have_value("Dog is friendly")
    with page.context.expect_page() as other:
        toast.get_by_role("link", name="Sign in").click()
    other.value.get_by_label("Email address").fill("bob@example.com")
    other.value.get_by_label("Password").fill(PASSWORD)
    other.value.get_by_role("button", name="Sign in").click()
    expect(other.value.get_by_role("complementary", name="Lead")).to_contain_text("Sid Stranger")
    other.value.close()
    opened.get_by_role("button", name="Save note").click()
    expect(opened.locator(".timeline blockquote", has_text="Dog is friendly")).to_be_visible()
    expect(toast).to_have_count(0)


def test_two_people_change_the_same_fact(people: People) -> None:
    people.expect_complaint("409")
    people.expect_complaint("422")
    mine, theirs = people.staff(), people.staff(who="bob")
    lead_id = add_lead(mine, "Conny Flict")
    for page in (mine, theirs):
        open_board(page, f"leads/{lead_id}")
    edit(mine, "Place", "Town").fill("Street")
    edit(theirs, "Place", "Town").fill("Glastonbury")
    theirs.keyboard.press("Enter")
    expect(fact(theirs, "Place")).to_contain_text("Glastonbury")
    mine.keyboard.press("Enter")
    panel = drawer(mine).locator(".conflict")
    expect(panel).to_contain_text("Someone changed this while you were typing")
    for words in ("Wells", "Glastonbury", "Street"):
        expect(panel).to_contain_text(words)
    # The question stays open whatever else happens to the lead meanwhile.
    move_by_request(theirs, lead_id, stage_ids(theirs)["Contacted"])
    expect(card(column(mine, "Contacted"), "Conny Flict")).to_be_visible()
    expect(panel).to_be_visible()
    panel.get_by_role("button", name="Keep mine").click()
    expect(fact(mine, "Place")).to_contain_text("Street")
    expect(fact(theirs, "Place")).to_contain_text("Street")


def test_what_is_being_typed_survives_a_live_change(people: People) -> None:
    mine, theirs = people.staff(), people.staff(who="bob")
    lead_id = add_lead(mine, "Tess Typing")
    open_board(mine, f"leads/{lead_id}")
    open_board(theirs)
    note = drawer(mine).locator("textarea[name=note]")
    note.click()
    mine.keyboard.type("She asked whether we ")
    move_by_request(theirs, lead_id, stage_ids(theirs)["Contacted"])
    expect(card(column(mine, "Contacted"), "Tess Typing")).to_be_visible()
    mine.keyboard.type("come on Fridays")
    expect(note).to_be_focused()
    expect(note).to_have_value("She asked whether we come on Fridays")
    drawer(mine).get_by_role("button", name="Save note").click()
    expect(drawer(mine).locator(".timeline blockquote", has_text="come on Fridays")).to_be_visible()
    # With nothing typed any more the drawer catches up with what Bob did.
    expect(drawer(mine).locator(".timeline .event", has_text="Bob Hartnell").first).to_be_visible()
    expect(drawer(mine).locator("select[name=to] option:checked")).to_have_text("Contacted")


def test_nothing_moves_under_a_press(people: People) -> None:
    """What slides away between pressing and lifting takes the click with it; so what is new waits until then."""
    page = people.staff(viewport={"width": 1440, "height": 1600})
    lead_id = add_lead(page, "Pia Press")
    open_board(page, f"leads/{lead_id}")
    opened = drawer(page)
    expect(opened.get_by_text("Nearby")).to_be_visible()
    asked: list[Route] = []

    def lengthen(route: Route) -> None:
        new = '<div class="lead-main"><p class="notice">A colleague was here</p><p class="notice">Twice</p>'
        route.fulfill(body=route.fetch().text().replace('<div class="lead-main">', new), content_type="text/html")

    page.route("**/leads/*?live=1", lambda route: lengthen(route) if asked else asked.append(route))
    move_by_request(page, lead_id, stage_ids(page)["Contacted"])
    until(page, lambda: asked, "the drawer asks for itself")
    opened.get_by_text("Ask for photos").hover()
    page.mouse.down()
    with page.expect_event("requestfinished", lambda request: request.url.endswith("?live=1")):
        lengthen(asked[0])
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.mouse.up()
    expect(opened.get_by_role("button", name="Only make a link")).to_be_visible()
    expect(opened.get_by_text("A colleague was here")).to_be_visible()
    expect(opened.get_by_text("Nearby")).to_be_visible()


def test_follow_ups_come_and_go_with_the_stage(people: People) -> None:
    page = people.staff()
    lead_id = add_lead(page, "Fay Follow")
    open_board(page, f"leads/{lead_id}")
    planned = drawer(page).get_by_role("region", name="Planned").locator(".planned")
    ids = stage_ids(page)
    move_by_request(page, lead_id, ids["Quote sent"])
    expect(planned.filter(has_text="leaves by itself").first).to_be_visible()
    first = planned.evaluate_all("items => items.map(it => it.id)")
    move_by_request(page, lead_id, ids["Negotiating"])
    expect(drawer(page).locator("select[name=to] option:checked")).to_have_text("Negotiating")
    expect(page.locator(f"#{first[0]}")).to_have_count(0)
    declined = drawer(page).locator("select[name=to] option", has_text="Declined")
    move_by_request(page, lead_id, str(declined.get_attribute("value")))
    expect(planned).to_have_count(0)


def test_words_of_a_template_that_are_not_sent_stay_those_of_the_template(people: People) -> None:
    """By its template a message is judged when it leaves: an offer goes to nobody who wants none."""
    page = people.staff()
    add_lead(page, "Tessa Template")
    open_board(page)
    opened = open_lead(page, "Tessa Template")
    opened.locator(".composer > .tabs label", has_text="Email").click()
    opened.locator("#compose-email summary", has_text="Template").click()
    opened.locator("#compose-email .menu-list button").first.click()
    body, template = opened.locator("#compose-email-body"), opened.locator("#compose-email [name=template_key]")
    expect(body).not_to_have_value("")
    body.press("End")
    body.press_sequentially("!")
    key = template.input_value()
    assert key
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(opened.locator("article")).to_have_count(0)
    open_lead(page, "Tessa Template")
    expect(body).to_have_value(re.compile("!"))
    expect(template).to_have_value(key)
    body.fill("")


def test_nothing_written_is_lost_and_nothing_jumps(people: People) -> None:
    page = people.staff()
    add_lead(page, "Dora Draft", price="")
    open_board(page)
    held: list[Route] = []
    page.route("**/behaviors/sheet.js*", lambda route: held.append(route))
    with page.expect_request("**/behaviors/sheet.js*"):
        opened = open_lead(page, "Dora Draft")
    note, tab = opened.locator("textarea[name=note]"), opened.locator(".composer > .tabs label")
    for name, field in (("Email", "#compose-email-subject"), ("Text", "#compose-sms-body"), ("Note", "[name=note]")):
        tab.filter(has_text=name).click()  # the first before the script has come
        while held:
            held.pop().continue_()
        expect(opened.locator(field)).to_be_focused()
        expect(opened.locator(".composer > .pane:visible")).to_have_count(1)
    page.unroute("**/behaviors/sheet.js*")
    page.keyboard.type("Half a thought")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(opened.locator("article")).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("Not sent yet")
    for who, words in (("bob", ""), ("owner", "Half a thought")):  # who signs in after another in the same tab
        page.goto("about:blank")  # an open lead that asks for itself without a cookie would be sent to sign in
        page.context.clear_cookies()
        page.context.add_cookies(people.signed_in[who]["cookies"])
        open_board(page)
        open_lead(page, "Dora Draft")
        expect(note).to_have_value(words)
    note.press("Control+Enter")
    expect(opened.locator(".timeline blockquote", has_text="Half a thought")).to_be_visible()
    expect(note).to_be_focused()
    expect(note).to_have_value("")

    place = opened.evaluate("drawer => drawer.scrollTop")
    opened.get_by_role("button", name="Add price").click()
    expect(opened.locator(".fact.editing [data-focus]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opened.get_by_role("button", name="Add price")).to_be_focused()
    assert opened.evaluate("drawer => drawer.scrollTop") == place
    opened.get_by_role("button", name="Edit name").click()
    expect(opened.locator(".fact.editing [data-focus]")).to_be_focused()
    page.keyboard.type("Dora Draught")
    page.keyboard.press("Enter")
    expect(opened.get_by_role("heading", name="Dora Draught")).to_be_visible()

    opened.locator("select[name=to]").select_option(label="Declined")
    expect(opened.get_by_placeholder("Why (optional)")).to_be_hidden()
    opened.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("dialog#farewell")).to_be_visible()
    page.keyboard.press("Escape")
    expect(opened.locator("select[name=to] option:checked")).to_have_text("New lead")
    expect(page.locator("html.busy")).to_have_count(0)


def test_many_tags_unfold_and_come_off_by_keys(people: People) -> None:
    page = people.staff()
    lead, csrf = add_lead(page, "Tilda Tagged"), token(page)
    for number in range(10, 25):
        page.request.post(f"/w/{SLUG}/leads/{lead}/tags", form={"tag": f"Gate {number}", "csrf_token": csrf})
    page.goto(f"/w/{SLUG}/leads/{lead}")
    expect(drawer(page).locator("details[data-keep-open][data-met]")).to_be_attached()  # its script is there
    tags = drawer(page).get_by_role("group", name="Tags")
    expect(tags.locator(".tag")).to_have_count(12)
    tags.get_by_role("button", name="and 3 more").press("Enter")
    expect(tags.get_by_role("button", name="Take off Gate 22")).to_be_focused()
    page.keyboard.press("Enter")
    expect(tags.get_by_role("button", name="Take off Gate 23")).to_be_focused()
    tags.get_by_role("button", name="Fewer").press("Space")
    expect(tags.locator(".tag")).to_have_count(12)
    expect(tags.get_by_role("button", name="and 2 more")).to_be_visible()
