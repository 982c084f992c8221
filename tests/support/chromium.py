"""One Chromium a worker: Playwright's synchronous side can't be started twice in a thread."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

#: How long a page may take to show what it should; what must be quicker is measured where it matters.
expect.set_options(timeout=30_000)
#: No page here lives long enough to get back what optimising its scripts costs.
PLAIN_SCRIPTS = "--js-flags=--no-opt,--no-maglev"
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_path() -> str | None:
    """Where Chromium is, as bin/test found it or on the path; None when there is none."""
    names = filter(None, (os.environ.get("SILL_CHROMIUM"), *NAMES))
    return next((path for name in names if (path := shutil.which(name))), None)


def has_shared_memory() -> bool:
    """Whether a gigabyte of shared memory can be had; a container has 64 MB unless it was given more."""
    try:
        return shutil.disk_usage("/dev/shm").free >= 1 << 30
    except OSError:
        return False


def running_chromium() -> Iterator[Browser]:
    """Chromium. Without one, tests in the browser fail in CI and are left out elsewhere, saying so."""
    path = chromium_path()
    if path is None:
        words = "No Chromium here: bin/test installs one, or name it in SILL_CHROMIUM."
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    with sync_playwright() as playwright:
        # Memory that its processes share would be files on the disk, one each tile of each page; in a small container
        # there is no other place.
        on_disk = [] if has_shared_memory() else ["--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", PLAIN_SCRIPTS, *on_disk],
            ignore_default_args=["--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()
