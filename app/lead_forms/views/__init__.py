"""Pages of the public form, and of its quarantine for the staff."""

from flask import Blueprint

bp = Blueprint("lead_forms", __name__)

from app.lead_forms.views import embedding, public, staff, telling  # noqa: E402  (they add their routes to bp)

__all__ = ["bp", "embedding", "public", "staff", "telling"]
