"""Takes the pictures in docs/pictures: `python -m tests.e2e.pictures [FOLDER]`.

Starts a Sill of its own with the demo's data, walks through it as the tests do and photographs what a reader wants to
see: the form, the customer's quote and the mailbox as on a phone or a desk, the board, the drawer, the list, My day,
the builder of forms, the inbox, a sequence, and the ways into Squeegee. Light colours.
"""

import sys
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from app.config import ROOT
from tests.e2e.addresses import customer_link, quote_path
from tests.e2e.browsers import Desks, People
from tests.e2e.site import Site
from tests.e2e.steps import answer_contact, answer_until_contact, card, choose, column, go_on, open_board, rest, sign_in
from tests.reconciliation.exports import customers_csv, line
from tests.support.chromium import chromium_path

NAME, EMAIL = "Hannah Cole", "hannah.cole@example.com"
LIGHT = {"color_scheme": "light", "reduced_motion": "reduce"}
WIDE = {**LIGHT, "viewport": {"width": 1440, "height": 900}, "device_scale_factor": 4 / 3}


def main(folder: Path) -> None:
    """Take all pictures into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    site = Site()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
            owner = sign_in(browser, site, "owner@example.com")
            people = People(browser, Desks(browser, site.url, owner["cookies"]), site.url, {"owner": owner})
            photograph(site, people, folder)
            people.close()
            browser.close()
    finally:
        site.stop()


def photograph(site: Site, people: People, folder: Path) -> None:
    """Walk from the form to the mailbox."""
    phone = people.stranger("phone", **LIGHT)
    _ask_for_a_quote(site, phone, folder)
    desk = people.staff("desktop", **WIDE)
    open_board(desk)
    expect(card(column(desk, "New lead"), NAME)).to_be_visible()
    _take(desk, folder / "board.png")
    _write_a_quote(desk)
    desk.goto(_lead(desk))
    expect(desk.locator("#drawer [data-drawer-title]")).to_be_visible()
    desk.locator("h1").hover()
    _take(desk, folder / "drawer.png")
    desk.goto("/w/somerset/leads")
    expect(desk.get_by_role("link", name=NAME, exact=True).first).to_be_visible()
    _take(desk, folder / "list.png")
    desk.goto("/w/somerset/my-day")
    expect(desk.get_by_role("heading", name="Coming up")).to_be_visible()
    _take(desk, folder / "my-day.png")
    desk.goto("/w/somerset/settings/forms")
    desk.locator(".form-card a.row-link").first.click()
    desk.wait_for_load_state("networkidle")
    desk.locator("#ask-frequency summary").click()
    shown = desk.frame_locator("iframe.phone").locator("[data-step][data-now]")
    expect(shown.get_by_role("heading")).to_have_text("How often shall we come?")
    _take(desk, folder / "form-builder.png")
    _take_the_chase(desk, folder)
    _take_the_hand_over(desk, folder)
    letter = site.mail_about(EMAIL, "/c/")
    phone.goto(customer_link(desk, quote_path(desk, _lead(desk))))
    _take(phone, folder / "quote-on-a-phone.png")
    reader = people.stranger("desktop", **WIDE)
    reader.goto(f"{site.mailbox_url}/mail/{letter['number']}")
    _take(reader, folder / "mailbox.png")


def _take_the_chase(desk: Page, folder: Path) -> None:
    """The inbox with a conversation, and a sequence with its real dates."""
    desk.goto("/w/somerset/inbox")
    desk.locator(".talk > a", has_text="Yes, but").first.click()
    expect(desk.get_by_role("region", name="Conversation", exact=True).get_by_text("Sill’s guess")).to_be_visible()
    desk.locator("h1").hover()
    _take(desk, folder / "inbox.png")
    desk.goto("/w/somerset/sequences")
    desk.get_by_role("link", name="Quote chase", exact=True).click()
    expect(desk.get_by_role("heading", name="Real dates")).to_be_visible()
    _take(desk, folder / "sequence.png")


def _take_the_hand_over(desk: Page, folder: Path) -> None:
    """The queue, a copy sheet, what came of a file, and what Squeegee's export and the leads do not agree on."""
    desk.goto("/w/somerset/squeegee")
    sheets = desk.locator(".ready-card a", has_text="Copy sheet")
    expect(sheets.first).to_be_visible()
    _take(desk, folder / "squeegee-queue.png")
    sheets.first.click()
    expect(desk.get_by_role("button", name="Copy all")).to_be_visible()
    _take(desk, folder / "copy-sheet.png")
    desk.goto("/w/somerset/squeegee/reconciliation")
    export = {"name": "Customers.csv", "mimeType": "text/csv", "buffer": customers_csv(_some_customers(desk))}
    desk.goto("/w/somerset/squeegee/reconciliation")
    desk.locator("input[type=file]").first.set_input_files([export])
    desk.locator("main button[type=submit]:visible").first.click()
    expect(desk.get_by_text("Comparing with your leads")).to_be_hidden()
    expect(desk.get_by_role("link", name="Still open here")).to_be_visible()
    desk.get_by_role("link", name="Still open here").click()
    expect(desk.get_by_role("button", name="Stop the chase").first).to_be_visible()
    _take(desk, folder / "in-squeegee.png")
    desk.goto("/w/somerset/squeegee/batches/new")
    desk.get_by_role("button", name="Make the file").click()
    expect(desk.get_by_role("link", name="CSV").first).to_be_visible()
    _take(desk, folder / "batch.png")


