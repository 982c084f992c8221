"""What the public form asks, reads and refuses."""

from app.lead_forms.forms.answers import Answers, check
from app.lead_forms.forms.typed import BLANK, Typed, from_json, read, to_json

__all__ = ["BLANK", "Answers", "Typed", "check", "from_json", "read", "to_json"]
