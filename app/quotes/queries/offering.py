"""A quote as its customer sees it, with everything that stands around the prices."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.contacts.models import Contact, Property
from app.core.errors import NotFound
from app.core.money import format_money
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.lead_forms.models import LeadForm
from app.leads.models import Lead
from app.quotes.models import Quote
from app.quotes.queries.agreement import counted
from app.quotes.queries.details import missing_place
from app.quotes.queries.reading import QuoteView, view_of
from app.workspaces.queries import today_here


@dataclass(frozen=True, slots=True)
class Offer:
    """A quote with everything that its customer sees. Holds customer data: for rendering only.

    `extras` are (words, minor) of what is charged once. `missing_place` names what is not known of where the house
    is. `discount` says what has been taken off each visit already, `vat` how value added tax stands in the prices;
    both "" without. `terms_no` is the version of the business's terms, None for terms written for this quote.
    `area` is the postcode's district and sector.
    """

    quote: QuoteView
    name: str
    first_name: str
    place: str
    address: str
    included: tuple[str, ...]
    extras: tuple[tuple[str, int], ...]
    note: str | None
    terms: str
    terms_no: int | None
    suggested_id: UUID
    area: tuple[str | None, str | None] = (None, None)
    missing_place: tuple[str, ...] = ()
    discount: str = ""
    vat: str = ""

    @property
    def covered(self) -> str:
        """What the price covers, as the end of a sentence: "outside windows, uPVC frames"."""
        return ", ".join(_inside_sentence(words) for words in self.included)

    @property
    def is_regular(self) -> bool:
        """Whether any rhythm repeats, so that a first clean differs from the following ones."""
        return any(rung.yearly for rung in self.quote.rungs)

    @property
    def has_first_clean(self) -> bool:
        """Whether the first visit of any rhythm costs something else than those after it."""
        return any(rung.has_first_clean for rung in self.quote.rungs)


def parties_of(quote: Quote) -> tuple[Lead, Contact, Property]:
    """Whose quote it is and for which house, by one statement. Raises NotFound."""
    row = db.session.execute(
        select(Lead, Contact, Property)
        .join(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
        .join(Property, (Property.workspace_id == Lead.workspace_id) & (Property.id == Lead.property_id))
        .where(Lead.workspace_id == quote.workspace_id, Lead.id == quote.lead_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    lead, contact, place = row
    return lead, contact, place


def offer_of(quote: Quote, parties: tuple[Lead, Contact, Property] | None = None) -> Offer:
    """A row as its customer sees it; `parties` are those of `parties_of`, where they are at hand."""
    lead, contact, place = parties or parties_of(quote)
    wanted = [option.id for option in quote.options if option.frequency == lead.frequency]
    return Offer(
        quote=view_of(quote, today_here()),
        name=contact.name,
        first_name=contact.first_name,
        place=", ".join(part for part in (place.address_line1, place.town) if part) or place.postcode or "",
        address=place.address,
        included=tuple(line.description for line in quote.lines if line.amount_minor is None),
        extras=tuple(
            (counted(line.description, line.quantity), line.amount_minor)
            for line in quote.lines
            if line.amount_minor is not None
        ),
        note=quote.note,
        terms=quote.terms,
        terms_no=quote.terms_version_no,
        suggested_id=(wanted or [quote.options[0].id])[0],
        area=(lead.district, lead.sector),
        missing_place=missing_place(place),
        discount=discount_words(quote),
        vat=vat_words(quote),
    )


def discount_words(quote: Quote) -> str:
    """What has been taken off every visit: "10 % off every visit: three neighbours"; "" without a discount."""
    if not quote.discount_kind or not quote.discount_value:
        return ""
    if quote.discount_kind == "percent":
        off = f"{quote.discount_value / 100:g}\u00a0%"
    else:
        off = format_money(quote.discount_value, quote.currency)
    return f"{off} off every visit" + (f": {quote.discount_words}" if quote.discount_words else "")


def vat_words(quote: Quote) -> str:
    """How value added tax stands in what is shown, such as "Prices include VAT at 20 %"; "" where none is charged."""
    if quote.vat_mode == "none" or not quote.vat_basis_points:
        return ""
    return f"Prices include VAT at {quote.vat_basis_points / 100:g}\u00a0%"


def brand_key() -> str | None:
    """The key of a public form of the workspace: its style sheet carries the business's colour."""
    return db.session.scalars(
        select(LeadForm.key)
        .where(LeadForm.workspace_id == current_workspace_id())
        .order_by(LeadForm.created_at)
        .limit(1)
    ).first()


def _inside_sentence(words: str) -> str:
    """A line's first letter made small, unless its first word has other capitals (GRP, uPVC)."""
    first = words.split()[0] if words else ""
    return words[:1].lower() + words[1:] if first[1:].islower() else words
