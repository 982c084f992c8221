"""What can be done with the price book: a new version, and taking back one that has not begun."""

from app.price_book.services.saving import save_book, withdraw_book
from app.price_book.services.usual import import_usual, usual_book

__all__ = ["import_usual", "save_book", "usual_book", "withdraw_book"]
