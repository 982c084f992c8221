"""The pages of the price book: the sheet of prices, trying it out, and its versions."""

from flask import Blueprint

bp = Blueprint("price_book", __name__)

from app.price_book.views import editing, trying, versions  # noqa: E402, F401 - they add their routes to bp