def _some_customers(desk: Page) -> list[tuple[str, ...]]:
    """Every second of the newest leads, as Squeegee would list them."""
    desk.goto("/w/somerset/leads")
    hrefs = desk.locator("tbody a[href*='/leads/']").evaluate_all("all => all.map((a) => a.pathname)")
    found = []
    for number, href in enumerate(list(dict.fromkeys(hrefs))[:24:2]):
        desk.goto(f"{href}/copy-sheet")
        known = desk.locator("dd[id^=cs-customer-]").evaluate_all("all => all.map((it) => [it.id, it.textContent])")
        cells = {key.removeprefix("cs-customer-"): text for key, text in known}
        if cells.get("address"):
            name = f"{cells.get('first_name', '')} {cells.get('last_name', '')}".strip()
            found.append(line(str(1040 + number), name, cells["address"], mobile=cells.get("mobile", "")))
    return found


def _ask_for_a_quote(site: Site, phone: Page, folder: Path) -> None:
    phone.goto(site.form_url)
    phone.locator("[name=postcode]").fill("BS28 4AB")
    go_on(phone)
    choose(phone, "property_type", "semi")
    choose(phone, "bedrooms", "3")
    go_on(phone)
    choose(phone, "frequency", "8_weekly")
    _take(phone, folder / "form-on-a-phone.png")
    phone.goto("about:blank")
    phone.goto(site.form_url)
    phone.evaluate("localStorage.clear()")
    phone.reload()
    since = time.monotonic()
    answer_until_contact(phone, "BS28 4AB")
    answer_contact(phone, NAME, EMAIL)
    rest(phone, since)
    go_on(phone)
    phone.wait_for_url("**/thanks?*")


def _lead(desk: Page) -> str:
    desk.goto("/w/somerset/leads")
    return str(desk.get_by_role("link", name=NAME, exact=True).first.get_attribute("href"))


def _write_a_quote(desk: Page) -> None:
    desk.goto(f"{_lead(desk)}/quotes/new")
    for rhythm, price in (("4_weekly", "18"), ("8_weekly", "24"), ("one_off", "42")):
        desk.locator(f"[name=price_{rhythm}]").fill(price)
    desk.locator("[name=first_8_weekly]").fill("36")
    desk.locator("[name=note]").fill("The conservatory is included. We text you the evening before we come.")
    desk.get_by_role("button", name="Save and preview").click()
    desk.get_by_role("button", name="Send by email").click()
    expect(desk.get_by_text("Not opened yet")).to_be_visible()


def _take(page: Page, path: Path) -> None:
    """Photograph what is on the screen, without a cursor and with its fonts."""
    page.evaluate("document.fonts.ready.then(() => document.activeElement?.blur())")
    page.screenshot(path=path, animations="disabled", caret="hide")
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            path, optimize=True
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures")
