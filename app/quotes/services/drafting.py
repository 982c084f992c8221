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
from app.quotes.models import Quote, QuoteLine, QuoteOption
from app.workspaces.queries import today_here

LONGEST_LINE = 200
LONGEST_NOTE = 2_000
LONGEST_TERMS = 10_000
MOST_LINES = 30
LONGEST_VALIDITY = timedelta(days=366)
#: A million pounds a visit is a slip of the finger, not a price.
HIGHEST_MINOR = 100_000_000


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line as written: `amount_minor` None is included in the price, else charged once."""

    description: str
    amount_minor: int | None = None


@dataclass(slots=True)
class QuoteDraft:
    """A quote as written. Amounts in minor units; `rungs` maps a frequency to its price for each visit."""

    rungs: dict[str, int]
    valid_until: date
    first_clean_minor: int | None = None
    lines: list[DraftLine] = field(default_factory=list)
    note: str = ""
    terms: str = ""


def draft_quote(lead_id: UUID, draft: QuoteDraft, actor: Actor, *, seen: str = "") -> Quote:
    """Keep `draft` as the lead's draft: a new version, or the open draft written anew.

    `seen` is the `mark` of the draft that the writer started from ("" for none); when someone else has saved one
    meanwhile Conflict is raised and nothing is lost or overwritten. Raises Invalid, and NotFound for the lead.
    """
    check_draft(draft)
    lead = get_lead(lead_id, lock=True)
    latest = _latest(lead_id)
    open_draft = latest if latest is not None and latest.state == "draft" else None
    if mark(open_draft) != seen:
        raise Conflict("Someone else saved a draft of this quote meanwhile. Yours is still here, not saved.")
    quote = open_draft or _new_version(lead, latest, actor)
    _write(quote, draft)
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


def check_draft(draft: QuoteDraft) -> None:
    """Raise Invalid naming each field that breaks a rule."""
    errors = {f"price_{key}": _PRICE for key, minor in draft.rungs.items() if not 0 < minor <= HIGHEST_MINOR}
    if not draft.rungs or set(draft.rungs) - set(FREQUENCIES):
        errors["price_4_weekly"] = "Enter at least one of these prices."
    if draft.first_clean_minor is not None and not 0 < draft.first_clean_minor <= HIGHEST_MINOR:
        errors["first_clean"] = _PRICE
    for number, line in enumerate(draft.lines):
        if len(line.description) > LONGEST_LINE:
            errors[f"line_text-{number}"] = f"Keep a line under {LONGEST_LINE} characters."
        if (line.amount_minor or 0) > HIGHEST_MINOR:
            errors[f"line_amount-{number}"] = _PRICE
    if len(draft.lines) > MOST_LINES:
        errors["line_text-0"] = f"A quote has at most {MOST_LINES} lines."
    if not today_here() <= draft.valid_until <= today_here() + LONGEST_VALIDITY:
        errors["valid_until"] = "Choose a day from today up to a year ahead."
    if len(draft.note) > LONGEST_NOTE:
        errors["note"] = f"Keep the note under {LONGEST_NOTE:,} characters."
    if len(draft.terms) > LONGEST_TERMS:
        errors["terms"] = f"Keep the terms under {LONGEST_TERMS:,} characters."
    if errors:
        raise Invalid(errors)


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


def _write(quote: Quote, draft: QuoteDraft) -> None:
    quote.valid_until = draft.valid_until
    quote.first_clean_minor = draft.first_clean_minor
    quote.note = draft.note or None
    quote.terms = draft.terms
    flag_modified(quote, "terms")  # other rungs alone make another draft too: its version has to rise
    quote.options.clear()
    quote.lines.clear()
    db.session.flush()  # the old rungs go before the new ones come: a rhythm stands once in a quote
    quote.options.extend(
        QuoteOption(position=position, frequency=key, price_minor=draft.rungs[key])
        for position, key in enumerate(key for key in FREQUENCIES if key in draft.rungs)
    )
    quote.lines.extend(
        QuoteLine(position=position, description=line.description, amount_minor=line.amount_minor)
        for position, line in enumerate(draft.lines)
    )


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
    return len(earlier)
