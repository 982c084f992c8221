"""Pages of leads: board, list, one lead. Each file adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("leads", __name__)

from app.leads.views import board, detail, facts, listing, shelving, tagging  # noqa: E402, F401
