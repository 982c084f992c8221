"""A customer at the public form."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import altcha
import pytest
from flask import Flask
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.core.clock import utcnow
from app.extensions import db
from app.lead_forms.models import FormSubmission, LeadForm
from app.lead_forms.services import proof, suspicion, tokens
from app.leads.models import Lead
from app.workspaces.models import Workspace
from tests.lead_forms.telephone import PHONE, is_fault, serving
from tests.support.client import Client
from tests.support.world import World

#: What Hannah answers.
ANSWERS: dict[str, Any] = {
    "postcode": "ba52qj", "property_type": "semi", "bedrooms": "3", "service": "window_cleaning",
    "frequency": "8_weekly", "extras": ["inside", "conservatory"], "wishes": "The porch too, please",
    "access_notes": "Side gate is locked", "preferred_method": "phone", "name": "Hannah Cole",
    "phone": "07700 900318", "email": "Hannah.Cole@Example.com", "address_line1": "4 Mill Lane", "town": "Wells",
    "referrer": "", "landing_page": "https://www.example.com/windows", "homepage": "",
}  # fmt: skip


class Page(HTMLParser):
    """The fields of a page as a browser without scripts would send them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.names: set[str] = set()
        self._area = self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Gather what the element would send."""
        found = dict(attrs)
        name = found.get("name") or ""
        if tag in ("input", "textarea", "select"):
            self.names.add(name)
        if tag == "input" and (found.get("type") not in ("radio", "checkbox") or "checked" in found):
            self.fields.setdefault(name, []).append(found.get("value") or "")
        self._area = name if tag == "textarea" else ""
        if tag == "select":
            self._select = name
        if tag == "option" and "selected" in found:
            self.fields[self._select] = [found.get("value") or ""]

    def handle_data(self, data: str) -> None:
        """The text of a text area."""
        if self._area:
            self.fields.setdefault(self._area, [""])[0] += data

    def handle_endtag(self, tag: str) -> None:
        """Text after a text area is not its own."""
        self._area = ""


@pytest.fixture
def form(world: World) -> LeadForm:
    """The form of Alice's workspace."""
    return db.session.scalars(select(LeadForm)).one()


@pytest.fixture
def workspace(world: World) -> Workspace:
    """Alice's workspace, which serves BA5 and BA6."""
    workspace = db.session.scalars(select(Workspace).where(Workspace.id == world.workspace_id)).one()
    workspace.service_districts = ["BA5", "BA6"]
    db.session.commit()
    return workspace


@pytest.fixture
def token(form: LeadForm) -> Callable[..., str]:
    """The token of a page opened a while ago, by default a minute."""
    form_id = form.id
    return lambda ago=timedelta(minutes=1): tokens.issue(form_id, utcnow() - ago)


@pytest.fixture
def send(
    client: Client, workspace: Workspace, form: LeadForm, token: Callable[..., str]
) -> Callable[..., TestResponse]:
    """Send the form as Hannah: `send(phone="")` changes an answer, `send(query="embed=1")` the address."""
    url = f"/q/{form.key}"

    def post(query: str = "", address: str = "127.0.0.1", device: str = "", **changed: Any) -> TestResponse:
        data = ANSWERS | {"token": token()} | changed
        caller = {"REMOTE_ADDR": address, "HTTP_USER_AGENT": device}
        return client.post(url, data=data, csrf=False, query_string=query, environ_overrides=caller)

    return post


def leads() -> list[Lead]:
    """Every lead of the workspace in scope, oldest first."""
    return list(db.session.scalars(select(Lead).order_by(Lead.created_at, Lead.number)))


def submissions() -> list[FormSubmission]:
    """Every sending of the workspace in scope, oldest first."""
    return list(db.session.scalars(select(FormSubmission).order_by(FormSubmission.created_at)))


@pytest.fixture
def prove(form: LeadForm) -> Callable[[str], str]:
    """The proof of work that a browser would send with a page, by the page's token. Takes some tenths of a second."""
    form_id = form.id

    def solve(page: str) -> str:
        token = tokens.read(form_id, page)
        assert token is not None
        challenge = altcha.Challenge.from_dict(proof.challenge(form_id, token))
        solution = altcha.solve_challenge(challenge)
        assert solution is not None
        return str(altcha.Payload(challenge, solution).to_base64())

    return solve


@pytest.fixture
def url(app: Flask, form: LeadForm, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of the form on a running server. A test is quicker than a person: that alone must not be suspect."""
    monkeypatch.setattr(suspicion, "SHORTEST", timedelta(0))
    with serving(app) as base:
        yield f"{base}/q/{form.key}"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Tab]:
    """A telephone. Any complaint of the browser fails the test."""
    context = chromium.new_context(**PHONE)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if is_fault(message.text) else None)
    yield page
    cookies = context.cookies()
    context.close()
    assert complaints == [] and cookies == []
