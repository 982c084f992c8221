"""The pages of a quote, top to bottom."""

from io import BytesIO

import segno
from sqlalchemy import select

from app.core.human_time import short_date
from app.core.money import format_money
from app.extensions import db
from app.quotes.models import Quote
from app.quotes.queries import Offer, offer_of
from app.quotes.services.printing.sheet import MARGIN, MUTED, WIDTH, Sheet
from app.workspaces.models import Logo, Workspace
from app.workspaces.queries import current_workspace

_LOGO_WIDTH, _LOGO_HEIGHT = 60.0, 20.0
_ENDINGS = {"draft": "Draft, not sent", "expired": "Expired", "declined": "Declined", "replaced": "Replaced"}


def quote_pdf(quote: Quote, link: str | None = None) -> bytes:
    """A quote as a PDF, made from what its customer's page shows. `link` is printed as the way to answer it.

    The same quote makes the same pages. Holds customer data.
    """
    workspace, offer = current_workspace(), offer_of(quote)
    sheet = Sheet(workspace.accent, " · ".join(part for part in (workspace.name, quote.number) if part))
    sheet.set_title(f"Quote {quote.number}")
    sheet.set_author(workspace.name)
    sheet.set_creation_date(quote.sent_at or quote.created_at)
    sheet.add_page()
    _head(sheet, workspace, offer)
    _addressee(sheet, quote, offer)
    _rungs(sheet, offer)
    _work(sheet, offer)
    _words(sheet, offer)
    if link and offer.quote.standing == "open":
        _answer(sheet, link)
    _terms(sheet, offer)
    return sheet.finished()


def _head(sheet: Sheet, workspace: Workspace, offer: Offer) -> None:
    """The business: its logo or name at the left, how to reach it at the right."""
    top = sheet.get_y()
    logo = db.session.scalars(select(Logo).where(Logo.workspace_id == workspace.id)).first()
    if logo is not None:
        height = min(_LOGO_HEIGHT, _LOGO_WIDTH * logo.height / logo.width)
        sheet.image(BytesIO(logo.image), MARGIN, top, h=height, alt_text=workspace.name)
        sheet.set_y(top + height)
    else:
        sheet.write_line(workspace.name, 18, sheet.accent_ink, bold=True, width=110)
        if workspace.tagline:
            sheet.write_line(workspace.tagline, 9, MUTED, width=110)
    left_end = sheet.get_y()
    sheet.set_y(top)
    vat = f"VAT number {workspace.vat_number}" if workspace.vat_number and offer.vat else ""
    named = workspace.name if logo is not None else ""
    for text in (named, workspace.phone, workspace.reply_email, vat):
        if text:
            sheet.set_x(MARGIN + 112)
            sheet.write_line(text, 9, MUTED, align="R", width=58, height=4.8)
    sheet.set_y(max(left_end, sheet.get_y()) + 4)
    sheet.rule(sheet.accent, 0.8)
    sheet.ln(8)


def _addressee(sheet: Sheet, quote: Quote, offer: Offer) -> None:
    """Whose quote it is, and until when it stands."""
    top = sheet.get_y()
    zone = current_workspace().clock().zone
    dated = (quote.sent_at or quote.created_at).astimezone(zone).date()
    ending = _ENDINGS.get(offer.quote.standing, "")
    for words, value in (
        ("Quote", quote.number), ("Date", short_date(dated)),
        ("Valid until", short_date(quote.valid_until)), ("", ending),
    ):  # fmt: skip
        if value:
            at = sheet.get_y()
            sheet.set_xy(MARGIN + 96, at)
            sheet.write_line(words, 9, MUTED, width=24, height=5.2)
            sheet.set_xy(MARGIN + 120, at)
            sheet.write_line(value, 9, bold=words in ("Quote", ""), width=50, height=5.2, align="R")
    right_end = sheet.get_y()
    sheet.set_y(top)
    sheet.write_line(offer.name, 11, bold=True, width=90)
    for part in filter(None, offer.address.split(", ")):
        sheet.write_line(part, 10, width=90)
    sheet.set_y(max(right_end, sheet.get_y()) + 9)


