"""What can be asked about quotes. One file a concern; this page lists them."""

from app.quotes.queries.offering import Offer, brand_key, discount_words, offer_of, parties_of, vat_words
from app.quotes.queries.reading import (
    STANDINGS,
    PastQuote,
    QuoteView,
    Rung,
    get_quote,
    latest_quote,
    open_successor,
    quotes_at,
    quotes_of,
    standing,
    vat_within,
    view_of,
)

__all__ = [
    "STANDINGS", "Offer", "PastQuote", "QuoteView", "Rung", "brand_key", "discount_words", "get_quote", "latest_quote",
    "offer_of", "open_successor", "parties_of", "quotes_at", "quotes_of", "standing", "vat_within", "vat_words",
    "view_of",
]  # fmt: skip
