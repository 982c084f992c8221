"""Pages of the chase: settling what is planned with a lead, and the sequences that plan it."""

from flask import Blueprint

bp = Blueprint("followups", __name__)

from app.followups.views import (  # noqa: E402 - they hang their routes on bp
    by_hand,
    chases,
    dates,
    editor,
    listing,
    settling,
    trial,
    versions,
    ways,
)

__all__ = ["bp", "by_hand", "chases", "dates", "editor", "listing", "settling", "trial", "versions", "ways"]
