"""Pages of quotes: those of the desk, and the customer's own behind a secret link."""

from flask import Blueprint

bp = Blueprint("quotes", __name__)

from app.quotes.views import customer, printed, staff, times, writing  # noqa: E402 - they hang their routes on bp

__all__ = ["bp", "customer", "printed", "staff", "times", "writing"]
