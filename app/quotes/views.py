"""Pages of quotes."""

from flask import Blueprint

bp = Blueprint("quotes", __name__)
