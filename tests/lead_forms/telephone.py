"""The form on a running server, and a customer's telephone in front of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import func, select
from werkzeug.serving import WSGIRequestHandler, make_server

from app.extensions import db
from app.lead_forms.models import UsedChallenge

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


class Quiet(WSGIRequestHandler):
    """A server that says nothing."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Write no access log."""


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an app on a free port of loopback; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def is_fault(text: str) -> bool:
    """Whether the browser complains about what a page may do."""
    return "Content Security Policy" in text and "frame-ancestors" not in text


def work_was_proven() -> bool:
    """Whether the browser's worker found what its page asked for, and the server took it."""
    return db.session.scalar(select(func.count()).select_from(UsedChallenge)) == 1


def choose(page: Any, name: str, value: str) -> None:
    """Tick one of the form's cards."""
    page.locator(".option", has=page.locator(f"[name={name}][value='{value}']")).click()


def go_on(page: Any) -> None:
    """Press the big button."""
    page.locator("[data-next]").click()


def heading(page: Any, words: str) -> None:
    """The form shows this step."""
    expect(page.get_by_role("heading", level=2, name=words)).to_be_visible()


def fill_until_contact(page: Any) -> None:
    """Answer all before the customer's name, once the form's script goes through it step by step."""
    expect(page.locator("[data-lead-form][data-ready]")).to_be_attached()
    page.locator("[name=postcode]").fill("ba5 2qj")
    go_on(page)
    choose(page, "property_type", "semi")
    choose(page, "bedrooms", "3")
    go_on(page)
    choose(page, "frequency", "8_weekly")
    go_on(page)
    choose(page, "extras", "inside")
    go_on(page)
    page.locator("[name=access_notes]").fill("Side gate")
    go_on(page)
    heading(page, "How do we reach you?")


def fill_contact(page: Any) -> None:
    """Say who one is, and come to the last step."""
    page.locator("[name=name]").fill("Hannah Cole")
    page.locator("[name=phone]").fill("07700 900318")
    go_on(page)
    heading(page, "Ready to send")