def _rungs(sheet: Sheet, offer: Offer) -> None:
    """Every rhythm with its price, its first clean and what a year costs."""
    currency, accepted = offer.quote.currency, offer.quote.accepted
    shown = (accepted,) if accepted else offer.quote.rungs
    sheet.write_line("What you pay" if accepted else "Choose how often we come", 15, bold=True)
    sheet.ln(2)
    has_first, has_vat = any(rung.has_first_clean for rung in shown), bool(offer.vat)
    heads = ["How often", "Each visit", *(["VAT in it"] if has_vat else []), *(["First clean"] if has_first else []),
             "A year"]  # fmt: skip
    widths = [WIDTH - 32 * (len(heads) - 1), *[32.0] * (len(heads) - 1)]
    aligns = ["L", *["R"] * (len(heads) - 1)]
    sheet.rule()
    sheet.row([(*column, False) for column in zip(heads, widths, aligns, strict=True)], 8.5, MUTED)
    for rung in shown:
        first = rung.first_minor if rung.yearly else None
        texts = [
            rung.title, format_money(rung.price_minor, currency),
            *([format_money(rung.vat_minor, currency, pence="always")] if has_vat else []),
            *([format_money(first, currency) if first else "–"] if has_first else []),
            rung.yearly or "–",
        ]  # fmt: skip
        bold = [True, True, *[False] * (len(texts) - 2)]
        sheet.row(list(zip(texts, widths, aligns, bold, strict=True)), 10.5)
    sheet.ln(3)
    for words in (f"{offer.discount}. It is taken off already." if offer.discount else "",
                  f"{offer.vat}." if offer.vat else "",
                  "The first clean takes longer, so it has a price of its own." if has_first else ""):  # fmt: skip
        if words:
            sheet.write_line(words, 9, MUTED, height=4.8)
    if accepted:
        sheet.write_line(f"Accepted {accepted.phrase}.", 9, MUTED, height=4.8)
    sheet.ln(5)


def _work(sheet: Sheet, offer: Offer) -> None:
    """What the prices cover, and what is charged once."""
    if offer.included:
        sheet.write_line("What it covers", 11, bold=True)
        sheet.ln(1)
        for words in offer.included:
            sheet.write_line(f"•  {words}", 10)
        sheet.ln(4)
    if offer.extras:
        sheet.write_line("Charged once", 11, bold=True)
        sheet.ln(1)
        sheet.rule()
        for words, minor in offer.extras:
            amount = format_money(minor, offer.quote.currency)
            sheet.row([(words, WIDTH - 40, "L", False), (amount, 40, "R", True)])
        sheet.ln(5)


def _words(sheet: Sheet, offer: Offer) -> None:
    if offer.note:
        sheet.write_line(offer.note, 10)
        sheet.ln(5)


def _answer(sheet: Sheet, link: str) -> None:
    """The way to answer: a code to scan and the same as a link."""
    size, pad = 27.0, 4.0
    if sheet.will_page_break(size + 2 * pad):
        sheet.add_page()
    top = sheet.get_y()
    sheet.set_draw_color(*sheet.accent)
    sheet.set_line_width(0.4)
    sheet.rect(MARGIN, top, WIDTH, size + 2 * pad, round_corners=True, corner_radius=2)
    _code(sheet, link, MARGIN + pad, top + pad, size)
    left = MARGIN + size + 3 * pad
    sheet.set_xy(left, top + pad + 2)
    sheet.write_line("Accept, ask or choose on your own page", 11, bold=True, width=120)
    sheet.set_xy(left, sheet.get_y() + 1)
    sheet.write_line("Scan the code with your phone, or open this address. It is yours alone.", 9, MUTED, width=120)
    sheet.set_xy(left, sheet.get_y() + 1)
    sheet.write_link(link, 9, MARGIN + WIDTH - pad - left)
    sheet.set_y(top + size + 2 * pad + 6)


def _code(sheet: Sheet, link: str, left: float, top: float, size: float) -> None:
    modules = [list(row) for row in segno.make(link, error="m", micro=False).matrix]
    step = size / len(modules)
    sheet.set_fill_color(20, 24, 28)
    for y, row in enumerate(modules):
        x = 0
        while x < len(row):
            run = x
            while run < len(row) and row[run]:
                run += 1
            if run > x:  # one bar for neighbours: nothing shines through between them
                sheet.rect(left + x * step, top + y * step, (run - x) * step, step, style="F")
            x = run + 1


def _terms(sheet: Sheet, offer: Offer) -> None:
    if offer.terms:
        sheet.write_line(f"Terms, version {offer.terms_no}" if offer.terms_no else "Terms", 9, bold=True)
        sheet.ln(1)
        sheet.write_line(offer.terms, 8.5, MUTED, height=4.6)
