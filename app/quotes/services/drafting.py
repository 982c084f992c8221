"""Writing a quote. A draft may be rewritten; what was sent never is."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.activities.services import record_activity
from app.core.errors import Conflict, Invalid
from app.core.events import Event, publish
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import FREQUENCIES, Lead
from app.leads.services import get_lead
from app.price_book.queries import get_book
from app.quotes.models import Quote, QuoteLine, QuoteOption
from app.quotes.queries import rung_words
from app.quotes.services.expiring import call_off_expiry
from app.quotes.services.pricing import priced_for
from app.quotes.services.reckoning import Conditions
from app.workspaces.queries import current_workspace, today_here

LONGEST_LINE = 200
LONGEST_NOTE = 2_000
LONGEST_TERMS = 10_000
MOST_LINES = 30
LONGEST_VALIDITY = timedelta(days=366)
#: A million pounds a visit is a slip of the finger, not a price.
HIGHEST_MINOR = 100_000_000


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line as written: without an `amount_minor` (of each of the `quantity`) included, else charged once."""

    description: str
    amount_minor: int | None = None
    quantity: int = 1


@dataclass(slots=True)
class QuoteDraft:
    """A quote as written, amounts in minor units before the `conditions` (discount, tax) are applied.

    `rungs` maps a frequency to its price for each visit, `firsts` to that of the first one where it differs.
    `price_book_id` is the version that prices were taken from: those that are as it says keep its workings.
    """

    rungs: dict[str, int]
    valid_until: date
    firsts: dict[str, int] = field(default_factory=dict)
    lines: list[DraftLine] = field(default_factory=list)
    note: str = ""
    terms: str = ""
    conditions: Conditions = Conditions()
    price_book_id: UUID | None = None


def draft_quote(lead_id: UUID, draft: QuoteDraft, actor: Actor, *, seen: str = "") -> Quote:
    """Keep `draft` as the lead's draft: a new version, or the open draft written anew.

    `seen` is the `mark` of the draft that the writer started from ("" for none); when someone else has saved or sent
    one meanwhile Conflict is raised, which says what stands now and has its mark as `seen`. Raises Invalid, and
    NotFound for the lead.
    """
    check_draft(draft)
    lead = get_lead(lead_id, lock=True)
    latest = _latest(lead_id)
    open_draft = latest if latest is not None and latest.state == "draft" else None
    if mark(open_draft) != seen:
        raise Conflict(_meanwhile(latest), seen=mark(open_draft))
    quote = open_draft or _new_version(lead, latest, actor)
    quote.terms_version_no = _terms_no(draft.terms, latest)
    _write(quote, draft, lead)
    db.session.flush()
    if open_draft is None:
        record_activity(
            lead, "quote", "quote.drafted", actor, subject_id=quote.id,
            data={"quote_id": str(quote.id), "number": quote.number, "version_no": quote.version_no},
        )  # fmt: skip
    else:
        publish(
            Event(
                name="quote.rewritten", workspace_id=lead.workspace_id, actor=actor, subject_type="quote",
                subject_id=quote.id, lead_id=lead.id, data={"number": quote.number, "version_no": quote.version_no},
            )
        )  # fmt: skip
    return quote


def mark(quote: Quote | None) -> str:
    """What tells one state of a draft from another in a form: "" for no draft."""
    return f"{quote.id}.{quote.version}" if quote is not None else ""


def _meanwhile(latest: Quote | None) -> str:
    if latest is None or latest.state != "draft":
        return "This quote was sent meanwhile. Yours is still here: save it again to make it the next version."
    prices = ", ".join(rung_words(each, latest.currency) for each in latest.options)
    return (
        f"Someone else saved a draft of this quote meanwhile: {prices}."
        " Yours is still here, not saved. Save it again to put it in the place of that one."
    )


def check_draft(draft: QuoteDraft) -> None:
    """Raise Invalid naming each field that breaks a rule."""
    errors = faults(draft)
    if errors:
        raise Invalid(errors)


def faults(draft: QuoteDraft) -> dict[str, str]:
    """What is to be mended in each field that breaks a rule."""
    errors = {f"price_{key}": _PRICE for key, minor in draft.rungs.items() if not 0 < minor <= HIGHEST_MINOR}
    errors |= {f"first_{key}": _PRICE for key, minor in draft.firsts.items() if not 0 < minor <= HIGHEST_MINOR}
    if not draft.rungs or set(draft.rungs) - set(FREQUENCIES):
        errors["price_4_weekly"] = "Enter at least one of these prices."
    written = [*draft.rungs.values(), *draft.firsts.values()]
    if not errors and any(draft.conditions.visit(minor) <= 0 for minor in written):
        errors["discount"] = "The discount leaves nothing to pay. Make it smaller."
    for number, line in enumerate(draft.lines):
        if len(line.description) > LONGEST_LINE:
            errors[f"line_text-{number}"] = f"Keep a line under {LONGEST_LINE} characters."
        if (line.amount_minor or 0) * line.quantity > HIGHEST_MINOR:
            errors[f"line_amount-{number}"] = _PRICE
    if len(draft.lines) > MOST_LINES:
        errors["line_text-0"] = f"A quote has at most {MOST_LINES} lines."
    if not today_here() <= draft.valid_until <= today_here() + LONGEST_VALIDITY:
        errors["valid_until"] = "Choose a day from today up to a year ahead."
    if draft.conditions.discount and len(draft.conditions.discount.words) > LONGEST_LINE:
        errors["discount_words"] = f"Keep it under {LONGEST_LINE} characters."
    if len(draft.note) > LONGEST_NOTE:
        errors["note"] = f"Keep the note under {LONGEST_NOTE:,} characters."
    if len(draft.terms) > LONGEST_TERMS:
        errors["terms"] = f"Keep the terms under {LONGEST_TERMS:,} characters."
    return errors


