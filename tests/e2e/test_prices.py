"""The sheet of prices under somebody's hands: keys, a block from Excel, a house tried out while it is typed."""

from collections.abc import Iterable

from playwright.sync_api import Locator, Page, expect

from tests.e2e.browsers import People
from tests.e2e.site import SLUG

PRICES = f"/w/{SLUG}/settings/prices"
BLOCK = "£30\t£33.00\n£1,040\t44.50\n"
PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const pasted = { clipboardData: data, bubbles: true, cancelable: true };
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", pasted));
}"""


def test_on_a_phone_the_sheet_and_what_it_is_come_before_the_trial(people: People) -> None:
    page = people.staff("phone")
    page.goto(PRICES)
    said, sheet, tried = (page.locator(it).bounding_box() for it in (".price-now", ".sheet >> nth=0", "#try"))
    assert said and sheet and tried
    assert said["y"] < sheet["y"] < 844 and sheet["y"] < tried["y"]
    page.get_by_role("link", name="Try these prices out").tap()
    expect(page.get_by_role("heading", name="Try it out")).to_be_in_viewport()


def test_the_sheet_is_filled_in_by_keys_and_by_pasting_and_tried_out_meanwhile(people: People) -> None:
    page = people.staff()
    page.goto(PRICES)
    cell(page, "semi-3-4_weekly").focus()
    page.keyboard.type("18.50")
    page.keyboard.press("Enter")
    expect(cell(page, "semi-4-4_weekly")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    expect(cell(page, "semi-3-6_weekly")).to_be_focused()
    expect(cell(page, "semi-3-6_weekly")).to_have_attribute("placeholder", "21")
    page.get_by_label("Postcode").fill("BA11 1AA")
    expect(page.locator("#tried-4_weekly summary b")).to_have_text("£21")
    expect(page.locator("#tried-4_weekly .workings")).to_contain_text("Travel, BA11£2")

    cell(page, "bungalow-4-4_weekly").focus()
    page.evaluate(PASTE, BLOCK)
    filled = ("bungalow-4-4_weekly", "bungalow-4-6_weekly", "bungalow-5-4_weekly", "bungalow-5-6_weekly")
    hold(page, zip(filled, ("30", "33", "1040", "44.50"), strict=True))
    for _ in filled:
        page.keyboard.press("ControlOrMeta+z")
    hold(page, zip(filled, ("18", "", "22", ""), strict=True))

    page.get_by_label("Raise every price").fill("10")
    page.get_by_role("button", name="Raise", exact=True).click()
    expect(page.locator("#announcer")).to_contain_text("prices changed. Nothing is saved yet.")
    hold(page, [("semi-3-4_weekly", "20"), ("bungalow-4-4_weekly", "20")])
    expect(page.locator("#tried-4_weekly summary b")).to_have_text("£22")

    page.get_by_role("button", name="Save as version").click()
    expect(page.locator("#toasts")).to_contain_text("quotes take these prices from now on")
    expect(cell(page, "semi-3-4_weekly")).to_have_value("20")


def test_prices_in_pence_are_raised_as_pence(people: People) -> None:
    page = people.staff()
    page.goto(PRICES)
    cell(page, "flat-1-2-4_weekly").fill("150p")
    expect(cell(page, "flat-1-2-one_off")).to_have_attribute("placeholder", "5")  # three times, to whole pounds
    page.get_by_label("Raise every price").fill("50")
    page.get_by_role("button", name="Raise", exact=True).click()
    hold(page, [("flat-1-2-4_weekly", "2")])  # of 2.25
    page.evaluate("delete document.querySelector('form[data-guard]').dataset.dirty")


def cell(page: Page, name: str) -> Locator:
    """A cell of the grid."""
    return page.locator(f"[name='p-{name}']")


def hold(page: Page, cells: Iterable[tuple[str, str]]) -> None:
    """These cells hold these values."""
    for name, value in cells:
        expect(cell(page, name)).to_have_value(value)
