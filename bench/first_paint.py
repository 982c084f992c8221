"""The public form as a slow phone far away gets it: a processor four times slower, and Chromium's own "Slow 4G".

Chromium holds back the first byte of every answer by the latency and then lets bytes through at the rate, so each
round trip that a page needs before it shows something costs more than half a second. Each visit begins with an empty
cache. The walk goes through all steps by the keyboard, and counts every shift of the layout on the way.
"""

import argparse
import statistics
import sys
from dataclasses import dataclass

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.support.chromium import chromium_path

#: DevTools' preset "Slow 4G": 1.6 Mbit/s down and 0.75 up less a tenth, 150 ms there and back times 3.75.
SLOW_4G = {
    "offline": False, "latency": 562.5, "downloadThroughput": 1_600_000 * 0.9 / 8,
    "uploadThroughput": 750_000 * 0.9 / 8,
}  # fmt: skip
PROCESSOR = 4
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
PAINTED_MS, WIRE_BYTES = 1_000, 60 * 1024
_WATCH = """
window.seen = { shift: 0, largest: 0, ready: 0 };
const each = (type, act) =>
  new PerformanceObserver((list) => list.getEntries().forEach(act)).observe({ type, buffered: true });
each("layout-shift", (it) => {
  if (it.hadRecentInput) return;
  seen.shift += it.value;
  seen.moved = (seen.moved ?? []).concat(it.sources.map((source) => source.node?.outerHTML?.slice(0, 120)));
});
each("largest-contentful-paint", (it) => { seen.largest = it.startTime; });
(function look() {
  if (document.documentElement?.classList.contains("stepwise")) seen.ready = performance.now();
  else requestAnimationFrame(look);
})();
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit took: milliseconds since it began, bytes over the wire, and the layout's shift."""

    painted: float
    largest: float
    ready: float
    wire: int
    requests: int
    shift: float


def visit(browser: Browser, url: str) -> Visit:
    """Open the form once on the slow phone and walk through its first steps."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    wire = _count(cdp)
    cdp.send("Network.emulateNetworkConditions", SLOW_4G)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": PROCESSOR})
    page.add_init_script(_WATCH)
    page.goto(url, wait_until="networkidle")
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    size, requests = sum(wire), len(wire)
    _walk(page)
    seen = page.evaluate("seen")
    for moved in seen.get("moved", ()):
        print(f"   moved {moved}")
    context.close()
    return Visit(painted, seen["largest"], seen["ready"], size, requests, seen["shift"])


def _count(cdp: CDPSession) -> list[int]:
    """The size of every answer as it travelled, headers included, as they come."""
    sizes: list[int] = []
    cdp.send("Network.enable")
    cdp.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    return sizes


def _walk(page: Page) -> None:
    page.locator("[name=postcode]").fill("BA5 2QJ")
    page.keyboard.press("Enter")
    page.wait_for_timeout(2_000)
    for name, value in (("property_type", "semi"), ("bedrooms", "3")):
        page.locator(".option", has=page.locator(f"[name={name}][value='{value}']")).click()
        page.wait_for_timeout(1_500)
    page.locator("[data-next]").click()
    page.locator(".option", has=page.locator("[name=frequency][value='8_weekly']")).click()
    page.wait_for_timeout(1_500)
    page.locator("[data-next]").click()
    page.wait_for_timeout(500)


def main() -> int:
    """Measure and print; the exit status is 1 when the form misses what it promises."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:8000/q/somerset-demo")
    parser.add_argument("--visits", type=int, default=5)
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        visits = [visit(browser, options.url) for _ in range(options.visits)]
        browser.close()
    for name in ("painted", "largest", "ready"):
        times = sorted(getattr(each, name) for each in visits)
        print(f"{name:>8} {statistics.median(times):5.0f} ms   worst {times[-1]:5.0f}")
    wire, shift = max(each.wire for each in visits), max(each.shift for each in visits)
    print(f"    wire {wire / 1024:5.1f} KB   in {visits[0].requests} requests")
    print(f"   shift {shift:5.3f}")
    painted = statistics.median(each.painted for each in visits)
    return 0 if painted < PAINTED_MS and wire < WIRE_BYTES and shift == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
