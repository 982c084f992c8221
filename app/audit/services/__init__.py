"""Writing the audit log, and what is itself written down of those who read it."""

from app.audit.services.exporting import MOST, TooMany, export_entries
from app.audit.services.reading import read_entry
from app.audit.services.recording import record_event

__all__ = ["MOST", "TooMany", "export_entries", "read_entry", "record_event"]
