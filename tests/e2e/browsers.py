"""Chromium, and the people in front of it. Whatever a page complains about is kept and fails the test."""

import re
from contextlib import suppress
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

Device = Literal["phone", "desktop"]
DEVICES: dict[Device, dict[str, Any]] = {
    "phone": {
        "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True,
    },
    "desktop": {"viewport": {"width": 1440, "height": 900}},
}  # fmt: skip


class People:
    """Opens browsers for strangers and for signed-in staff, and keeps what their pages complained about."""

    def __init__(self, browser: Browser, base_url: str, signed_in: dict[str, Any]) -> None:
        self.browser, self.base_url, self.signed_in = browser, base_url, signed_in
        self.complaints: list[str] = []
        self.contexts: list[BrowserContext] = []
        self._expected: list[re.Pattern[str]] = []

    def stranger(self, device: Device = "phone", **options: Any) -> Page:
        """A page of somebody who is not signed in."""
        return self._page(device, options)

    def staff(self, device: Device = "desktop", who: str = "owner", **options: Any) -> Page:
        """A page of a member of the demo workspace: owner or bob."""
        return self._page(device, {"storage_state": self.signed_in[who], **options})

    def expect_complaint(self, pattern: str) -> None:
        """Let complaints that match pass: a refusal is part of the test."""
        self._expected.append(re.compile(pattern))

    def close(self) -> list[str]:
        """Close every browser; returns the complaints nobody expected."""
        for context in self.contexts:
            with suppress(Exception):
                context.close()
        return [each for each in self.complaints if not any(it.search(each) for it in self._expected)]

    def _page(self, device: Device, options: dict[str, Any]) -> Page:
        # Things stand still unless a test asks for motion: a box that is measured while it slides in is nowhere yet.
        still: dict[str, Any] = {"reduced_motion": "reduce"}
        context = self.browser.new_context(
            **(DEVICES[device] | still | options), base_url=self.base_url, locale="en-GB", timezone_id="Europe/London"
        )
        context.set_default_timeout(60_000)
        self.contexts.append(context)
        context.on("page", self._listen)
        return context.new_page()

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")
