"""A quote on paper shows what its customer's page shows, in the business's looks, whatever stands in its fields."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from app.core.money import format_money
from app.extensions import db
from app.quotes.models import Quote
from app.quotes.queries import offer_of
from app.quotes.services import Conditions, Discount, DraftLine, accept
from app.quotes.services.printing import quote_pdf
from app.quotes.services.printing.sheet import MARGIN, WIDTH, Sheet
from app.workspaces.models import Logo
from app.workspaces.queries import current_workspace
from tests.quotes.conftest import CUSTOMER
from tests.support.client import Client

HOSTILE = [
    "<script>alert(1)</script>", "=HYPERLINK(\"http://evil.example\")", "{{7*7}} {first_name} %s",
    ") Tj ET Q /JS (app.alert(1))",
    "**bold** [link](http://evil.example)", "\u202egnp.exe\u202c", "W" * 190, "Łódź Ελλάδα Київ", "👩\u200d🔧 🪟"
]  # fmt: skip


def read(answer: Any) -> tuple[str, PdfReader]:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    reader = PdfReader(BytesIO(answer.data))
    return "\n".join(page.extract_text() for page in reader.pages), reader


def links(reader: PdfReader) -> list[str]:
    found = []
    for page in reader.pages:
        for each in page.get("/Annots") or []:
            found.append(str(each.get_object()["/A"]["/URI"]))
    return found


def test_it_shows_what_the_customer_sees(alice: Client, client: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    current_workspace().vat_number = "GB123456789"
    quote = sent(
        lead, conditions=Conditions(Discount("percent", 1_000, "three neighbours"), "added", 2_000),
        lines=[DraftLine("Outside windows"), DraftLine("Velux windows", 400, 3)],
    )  # fmt: skip
    for browser, path in ((alice, f"/w/wells/quotes/{quote.id}.pdf"), (client, f"/c/{quote.link_secret}/quote.pdf")):
        words, reader = read(browser.get(path))
        page = client.get(f"/c/{quote.link_secret}").text
        for rung in offer_of(quote).quote.rungs:
            first = format_money(rung.first_minor) if rung.first_minor else ""
            for figure in filter(None, (format_money(rung.price_minor), rung.yearly, first)):
                assert figure in words and figure in page
        for shown in (quote.number, "Hannah Cole", "Wells Window Cleaning", "3 × Velux windows", "£14.40",
                      "Outside windows",
                      "10\xa0% off every visit: three neighbours", "Prices include VAT at 20\xa0%", "GB123456789",
                      "We come on Tuesdays.", "We clean in light rain."):  # fmt: skip
            assert shown.replace("\xa0", " ") in words.replace("\xa0", " ")
        assert links(reader) == [f"http://127.0.0.1:9/c/{quote.link_secret}"]


@pytest.mark.parametrize(("frequency", "has_first"), [("one_off", False), ("4_weekly", True)])
def test_what_was_accepted_speaks_of_its_own_first_clean_only(
    frequency: str, has_first: bool, lead: Any, sent: Callable[..., Quote]
) -> None:
    quote = sent(lead)
    rung = next(each for each in quote.options if each.frequency == frequency)
    accept(quote, rung.id, "Hannah Cole", False, CUSTOMER)
    words = " ".join(page.extract_text() for page in PdfReader(BytesIO(quote_pdf(quote))).pages)
    assert format_money(rung.price_minor) in words
    for said in ("First clean", "The first clean takes longer", "£36.50"):
        assert (said in words) is has_first


def test_the_same_quote_makes_the_same_pages(lead: Any, write: Callable[..., Quote]) -> None:
    quote = write(lead)
    assert quote_pdf(quote) == quote_pdf(quote)


def test_onlookers_get_it_without_the_link(
    dave: Client, mallory: Client, lead: Any, sent: Callable[..., Quote]
) -> None:
    quote = sent(lead)
    words, reader = read(dave.get(f"/w/wells/quotes/{quote.id}.pdf"))
    assert links(reader) == [] and str(quote.link_secret) not in words
    assert mallory.get(f"/w/rival/quotes/{quote.id}.pdf").status_code == 404


def test_hostile_words_are_only_words(
    alice: Client, make_lead: Callable[..., Any], sent: Callable[..., Quote], caplog: pytest.LogCaptureFixture
) -> None:
    lead = make_lead(name="<b>Hannah</b> Cole", email="hannah.cole@example.com", address_line1=HOSTILE[3])
    quote = sent(
        lead, lines=[*map(DraftLine, HOSTILE), *(DraftLine(words, 500) for words in HOSTILE)], note="\n".join(HOSTILE),
        terms="\n".join(HOSTILE),
    )  # fmt: skip
    words, reader = read(alice.get(f"/w/wells/quotes/{quote.id}.pdf"))
    assert len(links(reader)) == 1
    root = reader.trailer["/Root"]
    assert not {"/AcroForm", "/Names", "/AA"} & set(root.keys())
    assert "/S" not in root["/OpenAction"]  # a place in the document, no act
    assert "<b>Hannah</b> Cole" in words
    assert "\u202e" not in words
    for plain in HOSTILE:
        if len(plain) < 60 and plain.isprintable() and plain[0] < "\uffff":
            assert words.count(plain) >= 4
    assert caplog.text == ""  # what a typeface lacks is a customer's word too


def test_long_words_go_on_over_the_page(lead: Any, write: Callable[..., Quote]) -> None:
    quote = write(lead, lines=[DraftLine("W" * 200, 100)] * 30, terms="We clean in light rain. " * 400)
    reader = PdfReader(BytesIO(quote_pdf(quote)))
    assert len(reader.pages) > 2
    assert f"page {len(reader.pages)} of {len(reader.pages)}" in reader.pages[-1].extract_text()


def test_a_long_address_stays_on_the_paper(lead: Any, sent: Callable[..., Quote]) -> None:
    link = f"https://leads.somerset-window-cleaning-company.co.uk/c/{'k' * 32}"
    found = []
    for page in PdfReader(BytesIO(quote_pdf(sent(lead), link))).pages:
        page.extract_text(visitor_text=lambda *drawn: found.append(drawn) if drawn[0].strip() == link else None)
    [(_, _, place, _, points)] = found
    sheet = Sheet("#0a6ebd", "")
    sheet.style(points)
    assert place[4] / sheet.k + sheet.get_string_width(link) < MARGIN + WIDTH
    sheet.finished()


def test_it_bears_the_logo(lead: Any, write: Callable[..., Quote]) -> None:
    picture = BytesIO()
    Image.new("RGBA", (240, 80), (200, 20, 60, 128)).save(picture, "PNG")
    db.session.add(Logo(image=picture.getvalue(), width=240, height=80))
    db.session.flush()
    reader = PdfReader(BytesIO(quote_pdf(write(lead))))
    assert len(reader.pages[0].images) == 1
