"""What can't simply be undone asks once, and the answer says what it does."""

from playwright.sync_api import expect

from tests.e2e.browsers import People
from tests.e2e.site import SLUG


def test_the_answer_names_the_act(people: People) -> None:
    page = people.staff()
    page.goto(f"/w/{SLUG}/settings")
    deactivate = page.get_by_role("row", name="Dave").get_by_role("button", name="Deactivate")
    deactivate.focus()
    page.keyboard.press("Enter")
    question = page.get_by_role("dialog")
    expect(question.get_by_role("heading")).to_contain_text("Deactivate Dave")
    expect(question.get_by_role("button", name="Deactivate", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(deactivate).to_be_focused()
