"""A finger on the glass, by the same events that a real one makes."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import CDPSession, Page


class Finger:
    """One finger; `down`, `to`, `up` as in life."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self.x = self.y = 0.0

    def down(self, x: float, y: float) -> None:
        """Touch the glass."""
        self.x, self.y = x, y
        self._send("touchStart", [{"x": x, "y": y}])

    def to(self, x: float, y: float, steps: int = 8) -> None:
        """Slide there."""
        from_x, from_y = self.x, self.y
        for step in range(1, steps + 1):
            self.x, self.y = from_x + (x - from_x) * step / steps, from_y + (y - from_y) * step / steps
            self._send("touchMove", [{"x": self.x, "y": self.y}])
            self.page.wait_for_timeout(16)  # a finger makes one event a frame

    def up(self) -> None:
        """Leave the glass."""
        self._send("touchEnd", [])

    def swipe(self, x: float, y: float, by: float) -> None:
        """Slide sideways at once. The page's clock rests meanwhile: no long press, however busy the machine is."""
        self.page.clock.install()
        self.page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))
        self.down(x, y)
        self.to(x + by, y)
        self.up()
        self.page.clock.resume()

    def _send(self, kind: str, points: list[dict[str, float]]) -> None:
        self._cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
