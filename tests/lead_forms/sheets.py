"""The builder's sheet in a browser without scripts: every field of the page, as it would be sent."""

from html.parser import HTMLParser
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.core.packed import PREFIX, unpacked
from app.extensions import db
from app.lead_forms.models import LeadForm
from tests.support.client import Client


class Fields(HTMLParser):
    """The fields of the form with the id `sheet`, in the order of the page, as (name, value)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self._inside = False
        self._area = self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Gather what the element would send."""
        found = dict(attrs)
        name = found.get("name") or ""
        self._inside = self._inside or (tag == "form" and found.get("id") == "sheet")
        if not self._inside or not name and tag != "option":
            return
        if tag == "input" and found.get("type") != "file":
            if found.get("type") not in ("radio", "checkbox") or "checked" in found:
                self.pairs.append((name, found.get("value") or ""))
        elif tag == "textarea":
            self.pairs.append((name, ""))
            self._area = name
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in found:
            self.pairs.append((self._select, found.get("value") or ""))

    def handle_data(self, data: str) -> None:
        """The text of a text area."""
        if self._area:
            self.pairs[-1] = (self._area, self.pairs[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:
        """The sheet ends with its form."""
        self._area = ""
        self._inside = self._inside and tag != "form"


def the_form() -> LeadForm:
    """The only form of the workspace in scope."""
    return db.session.scalars(select(LeadForm)).one()


def sheet(client: Client, form: LeadForm) -> "MultiDict[str, str]":
    """What the page of a form would send when every question has been opened."""
    page = client.get(f"/w/{client.slug}/settings/forms/{form.id}")
    assert page.status_code == 200
    return opened(MultiDict(Fields(page.text).pairs))


def opened(typed: "MultiDict[str, str]") -> "MultiDict[str, str]":
    """The same with the fields of the rows that stand closed."""
    return MultiDict(pair for pair in unpacked(typed).items(multi=True) if not pair[0].startswith(PREFIX))


def send(client: Client, form: LeadForm, typed: "MultiDict[str, str]", **changed: Any) -> Any:
    """Send the sheet with some fields changed; a field given as None is left out."""
    data = MultiDict(typed)
    for name, value in changed.items():
        data.poplist(name)
        if value is not None:
            data.setlist(name, value if isinstance(value, list) else [value])
    return client.post(f"/w/{client.slug}/settings/forms/{form.id}", data=data)


def act(client: Client, form: LeadForm, typed: "MultiDict[str, str]", what: str) -> "MultiDict[str, str]":
    """Press one of the small buttons, and return what the page then would send."""
    answer = send(client, form, typed, act=what)
    assert answer.status_code == 200
    return opened(MultiDict(Fields(answer.text).pairs))


def rows(typed: "MultiDict[str, str]") -> list[str]:
    """Steps and questions in the order in which a sheet has them."""
    return typed.getlist("row")
