"""Pages of comparing: the ledger, what is done about a line of it, and bringing in an export."""

from flask import Blueprint

bp = Blueprint("reconciliation", __name__)

from app.reconciliation.views import acts, bringing, ledger  # noqa: E402 - they hang their routes on bp

__all__ = ["acts", "bp", "bringing", "ledger"]
