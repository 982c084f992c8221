"""Work that is charged once goes to Squeegee on every way, with its price, and is no work of every visit."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.core.clock import utcnow
from app.extensions import db
from app.lead_forms.models import LeadForm
from app.lead_forms.services import tokens
from app.leads.models import Lead
from app.leads.services import change_fact, move_to_stage, stage_by_key
from app.price_book.models import PriceBook
from app.quotes.models import Quote
from app.quotes.services import DraftLine, QuoteDraft, draft_quote, send_quote
from app.squeegee.mapping import of_every_visit
from app.squeegee.models import Transfer
from app.squeegee.queries import get_account, transfer_page
from app.squeegee.services import change_section, fingerprint
from app.workspaces.queries import today_here
from tests.lead_forms.conftest import ANSWERS
from tests.price_book.books import PLAIN
from tests.quotes.conftest import keep_book
from tests.squeegee.desk import Desk, stage_of
from tests.squeegee.test_agreed_anew import by_api, by_file, by_sheet, seen_on
from tests.squeegee.test_queue import QUEUE, card_of
from tests.support.client import Client
from tests.support.work import run_outbox as work_off
from tests.support.world import World

GUTTERS = "Clear all gutters"
SAID = "Charged once: Clear all gutters £80"
WINDOWS = DraftLine("Outside windows, frames and sills")


@pytest.fixture
def agree(client: Client, world: World) -> Callable[..., Quote]:
    """Send a lead a quote with these lines and let its customer accept it."""

    def agree_to(lead: Any, *lines: DraftLine, price: int = 2400) -> Quote:
        draft = QuoteDraft({"8_weekly": price}, today_here() + timedelta(days=30), lines=[WINDOWS, *lines])
        quote = send_quote(draft_quote(lead.id, draft, world.alice.actor).id, "email", world.alice.actor)
        db.session.commit()
        typed = {"option": str(quote.options[0].id), "name": "Hannah Cole", "early_start": "1"}
        assert client.post(f"/c/{quote.link_secret}/accept", data=typed, csrf=False).status_code == 303
        assert stage_of(lead) == "ready_for_squeegee"
        return quote

    return agree_to


def sheet_of(page: str) -> dict[str, str]:
    """What a copy sheet says, by its labels."""
    return dict(re.findall(r"<dt>([^<]*)</dt><dd id=[^>]*>([^<]*)</dd>", page))


def row_of(alice: Client, lead: Any) -> dict[str, str]:
    """A lead's row in a file of its own."""
    made = alice.post("/w/wells/squeegee/batches", data={"lead": [str(lead.id)], "format": "csv", "dates": "1"})
    text = alice.get(f"{made.location}/file.csv").data.decode("utf-8-sig")
    return next(csv.DictReader(io.StringIO(text, newline="")))


def job_of(transfer: Transfer) -> dict[str, Any]:
    """The body of the call that made a transfer's job."""
    calls = transfer_page(transfer.id, with_bodies=True).calls
    request = next(call.request for call in calls if call.step == "job")
    return json.loads(request[request.index("{") :])


@pytest.mark.parametrize("pattern", ["", "Ring first.\n{access}", "Extra: {once}!"])
def test_it_stands_on_every_way(
    desk: Desk, make_lead: Any, alice: Client, agree: Callable[..., Quote], pattern: str
) -> None:
    if pattern:
        wording = {"tags": None, "notes_template": pattern}
        change_section("wording", wording, fingerprint(get_account(), "wording"), desk.actor)
        db.session.commit()
    said = "Extra: Clear all gutters £80!" if "once" in pattern else SAID
    lead, other = (make_lead(email=f"{name}@example.com", extras=["gutters"]) for name in ("ann", "ben"))
    for each in (lead, other):
        agree(each, DraftLine(GUTTERS, 8000))
    sheet = sheet_of(alice.get(f"/w/wells/leads/{lead.id}/copy-sheet").text)
    assert sheet["Charged once"] == "Clear all gutters £80" and sheet["Services"] == "Window cleaning"
    assert said in sheet["Notes"] and sheet["Notes"].count("gutters") == 1
    row = row_of(alice, other)
    assert said in row["Notes"] and (row["Services"], row["Price"]) == ("Window cleaning", "24.00")
    transfer = desk.start(lead)
    work_off()
    job = job_of(transfer)
    assert said in job["notes"] and job["notes"].count("gutters") == 1
    assert job["services"] == [get_account().service_ids["window_cleaning"]] and job["price"] == 24


