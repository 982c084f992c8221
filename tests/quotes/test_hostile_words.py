"""Hostile words in every field that a customer or a member fills in come out as words: page, mail, PDF, CSV, SMS."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.core import phones
from app.core.icalendar import calendar_file
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import move_to_stage, stage_by_key
from app.messaging.models import Message
from app.quotes.models import Quote
from app.quotes.services import DraftLine
from tests.support.client import Client
from tests.support.world import World

#: Each does harm somewhere: markup, templates, sheets, mail headers, right-to-left marks, calendars, JSON.
HOSTILE = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>\"><svg/onload=alert(1)> ' onfocus=alert(1) x='",
    "sheet": '=HYPERLINK("http://evil.example.com","x") {{7*7}} {first_name} ${7*7} #{7*7} {% raw %}',
    "breaks": "Hannah\r\nBcc: everybody@example.com\r\n\r\n\u202eexe.gpj\u2066 \u0000\u0007"
    "\nEND:VEVENT\nATTACH:http://evil.example.com;x,y\\",
}


class Tags(HTMLParser):
    """Every tag and every attribute that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.scripts: list[dict[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what was opened."""
        self.tags.append(tag)
        ours = dict(attrs).get("class") == "error-summary"  # it takes the focus itself
        self.attributes += [(name, value or "") for name, value in attrs if not (ours and name == "autofocus")]
        if tag == "script":
            self.scripts.append(dict(attrs))


def assert_harmless(html: str, *, is_mail: bool = False) -> None:
    """No tag or handler of theirs, no script without our nonce, and no sum done by a template."""
    found = Tags(html)
    assert not [name for name, _ in found.attributes if name.startswith("on") or name == "autofocus"]
    assert "svg/onload" not in found.tags and not [value for name, value in found.attributes if value == "x"]
    assert not [each for each in found.scripts if "nonce" not in each and each.get("type") != "application/json"]
    assert not is_mail or not {"script", "img", "svg", "iframe", "form"} & set(found.tags)
    assert not re.search(r"(?<![\d-])49(?![\d-])", re.sub(r"<[^>]*>", " ", html))


@pytest.fixture(params=HOSTILE)
def words(request: Any) -> str:
    """What is typed."""
    return HOSTILE[request.param]


@pytest.fixture
def quote(words: str, make_lead: Callable[..., Any], sent: Callable[..., Quote]) -> Quote:
    """A quote whose every word is hostile, sent to a person and a house that are."""
    typed = " ".join(words.replace("\x00", "").split())  # as our own forms take one line in
    lead = make_lead(
        name=typed, address_line1=typed, town=typed, email="h@example.com", phone="07700 900318", wishes=typed
    )
    return sent(lead, note=words.replace("\x00", ""), terms=words.replace("\x00", ""),
                lines=[DraftLine(typed[:190]), DraftLine(typed[:190], 4500)])  # fmt: skip


def test_in_pages(client: Client, alice: Client, quote: Quote, words: str) -> None:
    path = f"/c/{quote.link_secret}"
    for suffix in ("", "/details", "/contact", "/data", "/question", "/decline"):
        assert_harmless(client.get(path + suffix).text)
    typed = dict.fromkeys(("name", "phone", "email", "address_line1", "town", "postcode", "access_notes"), words)
    assert_harmless(client.post(f"{path}/details", data=typed, csrf=False).text)
    for verb in ("accept", "decline", "question", "slot"):
        data = {"name": words, "words": words, "option": words, "reason": words, "slot": words}
        assert_harmless(client.post(f"{path}/{verb}", data=data, csrf=False).text)
    client.post(f"{path}/accept", data={"option": str(quote.options[0].id), "name": words}, csrf=False)
    pages = [f"leads/{quote.lead_id}", f"leads/{quote.lead_id}/timeline", f"quotes/{quote.id}", "squeegee", "outbox"]
    for page in (client.get(path), *(alice.get(f"/w/wells/{each}") for each in pages)):
        assert page.status_code == 200
        assert_harmless(page.text)


def test_in_mail_and_text(quote: Quote, run_outbox: Any, mailbox: Any, client: Client) -> None:
    run_outbox()  # what waits when the answer comes is not sent any more
    client.post(f"/c/{quote.link_secret}/accept", data={"option": str(quote.options[0].id), "name": "H"}, csrf=False)
    run_outbox()
    mails = mailbox.mails("h@example.com")
    assert len(mails) >= 2
    for mail in mails:
        assert_harmless(mail["html"], is_mail=True)
        assert "Bcc" not in mail["headers"] and "everybody@example.com" not in mail["headers"]["To"]
        assert "\n" not in mail["subject"] and "49" not in mail["subject"]
    assert mailbox.mails("everybody@example.com") == []


def test_in_a_text_message(words: str, make_lead: Any, sent: Any, run_outbox: Any, mailbox: Any) -> None:
    typed = " ".join(words.replace("\x00", "").split())
    sent(make_lead(name=typed, email=None, phone="07700 900318"), "sms")
    run_outbox()
    number = phones.parse("07700 900318")
    assert number
    [text] = [each for each in mailbox.texts(number.e164) if "/c/" in str(each)]
    assert "{{49}}" not in str(text) and "\x00" not in str(text)
    body = db.session.scalars(select(Message.body_sealed).where(Message.channel == "sms")).first()
    assert body is not None


def test_on_paper(client: Client, quote: Quote) -> None:
    answer = client.get(f"/c/{quote.link_secret}/quote.pdf")
    assert answer.status_code == 200 and answer.mimetype == "application/pdf"
    assert "£24" in "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    for act in (b"/JavaScript", b"/JS", b"/Launch", b"/URI (http://evil"):
        assert act not in answer.data


def test_in_the_file_for_squeegee(alice: Client, quote: Quote, world: World) -> None:
    lead = db.session.get_one(Lead, (quote.workspace_id, quote.lead_id))
    move_to_stage(lead.id, stage_by_key("ready_for_squeegee").id, world.alice.actor)
    made = alice.post("/w/wells/squeegee/batches", data={"lead": str(lead.id)})
    answer = alice.get(f"{made.location}/file.csv")
    assert answer.status_code == 200
    for row in csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))):
        assert not [cell for cell in row if cell[:1] in "=+-@\t\r" and cell[:1] and not phones.parse(cell)]


def test_in_a_file_of_ones_own(client: Client, quote: Quote) -> None:
    assert json.loads(client.get(f"/c/{quote.link_secret}/data.json").text)["data"]


def test_a_calendar_file_holds_one_event_whatever_is_written_in_it() -> None:
    at = datetime(2026, 12, 8, 10, tzinfo=UTC)
    for words in HOSTILE.values():
        lines = calendar_file("1@x", at, at, words, words, words).decode().replace("\r\n ", "").split("\r\n")
        assert lines.count("END:VEVENT") == 1 and not [line for line in lines if line.startswith("ATTACH")]
        assert "DTEND:20261208T110000Z" in lines
