"""Reading the price book, and pricing by it."""

from app.price_book.queries.book import Book, Extra, Surcharge, from_content, share, to_content
from app.price_book.queries.pricing import Once, Priced, Rung, Wanted, Working, minimum_minor, price
from app.price_book.queries.tax import Taxed, taxed
from app.price_book.queries.versions import book_on, book_shown, get_book

__all__ = [
    "Book", "Extra", "Once", "Priced", "Rung", "Surcharge", "Taxed", "Wanted", "Working", "book_on", "book_shown",
    "from_content", "get_book", "minimum_minor", "price", "share", "taxed", "to_content",
]  # fmt: skip