def test_the_card_says_it_and_what_is_proposed_is_no_regular_work(
    desk: Desk, make_lead: Any, alice: Client, agree: Callable[..., Quote]
) -> None:
    lead = make_lead(email="ann@example.com", extras=["conservatory_roof", "velux"])
    agree(lead, DraftLine("Conservatory roof", 6000), DraftLine("Velux windows"), DraftLine("Brush", 400, 3))
    card = card_of(alice.get(QUEUE).text, lead)
    assert "<dt>Charged once</dt><dd>Conservatory roof £60, 3 × Brush £12</dd>" in card
    assert "Window cleaning, Velux windows" in card and "Complete" in card
    assert 'value="once"' not in card, "no form mends it: only another quote does"
    unquoted = make_lead(stage_key="ready_for_squeegee", price_minor=2400)
    assert "Charged once" not in card_of(alice.get(QUEUE).text, unquoted)


@pytest.mark.parametrize("hand_over", [by_api, by_sheet, by_file])
def test_another_after_the_hand_over_is_to_be_changed_there(
    desk: Desk, make_lead: Any, alice: Client, agree: Callable[..., Quote], hand_over: Callable[..., None]
) -> None:
    lead = make_lead(email="ann@example.com")
    agree(lead, DraftLine(GUTTERS, 8000))
    hand_over(desk, alice, lead)
    assert stage_of(lead) == "transferred_to_squeegee"
    agree(lead, DraftLine(GUTTERS, 9000))
    page = alice.get(QUEUE).text
    now = "£24 every 8 weeks, charged once: Clear all gutters £90"
    assert f"Squeegee holds <b class=\"num\">{now.replace('90', '80')}</b>; agreed now: <b class=\"num\">{now}" in page
    assert 'To change in Squeegee <span class="count">1</span>' in page
    url, seen = f"{QUEUE}/ready/{lead.id}/changed", seen_on(card_of(page, lead))
    agree(lead, DraftLine(GUTTERS, 9500))
    assert alice.post(url, data={"seen": seen, "place": "card"}, hx=True).status_code == 409
    panel = alice.get(f"/w/wells/leads/{lead.id}/squeegee", hx=True).text
    assert "gutters £95" in panel
    assert alice.post(url, data={"seen": seen_on(panel), "place": "card"}, hx=True).status_code == 200
    assert stage_of(lead) == "transferred_to_squeegee"


def test_what_was_agreed_counts_not_what_was_offered_since(
    desk: Desk, make_lead: Any, alice: Client, agree: Callable[..., Quote]
) -> None:
    lead = make_lead(email="ann@example.com")
    agree(lead, DraftLine(GUTTERS, 8000))
    draft = QuoteDraft({"8_weekly": 2400}, today_here(), lines=[DraftLine("Patio", 5000)])
    send_quote(draft_quote(lead.id, draft, desk.actor).id, "email", desk.actor)
    db.session.commit()
    sheet = alice.get(f"/w/wells/leads/{lead.id}/copy-sheet").text
    assert sheet_of(sheet)["Charged once"] == "Clear all gutters £80" and "Patio" not in sheet


