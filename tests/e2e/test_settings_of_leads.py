"""Stages put in order by mouse and keys, and a bell that rings in another's browser."""

from playwright.sync_api import Locator, Page, Response, expect

from tests.e2e.browsers import People
from tests.e2e.site import SLUG
from tests.e2e.steps import PASSWORD, add_lead, carry, centre, token
from tests.e2e.touch import Finger
from tests.support.waiting import until

STAGES = f"/w/{SLUG}/settings/stages"
TAGS = f"/w/{SLUG}/settings/tags"


def test_stages_are_put_in_order_by_keys_and_by_mouse(people: People) -> None:
    page = people.staff()
    page.goto(STAGES)
    before = names(page)
    handle = page.get_by_role("button", name=f"Move {before[2]}", exact=True)
    handle.focus()
    with page.expect_response(is_order):
        page.keyboard.press("ArrowUp")
    expect(handle).to_be_focused()
    expect(page.locator("#toasts")).to_contain_text(f"{before[2]} is 2 of {len(before)} now.")
    with page.expect_response(is_order):
        page.get_by_role("button", name="Undo").click()
    expect(handle).to_be_focused()
    page.reload()
    assert names(page) == before

    page.get_by_role("button", name=f"Move {before[1]}", exact=True).hover()
    page.wait_for_function("() => window.Sortable")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    drag_row(page, before[2], onto=before[1], ends_by="Escape")
    assert names(page) == before and not asked
    with page.expect_response(is_order):
        drag_row(page, before[2], onto=before[1])
    other = people.staff()
    other.goto(STAGES)
    assert names(other)[:3] == [before[0], before[2], before[1]]
    with page.expect_response(is_order):
        page.keyboard.press("z")
    page.reload()
    assert names(page) == before


def test_a_stage_put_elsewhere_by_a_finger_can_be_taken_back(people: People) -> None:
    page = people.staff("phone")
    page.goto(STAGES)
    before = names(page)
    handle, onto = row(page, before[2]).locator("[data-reorder-handle]"), row(page, before[1])
    handle.scroll_into_view_if_needed()
    handle.tap()
    page.wait_for_function("() => window.Sortable")
    finger, (x, y), box = Finger(page), centre(handle), onto.bounding_box()
    assert box
    with page.expect_response(is_order):
        finger.down(x, y)
        finger.to(x, box["y"] + 4, steps=20)
        until(page, lambda: names(page)[1] == before[2], "the stage under the finger")
        finger.up()
    with page.expect_response(is_order):
        page.get_by_role("button", name="Undo").tap()
    assert names(page) == before
    page.reload()
    assert names(page) == before


def test_what_was_wrong_in_a_form_is_where_one_goes_on(people: People) -> None:
    people.expect_complaint("422")
    page = people.staff()
    page.goto(STAGES)
    page.locator("summary", has_text="Add a stage").click()
    form = page.locator("form.shape-form:visible")
    form.get_by_label("Name").fill(names(page)[0])
    form.get_by_role("button", name="Add").press("Enter")
    expect(page.locator("form.shape-form [aria-invalid=true]")).to_be_focused()


def test_saving_one_section_keeps_what_is_typed_in_another(people: People) -> None:
    people.expect_complaint("status of 422")
    page = people.staff()
    page.goto(f"/w/{SLUG}/settings")
    tagline, days = page.get_by_label("Tagline"), page.get_by_label("Kept in the bin for")
    before = days.input_value()
    tagline.fill("Rain or shine")
    days.fill("0")
    page.get_by_role("button", name="Save lost and deleted leads").click()
    expect(page.locator("#lost").get_by_role("alert")).to_be_focused()
    expect(tagline).to_have_value("Rain or shine")
    days.fill(before)
    page.get_by_role("button", name="Save lost and deleted leads").click()
    expect(page.locator("#toasts")).to_contain_text("Saved")
    expect(page.locator("form[data-dirty]")).to_have_count(1)
    expect(tagline).to_have_value("Rain or shine")
    page.get_by_role("button", name="Save business").click()
    expect(page.locator("form[data-dirty]")).to_have_count(0)
    expect(tagline).to_have_value("Rain or shine")


