"""A head of a request is a few lines; one that is a book is not read."""

import pytest
from flask import Flask
from werkzeug.test import Client

from app.core.heads import MOST, short_headed


@pytest.mark.parametrize("name", ["Cookie", "Accept", "Referer"])
def test_a_head_as_long_as_a_book_is_refused(app: Flask, name: str) -> None:
    browser = Client(short_headed(app.wsgi_app), use_cookies=False)
    assert browser.get("/login", headers={name: "a=b;" * 1_000}).status_code == 200
    assert browser.get("/login", headers=[(name, "a=b;" * 2_000)] * (MOST // 8_000 + 1)).status_code == 431
    assert browser.get("/login", headers={name: "a" * (MOST + 1)}).status_code == 431
