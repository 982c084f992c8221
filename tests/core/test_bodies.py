"""A request's body has to come at a certain rate, and without long pauses."""

import io

import gevent
import pytest
from werkzeug.exceptions import RequestTimeout

from app.config import LARGEST_FORM
from app.core import bodies
from app.core.bodies import TAKEN_IN, SteadyBody, steady


class Stalling(io.BytesIO):
    """A sender who stops in the middle."""

    def read(self, size: int | None = -1) -> bytes:
        """What has been sent, then a wait for more that never comes."""
        return super().read(size) or gevent.sleep(60)  # type: ignore[func-returns-value]


def test_what_came_quickly_earns_no_long_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE", 0.05)
    body = SteadyBody(Stalling(b"x" * 10 * TAKEN_IN))
    body.take_in()
    with gevent.Timeout(30), pytest.raises(RequestTimeout):
        body.read()


def test_a_body_is_read_whole_and_in_order() -> None:
    content = bytes(range(256)) * 1024
    body = SteadyBody(io.BytesIO(content))
    body.take_in()
    assert body.read(10) + body.read() == content and body.read() == b""


@pytest.mark.parametrize(
    ("size", "stated", "taken"),
    [
        (LARGEST_FORM, {"CONTENT_LENGTH": str(LARGEST_FORM)}, LARGEST_FORM),
        (LARGEST_FORM, {"HTTP_TRANSFER_ENCODING": "chunked"}, LARGEST_FORM),
        (2 * LARGEST_FORM, {"HTTP_TRANSFER_ENCODING": "chunked"}, LARGEST_FORM),
        (2 * LARGEST_FORM, {"CONTENT_LENGTH": str(2 * LARGEST_FORM)}, TAKEN_IN),
    ],
)
def test_a_form_is_here_before_its_view_takes_a_connection(size: int, stated: dict[str, str], taken: int) -> None:
    """A customer's link is enough to send them: some dozens, sent slowly, had every connection of every process."""
    sent = io.BytesIO(b"x" * size)
    steady(lambda environ, start_response: [])({"wsgi.input": sent, **stated}, lambda *_: None)
    assert sent.tell() == taken