def test_one_handed_over_before_sill_told_of_it_is_to_be_changed(
    desk: Desk, make_lead: Any, alice: Client, agree: Callable[..., Quote]
) -> None:
    """Its file says nothing of the gutters, so Squeegee does not either."""
    lead = make_lead(email="ann@example.com")
    agree(lead, DraftLine(GUTTERS, 8000))
    url = alice.post("/w/wells/squeegee/batches", data={"lead": [str(lead.id)], "format": "csv"}).location
    transfer = db.session.query(Transfer).one()
    transfer.holds = json.dumps({"price_minor": 2400, "first_minor": None, "frequency": "8_weekly"})
    db.session.commit()
    assert alice.post(f"{url}/confirm").status_code == 303
    assert stage_of(lead) == "ready_for_squeegee"
    assert "agreed now: <b class=\"num\">£24 every 8 weeks, charged once" in card_of(alice.get(QUEUE).text, lead)


@pytest.mark.parametrize(
    ("charged", "stay"),
    [
        ("Clear all gutters", "conservatory conservatory_roof fascia"),
        ("Roof of the conservatory", "conservatory gutters fascia"),
        ("CONSERVATORY, all round", "conservatory_roof gutters fascia"),
        ("Fascias, soffits and gutters", "conservatory conservatory_roof"),
        ("Patio", "conservatory conservatory_roof gutters fascia"),
    ],
)
def test_a_line_in_other_words_is_known_for_the_extra(charged: str, stay: str) -> None:
    extras = ("conservatory", "conservatory_roof", "gutters", "fascia")
    assert of_every_visit(extras, (), ((charged, 8000),)) == tuple(stay.split())
    assert of_every_visit(extras, (f"{charged} wiped",), ((charged, 8000),)) == extras


def test_what_was_called_off_is_not_charged(
    desk: Desk, make_lead: Any, alice: Client, agree: Callable[..., Quote]
) -> None:
    """They cancelled within their days, and agreed to something else by phone months later."""
    lead = make_lead(email="ann@example.com")
    agree(lead, DraftLine(GUTTERS, 8000))
    for key in ("declined", "contacted", "ready_for_squeegee"):
        move_to_stage(lead.id, stage_by_key(key).id, desk.actor)
    db.session.commit()
    sheet = sheet_of(alice.get(f"/w/wells/leads/{lead.id}/copy-sheet").text)
    assert "Charged once" not in sheet and "gutters" not in sheet.get("Notes", "")
    assert "Charged once" not in row_of(alice, lead)["Notes"]
    transfer = db.session.scalars(select(Transfer).where(Transfer.lead_id == lead.id)).one()
    assert json.loads(transfer.holds or "{}")["once"] == []


def test_what_the_form_told_goes_along_while_its_price_stands(
    desk: Desk, alice: Client, client: Client, form_key: str
) -> None:
    keep_book(PLAIN)
    db.session.execute(update(PriceBook).values(created_at=PriceBook.created_at - timedelta(hours=1)))
    form = db.session.scalars(select(LeadForm)).one()
    form.content = {"price": "exact"}
    token = tokens.issue(form.id, utcnow() - timedelta(minutes=1))
    db.session.commit()
    answers = {**ANSWERS, "extras": ["conservatory", "gutters"], "access_notes": "", "token": token}
    assert client.post(f"/q/{form_key}", data=answers, csrf=False).status_code == 303
    lead = db.session.scalars(select(Lead)).one()
    move_to_stage(lead.id, stage_by_key("ready_for_squeegee").id, desk.actor)
    db.session.commit()

    def sheet() -> dict[str, str]:
        return sheet_of(alice.get(f"/w/wells/leads/{lead.id}/copy-sheet").text)

    told = sheet()
    assert (told["Charged once"], told["Services"]) == ("Gutters £80", "Window cleaning, Conservatory")
    transfer = desk.start(lead)
    work_off()
    job = job_of(transfer)
    assert "Charged once: Gutters £80" in job["notes"] and job["price"] == 25.5
    assert get_account().service_ids["gutter_clearing"] not in job["services"]
    change_fact(lead.id, "price", "30", "25.50", desk.actor)
    db.session.commit()
    assert "Charged once" not in sheet()
