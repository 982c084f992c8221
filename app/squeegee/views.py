"""Pages of squeegee."""

from flask import Blueprint

bp = Blueprint("squeegee", __name__)