def test_who_was_signed_out_signs_in_beside_it_and_nothing_typed_is_lost(people: People) -> None:
    """By a section beside another that is not saved, which the page sends, and by a form that the browser sends."""
    people.expect_complaint("status of 400")
    page = people.staff(is_new=True)  # it loses its session
    with page.expect_event("requestfinished", lambda request: "sections.js" in request.url):  # it comes after the page
        page.goto(f"/w/{SLUG}/settings")
    tagline = page.get_by_label("Tagline")
    tagline.fill("Ladders and all")
    page.get_by_label("Kept in the bin for").press("ArrowUp")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save lost and deleted leads").click()
    toast = page.locator("#toasts [data-toast]", has_text="You are signed out")
    sign_in_beside(toast, page)
    page.get_by_role("button", name="Save lost and deleted leads").click()
    expect(page.locator("#toasts")).to_contain_text("Saved")
    expect(toast).to_have_count(0)
    expect(tagline).to_have_value("Ladders and all")

    page.context.clear_cookies()
    page.get_by_role("button", name="Save business").click()
    sign_in_beside(page.locator("main"), page)
    page.get_by_role("button", name="Send it again").click()
    expect(page.locator("main")).to_contain_text("You are signed in as")
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_label("Tagline")).to_have_value("Ladders and all")
    expect(page.locator("form[data-dirty]")).to_have_count(0)


def sign_in_beside(place: Locator, page: Page) -> None:
    """Follow the link to the sign-in, which opens a tab of its own, and come back."""
    with page.context.expect_page() as other:
        place.get_by_role("link", name="Sign in").click()
    other.value.get_by_label("Email address").fill("owner@example.com")
    other.value.get_by_label("Password").fill(PASSWORD)
    other.value.get_by_role("button", name="Sign in").click()
    other.value.wait_for_url(f"**/w/{SLUG}/settings")
    other.value.close()


