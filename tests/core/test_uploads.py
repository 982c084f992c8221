"""Places for files in memory: few, and not all for one network."""

from contextlib import ExitStack

from flask import Flask

from app.core.uploads import Places


def test_one_network_takes_half_of_them(app: Flask) -> None:
    places = Places(4)

    def take(address: str) -> bool:
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            return held.enter_context(places.take(seconds=0))

    with ExitStack() as held:
        assert [take("203.0.113.1"), take("203.0.113.2"), take("203.0.113.3")] == [True, True, False]
        assert [take("198.51.100.1"), take("192.0.2.1"), take("2001:db8::1")] == [True, True, False]
    with ExitStack() as held:
        assert take("203.0.113.1"), "places that were given back can be had again"
