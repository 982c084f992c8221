"""What the price book says about a lead's house."""

from dataclasses import replace
from uuid import UUID

from app.leads.models import EXTRAS, Lead
from app.price_book.queries import Book, Priced, Wanted, book_on, get_book, price
from app.workspaces.queries import today_here


def wanted_of(lead: Lead) -> Wanted:
    """What a lead asks for, in the price book's terms."""
    return Wanted(lead.property_type, lead.bedrooms, lead.service, tuple(lead.extras), lead.district)


def book_for(book_id: UUID | None = None) -> Book | None:
    """That version of the price book, else the one in force today; None while there is none."""
    return (get_book(book_id) if book_id else None) or book_on(today_here())


def priced_for(lead: Lead, book: Book | None, *, every_extra: bool = False) -> Priced | None:
    """All that a version of the price book says about a lead, or about its house with every extra; None without one."""
    if book is None:
        return None
    wanted = wanted_of(lead)
    return price(book, replace(wanted, extras=EXTRAS) if every_extra else wanted)