def test_a_merge_taken_back_shows_the_tag_at_once_and_acts_stay_where_they_are(people: People) -> None:
    page = people.staff()
    page.goto(TAGS)
    add_tags(page, "Aqua", "Aquamarine")
    opened = open_tag(page, "Aqua")
    delete, merge = opened.get_by_role("button", name="Delete"), opened.locator("summary", has_text="Merge")
    places = [place_in(opened, each) for each in (delete, merge)]
    merge.click()
    into = opened.get_by_label("Merge into")
    expect(into).to_be_visible()
    assert [place_in(opened, each) for each in (delete, merge)] == places
    delete.click()
    yes = page.locator("[data-confirm-yes]")
    expect(yes).to_have_text("Delete it")
    red = yes.evaluate("yes => { const it = getComputedStyle(yes); return [it.backgroundColor, it.color]; }")
    assert red == bad_colours(page)
    page.get_by_role("button", name="Cancel").click()

    into.fill("Aquamarine")
    opened.get_by_role("button", name="Merge", exact=True).click()
    expect(tag_row(page, "Aqua")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(tag_row(page, "Aqua")).to_be_visible()
    expect(page.locator("#toasts")).to_contain_text("Aqua is back")


def test_the_bell_rings_in_another_s_browser_and_leads_to_the_lead(people: People) -> None:
    mine, theirs = people.staff(), people.staff(who="bob")
    theirs.goto(f"/w/{SLUG}/notifications")
    expect(theirs.locator("html[data-connection=open]")).to_have_count(1)
    theirs.get_by_role("button", name="Mark all as read").click()  # the demo's customers have written
    expect(theirs.locator(".bell-count")).to_have_count(0)
    lead_id = add_lead(mine, "Rita Ringer")
    bob = theirs.locator("#bell-face").get_attribute("data-live")
    assert bob is not None
    give(mine, lead_id, bob.removeprefix("bell-"))

    expect(theirs.locator(".bell-count")).to_contain_text("1")
    expect(theirs.locator("#told .told-row", has_text="gives you Rita Ringer")).to_be_visible()
    theirs.locator(".bell > summary").click()
    panel = theirs.locator("#told-panel")
    expect(panel.locator(".told-row.unread")).to_have_count(1)
    theirs.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(theirs.locator(".bell > summary")).to_be_focused()
    theirs.keyboard.press("Enter")
    panel.get_by_role("link", name="Rita Ringer").click()
    expect(theirs).to_have_url(f"{people.base_url}/w/{SLUG}/leads/{lead_id}")
    expect(theirs.locator(".bell-count")).to_have_count(0)


def add_tags(page: Page, *given: str) -> None:
    """Add tags on the page of tags."""
    for name in given:
        page.locator("#tag-new > summary").click()
        page.locator("#f-name-new").fill(name)
        page.get_by_role("button", name="Add the tag").click()
        expect(tag_row(page, name)).to_be_visible()


def tag_row(page: Page, name: str) -> Locator:
    return page.locator(".tag-list .stage-row", has=page.get_by_text(name, exact=True))


def open_tag(page: Page, name: str) -> Locator:
    """The row of a tag, opened, with its forms."""
    row = tag_row(page, name)
    row.locator("summary.stage-head").click()
    expect(row.locator(".stage-acts")).to_be_visible()
    return row


def place_in(row: Locator, part: Locator) -> list[float]:
    """Where a part stands in its row, wherever the page is scrolled to."""
    place: list[float] = part.evaluate(
        """(part, row) => {
          const [inner, outer] = [part.getBoundingClientRect(), row.getBoundingClientRect()];
          return [inner.left - outer.left, inner.top - outer.top];
        }""",
        row.element_handle(),
    )
    return place


def bad_colours(page: Page) -> list[str]:
    """What deleting looks like: filled with the colour of what is bad."""
    colours: list[str] = page.evaluate(
        """() => ["--bad", "--on-accent"].map((name) => {
          const probe = document.body.appendChild(document.createElement("i"));
          probe.style.color = `var(${name})`;
          const colour = getComputedStyle(probe).color;
          probe.remove();
          return colour;
        })"""
    )
    return colours


def names(page: Page) -> list[str]:
    """The stages in the works, from top to bottom."""
    rows: list[str] = (
        page.locator(".stage-list")
        .first.locator("[data-reorder-name]")
        .evaluate_all("rows => rows.map((row) => row.dataset.reorderName)")
    )
    return rows


def row(page: Page, name: str) -> Locator:
    return page.locator(f'[data-reorder-name="{name}"]')


def drag_row(page: Page, name: str, *, onto: str, ends_by: str = "") -> None:
    """Drag a row by its handle over the one above it, until it has taken its place; or call it off there by a key."""
    handle = row(page, name).locator("[data-reorder-handle]")
    handle.hover()
    x, y = centre(handle)
    box = row(page, onto).bounding_box()
    assert box
    page.mouse.down()
    page.mouse.move(x, y - 8, steps=3)
    above = page.locator(f'[data-reorder-name="{name}"] + [data-reorder-name="{onto}"]')
    carry(page, (x, box["y"] + 4), above)
    if ends_by:
        page.keyboard.press(ends_by)
        expect(above).to_have_count(0)
    page.mouse.up()


def is_order(answer: Response) -> bool:
    """Whether this is the server's word on the new order."""
    return answer.url.endswith("/stages/order") and answer.status == 204


def give(page: Page, lead_id: str, user_id: str) -> None:
    """Give a lead to somebody as the drawer does."""
    answer = page.request.post(
        f"/w/{SLUG}/leads/{lead_id}/facts/owner", form={"value": user_id, "was": "", "csrf_token": token(page)}
    )
    assert answer.ok, answer.status