_PRICE = "Enter a price above nought, like 24 or 24.50."


def _latest(lead_id: UUID) -> Quote | None:
    return (
        db.session.execute(
            select(Quote)
            .where(Quote.workspace_id == current_workspace_id(), Quote.lead_id == lead_id)
            .order_by(Quote.version_no.desc())
            .limit(1)
            .execution_options(populate_existing=True)
        )
        .scalars()
        .first()
    )


def _new_version(lead: Lead, latest: Quote | None, actor: Actor) -> Quote:
    version_no = latest.version_no + 1 if latest is not None else 1
    quote = Quote(
        lead_id=lead.id, number=f"{lead.number}-Q{version_no}", version_no=version_no, currency=lead.currency,
        state="draft", created_by=actor.user_id, valid_until=today_here(),
    )  # fmt: skip
    db.session.add(quote)
    return quote


def _terms_no(terms: str, latest: Quote | None) -> int | None:
    """Which version of the business's terms these are; None for terms of this quote's own."""
    workspace = current_workspace()
    if not terms:
        return None
    if terms == workspace.quote_terms.strip():
        return workspace.quote_terms_version_no
    return latest.terms_version_no if latest is not None and latest.terms == terms else None


def _write(quote: Quote, draft: QuoteDraft, lead: Lead) -> None:
    conditions = draft.conditions
    quote.valid_until, quote.note, quote.terms = draft.valid_until, draft.note or None, draft.terms
    flag_modified(quote, "terms")  # other rungs alone make another draft too: its version has to rise
    discount = conditions.discount
    quote.discount_kind = discount.kind if discount else None
    quote.discount_value = discount.value if discount else None
    quote.discount_words = discount.words if discount else ""
    quote.vat_mode, quote.vat_basis_points = conditions.vat_mode, conditions.vat_basis_points
    quote.options.clear()
    quote.lines.clear()
    db.session.flush()  # the old rungs go before the new ones come: a rhythm stands once in a quote
    options, quote.price_book_id = options_of(draft, lead)
    quote.options.extend(options)
    quote.lines.extend(
        QuoteLine(
            position=position, description=line.description, quantity=line.quantity, each_minor=line.amount_minor,
            amount_minor=None if line.amount_minor is None else conditions.once(line.amount_minor * line.quantity),
        )
        for position, line in enumerate(draft.lines)
    )  # fmt: skip


def options_of(draft: QuoteDraft, lead: Lead) -> tuple[list[QuoteOption], UUID | None]:
    """The rungs as they are paid, and the version of the price book that any of them was taken from.

    Those that cost what the book says keep how that came about; the others were written by hand.
    """
    conditions, found, used = draft.conditions, [], None
    book = get_book(draft.price_book_id) if draft.price_book_id else None
    priced = priced_for(lead, book)
    booked = {rung.frequency: rung for rung in priced.rungs} if priced else {}
    for position, key in enumerate(key for key in FREQUENCIES if key in draft.rungs):
        written, first = draft.rungs[key], draft.firsts.get(key) if FREQUENCIES[key] else None
        option = QuoteOption(
            position=position, frequency=key, price_minor=conditions.visit(written),
            first_minor=conditions.visit(first) if first is not None else None, workings=[],
        )  # fmt: skip
        if not conditions.change_nothing:
            option.written_minor, option.first_written_minor = written, first
        if book is not None and key in booked and booked[key].price_minor == written:
            used = book.id
            option.workings = conditions.workings(booked[key].workings, written, lead.currency)
        found.append(option)
    return found, used


def replace_earlier(quote: Quote, states: tuple[str, ...]) -> int:
    """Mark the lead's earlier quotes in `states` as replaced by `quote`. Returns how many there were."""
    earlier = db.session.scalars(
        select(Quote)
        .where(
            Quote.workspace_id == quote.workspace_id,
            Quote.lead_id == quote.lead_id,
            Quote.id != quote.id,
            Quote.state.in_(states),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for other in earlier:
        other.state = "replaced"
    call_off_expiry([other.id for other in earlier])
    return len(earlier)
