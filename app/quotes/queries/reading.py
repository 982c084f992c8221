"""Reading quotes: one of them, those of a lead, and how each stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import joinedload, lazyload

from app.core.loading import load_one
from app.core.money import format_money
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead
from app.leads.words import FREQUENCY_WORDS, often
from app.price_book.queries import taxed
from app.quotes.models import Quote, QuoteOption
from app.workspaces.queries import today_here

#: How a quote stands, in words, with the tone of its badge. `open` is one that was sent and can be answered.
STANDINGS = {
    "draft": ("Draft", ""),
    "open": ("Sent", "info"),
    "accepted": ("Accepted", "good"),
    "declined": ("Declined", "bad"),
    "expired": ("Expired", "warn"),
    "replaced": ("Replaced", ""),
}


@dataclass(frozen=True, slots=True)
class Rung:
    """One rhythm offered, in what its customer pays: for each visit, for the first one if that differs.

    `yearly` is what a year costs, in whole pounds for people; None for a single visit. `vat_minor` is the tax within
    the price. `workings` are the lines (words, minor) of how the price came about, none when it was written by hand.
    """

    id: UUID
    frequency: str
    price_minor: int
    yearly: str | None
    first_minor: int | None = None
    vat_minor: int = 0
    workings: tuple[tuple[str, int], ...] = ()

    @property
    def title(self) -> str:
        """Such as "Every 8 weeks" or "Just once"."""
        return FREQUENCY_WORDS[self.frequency]

    @property
    def phrase(self) -> str:
        """The same inside a sentence."""
        return often(self.frequency)

    @property
    def has_first_clean(self) -> bool:
        """Whether the first visit costs something else than those after it."""
        return self.first_minor not in (None, self.price_minor)


@dataclass(frozen=True, slots=True)
class QuoteView:
    """One version of a quote for staff. `is_withdrawn`: its link opens nothing, so nobody can answer it."""

    id: UUID
    lead_id: UUID
    number: str
    version: int
    standing: str
    currency: str
    rungs: tuple[Rung, ...]
    accepted: Rung | None
    valid_until: date
    created_at: datetime
    sent_at: datetime | None
    sent_by: str | None
    opened_at: datetime | None
    open_count: int
    answered_at: datetime | None
    is_withdrawn: bool = False

    noun = "quote"

    @property
    def badge(self) -> tuple[str, str]:
        """The word for how it stands, and its tone."""
        return STANDINGS[self.standing]


@dataclass(frozen=True, slots=True)
class PastQuote:
    """A quote in a history: what was offered, or what was accepted of it, and the badge of how it stands."""

    id: UUID
    lead_id: UUID
    number: str
    badge: tuple[str, str]
    created_at: datetime
    offer: str


def get_quote(quote_id: UUID, *, lock: bool = False) -> Quote:
    """The quote, as far as the scope sees it. `lock` holds its row; lock the lead first. Raises NotFound."""
    query = select(Quote).where(Quote.workspace_id == current_workspace_id(), Quote.id == quote_id)
    return load_one(query, lock=lock)


def standing(quote: Quote, today: date) -> str:
    """How a quote stands today: a key of STANDINGS. A sent one past its day is expired without anyone writing it."""
    if quote.state == "sent":
        return "open" if today <= quote.valid_until else "expired"
    return quote.state


#: Made once: SQLAlchemy takes longer over making it than PostgreSQL over answering.
_OF_LEAD = (
    select(Quote)
    .where(Quote.workspace_id == bindparam("here"), Quote.lead_id == bindparam("lead"))
    .order_by(Quote.version_no.desc())
    .options(joinedload(Quote.options), lazyload(Quote.lines))
)


def quotes_of(lead_id: UUID) -> list[QuoteView]:
    """Every version of a lead's quote, the newest first."""
    today = today_here()
    rows = db.session.scalars(_OF_LEAD, {"here": current_workspace_id(), "lead": lead_id})
    return [view_of(quote, today) for quote in rows.unique()]


