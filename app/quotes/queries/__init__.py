"""What can be asked about quotes. One file a concern; this page lists them."""

from app.quotes.queries.agreed import (
    WON,
    NewerOffer,
    accepted_besides,
    accepted_quote,
    has_open_offer,
    newer_offer,
    newer_offers,
    offered_rung,
    rung_words,
    was_accepted_meanwhile,
    yes_stands,
)
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
    "STANDINGS", "WON", "NewerOffer", "Offer", "PastQuote", "QuoteView", "Rung", "accepted_besides", "accepted_quote",
    "brand_key", "discount_words", "get_quote", "has_open_offer", "latest_quote", "newer_offer", "newer_offers",
    "offer_of", "offered_rung", "open_successor", "parties_of", "quotes_at", "quotes_of", "rung_words", "standing",
    "vat_within", "vat_words", "view_of", "was_accepted_meanwhile", "yes_stands",
]  # fmt: skip
