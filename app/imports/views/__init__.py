"""Pages of bringing leads in: choosing a file, its columns, what holds for all, the findings, and what came of it."""

from flask import Blueprint

bp = Blueprint("imports", __name__)

from app.imports.views import choosing, lead, listing, result  # noqa: E402 - they hang their routes on bp

__all__ = ["bp", "choosing", "lead", "listing", "result"]
