"""A forgotten password, on a phone without scripts; then a change of it at the desk."""

from playwright.sync_api import Page, expect

from tests.e2e.addresses import password_link
from tests.e2e.browsers import People
from tests.e2e.site import Site

EMAIL = "frank@example.com"
FIRST, SECOND, THIRD = "four quiet ladders lean", "rain on a slate roof", "three otters on a raft"


def test_a_new_password_by_mail_and_another_from_the_menu(people: People, site: Site) -> None:
    people.expect_complaint("422")
    desk, phone = people.stranger("desktop"), people.stranger("phone", java_script_enabled=False)
    desk.goto("/signup")
    for label, words in (
        ("Name of your business", "Frome Panes"), ("Your name", "Frank Vale"), ("Email address", EMAIL),
        ("Password", FIRST),
    ):  # fmt: skip
        desk.get_by_label(label).fill(words)
    desk.get_by_role("button", name="Make the workspace").click()
    desk.wait_for_url("**/leads/board")
    board = desk.url

    sign_in(phone, "not the password")
    expect(phone.get_by_text("The email address or the password is not right").first).to_be_visible()
    phone.get_by_role("link", name="Forgotten your password?").click()
    expect(phone.get_by_role("heading", name="Forgotten your password?")).to_be_visible()
    phone.goto(password_link(site, phone, EMAIL))
    phone.get_by_label("New password").fill(SECOND)
    phone.get_by_role("button", name="Set the password").click()
    expect(phone.get_by_role("status")).to_contain_text("Your password is changed")
    sign_in(phone, SECOND)
    phone.wait_for_url("**/leads/board")

    desk.goto(board)
    expect(desk.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(desk, SECOND)
    desk.wait_for_url("**/leads/board")
    desk.locator("details.me summary").click()
    desk.get_by_role("link", name="Password").click()
    desk.get_by_label("Present password").fill(SECOND)
    desk.get_by_label("New password").fill(THIRD)
    desk.get_by_role("button", name="Change the password").click()
    expect(desk.locator(".toast")).to_contain_text("Your password is changed")
    phone.goto(board)
    expect(phone.get_by_role("heading", name="Sign in")).to_be_visible()
    assert site.mail_about(EMAIL, "was changed")


def sign_in(page: Page, password: str) -> None:
    """Sign in, from wherever one is."""
    page.goto("/login")
    page.get_by_label("Email address").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
