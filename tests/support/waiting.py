"""Waiting for what a page's scripts, the server or the line change a moment later, where no locator can say it."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from playwright.sync_api import FrameLocator, Page

#: How long anything may take to come true on a busy machine; what has to be quick is measured where it matters.
PATIENCE = 60.0
Found = TypeVar("Found")


def until(page: Page, look: Callable[[], Found | None], what: str, seconds: float = PATIENCE) -> Found:
    """Look again and again until there is an answer, and return it. Meanwhile the page's events are heard."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        page.wait_for_timeout(20)
    return found


def wait_for(look: Callable[[], Found | None], seconds: float = PATIENCE, what: str = "it did not happen") -> Found:
    """Look again and again until there is an answer, and return it, where no page is to be heard meanwhile."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.05)
    return found


def until_tall_as(page: Page, frame: FrameLocator, inside: str) -> int:
    """Wait until the page's iframe is as tall as `inside` of it, to 2 px; returns its height in px.

    The frame says how tall it is after each change, by a message, and the page around it acts on that.
    """
    heights: dict[str, Any] = {}

    def fits() -> bool:
        heights["inside"] = frame.locator(inside).evaluate("it => it.scrollHeight")
        heights["shown"] = page.locator("iframe").evaluate("it => it.clientHeight")
        return bool(abs(heights["inside"] - heights["shown"]) <= 2)

    until(page, fits, "the iframe as tall as its page")
    return int(heights["shown"])
