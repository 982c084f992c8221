"""Building a form with the mouse and with the keys, and seeing it as customers do before it is saved."""

from playwright.sync_api import Page, expect

from tests.e2e.browsers import People


def order(page: Page) -> list[str]:
    """Steps and questions in the order in which they would be sent."""
    return page.eval_on_selector_all("#sheet [name=row]", "fields => fields.map((field) => field.value)")


def test_a_form_is_built_seen_and_saved(people: People) -> None:
    people.expect_complaint("status of 422")
    page = people.staff()
    page.goto("/w/somerset/settings/forms")
    page.get_by_label("Another form").fill("Holiday lets")
    page.get_by_role("button", name="Add the form").click()
    preview = page.frame_locator("iframe.phone")
    shown = preview.locator("[data-step][data-now]")
    expect(shown.get_by_role("heading")).to_have_text("Where are the windows?")
    expect(page.get_by_text("Step 1 of 7")).to_have_count(1)  # the page's scripts have come

    page.get_by_label("Step 1", exact=True).fill("Where is your let?")
    expect(shown.get_by_role("heading")).to_have_text("Where is your let?")

    page.get_by_role("button", name="Move How many bedrooms?").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Move How many bedrooms?")).to_be_focused()
    assert order(page)[4:7] == ["step:3", "q:bedrooms", "q:service"]
    expect(shown.get_by_role("group", name="How many bedrooms?")).to_be_visible()

    page.locator("#ask-service summary").click()  # stands open meanwhile
    expect(page.locator("[name=label_service]")).to_be_visible()
    page.get_by_text("Question of your own").click()
    page.get_by_role("button", name="Yes or no").click()
    words = page.locator("details.ask-fold[open] input[name^=label_own_]")
    expect(words).to_be_focused()
    expect(words).to_be_in_viewport()
    words.fill("Is it let all year?")
    expect(shown.get_by_role("group", name="Is it let all year?")).to_be_visible()
    assert order(page)[4:7] == ["step:3", "q:bedrooms", "q:service"], "what was arranged before stays"
    expect(page.get_by_text("Not saved yet")).to_be_visible()

    page.locator("#ask-bedrooms summary").focus()  # what a closed question holds is fetched when it opens
    page.keyboard.press("Enter")
    page.locator("[name=label_bedrooms]").fill("How many rooms to sleep in?")
    expect(page.locator("#ask-bedrooms summary")).to_contain_text("How many rooms to sleep in?")
    expect(shown.get_by_role("group", name="How many rooms to sleep in?")).to_be_visible()

    page.locator("[data-shows^=label_own_]").click()
    words.fill("")  # refused, and not saved still: leaving warns
    page.get_by_role("button", name="Save the form").click()
    expect(page.get_by_role("alert")).to_contain_text("Please look at this again")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as asked:
        page.get_by_role("link", name="Sharing").click()
    assert asked.value.type == "beforeunload"
    words.fill("Is it let all year?")

    page.get_by_role("button", name="Save the form").click()
    expect(page.get_by_text("This is what customers see from now on")).to_be_visible()
    page.get_by_role("link", name="Sharing").click()
    customer = people.stranger("phone")
    customer.goto(page.locator("#form-url").inner_text())
    expect(customer.get_by_role("heading", name="Where is your let?")).to_be_visible()
    expect(customer.get_by_text("Is it let all year?")).to_have_count(1)
