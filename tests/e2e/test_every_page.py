"""Every page, on a phone and on a desk, light and dark: nothing in anybody's way, nothing wider than the screen."""

import os
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.e2e.addresses import customer_link, quarantine_one, staff_pages, stranger_pages
from tests.e2e.axe import findings
from tests.e2e.browsers import DEVICES, Device, People
from tests.e2e.not_walked import NOT_WALKED, reached, routes
from tests.e2e.site import Site

#: The narrowest screen there is to be room on.
NARROW = {"width": 320, "height": 640}
#: What stands beyond the screen, unless it lies in something that is scrolled sideways, and names that are cut.
BEYOND = """() => {
  const fits = ({ left, right }) => left >= -1 && right <= innerWidth + 1;
  const held = (it) => {
    for (let up = it.parentElement; up && !up.matches(".main, #drawer, body"); up = up.parentElement)
      if (getComputedStyle(up).overflowX !== "visible" && fits(up.getBoundingClientRect())) return true;
  };
  const seen = (it) => it.checkVisibility() && it.getBoundingClientRect().width > 1 && !it.closest("[aria-hidden]");
  const said = (it) => `${it.tagName} ${(it.textContent.trim() || it.name || it.className).slice(0, 30)}`;
  const what = "a, button, dd, h1, h2, h3, input, label, p, select, summary, textarea";
  const all = [...document.querySelectorAll(`main :is(${what})`)].filter(seen);
  const beyond = all.filter((it) => !fits(it.getBoundingClientRect()) && !held(it));
  const cut = all.filter((it) => it.matches(".row-link") && it.clientWidth && it.scrollWidth > it.clientWidth + 1);
  return [...beyond.map((it) => `${said(it)} is beyond`), ...cut.map((it) => `${said(it)} is cut`)].slice(0, 4);
}"""

#: A tablet's screen, on which a row may be wider than a paragraph is for reading.
WIDE = {"width": 820, "height": 1180}
#: The rows that end before their place does, and what is to stand at the end with them.
SHORT = """() => [...document.querySelectorAll("main p")].filter((it) => {
  const { display, maxInlineSize } = getComputedStyle(it);
  const width = it.getBoundingClientRect().width;
  const ends = [...it.children].some((kid) => kid.computedStyleMap().get("margin-inline-start").toString() === "auto");
  return it.checkVisibility() && display === "flex" && ends && width >= parseFloat(maxInlineSize) - 1;
}).map((it) => `${it.textContent.trim().slice(0, 30)} ends early`).slice(0, 2)"""
#: The pictures that are cut out of a ground of the page's own colour, when people choose the colours.
UNSEEN = """() => [...document.querySelectorAll("main button, main .button, .seq-dot")].filter((it) => {
  const picture = getComputedStyle(it, "::before");
  return it.checkVisibility() && picture.maskImage !== "none" && picture.backgroundColor === "rgb(255, 255, 255)";
}).map((it) => `${it.className} ${it.ariaLabel ?? it.textContent} shows nothing in forced colours`).slice(0, 2)"""


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


def test_each_address_is_walked_or_said_not_to_be(site: Site, pages: dict[str, dict[str, str]]) -> None:
    found = routes(dict(os.environ) | {"SILL_ENV": "demo", "SILL_VAR_DIR": str(site.folder / "var")})
    others = (site.mailbox_url, site.squeegee_url)
    ours = [path for group in pages.values() for path in group.values() if not path.startswith(others)]
    walked = reached(found, {urlsplit(path).path for path in ours})
    named = {rule.endpoint for rule in found.iter_rules()}
    assert (named - walked - NOT_WALKED, NOT_WALKED - named, NOT_WALKED & walked) == (set(), set(), set())


@pytest.mark.parametrize("who", ["staff", "stranger"])
def test_page(people: People, pages: dict[str, dict[str, str]], who: str) -> None:
    people.expect_complaint(r"(nothing-here|password/new/k+):.*404")
    page = people.staff("phone", is_new=True) if who == "staff" else people.stranger("phone")
    screen = Screen(page)
    wrong = {}
    for number, (name, path) in enumerate(pages[who].items()):
        if faults := look(screen, path, is_dark_first=number % 2 == 0):
            wrong[name] = faults
    assert wrong == {}


class Screen:
    """A page that is a phone's and becomes a desk's without being fetched again."""

    def __init__(self, page: Page) -> None:
        self.page, self._browser = page, page.context.new_cdp_session(page)

    def becomes(self, device: Device) -> None:
        """Take the size and the pointer of a device. Without touch there is none at all, which no style asks for."""
        size, is_phone = DEVICES[device]["viewport"], device == "phone"
        metrics = {**size, "deviceScaleFactor": 2 if is_phone else 1, "mobile": is_phone}
        self._browser.send("Emulation.setDeviceMetricsOverride", metrics)
        self._browser.send("Emulation.setTouchEmulationEnabled", {"enabled": is_phone})


def look(screen: Screen, path: str, is_dark_first: bool) -> list[str]:
    """What is wrong with a page, dark on one of the devices and light on the other.

    Which one is dark takes turns from page to page, so that what only one of them shows everywhere is seen both ways.
    """
    page = screen.page
    screen.becomes("phone")
    page.emulate_media(color_scheme="dark" if is_dark_first else "light")
    page.goto(path)
    faults = judge(page, "phone")
    page.set_viewport_size(NARROW)
    faults += page.evaluate(BEYOND)
    page.set_viewport_size(WIDE)
    faults += page.evaluate(SHORT)
    page.emulate_media(forced_colors="active", color_scheme="light")
    faults += page.evaluate(UNSEEN)
    screen.becomes("desktop")
    page.emulate_media(forced_colors="null", color_scheme="light" if is_dark_first else "dark")
    return faults + judge(page, "desktop")


def judge(page: Page, device: Device) -> list[str]:
    """What axe finds on a device, and what does not keep to its screen."""
    faults = [f"{device}: {each}" for each in findings(page)]
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > DEVICES[device]["viewport"]["width"]:
        faults.append(f"{device}: {width} px wide")
    if page.locator("body.desk").count() and page.evaluate("document.documentElement.scrollHeight > innerHeight"):
        faults.append(f"{device}: scrolls beside what scrolls in it")
    return faults
