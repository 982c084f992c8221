"""Pages of leads: board, list, one lead. Each file adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("leads", __name__)

from app.leads.views import (  # noqa: E402, F401
    adding,
    around,
    beside,
    board,
    detail,
    facts,
    filtering,
    listing,
    moving,
    saved_views,
    shelving,
    stages,
    tag_list,
    tagging,
)
