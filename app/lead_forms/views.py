"""Pages of lead_forms."""

from flask import Blueprint

bp = Blueprint("lead_forms", __name__)