def quotes_at(*, property_id: UUID | None = None, contact_id: UUID | None = None) -> list[PastQuote]:
    """What a house was ever quoted, whoever lived there, or what a person ever was; newest first, at most fifty."""
    mine = Lead.property_id == property_id if property_id else Lead.contact_id == contact_id
    rows = db.session.scalars(
        select(Quote)
        .join(Lead, and_(Lead.workspace_id == Quote.workspace_id, Lead.id == Quote.lead_id))
        .where(Quote.workspace_id == current_workspace_id(), mine)
        .order_by(Quote.created_at.desc(), Quote.id.desc())
        .limit(50)
        .options(joinedload(Quote.options), lazyload(Quote.lines))
    )
    return [_past(quote, today_here()) for quote in rows.unique()]


def _past(quote: Quote, today: date) -> PastQuote:
    accepted = [option for option in quote.options if option.id == quote.accepted_option_id]
    offers = [
        f"{format_money(option.price_minor, quote.currency)} {often(option.frequency)}".strip()
        for option in accepted or quote.options
    ]
    badge = STANDINGS[standing(quote, today)]
    return PastQuote(quote.id, quote.lead_id, quote.number, badge, quote.created_at, ", ".join(offers))


def latest_quote(lead_id: UUID) -> Quote | None:
    """The last version written for a lead, a draft included."""
    rows = db.session.scalars(
        select(Quote)
        .where(Quote.workspace_id == current_workspace_id(), Quote.lead_id == lead_id)
        .order_by(Quote.version_no.desc())
        .limit(1)
        .options(joinedload(Quote.options), lazyload(Quote.lines))
    )
    return rows.unique().first()


def open_successor(quote: Quote) -> Quote | None:
    """The quote that came after this one, if the customer can still answer it or has accepted it."""
    newest = db.session.scalars(
        select(Quote)
        .where(
            Quote.workspace_id == quote.workspace_id,
            Quote.lead_id == quote.lead_id,
            Quote.version_no > quote.version_no,
            Quote.state.in_(("sent", "accepted")),
        )
        .order_by(Quote.version_no.desc())
        .limit(1)
    ).first()
    if newest is None or standing(newest, today_here()) not in ("open", "accepted"):
        return None
    return newest


def view_of(quote: Quote, today: date) -> QuoteView:
    """A row as staff see it on that day."""
    rungs = rungs_of(quote, quote.options)
    return QuoteView(
        id=quote.id, lead_id=quote.lead_id, number=quote.number, version=quote.version,
        standing=standing(quote, today), currency=quote.currency, rungs=rungs,
        accepted=next((rung for rung in rungs if rung.id == quote.accepted_option_id), None),
        valid_until=quote.valid_until, created_at=quote.created_at, sent_at=quote.sent_at, sent_by=quote.sent_by,
        opened_at=quote.opened_at, open_count=quote.open_count, answered_at=quote.answered_at,
        is_withdrawn=quote.revoked_at is not None,
    )  # fmt: skip


def vat_within(minor: int, mode: str, basis_points: int) -> int:
    """The tax within an amount that its customer pays, in minor units; 0 where none is charged."""
    return 0 if mode == "none" else taxed(minor, "included", basis_points).tax_minor


def rungs_of(quote: Quote, options: Iterable[QuoteOption]) -> tuple[Rung, ...]:
    """The rungs of a quote as they are shown."""
    return tuple(_rung(option, quote) for option in options)


def _rung(option: QuoteOption, quote: Quote) -> Rung:
    yearly = format_money(option.annual_minor, quote.currency, pence="never") if option.weeks else None
    return Rung(
        id=option.id, frequency=option.frequency, price_minor=option.price_minor, yearly=yearly,
        first_minor=option.first_minor if option.weeks else None,
        vat_minor=vat_within(option.price_minor, quote.vat_mode, quote.vat_basis_points),
        workings=tuple((str(line["words"]), int(line["minor"])) for line in option.workings or ()),
    )  # fmt: skip
