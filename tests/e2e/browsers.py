"""Chromium, and the people in front of it. Whatever a page complains about is kept and fails the test."""

import re
from contextlib import suppress
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page

Device = Literal["phone", "desktop"]
DEVICES: dict[Device, dict[str, Any]] = {
    "phone": {
        "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True,
    },
    "desktop": {"viewport": {"width": 1440, "height": 900}},
}  # fmt: skip
#: What htmx says of a request whose page is left.
_CALLED_OFF = "htmx:error: The user aborted a request."


def new_context(browser: Browser, base_url: str, options: dict[str, Any]) -> BrowserContext:
    """A new browser of somebody in Britain. Things stand still unless a test asks for motion: a box that is measured
    while it slides in is nowhere yet.
    """
    context = browser.new_context(
        **({"reduced_motion": "reduce"} | options), base_url=base_url, locale="en-GB", timezone_id="Europe/London"
    )
    context.set_default_timeout(60_000)
    return context


class Desks:
    """Windows of members that go from test to test. What a new one costs, half a second of processor time, is mostly
    spent on starting a process and on fetching all scripts, which no test is about.
    """

    def __init__(self, browser: Browser, base_url: str, signed_in: dict[str, Any]) -> None:
        self._browser, self._base_url, self._signed_in = browser, base_url, signed_in
        self._free: dict[Device, list[Page]] = {device: [] for device in DEVICES}

    def take(self, device: Device, who: str) -> Page:
        """A window that knows of nothing but who is signed in."""
        free = self._free[device]
        page = free.pop() if free else new_context(self._browser, self._base_url, DEVICES[device]).new_page()
        page.context.add_cookies(self._signed_in[who]["cookies"])
        return page

    def give_back(self, page: Page, device: Device) -> None:
        """Empty a window for the next test: of what it holds back or pretends, its storage, cookies and history."""
        for other in page.context.pages:
            if other != page:
                other.close()
        page.unroute_all(behavior="ignoreErrors")
        page.emulate_media(media="null", color_scheme="null", reduced_motion="reduce")
        page.set_viewport_size(DEVICES[device]["viewport"])
        page.goto("/healthz")  # what a page keeps while it is left must be kept before it is forgotten
        page.evaluate("localStorage.clear(), sessionStorage.clear()")
        page.context.clear_cookies()
        page.context.new_cdp_session(page).send("Page.resetNavigationHistory")
        self._free[device].append(page)


class People:
    """Opens browsers for strangers and for signed-in staff, and keeps what their pages complained about."""

    def __init__(self, browser: Browser, desks: Desks, base_url: str, signed_in: dict[str, Any]) -> None:
        self.browser, self.base_url, self.signed_in = browser, base_url, signed_in
        self.complaints: list[str] = []
        self.contexts: list[BrowserContext] = []
        self._desks, self._at_desks = desks, list[tuple[Page, Device]]()
        self._expected: list[re.Pattern[str]] = []

    def stranger(self, device: Device = "phone", **options: Any) -> Page:
        """A page of somebody who is not signed in."""
        return self._page(device, options)

    def staff(self, device: Device = "desktop", who: str = "owner", is_new: bool = False, **options: Any) -> Page:
        """A page of a member of the demo workspace: owner or bob. One that is new or has options has seen nothing yet,
        and goes to no other test.
        """
        if not (is_new or options):
            page = self._desks.take(device, who)
            self._at_desks.append((page, device))
            page.context.on("page", self._listen)
            self._listen(page)
            return page
        return self._page(device, {"storage_state": self.signed_in[who], **options})

    def expect_complaint(self, pattern: str) -> None:
        """Let complaints that match pass: a refusal is part of the test."""
        self._expected.append(re.compile(pattern))

    def close(self) -> list[str]:
        """Close every browser; returns the complaints nobody expected."""
        for page, device in self._at_desks:
            heard = len(self.complaints)
            with suppress(Exception):  # one that broke is not used again
                self._desks.give_back(page, device)
            # What was under way as the test ended is called off by emptying the window.
            self.complaints[heard:] = [each for each in self.complaints[heard:] if _CALLED_OFF not in each]
            page.context.remove_listener("page", self._listen)
            page.remove_listener("pageerror", self._hear_error)
            page.remove_listener("console", self._hear)
        for context in self.contexts:
            with suppress(Exception):
                context.close()
        return [each for each in self.complaints if not any(it.search(each) for it in self._expected)]

    def _page(self, device: Device, options: dict[str, Any]) -> Page:
        context = new_context(self.browser, self.base_url, DEVICES[device] | options)
        self.contexts.append(context)
        context.on("page", self._listen)
        return context.new_page()

    def _listen(self, page: Page) -> None:
        page.on("pageerror", self._hear_error)
        page.on("console", self._hear)

    def _hear_error(self, error: Error) -> None:
        self.complaints.append(error.stack or str(error))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")
