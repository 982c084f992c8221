"""Pages of files: a lead's gallery, asking its customer for photos, and the customer's page to send them."""

from flask import Blueprint

bp = Blueprint("files", __name__)

from app.files.views import asking, keeping, sending  # noqa: E402 - they hang their routes on bp

__all__ = ["asking", "bp", "keeping", "sending"]
