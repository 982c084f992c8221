"""Every page, on a phone and on a desk, light and dark: nothing in anybody's way, nothing wider than the screen."""

import pytest
from playwright.sync_api import Page

from tests.e2e.addresses import customer_link, quarantine_one, staff_pages, stranger_pages
from tests.e2e.axe import findings
from tests.e2e.browsers import DEVICES, Device, People
from tests.e2e.site import Site

#: What dark colours can change; the rest is found in the light already.
IN_THE_DARK = ["color-contrast"]


@pytest.fixture(scope="module")
def pages(site: Site, chromium, desks, signed_in) -> dict[str, dict[str, str]]:  # type: ignore[no-untyped-def]
    """The addresses of the desk's pages and of everybody's."""
    people = People(chromium, desks, site.url, signed_in)
    staff, stranger = people.staff(), people.stranger("desktop")
    quarantine_one(site, stranger)
    desk = staff_pages(staff)
    link = customer_link(staff, desk["quote"])
    found = {"staff": desk, "stranger": stranger_pages(site, stranger, link)}
    people.close()
    return found


@pytest.mark.parametrize("who", ["staff", "stranger"])
@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_page(people: People, pages: dict[str, dict[str, str]], device: Device, who: str) -> None:
    people.expect_complaint(r"(nothing-here|password/new/k+):.*404")
    page = people.staff(device) if who == "staff" else people.stranger(device)
    wrong = {name: faults for name, path in pages[who].items() if (faults := look(page, path, device))}
    assert wrong == {}


def look(page: Page, path: str, device: Device) -> list[str]:
    """What is wrong with a page."""
    first = "light" if device == "desktop" else "dark"
    page.emulate_media(color_scheme=first)
    page.goto(path)
    faults = [f"{first}: {each}" for each in findings(page)]
    if first == "light":
        page.emulate_media(color_scheme="dark")
        faults += [f"dark: {each}" for each in findings(page, IN_THE_DARK)]
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > DEVICES[device]["viewport"]["width"]:
        faults.append(f"{width} px wide")
    return faults
