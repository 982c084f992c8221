"""Pages of the public form, of what it held back, and of its builder."""

from flask import Blueprint

bp = Blueprint("lead_forms", __name__)

from app.lead_forms.views import (  # noqa: E402  (they add their routes to bp)
    builder,
    builder_list,
    builder_sharing,
    embedding,
    logo,
    public,
    staff,
    telling,
)

__all__ = ["bp", "builder", "builder_list", "builder_sharing", "embedding", "logo", "public", "staff", "telling"]
